// SPDX-License-Identifier: MIT
// npm oauth4webapi: the grants in which no browser comes back to the service, one request at a time, so that every answer on the way is seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { now_s, sign } from '../conformance/support/keys.mjs';
import { answerRequest, walk } from '../conformance/support/person.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { RelyingParty } from '../conformance/support/relying_party.mjs';
import { api, grants, makeAssertionIssuer, makeParties, secret } from './parties.mjs';

const timeout = 60_000;
const proof = oauth.ClientSecretBasic(secret);
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
let op, as, http, register;

before(async () => {
    register = await makeAssertionIssuer();
    op = await startProvider({ name: 'oauth4webapi-grants', clients: makeParties, configuration: register.configuration });
    http = { [oauth.customFetch]: op.http.fetch };
    as = await oauth.processDiscoveryResponse(new URL(op.issuer), await oauth.discoveryRequest(new URL(op.issuer), http));
}, { timeout });
after(() => op?.stop());

/** The tokens of an ordinary login, whoever reads them. */
async function signIn(client_id) {
    const code_verifier = oauth.generateRandomCodeVerifier();
    const code_challenge = await oauth.calculatePKCECodeChallenge(code_verifier);
    const rp = new RelyingParty(op, op.parties[client_id].client);
    return rp.login({ verifier: code_verifier, params: { code_challenge, code_challenge_method: 'S256' } });
}
const introspect = async (client, token) =>
    oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, proof, token, http));
const userinfo = async (client, { access_token }, sub) =>
    oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, access_token, http));

test('the device flow: not yet, too soon, and then', { timeout }, async () => {
    const client = { client_id: 'device' };
    const started = await oauth.processDeviceAuthorizationResponse(as, client,
        await oauth.deviceAuthorizationRequest(as, client, proof, { scope: 'openid profile' }, http));
    const poll = async () => oauth.processDeviceCodeResponse(as, client, await oauth.deviceCodeGrantRequest(as, client, proof, started.device_code, http));
    await assert.rejects(poll(), { error: 'authorization_pending' });
    await assert.rejects(poll(), { error: 'slow_down' });
    const browser = op.browser();
    const { page } = await walk(browser, await browser.visit(started.verification_uri_complete), op.persons.buffy);
    assert.ok(page.has('device-allowed'), `${page}`);
    const tokens = await poll();
    assert.equal((await userinfo(client, tokens, oauth.getValidatedIdTokenClaims(tokens).sub)).name, 'Buffy Anne Summers');
    await assert.rejects(poll(), { error: 'invalid_grant' }, 'once');
    const fresh = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token, http));
    assert.notEqual(fresh.access_token, tokens.access_token);
});

test('a person is asked at the back channel (CIBA): not yet, too soon, and then', { timeout }, async () => {
    const client = { client_id: 'asks' };
    const started = await oauth.processBackchannelAuthenticationResponse(as, client, await oauth.backchannelAuthenticationRequest(as, client, proof,
        { scope: 'openid profile', login_hint: op.persons.buffy.email, binding_message: 'ASKED-1', requested_expiry: '60' }, http));
    assert.equal(started.expires_in, 60);
    const poll = async () => oauth.processBackchannelAuthenticationGrantResponse(as, client,
        await oauth.backchannelAuthenticationGrantRequest(as, client, proof, started.auth_req_id, http));
    await assert.rejects(poll(), { error: 'authorization_pending' });
    await assert.rejects(poll(), { error: 'slow_down' });
    await answerRequest(op, { binding_message: 'ASKED-1' });
    const tokens = await poll();
    assert.equal((await userinfo(client, tokens, oauth.getValidatedIdTokenClaims(tokens).sub)).name, 'Buffy Anne Summers');
    await assert.rejects(poll(), { error: 'invalid_grant' }, 'once');
});

test('the ping of CIBA, with the token that the service gave', { timeout }, async () => {
    const client = { client_id: 'pinged' };
    const client_notification_token = oauth.generateRandomState();
    const started = await oauth.processBackchannelAuthenticationResponse(as, client, await oauth.backchannelAuthenticationRequest(as, client, proof,
        { scope: 'openid', login_hint: op.persons.buffy.email, binding_message: 'PINGED-2', client_notification_token }, http));
    await answerRequest(op, { binding_message: 'PINGED-2' });
    const ping = await op.receiver.request('/pinged', ({ text }) => JSON.parse(text).auth_req_id === started.auth_req_id);
    assert.equal(ping.headers.authorization, `Bearer ${client_notification_token}`);
    const answer = await oauth.backchannelAuthenticationGrantRequest(as, client, proof, started.auth_req_id, http);
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(as, client, answer);
    await oauth.validateApplicationLevelSignature(as, answer, http);
    assert.ok(oauth.getValidatedIdTokenClaims(tokens).sub);
});

test('who cannot be asked (CIBA)', { timeout }, async () => {
    const client = { client_id: 'asks' };
    const ask = async (parameters) => oauth.processBackchannelAuthenticationResponse(as, client,
        await oauth.backchannelAuthenticationRequest(as, client, proof, { scope: 'openid', ...parameters }, http));
    await assert.rejects(ask({ login_hint: 'nobody@city.example' }), { error: 'unknown_user_id', status: 400 });
    await assert.rejects(ask({}), { error: 'invalid_request' });
});

test('token exchange for an API', { timeout }, async () => {
    const client = { client_id: 'exchanger' };
    const { tokens, claims } = await signIn('exchanger');
    const exchange = async (subject_token, audience) => oauth.processGenericTokenEndpointResponse(as, client,
        await oauth.genericTokenEndpointRequest(as, client, proof, grants.exchange, { subject_token, subject_token_type: accessToken, audience }, http));
    const exchanged = await exchange(tokens.access_token, api);
    assert.deepEqual([exchanged.token_type, exchanged.issued_token_type], ['bearer', accessToken]);
    const seen = await introspect(client, exchanged.access_token);
    assert.deepEqual([seen.active, seen.sub, seen.aud], [true, claims.sub, api]);
    await assert.rejects(exchange(tokens.access_token, 'https://other.example'), { error: 'invalid_target' });
    await assert.rejects(exchange('nonsense', api), { error: 'invalid_request' });
});

test('an API is given a token by another spelling of the same (uma-ticket)', { timeout }, async () => {
    const client = { client_id: 'tickets' };
    const { tokens, claims } = await signIn('tickets');
    const byLogin = (metadata, registration, body, headers) => headers.set('authorization', `Bearer ${tokens.access_token}`);
    const ticket = await oauth.processGenericTokenEndpointResponse(as, client,
        await oauth.genericTokenEndpointRequest(as, client, byLogin, grants.umaTicket, { audience: api, permission: '#api' }, http));
    const seen = await introspect(client, ticket.access_token);
    assert.deepEqual([seen.active, seen.sub, seen.aud], [true, claims.sub, api]);
});

test("a register's word for a person who has signed in before (RFC 7523)", { timeout }, async () => {
    const client = { client_id: 'batch' };
    const { claims: { sub } } = await signIn('batch');
    const now = now_s();
    const say = async (more) => sign(register.key, { iss: register.issuer, sub, aud: op.issuer, iat: now, exp: now + 60, jti: oauth.generateRandomState(), ...more });
    const bring = async (assertion) => oauth.processGenericTokenEndpointResponse(as, client,
        await oauth.genericTokenEndpointRequest(as, client, proof, grants.assertion, { assertion, scope: 'email' }, http));
    const tokens = await bring(await say());
    assert.equal((await introspect(client, tokens.access_token)).sub, sub);
    await assert.rejects(bring(await say({ aud: 'https://other.example' })), { error: 'invalid_grant' });
    await assert.rejects(bring(await say({ exp: now - 600, iat: now - 660 })), { error: 'invalid_grant' });
});
