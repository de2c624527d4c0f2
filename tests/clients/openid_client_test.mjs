// SPDX-License-Identifier: MIT
// npm openid-client 6: each flow that it knows and we offer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { walk } from '../conformance/support/person.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { makeParties, secret } from './parties.mjs';

const timeout = 60_000;
let op;

before(async () => {
    op = await startProvider({ name: 'openid-client', clients: makeParties });
}, { timeout });
after(() => op?.stop());

const configured = (id, authentication = oidc.ClientSecretBasic(secret), metadata = {}) =>
    oidc.discovery(new URL(op.issuer), id, metadata, authentication, { [oidc.customFetch]: op.http.fetch });

/** Has the person sign in at `url`; gives what the service gets: an address, or a form that is posted to it. */
async function visit(url, { browser = op.browser(), person = 'buffy', decision } = {}) {
    const { away, posted, page } = await walk(browser, await browser.visit(url.href), op.persons[person], decision);
    assert.ok(away, `${page}`);
    if (!posted) return away;
    return new Request(away, { method: 'POST', body: new URLSearchParams(posted) });
}

async function request(parameters = {}) {
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    return {
        parameters: {
            scope: 'openid profile', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...parameters,
        },
        checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    };
}

const signedBy = ({ privateKey, kid }) => (configuration, parameters) =>
    oidc.buildAuthorizationUrlWithJAR(configuration, parameters, { key: privateKey, kid });
const pushedAndSignedBy = (key) => async (configuration, parameters, options) =>
    oidc.buildAuthorizationUrlWithPAR(configuration, (await signedBy(key)(configuration, parameters)).searchParams, options);

/** From `build` (a function of openid-client that makes the address) to the tokens. */
async function signIn(configuration, { parameters, build = oidc.buildAuthorizationUrl, ...options } = {}) {
    const { client_id } = configuration.clientMetadata();
    const { parameters: sent, checks } = await request({ redirect_uri: `https://rp.example/${client_id}`, ...parameters });
    const back = await visit(await build(configuration, sent, options.grant), options);
    return oidc.authorizationCodeGrant(configuration, back, { ...checks, ...options.checks }, undefined, options.grant);
}

test('the code flow with PKCE, by each way to show the secret, and none', { timeout }, async () => {
    for (const [id, authentication] of [['web', oidc.ClientSecretBasic(secret)], ['post', oidc.ClientSecretPost(secret)], ['spa', oidc.None()]]) {
        const configuration = await configured(id, authentication);
        const tokens = await signIn(configuration);
        const info = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub);
        assert.equal(info.name, 'Buffy Anne Summers');
    }
});

test('a person who cancels, and one who was away for too long', { timeout }, async () => {
    const configuration = await configured('web');
    await assert.rejects(signIn(configuration, { decision: { login: 'cancel' } }), { error: 'access_denied' });
    await assert.rejects(signIn(configuration, { parameters: { prompt: 'none' } }), { error: 'login_required' });
});

test('max_age brings auth_time', { timeout }, async () => {
    const tokens = await signIn(await configured('web'), { parameters: { max_age: '60' }, checks: { maxAge: 60 } });
    assert.ok(Number.isInteger(tokens.claims().auth_time));
});

test('pushed requests', { timeout }, async () => {
    await signIn(await configured('web'), { build: oidc.buildAuthorizationUrlWithPAR });
});

test('signed requests, also pushed', { timeout }, async () => {
    const { key } = op.parties.signer;
    const configuration = await configured('signer', oidc.ClientSecretPost(secret));
    await signIn(configuration, { build: signedBy(key) });
    await signIn(configuration, { build: pushedAndSignedBy(key) });
});

test('signed answers (JARM)', { timeout }, async () => {
    const configuration = await configured('web');
    oidc.useJwtResponseMode(configuration);
    await signIn(configuration);
});

test('FAPI 2.0 Message Signing: private_key_jwt, PAR, JAR, JARM and DPoP together', { timeout }, async () => {
    const { key } = op.parties.fapi;
    const configuration = await configured('fapi', oidc.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }), {
        id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256',
    });
    oidc.useJwtResponseMode(configuration);
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    const tokens = await signIn(configuration, {
        build: pushedAndSignedBy(key), grant: { DPoP }, parameters: { scope: 'openid profile offline_access', prompt: 'consent' },
    });
    assert.equal(tokens.token_type, 'dpop');
    const { sub } = tokens.claims();
    const info = await oidc.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP });
    assert.equal(info.name, 'Buffy Anne Summers');
    const fresh = await oidc.refreshTokenGrant(configuration, tokens.refresh_token, undefined, { DPoP });
    await oidc.fetchUserInfo(configuration, fresh.access_token, sub, { DPoP });
    await assert.rejects(oidc.fetchUserInfo(configuration, fresh.access_token, sub), 'not without its key');
});

test('dynamic registration', { timeout }, async () => {
    const configuration = await oidc.dynamicClientRegistration(new URL(op.issuer), {
        redirect_uris: ['https://rp.example/registered'], client_name: 'Registered', token_endpoint_auth_method: 'client_secret_post',
    }, undefined, { [oidc.customFetch]: op.http.fetch });
    const { client_id, registration_client_uri } = configuration.clientMetadata();
    assert.ok(client_id && registration_client_uri);
    await signIn(configuration, { parameters: { redirect_uri: 'https://rp.example/registered' } });
});

test('answers by form_post', { timeout }, async () => {
    await signIn(await configured('web'), { parameters: { response_mode: 'form_post' } });
});

test('code id_token, in the fragment and posted', { timeout }, async () => {
    for (const response_mode of [undefined, 'form_post']) {
        const configuration = await configured('hybrid');
        oidc.useCodeIdTokenResponseType(configuration);
        await signIn(configuration, { parameters: { response_mode: response_mode ?? 'fragment' } });
    }
});

test('id_token alone', { timeout }, async () => {
    const configuration = await configured('hybrid');
    oidc.useIdTokenResponseType(configuration);
    const { parameters: { scope, state, nonce } } = await request();
    const back = await visit(oidc.buildAuthorizationUrl(configuration, { scope, state, nonce, redirect_uri: 'https://rp.example/hybrid' }));
    const claims = await oidc.implicitAuthentication(configuration, back, nonce, { expectedState: state });
    assert.equal(claims.iss, op.issuer);
});

test('refresh, introspection and revocation', { timeout }, async () => {
    const configuration = await configured('web');
    const first = await signIn(configuration, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
    const second = await oidc.refreshTokenGrant(configuration, first.refresh_token);
    assert.notEqual(second.access_token, first.access_token);
    const seen = await oidc.tokenIntrospection(configuration, second.access_token);
    assert.equal(seen.active, true);
    assert.equal(seen.client_id, 'web');
    await oidc.tokenRevocation(configuration, second.refresh_token ?? first.refresh_token);
    assert.deepEqual(await oidc.tokenIntrospection(configuration, second.access_token), { active: false });
    await assert.rejects(oidc.refreshTokenGrant(configuration, second.refresh_token ?? first.refresh_token), { error: 'invalid_grant' });
});

test('client credentials', { timeout }, async () => {
    const configuration = await configured('web');
    const tokens = await oidc.clientCredentialsGrant(configuration, { scope: 'api' });
    assert.equal((await oidc.tokenIntrospection(configuration, tokens.access_token)).active, true);
});

test('the device flow', { timeout }, async () => {
    const configuration = await configured('device');
    const started = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid profile' });
    const browser = op.browser();
    const { page } = await walk(browser, await browser.visit(started.verification_uri_complete), op.persons.buffy);
    assert.ok(page.has('device-allowed'), `${page}`);
    const tokens = await oidc.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 1 });
    assert.equal((await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub)).name, 'Buffy Anne Summers');
});

test('a person who refuses a device', { timeout }, async () => {
    const configuration = await configured('device');
    const started = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid email' });
    const browser = op.browser();
    const { page } = await walk(browser, await browser.visit(started.verification_uri_complete), op.persons.willow, { consent: 'deny' });
    assert.ok(page.has('device-denied'), `${page}`);
    await assert.rejects(oidc.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 1 }), { error: 'access_denied' });
});

test('token exchange for an API', { timeout }, async () => {
    const configuration = await configured('exchanger');
    const { access_token: subject_token } = await signIn(configuration);
    const exchanged = await oidc.genericGrantRequest(configuration, 'urn:ietf:params:oauth:grant-type:token-exchange', {
        subject_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', audience: 'https://api.example',
    });
    assert.equal(exchanged.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');
    assert.notEqual(exchanged.access_token, subject_token);
});

test('logout leads back with its state', { timeout }, async () => {
    const configuration = await configured('web');
    const browser = op.browser();
    const tokens = await signIn(configuration, { browser });
    const out = { post_logout_redirect_uri: 'https://rp.example/web/out', state: 'bye' };
    const back = await visit(oidc.buildEndSessionUrl(configuration, { ...out, id_token_hint: tokens.id_token }), { browser });
    assert.equal(back.href, 'https://rp.example/web/out?state=bye');
});
