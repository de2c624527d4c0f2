// SPDX-License-Identifier: MIT
// Services whose callback redirects on to another origin, as many do (callback at api.example, pages at www.example). Browsers hold each
// redirect after a form to the form-action of the page that the form stood on, so our last form must end at a page of ours.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../conf/demo/processes.mjs';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { describeService } from '../../conf/demo/services.mjs';
import { launch, root } from './support/chromium.mjs';
import { choosePassword, confirmAddress, consent, identify, newAddress, newPassword, signInWithPassword, watch } from './support/person.mjs';

const timeout = 120_000;
let browser, demo, api, www;

/** Answers every path with a page, or with a redirect to `onward`. */
async function listen(onward) {
    const server = createServer((request, response) => {
        if (onward && !request.url.startsWith('/favicon')) return response.writeHead(303, { Location: onward + request.url }).end();
        response.setHeader('Content-Type', 'text/html');
        return response.end('<!DOCTYPE html><html lang="en"><title>arrived</title><h1>arrived</h1>');
    });
    const port = await freePort();
    await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
    return { port, origin: `http://localhost:${port}`, stop: () => (server.closeAllConnections(), server.close()) };
}

before(async () => {
    www = await listen();
    api = await listen(www.origin);
    const service = describeService({ id: 'onward', name: 'Onward', accent: '#000000', port: api.port, scope: 'openid email' });
    service.registration.require_pkce = false;
    demo = await startDemo({ folder: join(root, 'build/demo/onward'), ports: await randomPorts(), moreServices: [service] });
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
    api?.stop();
    www?.stop();
});

async function visit({ options, ...parameters } = {}) {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => message.text().includes('Content Security Policy') && complaints.push(message.text()));
    watch(page);
    await page.goto(`${demo.provider.issuer}/authorize?` + new URLSearchParams({
        client_id: 'onward', response_type: 'code', redirect_uri: `${api.origin}/callback`, scope: 'openid email', state: 's', ...parameters,
    }));
    return { page, complaints };
}

async function arrived({ page, complaints }, field = 'code') {
    await page.waitForURL(`${www.origin}/callback**`);
    assert.equal(await page.textContent('h1'), 'arrived');
    if (field) assert.ok(new URL(page.url()).searchParams.has(field), page.url());
    assert.deepEqual(complaints, []);
}

async function account() {
    const person = { email: newAddress(), password: newPassword() };
    const visitor = await visit();
    await choosePassword(visitor.page);
    await visitor.page.click('#signup-link');
    await confirmAddress(visitor.page, demo.mailbox, person);
    await consent(visitor.page);
    await arrived(visitor);
    return { person, visitor };
}

test('the last form may be consent or the password, with script and without', { timeout }, async () => {
    const { person, visitor } = await account();
    await visitor.page.context().close();
    for (const javaScriptEnabled of [true, false]) {
        const again = await visit({ options: { javaScriptEnabled } });
        await signInWithPassword(again.page, person);
        await arrived(again);
        await again.page.context().close();
    }
});

test('the last form may be a refusal', { timeout }, async () => {
    const visitor = await visit();
    await visitor.page.click('#cancel');
    await arrived(visitor, 'error');
    await visitor.page.context().close();
});

test('a method elsewhere may redirect on too', { timeout }, async () => {
    const visitor = await visit();
    await visitor.page.click('#method-suomifi');  // the stand-in redirects from its sign-on address to its page
    await visitor.page.waitForSelector('#person-nordea');
    assert.deepEqual(visitor.complaints, []);
    await visitor.page.context().close();
});

test('form_post goes on as well', { timeout }, async () => {
    const { person, visitor } = await account();
    await visitor.page.context().close();
    const posting = await visit({ response_mode: 'form_post' });
    await signInWithPassword(posting.page, person);
    await arrived(posting, null);
    await posting.page.context().close();
});

test('logout leads where the service says, and on from there', { timeout }, async () => {
    const { visitor } = await account();
    await visitor.page.goto(`${demo.provider.issuer}/logout?` + new URLSearchParams({ client_id: 'onward', post_logout_redirect_uri: `${api.origin}/` }));
    await visitor.page.click('#logout-confirm');
    await visitor.page.waitForURL(`${www.origin}/**`);
    assert.deepEqual(visitor.complaints, []);
    await visitor.page.context().close();
});

test('a client that is no browser gets the redirect itself', { timeout }, async () => {
    const { page } = await visit();
    const [action, csrf] = [await page.getAttribute('form', 'action'), await page.getAttribute('[name=csrf]', 'value')];
    const answer = await page.context().request.post(demo.provider.issuer + action, { form: { csrf, cancel: '1' }, maxRedirects: 0 });
    assert.equal(answer.status(), 303);
    assert.ok(answer.headers().location.startsWith(`${api.origin}/callback?error=access_denied`));
    await page.context().close();
});
