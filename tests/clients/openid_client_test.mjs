// SPDX-License-Identifier: MIT
// npm openid-client 6: each flow that it knows and we offer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import { startProvider } from '../conformance/support/provider.mjs';
import { Application, makeRequest, pushedAndSignedBy, signedBy } from './openid_client.mjs';
import { api, makeParties, secret } from './parties.mjs';

const timeout = 60_000;
let op, app;

before(async () => {
    op = await startProvider({ name: 'openid-client', clients: makeParties, configuration: { dpop: { require_nonce: true } } });
    app = new Application(op);
}, { timeout });
after(() => op?.stop());

test('the code flow with PKCE, by each way to show the secret, and none', { timeout }, async () => {
    for (const [id, authentication] of [['web', oidc.ClientSecretBasic(secret)], ['post', oidc.ClientSecretPost(secret)], ['spa', oidc.None()]]) {
        const configuration = await app.configured(id, authentication);
        const tokens = await app.signIn(configuration);
        const info = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub);
        assert.equal(info.name, 'Buffy Anne Summers');
    }
});

test('a person who cancels, and one who was away for too long', { timeout }, async () => {
    const configuration = await app.configured('web');
    await assert.rejects(app.signIn(configuration, { decision: { login: 'cancel' } }), { error: 'access_denied' });
    await assert.rejects(app.signIn(configuration, { parameters: { prompt: 'none' } }), { error: 'login_required' });
});

test('max_age brings auth_time', { timeout }, async () => {
    const tokens = await app.signIn(await app.configured('web'), { parameters: { max_age: '60' }, checks: { maxAge: 60 } });
    assert.ok(Number.isInteger(tokens.claims().auth_time));
});

test('pushed requests', { timeout }, async () => {
    await app.signIn(await app.configured('web'), { build: oidc.buildAuthorizationUrlWithPAR });
});

test('signed requests, also pushed', { timeout }, async () => {
    const { key } = op.parties.signer;
    const configuration = await app.configured('signer', oidc.ClientSecretPost(secret));
    await app.signIn(configuration, { build: signedBy(key) });
    await app.signIn(configuration, { build: pushedAndSignedBy(key) });
});

test('signed answers (JARM)', { timeout }, async () => {
    const configuration = await app.configured('web');
    oidc.useJwtResponseMode(configuration);
    await app.signIn(configuration);
});

test('the Finnish Trust Network: private_key_jwt, a signed request, and answers that are signed and encrypted', { timeout }, async () => {
    const { key, sealed } = op.parties.ftn;
    const configuration = await app.configured('ftn', oidc.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }));
    oidc.enableDecryptingResponses(configuration, ['A256GCM'], { key: sealed.privateKey, kid: sealed.kid, alg: 'RSA-OAEP-256' });
    let seen;
    const fetch = async (...call) => { const answer = await op.http.fetch(...call); seen = answer.headers.get('content-type'); return answer; };
    configuration[oidc.customFetch] = fetch;
    const tokens = await app.signIn(configuration, { build: signedBy(key) });
    const info = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub);
    assert.equal(info.name, 'Buffy Anne Summers');
    assert.match(seen, /^application\/jwt/);
    await assert.rejects(app.signIn(configuration), (error) => error.error === 'invalid_request' || /invalid_request/.test(`${error.message}`), 'an unsigned request');
});

test('FAPI 2.0 Message Signing: private_key_jwt, PAR, JAR, JARM and DPoP together', { timeout }, async () => {
    const { key } = op.parties.fapi;
    const configuration = await app.configured('fapi', oidc.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }), {
        id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256',
    });
    oidc.useJwtResponseMode(configuration);
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    const tokens = await app.signIn(configuration, {
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

/** What was sent to `endpoint` with a proof of a DPoP key, as the claims of the proofs. */
function watchProofs(endpoint) {
    const proofs = [];
    const fetch = (url, options) => {
        const proof = new Headers(options?.headers).get('dpop');
        if (url === endpoint && proof) proofs.push(decodeJwt(proof));
        return op.http.fetch(url, options);
    };
    return { proofs, fetch };
}

test('DPoP with the nonce that each endpoint offers, through the code flow', { timeout }, async () => {
    const { proofs, fetch } = watchProofs(op.metadata.token_endpoint);
    const configuration = await app.configured('web', oidc.ClientSecretBasic(secret), {}, fetch);
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    const tokens = await app.signIn(configuration, { grant: { DPoP }, parameters: { dpop_jkt: await DPoP.calculateThumbprint() } });
    assert.deepEqual(proofs.map(({ nonce }) => typeof nonce), ['undefined', 'string']);
    assert.equal(tokens.token_type, 'dpop');
    assert.equal((await oidc.tokenIntrospection(configuration, tokens.access_token)).cnf.jkt, await DPoP.calculateThumbprint());
    const info = await oidc.fetchProtectedResource(configuration, tokens.access_token, new URL(op.metadata.userinfo_endpoint), 'GET', undefined, undefined, { DPoP });
    assert.equal((await info.json()).sub, tokens.claims().sub);
    const other = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    await assert.rejects(oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub, { DPoP: other }), { status: 401 });
});

test('signed answers: ID token, userinfo, introspection, each checked with our keys', { timeout }, async () => {
    const configuration = await app.configured('signed', oidc.ClientSecretBasic(secret), {
        id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256', introspection_signed_response_alg: 'ES256',
        authorization_signed_response_alg: 'ES256',
    });
    oidc.enableNonRepudiationChecks(configuration);
    oidc.useJwtResponseMode(configuration);
    const tokens = await app.signIn(configuration);
    const info = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub);
    assert.deepEqual([info.aud, info.name], ['signed', 'Buffy Anne Summers']);
    const seen = await oidc.tokenIntrospection(configuration, tokens.access_token);
    assert.deepEqual([seen.active, seen.sub], [true, tokens.claims().sub]);
    await assert.rejects(app.signIn(await app.configured('signed', oidc.ClientSecretBasic(secret), { id_token_signed_response_alg: 'RS256' })),
        { code: 'OAUTH_INVALID_RESPONSE' }, 'the library looks at the algorithm');
});

test('encrypted answers: ID token, userinfo, introspection, and the answer itself (JARM)', { timeout }, async () => {
    const { privateKey, kid } = op.parties.sealed.key;
    const algorithm = 'ES256';
    const configuration = await app.configured('sealed', oidc.ClientSecretBasic(secret), {
        id_token_signed_response_alg: algorithm, userinfo_signed_response_alg: algorithm, introspection_signed_response_alg: algorithm,
        authorization_signed_response_alg: algorithm,
    });
    oidc.enableDecryptingResponses(configuration, ['A256GCM'], { key: privateKey, kid, alg: 'RSA-OAEP-256' });
    oidc.enableNonRepudiationChecks(configuration);
    oidc.useJwtResponseMode(configuration);
    const tokens = await app.signIn(configuration);
    assert.equal(tokens.id_token.split('.').length, 5, 'it was encrypted');
    const info = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub);
    assert.equal(info.name, 'Buffy Anne Summers');
    assert.equal((await oidc.tokenIntrospection(configuration, tokens.access_token)).active, true);
});

test('a token for the API that was named (RFC 8707)', { timeout }, async () => {
    const configuration = await app.configured('caller');
    const tokens = await app.signIn(configuration, { parameters: { resource: api }, form: { resource: api } });
    assert.equal(decodeJwt(tokens.access_token).aud, api);
    assert.equal(decodeProtectedHeader(tokens.access_token).typ, 'at+jwt');
    await assert.rejects(app.signIn(configuration, { parameters: { resource: 'https://other.example' } }), { error: 'invalid_target' });
});

test('claims that were asked for by name', { timeout }, async () => {
    const claims = JSON.stringify({ id_token: { nickname: { essential: true } }, userinfo: { birthdate: null } });
    const tokens = await app.signIn(await app.configured('web'), { parameters: { claims } });
    assert.equal(tokens.claims().nickname, 'Buff');
    const info = await oidc.fetchUserInfo(await app.configured('web'), tokens.access_token, tokens.claims().sub);
    assert.equal(info.birthdate, '1981-01-19');
});

test('dynamic registration', { timeout }, async () => {
    const configuration = await oidc.dynamicClientRegistration(new URL(op.issuer), {
        redirect_uris: ['https://rp.example/registered'], client_name: 'Registered', token_endpoint_auth_method: 'client_secret_post',
    }, undefined, { [oidc.customFetch]: op.http.fetch });
    const { client_id, registration_client_uri } = configuration.clientMetadata();
    assert.ok(client_id && registration_client_uri);
    await app.signIn(configuration, { parameters: { redirect_uri: 'https://rp.example/registered' } });
});

test('answers by form_post', { timeout }, async () => {
    await app.signIn(await app.configured('web'), { parameters: { response_mode: 'form_post' } });
});

test('code id_token, in the fragment and posted', { timeout }, async () => {
    for (const response_mode of [undefined, 'form_post']) {
        const configuration = await app.configured('hybrid');
        oidc.useCodeIdTokenResponseType(configuration);
        if (response_mode) oidc.enableDetachedSignatureResponseChecks(configuration);
        await app.signIn(configuration, { parameters: { response_mode: response_mode ?? 'fragment' } });
    }
});

test('id_token alone', { timeout }, async () => {
    const configuration = await app.configured('hybrid');
    oidc.useIdTokenResponseType(configuration);
    const { parameters: { scope, state, nonce } } = await makeRequest();
    const back = await app.visit(oidc.buildAuthorizationUrl(configuration, { scope, state, nonce, redirect_uri: 'https://rp.example/hybrid' }));
    const claims = await oidc.implicitAuthentication(configuration, back, nonce, { expectedState: state });
    assert.equal(claims.iss, op.issuer);
});

test('refresh, introspection and revocation', { timeout }, async () => {
    const configuration = await app.configured('web');
    const first = await app.signIn(configuration, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
    const second = await oidc.refreshTokenGrant(configuration, first.refresh_token);
    assert.notEqual(second.access_token, first.access_token);
    const seen = await oidc.tokenIntrospection(configuration, second.access_token);
    assert.equal(seen.active, true);
    assert.equal(seen.client_id, 'web');
    await oidc.tokenRevocation(configuration, second.refresh_token ?? first.refresh_token);
    assert.deepEqual(await oidc.tokenIntrospection(configuration, second.access_token), { active: false });
    await assert.rejects(oidc.refreshTokenGrant(configuration, second.refresh_token ?? first.refresh_token), { error: 'invalid_grant' });
});

test('logout leads back with its state', { timeout }, async () => {
    const configuration = await app.configured('web');
    const browser = op.browser();
    const tokens = await app.signIn(configuration, { browser });
    const out = { post_logout_redirect_uri: 'https://rp.example/web/out', state: 'bye' };
    const back = await app.visit(oidc.buildEndSessionUrl(configuration, { ...out, id_token_hint: tokens.id_token }), { browser });
    assert.equal(back.href, 'https://rp.example/web/out?state=bye');
});
