// SPDX-License-Identifier: MIT
// The demo services against npm oidc-provider: what they show and do does not depend on our own provider's reading of the specifications.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Provider from 'oidc-provider';
import { freePort } from '../../conf/demo/processes.mjs';
import { describeService, startService, strongLevels } from '../../conf/demo/services.mjs';
import { assertAccessible, assertFits320, launch, root, screenshot } from './support/chromium.mjs';

const timeout = 60_000;
const folder = join(root, 'build/demo/services-test');
let browser, listener, a, b;
/** How the next person that the provider asks proves themselves; null declines. */
let proof;

before(async () => {
    const describe = async (id, name) => describeService({ id, name, accent: '#00005e', port: await freePort(), scope: 'openid email' });
    const [serviceA, serviceB] = [await describe('a', 'Service A'), await describe('b', 'Service B')];
    const issuer = `http://127.0.0.1:${await freePort()}`;
    const provider = new Provider(issuer, {
        clients: [serviceA, serviceB].map(({ registration: { scope, ...registration }, secret }) => ({ ...registration, client_secret: secret })),
        acrValues: ['light', ...strongLevels],
        claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], email: ['email'] },
        features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
        findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.fi` }) }),
        interactions: { url: () => '/prove' },
        loadExistingGrant,
        fetch: (url, { dispatcher, ...options }) => fetch(url, options),  // its own dispatcher refuses loopback, where the services are
    });
    async function loadExistingGrant(context) {
        const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
        grant.addOIDCScope('openid email');
        await grant.save();
        return grant;
    }
    const answer = provider.callback();
    listener = (await import('node:http')).createServer((request, response) => {
        if (!request.url.startsWith('/prove')) return answer(request, response);
        const result = proof ? { login: proof } : { error: 'access_denied' };
        provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    });
    await new Promise((listening) => listener.listen(new URL(issuer).port, '127.0.0.1', listening));
    [a, b] = [await startService(serviceA, { issuer, folder }), await startService(serviceB, { issuer, folder })];
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await Promise.all([a?.stop(), b?.stop()]);
    listener?.close();
    listener?.closeAllConnections();
});

async function signedInto(service, button = '#sign-in') {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(service.origin);
    await page.click(button);
    return page;
}

test('shows who is signed in, at which level and with which claims', { timeout }, async () => {
    proof = { accountId: 'maija', acr: 'light', amr: ['pwd'] };
    const page = await signedInto(a);
    await page.waitForSelector('#signed-in-as');
    assert.equal(await page.textContent('#signed-in-as'), 'maija@example.fi');
    assert.equal(await page.textContent('#acr'), 'light');
    assert.equal(await page.textContent('#amr'), 'pwd');
    assert.equal(JSON.parse(await page.textContent('#claims')).email, 'maija@example.fi');
    await assertAccessible(page);
    await assertFits320(page);
    await screenshot(page, 'service-signed-in');
    await page.context().close();
});

test('a demand for strong identification that is not met does not sign in', { timeout }, async () => {
    proof = { accountId: 'maija', acr: 'light', amr: ['pwd'] };
    const page = await signedInto(a, '#sign-in-strong');
    await page.waitForSelector('#login-error');
    assert.equal(await page.textContent('#login-error'), 'not_strong');
    assert.equal(await page.locator('#signed-out').count(), 1);
    await assertAccessible(page);
    await page.context().close();
});

test('a demand for strong identification that is met signs in', { timeout }, async () => {
    proof = { accountId: 'maija', acr: strongLevels[0], amr: ['suomifi'] };
    const page = await signedInto(a, '#sign-in-strong');
    await page.waitForSelector('#signed-in-as');
    assert.equal(await page.textContent('#acr'), strongLevels[0]);
    assert.equal(await page.locator('#step-up').count(), 0);
    await page.context().close();
});

test('a refusal is told and signs nobody in', { timeout }, async () => {
    proof = null;
    const page = await signedInto(a);
    await page.waitForSelector('#login-error');
    assert.equal(await page.textContent('#login-error'), 'access_denied');
    await page.context().close();
});

test('signing out of one service ends the session of the other by its back channel', { timeout }, async () => {
    proof = { accountId: 'maija', acr: 'light', amr: ['pwd'] };
    const page = await signedInto(a);
    await page.waitForSelector('#signed-in-as');
    await page.goto(b.origin);
    await page.click('#sign-in');
    await page.waitForSelector('#signed-in-as');
    await page.click('#sign-out');
    await page.click('button[name=logout]');
    await page.waitForURL(`${b.origin}/**`);
    assert.equal(await page.locator('#signed-out').count(), 1);
    await page.goto(a.origin);
    assert.equal(await page.locator('#signed-out').count(), 1);
    await page.context().close();
});

test('an answer to a sign-in that this browser did not begin is ignored', { timeout }, async () => {
    const page = await browser.newPage();
    await page.goto(`${a.origin}/callback?code=stolen&state=other`);
    assert.equal(await page.locator('#signed-out').count(), 1);
    await page.close();
});

test('a logout token that the provider did not sign is refused', { timeout }, async () => {
    const logout_token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWlqYSJ9.';
    const { status } = await fetch(`${a.origin}/backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token }) });
    assert.equal(status, 400);
});
