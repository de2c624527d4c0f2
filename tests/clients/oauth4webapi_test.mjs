// SPDX-License-Identifier: MIT
// npm oauth4webapi: the same answers as in openid_client_test.mjs, read by a library that takes nothing which a specification forbids, and the errors
// that it can tell apart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compactDecrypt } from 'jose';
import * as oauth from 'oauth4webapi';
import { walk } from '../conformance/support/person.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { api, makeParties, secret } from './parties.mjs';

const timeout = 60_000;
let op, as, http;

before(async () => {
    op = await startProvider({ name: 'oauth4webapi', clients: makeParties });
    http = { [oauth.customFetch]: op.http.fetch };
    as = await oauth.processDiscoveryResponse(new URL(op.issuer), await oauth.discoveryRequest(new URL(op.issuer), http));
}, { timeout });
after(() => op?.stop());

const web = { client_id: 'web' };
const proof = oauth.ClientSecretBasic(secret);
const redirect_uri = 'https://rp.example/web';

async function visit(url) {
    const browser = op.browser();
    const { away, page } = await walk(browser, await browser.visit(url.href), op.persons.buffy);
    assert.ok(away, `${page}`);
    return away;
}

async function makeRequest(more = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    return {
        verifier,
        parameters: new URLSearchParams({
            client_id: 'web', redirect_uri, response_type: 'code', scope: 'openid email', state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(),
            code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
        }),
    };
}

const authorizationUrl = (parameters) => new URL(`${as.authorization_endpoint}?${parameters}`);

/** The tokens of `client`, by a request that it signs (JAR) where a key is given; each ID token by a signature of ours. */
async function signIn(client, { more = {}, key, authentication = proof, decrypt, form } = {}) {
    const redirect = `https://rp.example/${client.client_id}`;
    const { verifier, parameters } = await makeRequest({ client_id: client.client_id, redirect_uri: redirect, ...more });
    const sent = key ? new URLSearchParams({ client_id: client.client_id, request: await oauth.issueRequestObject(as, client, parameters, key) }) : parameters;
    const callback = oauth.validateAuthResponse(as, client, await visit(authorizationUrl(sent)), parameters.get('state'));
    const options = { ...http, ...(form && { additionalParameters: form }) };
    const response = await oauth.authorizationCodeGrantRequest(as, client, authentication, callback, redirect, verifier, options);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
        expectedNonce: parameters.get('nonce'), requireIdToken: true, ...(decrypt && { [oauth.jweDecrypt]: decrypt }),
    });
    await oauth.validateApplicationLevelSignature(as, response, http);
    return { tokens, sub: oauth.getValidatedIdTokenClaims(tokens).sub };
}

test('discovery by both addresses', { timeout }, async () => {
    const answer = await oauth.discoveryRequest(new URL(op.issuer), { ...http, algorithm: 'oauth2' });
    assert.deepEqual(await oauth.processDiscoveryResponse(new URL(op.issuer), answer), as);
});

test('code, ID token with a signature of ours, userinfo', { timeout }, async () => {
    const { tokens, sub } = await signIn(web);
    const info = await oauth.processUserInfoResponse(as, web, sub, await oauth.userInfoRequest(as, web, tokens.access_token, http));
    assert.equal(info.email, 'buffy@city.example');
});

test('a pushed request and a signed answer', { timeout }, async () => {
    const request = await makeRequest({ response_mode: 'jwt' });
    const pushed = await oauth.processPushedAuthorizationResponse(as, web,
        await oauth.pushedAuthorizationRequest(as, web, proof, request.parameters, http));
    const back = await visit(authorizationUrl(new URLSearchParams({ client_id: 'web', request_uri: pushed.request_uri })));
    const callback = await oauth.validateJwtAuthResponse(as, web, back, request.parameters.get('state'), http);
    const response = await oauth.authorizationCodeGrantRequest(as, web, proof, callback, redirect_uri, request.verifier, http);
    const tokens = await oauth.processAuthorizationCodeResponse(as, web, response, { expectedNonce: request.parameters.get('nonce'), requireIdToken: true });
    assert.equal(tokens.scope, 'openid email');
});

test('a signed request (JAR), pushed or not', { timeout }, async () => {
    const { key: { privateKey, kid } } = op.parties.signer;
    const signer = { client_id: 'signer' };
    const authentication = oauth.ClientSecretPost(secret);
    await signIn(signer, { key: { key: privateKey, kid }, authentication });

    const { verifier, parameters } = await makeRequest({ client_id: 'signer', redirect_uri: 'https://rp.example/signer', max_age: '600' });
    const request = await oauth.issueRequestObject(as, signer, parameters, { key: privateKey, kid });
    const pushed = await oauth.processPushedAuthorizationResponse(as, signer,
        await oauth.pushedAuthorizationRequest(as, signer, authentication, { request }, http));
    const back = await visit(authorizationUrl(new URLSearchParams({ client_id: 'signer', request_uri: pushed.request_uri })));
    const callback = oauth.validateAuthResponse(as, signer, back, parameters.get('state'));
    const response = await oauth.authorizationCodeGrantRequest(as, signer, authentication, callback, 'https://rp.example/signer', verifier, http);
    const tokens = await oauth.processAuthorizationCodeResponse(as, signer, response,
        { expectedNonce: parameters.get('nonce'), maxAge: 600, requireIdToken: true });
    assert.ok(Number.isInteger(oauth.getValidatedIdTokenClaims(tokens).auth_time), 'for max_age, which was in the signed request alone');
});

test('a request signed with another key', { timeout }, async () => {
    const { privateKey } = await oauth.generateKeyPair('ES256');
    const signer = { client_id: 'signer' };
    const { parameters } = await makeRequest({ client_id: 'signer', redirect_uri: 'https://rp.example/signer' });
    const request = await oauth.issueRequestObject(as, signer, parameters, { key: privateKey, kid: op.parties.signer.key.kid });
    const pushed = await oauth.pushedAuthorizationRequest(as, signer, oauth.ClientSecretPost(secret), { request }, http);
    await assert.rejects(oauth.processPushedAuthorizationResponse(as, signer, pushed), { error: 'invalid_request_object', status: 400 });
});

test('signed answers: userinfo and introspection, each checked with our keys', { timeout }, async () => {
    const signed = {
        client_id: 'signed', id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256', introspection_signed_response_alg: 'ES256',
    };
    const { tokens, sub } = await signIn(signed);
    const answer = await oauth.userInfoRequest(as, signed, tokens.access_token, http);
    assert.equal((await oauth.processUserInfoResponse(as, signed, sub, answer)).email, 'buffy@city.example');
    await oauth.validateApplicationLevelSignature(as, answer, http);
    const seen = await oauth.introspectionRequest(as, signed, proof, tokens.access_token, http);
    assert.equal((await oauth.processIntrospectionResponse(as, signed, seen)).sub, sub);
    await oauth.validateApplicationLevelSignature(as, seen, http);
});

test('encrypted answers: ID token, userinfo and introspection', { timeout }, async () => {
    const sealed = { client_id: 'sealed', id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256', introspection_signed_response_alg: 'ES256' };
    const { privateKey } = op.parties.sealed.key;
    const decrypt = async (jwe) => new TextDecoder().decode((await compactDecrypt(jwe, privateKey)).plaintext);
    const { tokens, sub } = await signIn(sealed, { decrypt });
    const opening = { [oauth.jweDecrypt]: decrypt };
    const info = await oauth.processUserInfoResponse(as, sealed, sub, await oauth.userInfoRequest(as, sealed, tokens.access_token, http), opening);
    assert.equal(info.email, 'buffy@city.example');
    const seen = await oauth.processIntrospectionResponse(as, sealed,
        await oauth.introspectionRequest(as, sealed, proof, tokens.access_token, http), opening);
    assert.equal(seen.active, true);
});

test('a JWT access token is what an API expects (RFC 9068)', { timeout }, async () => {
    const { tokens, sub } = await signIn({ client_id: 'caller' }, { more: { resource: api }, form: { resource: api } });
    const asked = new Request(`${api}/books`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    const claims = await oauth.validateJwtAccessToken(as, asked, api, http);
    assert.deepEqual([claims.sub, claims.client_id, claims.scope], [sub, 'caller', 'openid email']);
    await assert.rejects(oauth.validateJwtAccessToken(as, asked, 'https://other.example', http), { code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' });
});

test('a JWT access token that is bound to a key (RFC 9449)', { timeout }, async () => {
    const caller = { client_id: 'caller' };
    const DPoP = oauth.DPoP(caller, await oauth.generateKeyPair('ES256'));
    const response = await oauth.clientCredentialsGrantRequest(as, caller, proof, { scope: 'api', resource: api }, { ...http, DPoP });
    const tokens = await oauth.processClientCredentialsResponse(as, caller, response);
    assert.equal(tokens.token_type, 'dpop');
    const seen = {};
    const notePlease = async (url, { headers, method }) => (seen.request = new Request(url, { headers, method }), new Response('{}'));
    await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(`${api}/books`), undefined, undefined, { DPoP, [oauth.customFetch]: notePlease });
    const claims = await oauth.validateJwtAccessToken(as, seen.request, api, { ...http, requireDPoP: true });
    assert.equal(claims.cnf.jkt, await DPoP.calculateThumbprint());
});

test('DPoP from the code to the refresh token', { timeout }, async () => {
    const DPoP = oauth.DPoP(web, await oauth.generateKeyPair('ES256'));
    const bound = { ...http, DPoP };
    const { verifier, parameters } = await makeRequest({ scope: 'openid offline_access', prompt: 'consent', dpop_jkt: await DPoP.calculateThumbprint() });
    const callback = oauth.validateAuthResponse(as, web, await visit(authorizationUrl(parameters)), parameters.get('state'));
    const response = await oauth.authorizationCodeGrantRequest(as, web, proof, callback, redirect_uri, verifier, bound);
    const tokens = await oauth.processAuthorizationCodeResponse(as, web, response, { expectedNonce: parameters.get('nonce'), requireIdToken: true });
    assert.equal(tokens.token_type, 'dpop');
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const fresh = await oauth.processRefreshTokenResponse(as, web, await oauth.refreshTokenGrantRequest(as, web, proof, tokens.refresh_token, bound));
    const info = async (options) => oauth.processUserInfoResponse(as, web, sub, await oauth.userInfoRequest(as, web, fresh.access_token, options));
    assert.equal((await info(bound)).sub, sub);
    const challenges = ({ cause }) => cause.some(({ scheme, parameters: said }) => scheme === 'dpop' && said.error === 'invalid_token');
    await assert.rejects(info({ ...http, DPoP: oauth.DPoP(web, await oauth.generateKeyPair('ES256')) }), challenges);
    await assert.rejects(info(http));
});

test('FAPI 2.0 Message Signing, a step at a time', { timeout }, async () => {
    const { key: { privateKey, kid } } = op.parties.fapi;
    const fapi = { client_id: 'fapi', id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' };
    const authentication = oauth.PrivateKeyJwt({ key: privateKey, kid });
    const bound = { ...http, DPoP: oauth.DPoP(fapi, await oauth.generateKeyPair('ES256')) };
    const redirect = 'https://rp.example/fapi';
    const { verifier, parameters } = await makeRequest({ client_id: 'fapi', redirect_uri: redirect, response_mode: 'jwt' });
    const request = await oauth.issueRequestObject(as, fapi, parameters, { key: privateKey, kid });
    const pushed = await oauth.processPushedAuthorizationResponse(as, fapi, await oauth.pushedAuthorizationRequest(as, fapi, authentication, { request }, bound));
    const back = await visit(authorizationUrl(new URLSearchParams({ client_id: 'fapi', request_uri: pushed.request_uri })));
    const callback = await oauth.validateJwtAuthResponse(as, fapi, back, parameters.get('state'), http);
    const response = await oauth.authorizationCodeGrantRequest(as, fapi, authentication, callback, redirect, verifier, bound);
    const tokens = await oauth.processAuthorizationCodeResponse(as, fapi, response, { expectedNonce: parameters.get('nonce'), requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, http);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const info = await oauth.processUserInfoResponse(as, fapi, sub, await oauth.userInfoRequest(as, fapi, tokens.access_token, bound));
    assert.equal(info.email, 'buffy@city.example');
});

test('code id_token is a detached signature of code and state', { timeout }, async () => {
    const hybrid = { client_id: 'hybrid' };
    const { parameters } = await makeRequest({ client_id: 'hybrid', redirect_uri: 'https://rp.example/hybrid', response_type: 'code id_token' });
    for (const name of ['code_challenge', 'code_challenge_method']) parameters.delete(name);
    const back = await visit(authorizationUrl(parameters));
    for (const validate of [oauth.validateCodeIdTokenResponse, oauth.validateDetachedSignatureResponse]) {
        const callback = await validate(as, hybrid, back, parameters.get('nonce'), parameters.get('state'), undefined, http);
        assert.ok(callback.get('code'));
    }
    const swapped = new URLSearchParams(back.hash.slice(1));
    swapped.set('state', 'another');
    await assert.rejects(oauth.validateDetachedSignatureResponse(as, hybrid, swapped, parameters.get('nonce'), 'another', undefined, http),
        { code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' });
});

test('refresh, introspection, revocation', { timeout }, async () => {
    const { tokens: first } = await signIn(web, { more: { scope: 'openid offline_access', prompt: 'consent' } });
    const second = await oauth.processRefreshTokenResponse(as, web, await oauth.refreshTokenGrantRequest(as, web, proof, first.refresh_token, http));
    const introspect = async (token) =>
        oauth.processIntrospectionResponse(as, web, await oauth.introspectionRequest(as, web, proof, token, http));
    assert.equal((await introspect(second.access_token)).active, true);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, web, proof, second.access_token, http));
    assert.equal((await introspect(second.access_token)).active, false);
});

test('client credentials', { timeout }, async () => {
    const response = await oauth.clientCredentialsGrantRequest(as, web, proof, { scope: 'api' }, http);
    assert.equal((await oauth.processClientCredentialsResponse(as, web, response)).token_type, 'bearer');
});

test('errors have their shapes: at the redirect_uri, as JSON, as a challenge', { timeout }, async () => {
    const request = await makeRequest({ prompt: 'none' });
    const back = await visit(authorizationUrl(request.parameters));
    assert.throws(() => oauth.validateAuthResponse(as, web, back, request.parameters.get('state')), { error: 'login_required' });

    const refused = await oauth.refreshTokenGrantRequest(as, web, proof, 'nonsense', http);
    await assert.rejects(oauth.processRefreshTokenResponse(as, web, refused), { error: 'invalid_grant', status: 400 });

    const denied = await oauth.clientCredentialsGrantRequest(as, web, oauth.ClientSecretBasic('wrong'), {}, http);
    await assert.rejects(oauth.processClientCredentialsResponse(as, web, denied), (error) => error.status === 401 || error.error === 'invalid_client');

    const challenged = await oauth.userInfoRequest(as, web, 'nonsense', http);
    await assert.rejects(oauth.processUserInfoResponse(as, web, oauth.skipSubjectCheck, challenged),
        ({ cause }) => cause[0].scheme === 'bearer' && cause[0].parameters.error === 'invalid_token');
});
