// SPDX-License-Identifier: MIT
// The modules of the Basic, Implicit, Hybrid and Form Post plans (oidc-conformance.md 3.1), by their official ids. Each gets
// { op, rp, second, post }: the provider, and relying parties with the variant's response type; `second` is another client.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { checkJsonError, checkNotStored, checkTokenResponse, claimsOfScope, verifyJwt } from '../support/checks.mjs';
import { makePkce } from '../support/pkce.mjs';
import { refusedByPage, silentErrors } from '../support/relying_party.mjs';

/** Asks for the scope, and finds all its claims where they belong and nowhere else. */
function scope(scopes, wanted = scopes) {
    return async ({ rp }) => {
        const login = await rp.login({ params: { scope: ['openid', ...scopes].join(' ') } });
        const alone = rp.response_type === 'id_token';
        const found = alone ? login.claims : await rp.userinfo(login);
        for (const claim of wanted.flatMap((name) => claimsOfScope[name])) {
            assert.ok(claim in found, `${claim} is missing`);
            for (const token of alone ? [] : [login.claims, login.front.claims ?? {}]) assert.ok(!(claim in token), `${claim} leaks into the ID token`);
        }
    };
}

/** A plain success with further parameters, and again with the same browser. */
const succeedsWith = (params) => async ({ rp, op }) => {
    await rp.login({ params: typeof params === 'function' ? params(op) : params });
};

const userinfo = (how) => async ({ rp }) => {
    await rp.userinfo(await rp.login(), how);
};

/** Sends the code a second time, by all that the specification says the same request. */
async function reuse(rp, wait_ms) {
    const front = await rp.accepted(await rp.authorize());
    const tokens = checkTokenResponse(await rp.redeem(front));
    await rp.userinfo({ tokens });
    if (wait_ms) await setTimeout(wait_ms);
    checkJsonError(await rp.redeem(front), ['invalid_grant']);
    const after = await rp.askUserinfo(tokens.access_token);
    assert.equal(after.status, 401, 'what came of the code is revoked');
}

/** `params(hint)` with the browser of a login. */
async function again({ rp }, params, first = {}) {
    const before = await rp.login({ params: first });
    const outcome = await rp.authorize({ browser: before.browser, params: params(before) });
    return { before, outcome };
}

/** From an outcome to the ID token, whichever way it comes. */
async function finish(rp, outcome) {
    const front = await rp.accepted(outcome);
    if (!front.code) return front.claims;
    const tokens = checkTokenResponse(await rp.redeem(front));
    return (await rp.idToken(tokens.id_token, { nonce: outcome.sent.nonce, access_token: tokens.access_token, code: front.code })).claims;
}

/** Refused at the redirect_uri or, where that is part of what is not believed, by a page. */
async function refused(rp, outcome, errors) {
    if (outcome.away) return rp.refused(outcome, errors);
    refusedByPage(outcome);
    assert.ok(errors.includes(outcome.page.textOf('error')), `${outcome.page} is none of ${errors}`);
}

/** Where `none` is offered the official suite wants success; where it is not it skips, and we want to see it refused. */
function wantsSignatures({ metadata }) {
    assert.ok(!metadata.request_object_signing_alg_values_supported.includes('none'), 'none is not offered');
}

export const core = {
    async 'oidcc-server'({ rp }) {
        const login = await rp.login();
        if (rp.response_type !== 'id_token') await rp.userinfo(login);
    },

    async 'oidcc-server-client-secret-post'({ post }) {
        await post.userinfo(await post.login());
    },

    async 'oidcc-response-type-missing'({ rp }) {
        const outcome = await rp.authorize({ params: { response_type: undefined } });
        if (outcome.page && !outcome.away) return refusedByPage(outcome);
        await rp.refused(outcome, ['invalid_request', 'unsupported_response_type']);
    },

    async 'oidcc-idtoken-signature'({ op, rp }) {
        assert.ok(!rp.client.id_token_signed_response_alg, 'the client has registered no algorithm');
        assert.ok(op.metadata.id_token_signing_alg_values_supported.includes('RS256'));
        await rp.login();  // checks RS256 and the kid
    },

    async 'oidcc-idtoken-unsigned'({ op, rp }) {
        assert.ok(!op.metadata.id_token_signing_alg_values_supported.includes('none'), 'none is not offered');
        await rp.login();
    },

    'oidcc-userinfo-get': userinfo('header'),
    'oidcc-userinfo-post-header': userinfo('post-header'),
    'oidcc-userinfo-post-body': userinfo('post-body'),

    async 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow'({ rp }) {
        const { claims } = await rp.login({ params: { nonce: undefined } });
        assert.ok(!('nonce' in claims));
    },

    async 'oidcc-ensure-request-without-nonce-fails'({ rp }) {
        await rp.refused(await rp.authorize({ params: { nonce: undefined } }), ['invalid_request']);
    },

    'oidcc-scope-profile': scope(['profile']),
    'oidcc-scope-email': scope(['email']),
    'oidcc-scope-address': scope(['address']),
    'oidcc-scope-phone': scope(['phone']),
    'oidcc-scope-all': scope(['profile', 'email', 'address', 'phone']),

    async 'oidcc-alternate-happy-flow'({ rp }) {
        const ordered = rp.parameters({ scope: 'phone address email profile openid' });
        const reversed = Object.fromEntries(Object.entries(ordered).reverse());
        await rp.login({ params: reversed });
        // Words of response_type have no order (OAuth 2.0 Multiple Response Type Encoding Practices §2).
        const response_type = rp.response_type.split(' ').reverse().join(' ');
        await rp.accepted(await rp.authorize({ params: { response_type, response_mode: rp.response_mode } }));
    },

    'oidcc-display-page': succeedsWith({ display: 'page' }),
    'oidcc-display-popup': succeedsWith({ display: 'popup' }),

    async 'oidcc-prompt-login'(c) {
        const first = await c.rp.login({ params: { max_age: '15000' } });
        await setTimeout(1100);
        const outcome = await c.rp.authorize({ browser: first.browser, params: { prompt: 'login', max_age: '15000' } });
        assert.ok(outcome.shown.includes('login'), 'the person signs in again');
        const second = await finish(c.rp, outcome);
        assert.equal(second.sub, first.claims.sub);
        assert.ok(second.auth_time > first.claims.auth_time, 'auth_time is later');
    },

    async 'oidcc-prompt-none-not-logged-in'({ rp }) {
        const outcome = await rp.authorize({ params: { prompt: 'none' } });
        assert.deepEqual(outcome.shown, []);
        await rp.refused(outcome, silentErrors);
    },

    async 'oidcc-prompt-none-logged-in'(c) {
        const { before, outcome } = await again(c, () => ({ prompt: 'none', max_age: '15000' }), { max_age: '15000' });
        assert.deepEqual(outcome.shown, []);
        const claims = await finish(c.rp, outcome);
        assert.equal(claims.sub, before.claims.sub);
        assert.equal(claims.auth_time, before.claims.auth_time);
        // Without max_age too, where auth_time may be missing.
        const plain = await finish(c.rp, await c.rp.authorize({ browser: before.browser, params: { prompt: 'none' } }));
        assert.equal(plain.sub, before.claims.sub);
        if ('auth_time' in plain) assert.equal(plain.auth_time, before.claims.auth_time);
    },

    async 'oidcc-max-age-1'({ rp }) {
        const first = await rp.login({ params: { max_age: '15000' } });
        await setTimeout(2100);
        const outcome = await rp.authorize({ browser: first.browser, params: { max_age: '1' } });
        assert.ok(outcome.shown.includes('login'), 'the person signs in again');
        const second = await finish(rp, outcome);
        assert.ok(second.auth_time > first.claims.auth_time, 'auth_time is there, and later');
        assert.ok(Math.abs(second.auth_time - Date.now() / 1000) < 60, 'and recent');
    },

    async 'oidcc-max-age-10000'(c) {
        const { before, outcome } = await again(c, () => ({ max_age: '10000' }), { max_age: '15000' });
        assert.ok(!outcome.shown.includes('login'), 'nobody signs in again');
        const claims = await finish(c.rp, outcome);
        assert.ok(Number.isInteger(before.claims.auth_time), 'auth_time is there');
        assert.equal(claims.auth_time, before.claims.auth_time);
        assert.equal(claims.sub, before.claims.sub);
    },

    'oidcc-ensure-request-with-unknown-parameter-succeeds': succeedsWith({ extra: 'foobar' }),

    async 'oidcc-id-token-hint'(c) {
        const { rp } = c;
        const hintOf = ({ tokens }) => tokens.id_token;
        const { before, outcome } = await again(c, (login) => ({ prompt: 'none', id_token_hint: hintOf(login) }));
        assert.deepEqual(outcome.shown, []);
        assert.equal((await finish(rp, outcome)).sub, before.claims.sub);
        // Somebody else's hint names somebody who is not here.
        const other = await rp.login({ person: 'willow' });
        const mistaken = await rp.authorize({ browser: before.browser, params: { prompt: 'none', id_token_hint: hintOf(other) } });
        await rp.refused(mistaken, ['login_required']);
    },

    async 'oidcc-login-hint'({ op, rp }) {
        await rp.login({ params: { login_hint: `buffy@${new URL(op.issuer).hostname}` } });
        // That is no address to sign in with; one that is stands in the field.
        const hint = 'dawn@city.example';
        const { pages, ...outcome } = await rp.authorize({ params: { login_hint: hint } });
        assert.ok(pages.some((page) => page.forms.some(({ fields }) => fields.email === hint)), 'the field is filled in');
        await rp.accepted(outcome);
    },

    'oidcc-ui-locales': succeedsWith({ ui_locales: 'se' }),
    'oidcc-claims-locales': succeedsWith({ claims_locales: 'se' }),

    async 'oidcc-ensure-request-with-acr-values-succeeds'({ op, rp }) {
        const values = op.metadata.acr_values_supported;
        assert.ok(values.length > 0);
        const { claims } = await rp.login({ params: { acr_values: values.join(' ') } });
        assert.ok(values.includes(claims.acr), `acr ${claims.acr}`);
    },

    'oidcc-codereuse': ({ rp }) => reuse(rp, 0),
    'oidcc-codereuse-30seconds': ({ rp }) => reuse(rp, 30_000),

    async 'oidcc-ensure-registered-redirect-uri'({ rp }) {
        const base = rp.redirect_uri;
        for (const uri of [`${base}/fsdljkf`, `${base}?a=b`, base.slice(0, -1), base.toUpperCase(), `${base}%2F..`, 'https://evil.example/callback'])
            refusedByPage(await rp.authorize({ params: { redirect_uri: uri } }));
    },

    async 'oidcc-ensure-post-request-succeeds'({ rp }) {
        await rp.login({ method: 'POST' });
    },

    async 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported'({ op, rp }) {
        wantsSignatures(op);
        const request_uri = rp.publishRequest(rp.unsignedRequest(rp.parameters()));
        await refused(rp, await rp.authorize({ params: { request_uri } }), ['request_uri_not_supported', 'invalid_request_object']);
    },

    async 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported'({ op, rp }) {
        wantsSignatures(op);
        const outer = rp.parameters();
        const request = rp.unsignedRequest({ ...outer, state: 'inside' });
        await refused(rp, await rp.authorize({ params: { ...outer, request } }), ['request_not_supported', 'invalid_request_object']);
    },

    async 'oidcc-ensure-request-object-with-redirect-uri'({ rp }) {
        const outer = rp.parameters();
        const evil = 'https://evil.example/callback';
        // The one inside counts.
        const right = await rp.requestObject(outer);
        await rp.accepted({ ...(await rp.authorize({ params: { ...outer, redirect_uri: evil, request: right } })), sent: outer });
        const wrong = await rp.requestObject({ ...outer, redirect_uri: evil });
        refusedByPage(await rp.authorize({ params: { ...outer, request: wrong } }));
        // And unsigned, as the official suite sends it here: refused, wherever it points.
        const unsigned = await rp.authorize({ params: { ...outer, redirect_uri: evil, request: rp.unsignedRequest(outer) } });
        refusedByPage(unsigned);
    },

    async 'oidcc-claims-essential'({ rp }) {
        const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
        const login = await rp.login({ params: { claims } });
        if (rp.response_type === 'id_token') return;
        assert.equal((await rp.userinfo(login)).name, 'Buffy Anne Summers');
        for (const token of [login.claims, login.front.claims ?? {}]) assert.ok(!('name' in token), 'name leaks into the ID token');
    },

    async 'oidcc-refresh-token'({ op, rp, second }) {
        assert.ok(op.metadata.grant_types_supported.includes('refresh_token'), 'grant_types_supported');
        const login = await rp.login({ params: { scope: 'openid offline_access', prompt: 'consent' } });
        assert.ok(login.shown.includes('consent'));
        const { refresh_token } = login.tokens;
        assert.ok(refresh_token, 'a refresh token');
        const answer = await rp.refresh(refresh_token);
        const tokens = checkTokenResponse(answer);
        checkNotStored(answer);
        assert.notEqual(tokens.access_token, login.tokens.access_token);
        if (tokens.id_token) {
            const { claims } = await verifyJwt(op, tokens.id_token, rp.alg);
            for (const name of ['iss', 'sub', 'aud', 'auth_time', 'azp']) assert.deepEqual(claims[name], login.claims[name], name);
            assert.ok(claims.iat >= login.claims.iat);
        }
        await rp.userinfo({ tokens, claims: login.claims });
        const others = await second.login({ params: { scope: 'openid offline_access', prompt: 'consent' } });
        checkJsonError(await rp.refresh(others.tokens.refresh_token), ['invalid_grant']);
    },

    async 'oidcc-ensure-request-with-valid-pkce-succeeds'({ op, rp }) {
        assert.ok(op.metadata.code_challenge_methods_supported.includes('S256'));
        const { verifier, challenge } = makePkce();
        await rp.login({ params: { code_challenge: challenge, code_challenge_method: 'S256' }, verifier });
    },
};
