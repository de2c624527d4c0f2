// SPDX-License-Identifier: MIT
// The four logout plans (oidc-conformance.md 3.4 to 3.7).
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { SignJWT, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose';
import { now_s, unsigned } from '../support/keys.mjs';
import { verifyJwt } from '../support/checks.mjs';

const state = 'a state of the logout';
const returnUri = (rp) => rp.client.post_logout_redirect_uris[0];

/** Logs in, asks for the end of the session with `params(login)`, and gives both. */
async function end(rp, params) {
    const login = await rp.login();
    return { login, outcome: await rp.logout(login, params(login)) };
}

/** Back at the service, with `state` and nothing else. */
function returned(rp, { away, page }, expected) {
    assert.ok(away, `the browser is sent back; instead: ${page}`);
    assert.equal(away.origin + away.pathname, returnUri(rp));
    assert.deepEqual(Object.fromEntries(away.searchParams), expected);
    assert.equal(away.hash, '');
}

/** A page shows, and nobody is sent anywhere, also after having agreed to sign out. */
function stayed({ away, page }) {
    assert.ok(!away, `the browser is sent to ${away}`);
    assert.ok(page.status === 200 || (page.status >= 400 && page.status < 500), `${page}`);
    assert.ok(page.heading.length > 0);
}

/** The person is signed out, and a page says so. */
const endsByPage = (params) => async ({ rp }) => {
    const { login, outcome } = await end(rp, (login) => params(rp, login));
    stayed(outcome);
    assert.equal(outcome.page.status, 200);
    await rp.signedOut(login);
};

/** No redirect. A good hint proves who asks; without one nobody is signed out who did not say so. */
const staysHere = (params, { proven }) => async ({ rp, op }) => {
    const login = await rp.login();
    const given = await params(rp, login, op);
    const { shown, ...outcome } = await rp.logout(login, given, proven ? {} : { logout: 'stay' });
    if (proven || !shown.includes('logout')) stayed(outcome);
    if (proven) return;
    assert.ok(shown.includes('logout') || outcome.page.status >= 400, 'the person is asked');
    await rp.accepted(await rp.authorize({ browser: login.browser, params: { prompt: 'none' } }));
    stayed(await rp.logout(login, given));
};

const hint = ({ tokens }) => tokens.id_token;

/** check_session_iframe as a page of the service asks it: the script of the page with a window around it. Gives ask(message, origin). */
async function openFrame(op, browser) {
    const { page } = await browser.visit(op.metadata.check_session_iframe);
    assert.equal(page.status, 200);
    const { headers } = page.answer;
    assert.ok(!headers['x-frame-options'] && !/frame-ancestors/.test(headers['content-security-policy'] ?? ''), 'anybody may frame it');
    const [, script] = page.html.match(/<script>([\s\S]*)<\/script>/);
    let listener;
    const listen = (event, function_) => event === 'message' && (listener = function_);
    const document = { get cookie() { return browser.scriptCookies; } };
    new Function('document', 'addEventListener', 'crypto', script)(document, listen, webcrypto);
    return (data, origin) => new Promise((resolve) => {
        listener({ data, origin, source: { postMessage: (answer, to) => resolve(to === origin ? answer : `sent to ${to}`) } });
    });
}

export const logout = {
    async 'oidcc-rp-initiated-logout-discovery-endpoint-verification'({ op }) {
        assert.match(op.metadata.end_session_endpoint, /^https:/);
    },

    async 'oidcc-rp-initiated-logout'({ rp }) {
        const { login, outcome } = await end(rp, (login) => ({ id_token_hint: hint(login), post_logout_redirect_uri: returnUri(rp), state }));
        returned(rp, outcome, { state });
        await rp.signedOut(login);
    },

    async 'oidcc-rp-initiated-logout-no-state'({ rp }) {
        const { login, outcome } = await end(rp, (login) => ({ id_token_hint: hint(login), post_logout_redirect_uri: returnUri(rp) }));
        returned(rp, outcome, {});
        await rp.signedOut(login);
    },

    'oidcc-rp-initiated-logout-no-params': endsByPage(() => ({})),
    'oidcc-rp-initiated-logout-only-state': endsByPage(() => ({ state })),
    'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': endsByPage((rp, login) => ({ id_token_hint: hint(login), state })),

    'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': staysHere((rp, login) => ({
        id_token_hint: hint(login), post_logout_redirect_uri: `${returnUri(rp)}/foo`, state,
    }), { proven: true }),
    'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri': staysHere((rp, login) => ({
        id_token_hint: hint(login), post_logout_redirect_uri: `${returnUri(rp)}?foo=bar`, state,
    }), { proven: true }),
    'oidcc-rp-initiated-logout-no-id-token-hint': staysHere((rp) => ({ post_logout_redirect_uri: returnUri(rp), state }), { proven: false }),
    'oidcc-rp-initiated-logout-modified-id-token-hint': staysHere((rp, login) => ({
        id_token_hint: unsigned(decodeJwt(hint(login))), post_logout_redirect_uri: returnUri(rp), state,
    }), { proven: false }),
    'oidcc-rp-initiated-logout-bad-id-token-hint': staysHere(async (rp, login) => {
        const { privateKey } = await generateKeyPair('RS256');
        const header = decodeProtectedHeader(hint(login));
        const forged = await new SignJWT(decodeJwt(hint(login))).setProtectedHeader(header).sign(privateKey);
        return { id_token_hint: forged, post_logout_redirect_uri: returnUri(rp), state };
    }, { proven: false }),

    async 'oidcc-session-management-discovery-endpoint-verification'({ op: { metadata } }) {
        assert.match(metadata.check_session_iframe, /^https:/);
        assert.match(metadata.end_session_endpoint, /^https:/);
    },

    async 'oidcc-session-management-rp-initiated-logout'({ op, rp }) {
        const login = await rp.login();
        const { session_state } = login.front;
        assert.match(session_state ?? '', /^\S+$/, 'session_state');
        const ask = await openFrame(op, login.browser);
        const { origin } = new URL(rp.redirect_uri);
        const message = `${rp.client.client_id} ${session_state}`;
        assert.equal(await ask(message, origin), 'unchanged');
        assert.equal(await ask(message, 'https://other.example'), 'changed', 'another origin learns nothing');
        for (const bad of ['', rp.client.client_id, `${rp.client.client_id} `, { not: 'text' }]) assert.equal(await ask(bad, origin), 'error');
        returned(rp, await rp.logout(login, { id_token_hint: hint(login), post_logout_redirect_uri: returnUri(rp), state }), { state });
        assert.equal(await ask(message, origin), 'changed');
        await rp.signedOut(login);
    },

    async 'oidcc-frontchannel-logout-discovery-endpoint-verification'({ op: { metadata } }) {
        assert.equal(metadata.frontchannel_logout_supported, true);
        assert.equal(metadata.frontchannel_logout_session_supported, true);
        assert.match(metadata.end_session_endpoint, /^https:/);
    },

    async 'oidcc-frontchannel-rp-initiated-logout'({ op, client }) {
        const rp = client('frontchannel');
        const { login, outcome: { page } } = await end(rp, (login) => ({ id_token_hint: hint(login), post_logout_redirect_uri: returnUri(rp), state }));
        const registered = new URL(rp.client.frontchannel_logout_uri);
        const frames = page.frames.map((address) => new URL(address));
        assert.equal(frames.length, 1, 'one frame for the one service');
        assert.equal(frames[0].origin + frames[0].pathname, registered.origin + registered.pathname);
        assert.deepEqual(Object.fromEntries(frames[0].searchParams), { iss: op.issuer, sid: login.claims.sid });
        const policy = page.answer.headers['content-security-policy'] ?? '';
        assert.match(policy, new RegExp(`frame-src [^;]*${registered.origin}`), 'the frame may load');
        // The browser goes on by itself after a short time, and by a link without script.
        const wait_ms = Number(page.html.match(/ data-wait="(\d+)"/)?.[1] ?? Number(page.answer.headers.refresh?.split(';')[0]) * 1000);
        assert.ok(wait_ms > 0 && wait_ms <= 10_000, `it waits for ${wait_ms} ms`);
        returned(rp, { away: new URL(page.linkOf('return')) }, { state });
        await rp.signedOut(login);
    },

    async 'oidcc-backchannel-logout-discovery-endpoint-verification'({ op: { metadata } }) {
        assert.equal(metadata.backchannel_logout_supported, true);
        assert.equal(metadata.backchannel_logout_session_supported, true);
        assert.match(metadata.end_session_endpoint, /^https:/);
    },

    async 'oidcc-backchannel-rp-initiated-logout'({ op, client }) {
        const rp = client('backchannel');
        const { login, outcome } = await end(rp, (login) => ({ id_token_hint: hint(login), post_logout_redirect_uri: returnUri(rp), state }));
        returned(rp, outcome, { state });
        const { sid, sub } = login.claims;
        assert.ok(sid, 'the ID token has a sid');
        const of = ({ text }) => decodeJwt(new URLSearchParams(text).get('logout_token')).sid === sid;
        const request = await op.receiver.request('/backchannel', of);
        assert.equal(request.method, 'POST');
        assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
        assert.deepEqual([...new URLSearchParams(request.text).keys()], ['logout_token']);
        const { header, claims } = await verifyJwt(op, new URLSearchParams(request.text).get('logout_token'), rp.alg);
        assert.equal(header.typ, 'logout+jwt');
        assert.equal(claims.iss, op.issuer);
        assert.ok([claims.aud].flat().includes(rp.client.client_id));
        assert.ok(claims.iat <= now_s() + 300 && claims.iat > now_s() - 86_400, 'iat');
        assert.ok(claims.exp > now_s() && claims.exp <= claims.iat + 120, 'exp');
        assert.ok(claims.jti?.length > 0);
        assert.deepEqual(claims.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
        assert.equal(claims.sub, sub);
        assert.equal(claims.sid, sid);
        assert.ok(!('nonce' in claims));
        await rp.signedOut(login);
        assert.equal(op.receiver.requests('/backchannel').filter(of).length, 1, 'once is enough');
    },
};
