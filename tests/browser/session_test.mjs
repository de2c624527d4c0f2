// SPDX-License-Identifier: MIT
// What a service learns of the person's session by frames: whether it is still the same (Session Management 1.0), and that it ended
// (Front-Channel Logout 1.0).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../conf/demo/processes.mjs';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { describeService } from '../../conf/demo/services.mjs';
import { launch, root } from './support/chromium.mjs';
import { choosePassword, confirmAddress, newAddress, newPassword, watch } from './support/person.mjs';

const timeout = 120_000;
let browser, demo, server, service, issuer;
/** What the frames of logouts asked for; they are answered only while `answers`. */
let told = [];
let answers = true;

before(async () => {
    const port = await freePort();
    // At the same site as the provider: elsewhere a browser that keeps cookies from frames of others shows the frame none.
    const host = '127.0.0.1';
    service = describeService({ id: 'watching', name: 'Watching', accent: '#000000', port, scope: 'openid', host,
        more: { skip_consent: true, require_pkce: false, frontchannel_logout_uri: `http://${host}:${port}/out?keep=1` } });
    server = createServer((request, response) => {
        if (request.url.startsWith('/out')) {
            told.push(new URL(request.url, service.origin).searchParams);
            if (!answers) return;
        }
        response.setHeader('Content-Type', 'text/html');
        response.end('<!DOCTYPE html><html lang="en"><title>service</title><h1>service</h1>');
    });
    await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
    demo = await startDemo({ folder: join(root, 'build/demo/session'), ports: await randomPorts(), moreServices: [service] });
    issuer = demo.provider.issuer;
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
    server?.closeAllConnections();
    server?.close();
});

/** A new person, signed in at the service; the page stands there. */
async function signedIn() {
    const page = watch(await (await browser.newContext({ locale: 'en-GB' })).newPage());
    await page.goto(`${issuer}/authorize?` + new URLSearchParams({
        client_id: service.id, response_type: 'code', redirect_uri: `${service.origin}/callback`, scope: 'openid', state: 's', nonce: 'n',
    }));
    await choosePassword(page);
    await page.click('#signup-link');
    await confirmAddress(page, demo.mailbox, { email: newAddress(), password: newPassword() });
    await page.waitForURL(`${service.origin}/callback**`);
    return page;
}

/** What the frame at check_session_iframe answers to the page. */
async function ask(page, message) {
    const { check_session_iframe: address } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    return page.evaluate(async ([source, text]) => {
        const frame = document.createElement('iframe');
        frame.src = source;
        document.body.append(frame);
        await new Promise((loaded) => { frame.onload = loaded; });
        const answer = new Promise((heard) => {
            addEventListener('message', ({ data, origin }) => origin === new URL(source).origin && heard(data), { once: true });
        });
        frame.contentWindow.postMessage(text, new URL(source).origin);
        return answer;
    }, [address, message]);
}

async function idTokenOf(page) {
    const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { Authorization: `Basic ${Buffer.from(`${service.id}:${service.secret}`).toString('base64')}` },
        body: new URLSearchParams({
            grant_type: 'authorization_code', code: new URL(page.url()).searchParams.get('code'), redirect_uri: `${service.origin}/callback`,
        }),
    });
    return (await answer.json()).id_token;
}
const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));

async function logOut(page, idToken) {
    await page.goto(`${issuer}/logout?` + new URLSearchParams({
        id_token_hint: idToken, post_logout_redirect_uri: `${service.origin}/`, state: 'after',
    }), { waitUntil: 'commit' });
    await page.waitForURL(`${service.origin}/?state=after`);
}

test('a service sees in a frame that the session is still the same, and that it is over', { timeout }, async () => {
    const page = await signedIn();
    const state = new URL(page.url()).searchParams.get('session_state');
    assert.equal(await ask(page, `${service.id} ${state}`), 'unchanged');
    assert.equal(await ask(page, `other ${state}`), 'changed');
    for (const message of ['', 'x', `${service.id} x`, `${service.id} ${state}.x y`]) assert.equal(await ask(page, message), 'error', message);

    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${issuer}/logout`);
    await elsewhere.click('#logout-confirm');
    await elsewhere.waitForSelector('iframe', { state: 'attached' });  // the page that tells the services
    assert.equal(await ask(page, `${service.id} ${state}`), 'changed');
    await page.context().close();
});

test('a logout loads the address of each service in a frame and then goes on', { timeout }, async () => {
    const page = await signedIn();
    const complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    const idToken = await idTokenOf(page);
    told = [];
    await logOut(page, idToken);
    assert.deepEqual(told.map((query) => Object.fromEntries(query)), [{ keep: '1', iss: issuer, sid: claimsOf(idToken).sid }]);
    assert.deepEqual(complaints, []);
    await page.context().close();
});

test('a service that does not answer holds nobody', { timeout }, async () => {
    const page = await signedIn();
    const idToken = await idTokenOf(page);
    answers = false;
    told = [];
    const begun = performance.now();
    await logOut(page, idToken);
    assert.equal(told.length, 1);
    assert.ok(performance.now() - begun < 15_000);
    answers = true;
    await page.context().close();
});
