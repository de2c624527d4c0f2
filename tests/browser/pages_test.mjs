// SPDX-License-Identifier: MIT
// Every page with every sample model, in every language: accessible, legible at 320 px, at twice the size and in forced colours, used by the
// keyboard alone and without script, content with its strict policy. Pictures of them are in build/screens/pages.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible, assertFits200Percent, assertFits320, assertKeyboard, launch, root, screenshot } from './support/chromium.mjs';
import { samples } from './support/samples.mjs';
import { locales, render, templates, texts } from './support/templates.mjs';

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const types = { '.css': 'text/css', '.svg': 'image/svg+xml' };

/** `/static/NAME`, and `/ROOM/TEMPLATE?sample=N&locale=L` as the product would answer; `&still` forbids even the script of form_post. */
const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname.startsWith('/static/')) {
        const file = url.pathname.slice('/static/'.length);
        response.setHeader('Content-Type', types[extname(file)]);
        return response.end(readFileSync(join(root, 'conf/static/public', file)));
    }
    const [, room, name] = url.pathname.match(/^\/(.+)\/(\w+)$/) ?? [];
    const model = samples[`${room}/${name}`]?.[Number(url.searchParams.get('sample'))];
    const page = model ? render({ room, name }, model, url.searchParams.get('locale')) : '<!DOCTYPE html><title>answered</title>';
    const [, script] = page.match(/<script>([^]*)<\/script>/) ?? [];
    const digest = script && createHash('sha256').update(script).digest('base64');
    const further = digest && !url.searchParams.has('still') ? `; script-src 'sha256-${digest}'` : "; form-action 'self'";
    const frames = model?.frames ? '; frame-src data:' : '';  // in the samples; the product names the services'
    response.setHeader('Content-Security-Policy', policy + frames + further);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page);
});

let browser;
let origin;
before(async () => {
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    origin = `http://127.0.0.1:${server.address().port}`;
    browser = await launch();
});
after(async () => {
    await browser?.close();
    server.close();
});

/** The pages with a script of their own, which `&still` forbids. */
const scripted = ['conf/form_post', 'conf/logging_out'];

for (const [name, models] of Object.entries(samples)) {
    test(name, { timeout: 240_000 }, async () => {
        const page = await browser.newPage({ viewport: { width: 800, height: 900 } });
        const complaints = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('requestfailed', (request) => complaints.push(request.url()));
        for (const [index, model] of models.entries()) {
            for (const locale of locales) {
                const address = `/${name}?sample=${index}&locale=${locale}&still`;
                await page.goto(origin + address);
                assert.equal(await page.getAttribute('html', 'lang'), locale);
                assert.match(await page.title(), /^\S.* – Tunnus$/);
                if (model.errors) assert.ok((await page.title()).startsWith(texts('conf', locale).error_prefix));
                await assertFits320(page, address);
                await assertFits200Percent(page, address);
                await assertAccessible(page, address);
                if (locale !== 'fi') continue;
                const picture = `${name.replaceAll('/', '-')}-${index}`;
                await screenshot(page, `pages/${picture}`);
                await page.setViewportSize({ width: 320, height: 640 });
                await screenshot(page, `pages/320-${picture}`);
                await page.setViewportSize({ width: 800, height: 900 });
                await page.emulateMedia({ forcedColors: 'active' });
                await assertAccessible(page, `${address}, forced colours`);
                await screenshot(page, `pages/forced-${picture}`);
                await page.emulateMedia({ forcedColors: 'none' });
                if (!model.errors) await assertKeyboard(page, address);  // an input with a fault has the focus already
            }
        }
        assert.deepEqual(complaints.filter((text) => !(scripted.includes(name) && text.includes('inline script'))), []);
        await page.close();
    });
}

/** The pages that a person sends something from. */
const forms = Object.keys(samples).filter((name) => templates.some((each) => `${each.room}/${each.name}` === name && each.source.includes('<form') && !scripted.includes(name)));

test('every form can be sent without script', { timeout: 240_000 }, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const name of forms) {
        await page.goto(`${origin}/${name}?sample=0&locale=fi`);
        const posted = page.waitForRequest((request) => request.method() === 'POST');
        await page.locator('main form button').first().click();
        const body = (await posted).postData() ?? '';
        assert.match(body, /csrf=sample-csrf|token=abc|ticket=AAAA/, name);
    }
    await context.close();
});

test('form_post goes on by itself with script, by its button without', { timeout: 60_000 }, async () => {
    const page = await browser.newPage();
    const posted = page.waitForRequest((request) => request.method() === 'POST');
    await page.goto(`${origin}/conf/form_post?sample=0&locale=en`);
    assert.equal((await posted).postData(), `code=${encodeURIComponent('abc"><script>')}&state=s`);
    await page.waitForURL('**/answered');
    await page.close();
});

test('keyboard: the first stop is the link past the frame, and every stop is visible', { timeout: 60_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/plugins/password/login?sample=0&locale=en`);
    const stops = [];
    for (let press = 0; press < 12; ++press) {
        await page.keyboard.press('Tab');
        stops.push(await page.evaluate(`(({ id, className }) => {
            const style = getComputedStyle(document.activeElement);
            const shown = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none' || style.boxShadow !== 'none';
            return { stop: id || className, shown };
        })(document.activeElement)`));
        if (stops.at(-1).stop === 'cancel') break;
    }
    assert.deepEqual(stops.map(({ stop }) => stop),
        ['skip', 'lang-fi', 'lang-sv', 'lang-en', 'email', 'password', 'login-submit', 'signup-link', 'forgot-link', 'cancel']);
    assert.deepEqual(stops.filter(({ shown }) => !shown), []);
    await page.close();
});
