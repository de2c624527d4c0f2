// SPDX-License-Identifier: MIT
// Texts and templates as files: complete, escaped, and in step with each other.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './support/chromium.mjs';
import { samples } from './support/samples.mjs';
import { locales, partials, rooms, templates, texts } from './support/templates.mjs';

test('every text exists in every language and says something', () => {
    for (const room of rooms) {
        const keys = Object.keys(texts(room, 'fi')).sort();
        for (const locale of locales) {
            const words = texts(room, locale);
            assert.deepEqual(Object.keys(words).sort(), keys, `${room}/texts/${locale}.json`);
            for (const [key, text] of Object.entries(words)) assert.ok(text.trim(), `${room} ${locale} ${key}`);
        }
    }
});

test('a text names the same placeholders in every language', () => {
    const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const room of rooms) {
        for (const [key, text] of Object.entries(texts(room, 'fi'))) {
            for (const locale of locales) assert.deepEqual(placeholders(texts(room, locale)[key]), placeholders(text), `${locale} ${key}`);
        }
    }
});

test('a template uses only texts that exist, and no text of a page is left unused', () => {
    const used = new Set(templates.flatMap(({ room, name, source }) =>
        [...source.matchAll(/\{\{t\.(\w+)\}\}/g)].map(([, key]) => {
            assert.ok(key in { ...texts('conf', 'fi'), ...texts(room, 'fi') }, `${room}/pages/${name}.html: ${key}`);
            return key;
        }),
    ));
    const taken = /^(label|language_name|level_|mail_|error_|notice_|scope_|official_|type_|event_|part_|action_|done_|link_)/;  // by code, not by a template
    for (const room of rooms) {
        const unused = Object.keys(texts(room, 'fi')).filter((key) => !used.has(key) && !taken.test(key));
        assert.deepEqual(unused, [], `${room}/texts`);
    }
});

test('every event that a person can read about has a text', () => {
    const kinds = [...readFileSync(join(root, 'idp/base/audit.cpp'), 'utf8').matchAll(/return "([a-z]+\.?[a-z_]*)";/g)].map(([, kind]) => kind);
    assert.ok(kinds.includes('data.read'));
    const told = kinds.filter((kind) => !['password.failed', 'plugin.failed', 'unknown'].includes(kind)).map((kind) => `event_${kind.replace('.', '_')}`);
    const known = Object.keys(texts('plugins/profile', 'fi')).filter((key) => key.startsWith('event_'));
    assert.deepEqual(known.sort(), told.sort());
});

test('templates escape everything and fetch nothing from elsewhere', () => {
    for (const { room, name, source } of templates) {
        assert.doesNotMatch(source, /\{\{\{|\{\{&/, `${room} ${name}: unescaped tag`);
        assert.doesNotMatch(source, /style=|<style|\son\w+=|https?:/, `${room} ${name}: inline style, handler or foreign address`);
        if (!['form_post', 'logging_out'].includes(name)) assert.doesNotMatch(source, /<script/, `${room} ${name}: script`);
    }
});

test('every template has a sample model', () => {
    const pages = templates.filter(({ name }) => !partials.includes(name)).map(({ room, name }) => `${room}/${name}`);
    assert.deepEqual(Object.keys(samples).sort(), pages.sort());
});

test('the committed style sheet is the one its sources make', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'conf/static/build.mjs'), '--check']);
    assert.equal(status, 0, String(stderr));
});
