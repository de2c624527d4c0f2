// SPDX-License-Identifier: MIT
// npm oauth4webapi: the same answers as in openid_client_test.mjs, read by a library that takes nothing which a specification forbids, and the errors
// that it can tell apart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { walk } from '../conformance/support/person.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { makeParties, secret } from './parties.mjs';

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

async function visit(url, options = {}) {
    const { browser = op.browser(), decision } = options;
    const { away, page } = await walk(browser, await browser.visit(url.href), op.persons.buffy, decision);
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

async function redeem({ verifier, parameters }, back) {
    const callback = oauth.validateAuthResponse(as, web, back, parameters.get('state'));
    const response = await oauth.authorizationCodeGrantRequest(as, web, proof, callback, redirect_uri, verifier, http);
    return oauth.processAuthorizationCodeResponse(as, web, response, { expectedNonce: parameters.get('nonce'), requireIdToken: true });
}

test('discovery by both addresses', { timeout }, async () => {
    const answer = await oauth.discoveryRequest(new URL(op.issuer), { ...http, algorithm: 'oauth2' });
    assert.deepEqual(await oauth.processDiscoveryResponse(new URL(op.issuer), answer), as);
});

test('code, ID token with a signature of ours, userinfo', { timeout }, async () => {
    const request = await makeRequest();
    const callback = oauth.validateAuthResponse(as, web, await visit(authorizationUrl(request.parameters)), request.parameters.get('state'));
    const response = await oauth.authorizationCodeGrantRequest(as, web, proof, callback, redirect_uri, request.verifier, http);
    const tokens = await oauth.processAuthorizationCodeResponse(as, web, response, { expectedNonce: request.parameters.get('nonce'), requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, http);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
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
    await oauth.processAuthorizationCodeResponse(as, web, response, { expectedNonce: request.parameters.get('nonce'), requireIdToken: true });
});

test('code id_token is a detached signature of code and state', { timeout }, async () => {
    const hybrid = { client_id: 'hybrid' };
    const { parameters } = await makeRequest({ client_id: 'hybrid', redirect_uri: 'https://rp.example/hybrid', response_type: 'code id_token' });
    for (const name of ['code_challenge', 'code_challenge_method']) parameters.delete(name);
    const back = await visit(authorizationUrl(parameters));
    const callback = await oauth.validateCodeIdTokenResponse(as, hybrid, back, parameters.get('nonce'), parameters.get('state'), undefined, http);
    assert.ok(callback.get('code'));
});

test('refresh, introspection, revocation', { timeout }, async () => {
    const request = await makeRequest({ scope: 'openid offline_access', prompt: 'consent' });
    const first = await redeem(request, await visit(authorizationUrl(request.parameters)));
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
