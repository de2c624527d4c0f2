// SPDX-License-Identifier: MIT
// npm openid-client 6: the grants in which no browser comes back to the service.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { now_s, sign } from '../conformance/support/keys.mjs';
import { answerRequest, walk } from '../conformance/support/person.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { Application } from './openid_client.mjs';
import { api, grants, makeAssertionIssuer, makeParties, secret } from './parties.mjs';

const timeout = 60_000;
let op, app, register;

before(async () => {
    register = await makeAssertionIssuer();
    op = await startProvider({ name: 'openid-client-grants', clients: makeParties, configuration: register.configuration });
    app = new Application(op);
}, { timeout });
after(() => op?.stop());

test('client credentials', { timeout }, async () => {
    const configuration = await app.configured('web');
    const tokens = await oidc.clientCredentialsGrant(configuration, { scope: 'api' });
    assert.equal((await oidc.tokenIntrospection(configuration, tokens.access_token)).active, true);
});

test('the device flow', { timeout }, async () => {
    const configuration = await app.configured('device');
    const started = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid profile' });
    const browser = op.browser();
    const { page } = await walk(browser, await browser.visit(started.verification_uri_complete), op.persons.buffy);
    assert.ok(page.has('device-allowed'), `${page}`);
    const tokens = await oidc.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 1 });
    assert.equal((await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub)).name, 'Buffy Anne Summers');
});

test('a person who refuses a device', { timeout }, async () => {
    const configuration = await app.configured('device');
    const started = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid email' });
    const browser = op.browser();
    const { page } = await walk(browser, await browser.visit(started.verification_uri_complete), op.persons.willow, { consent: 'deny' });
    assert.ok(page.has('device-denied'), `${page}`);
    await assert.rejects(oidc.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 1 }), { error: 'access_denied' });
});

test('token exchange for an API', { timeout }, async () => {
    const configuration = await app.configured('exchanger');
    const { access_token: subject_token } = await app.signIn(configuration);
    const exchanged = await oidc.genericGrantRequest(configuration, grants.exchange, {
        subject_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', audience: api,
    });
    assert.equal(exchanged.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');
    assert.notEqual(exchanged.access_token, subject_token);
});

test('an API is given a token by another spelling of the same (uma-ticket)', { timeout }, async () => {
    const { access_token } = await app.signIn(await app.configured('tickets'));
    const byLogin = (as, client, body, headers) => headers.set('authorization', `Bearer ${access_token}`);
    const ticket = await oidc.genericGrantRequest(await app.configured('tickets', byLogin), grants.umaTicket, { audience: api, permission: '#api' });
    assert.equal(ticket.token_type, 'bearer');
    const seen = await oidc.tokenIntrospection(await app.configured('tickets'), ticket.access_token);
    assert.deepEqual([seen.active, seen.aud], [true, api]);
});

test("a register's word for a person who has signed in before (RFC 7523)", { timeout }, async () => {
    const configuration = await app.configured('batch');
    const { sub } = (await app.signIn(configuration)).claims();
    const now = now_s();
    const claims = { iss: register.issuer, sub, aud: op.issuer, iat: now, exp: now + 60, jti: oidc.randomState() };
    const assertion = await sign(register.key, claims);
    const tokens = await oidc.genericGrantRequest(configuration, grants.assertion, { assertion, scope: 'profile' });
    assert.equal(tokens.scope, 'profile');
    assert.equal((await oidc.tokenIntrospection(configuration, tokens.access_token)).sub, sub);
    await assert.rejects(oidc.genericGrantRequest(configuration, grants.assertion, { assertion, scope: 'profile' }), { error: 'invalid_grant' });
});

/** The service asks a person at the back channel; gives what it is told: what to poll with. */
function ask(configuration, binding_message, more) {
    const sent = { scope: 'openid profile', login_hint: op.persons.buffy.email, binding_message, ...more };
    return oidc.initiateBackchannelAuthentication(configuration, sent);
}

test('a person is asked at the back channel (CIBA) while the service polls, too often at first', { timeout }, async () => {
    const errors = [];
    const binding_message = 'POLLED-1';
    let answered;
    const fetch = async (url, options) => {
        const response = await op.http.fetch(url, options);
        if (url !== op.metadata.token_endpoint || response.ok) return response;
        errors.push((await response.clone().json()).error);
        if (errors.at(-1) === 'slow_down') answered = answerRequest(op, { binding_message });
        return response;
    };
    const configuration = await app.configured('asks', oidc.ClientSecretBasic(secret), {}, fetch);
    const started = await ask(configuration, binding_message);
    assert.deepEqual([started.interval, started.expires_in], [5, 300]);
    const tokens = await oidc.pollBackchannelAuthenticationGrant(configuration, { ...started, interval: 1 });
    await answered;
    assert.deepEqual(errors, ['authorization_pending', 'slow_down']);
    assert.equal((await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub)).name, 'Buffy Anne Summers');
    assert.equal(decodeJwt(tokens.id_token)['urn:openid:params:jwt:claim:auth_req_id'], undefined, 'that is for the push mode');
});

test('a service is pinged when the person has answered, and its tokens are bound to its key (CIBA)', { timeout }, async () => {
    const configuration = await app.configured('pinged');
    const client_notification_token = oidc.randomState();
    const started = await ask(configuration, 'PINGED-1', { client_notification_token });
    await answerRequest(op, { binding_message: 'PINGED-1' });
    const ping = await op.receiver.request('/pinged', ({ text }) => JSON.parse(text).auth_req_id === started.auth_req_id);
    assert.equal(ping.headers.authorization, `Bearer ${client_notification_token}`);
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('EdDSA'));
    const tokens = await oidc.pollBackchannelAuthenticationGrant(configuration, { ...started, interval: 1 }, undefined, { DPoP });
    assert.equal(tokens.token_type, 'dpop');
    await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub, { DPoP });
});

test('a person who refuses what a service asks (CIBA)', { timeout }, async () => {
    const configuration = await app.configured('asks');
    const started = await ask(configuration, 'REFUSED-1');
    await answerRequest(op, { binding_message: 'REFUSED-1' }, { consent: 'deny' });
    await assert.rejects(oidc.pollBackchannelAuthenticationGrant(configuration, { ...started, interval: 1 }), { error: 'access_denied' });
});
