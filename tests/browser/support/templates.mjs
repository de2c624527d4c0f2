// SPDX-License-Identifier: MIT
// The page templates, rendered without the product: mustache with the models of samples.mjs.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import mustache from 'mustache';
import { root } from './chromium.mjs';

export const locales = ['fi', 'sv', 'en'];
const names = { fi: 'Suomi', sv: 'Svenska', en: 'English' };
export const partials = ['head', 'top', 'bottom', 'errors', 'profile_nav', 'acting_now', 'frame'];

/** Every folder of templates with its texts: the core's and each plugin's own. */
export const rooms = ['conf', ...readdirSync(join(root, 'plugins')).map((plugin) => `plugins/${plugin}`)].filter((room) =>
    existsSync(join(root, room, 'pages')),
);

export const templates = rooms.flatMap((room) =>
    readdirSync(join(root, room, 'pages'))
        .filter((file) => file.endsWith('.html'))
        .map((file) => ({ room, name: basename(file, '.html'), source: read(room, 'pages', file) })),
);

export const texts = (room, locale) => JSON.parse(read(room, 'texts', `${locale}.json`));

export function render({ room, name }, model, locale) {
    const source = (wanted) => templates.find((each) => each.name === wanted && each.room === room).source;
    const frame = Object.fromEntries(partials.map((partial) => [partial, read('conf', 'pages', `${partial}.html`)]));
    const given = {
        t: { ...texts('conf', locale), ...texts(room, locale) },
        locale,
        multilingual: true,
        languages: locales.map((code) => ({ code, name: names[code], href: `?ui_locales=${code}`, current: code === locale })),
        base: '',
        pages_of: { profile: true },
        csrf: 'sample-csrf',
        action: '/login/step',
    };
    if (model.errors) given.error_list = errorList(model.errors);
    const wanted = source(name);
    if (wanted.startsWith('<!DOCTYPE html>')) return mustache.render(wanted, { ...given, ...model }, frame);
    const title = given.t[`${name}_title`] ? `{{t.${name}_title}} – ` : '';
    return mustache.render(frame.frame, { ...given, ...model }, { ...frame, title, content: wanted });
}

/** `errors` as the renderer lists them: what belongs to no input last. */
function errorList(errors) {
    const inputs = Object.keys(errors).filter((input) => input !== 'form');
    const list = inputs.map((input) => ({ input, sentence: errors[input] }));
    return errors.form ? [...list, { input: false, sentence: errors.form }] : list;
}

function read(room, folder, file) {
    return readFileSync(join(root, room, folder, file), 'utf8');
}
