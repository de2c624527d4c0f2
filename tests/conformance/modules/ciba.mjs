// SPDX-License-Identifier: MIT
// FAPI-CIBA (oidc-conformance.md 4.6): those modules of the official plan that are no one country's. Ids without their common prefix.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { checkJsonError } from '../support/checks.mjs';
import { grant_type } from '../support/ciba_party.mjs';
import { makeKey, now_s, sign, spoilSignature, unsigned } from '../support/keys.mjs';
import { answerRequest } from '../support/person.mjs';
import { byAssertion } from '../support/relying_party.mjs';

const unfit = ['invalid_request'];

/** Approved by the person, told by ping or found by polling, and the tokens that come. */
async function complete(rp, started, decision) {
    await answerRequest(rp.op, started, decision);
    if (rp.pings) await rp.ping(started);
    return rp.poll(started);
}

async function checkTokens(rp, answer) {
    const tokens = rp.tokens(answer);
    const { claims } = await rp.idToken(tokens.id_token, { access_token: tokens.access_token });
    for (const hash of ['c_hash', 's_hash']) assert.ok(!(hash in claims), hash);
    const login = { tokens, claims };
    await rp.userinfo(login);
    return login;
}

async function succeedsWith({ rp }, claims, options) {
    const started = rp.started(await rp.start(claims, options));
    checkJsonError(await rp.poll(started), ['authorization_pending']);
    if (!rp.pings) await setTimeout(started.interval * 1000);
    return checkTokens(rp, await complete(rp, started));
}

const refusesClaims = (claims) => async ({ op, rp }) => {
    checkJsonError(await rp.start(claims(op)), unfit);
};
const refusesRequest = (request) => async (c) => {
    checkJsonError(await c.rp.start({}, { request: (claims) => request(c, claims) }), unfit);
};
const nobody = ({ client: { client_id } }) => ({ form: { client_id } });

/** The client's endpoint answers the ping like this; the provider does not mind, and does not try again. */
const pinged = (answer, wait_ms = 0) => async ({ op, rp }) => {
    const { pathname } = new URL(rp.client.backchannel_client_notification_endpoint);
    const started = rp.started(await rp.start());
    const isOurs = ({ text }) => JSON.parse(text).auth_req_id === started.auth_req_id;
    op.receiver.reply(pathname, (request) => isOurs(request) && answer);
    await answerRequest(op, started);
    await rp.ping(started);
    await setTimeout(wait_ms);
    assert.equal(op.receiver.requests(pathname).filter(isOurs).length, 1, 'one ping');
    await checkTokens(rp, await rp.poll(started));
};

const modules = {
    async ''(c) {
        await succeedsWith(c);
    },

    async 'discovery-end-point-verification'({ op: { metadata }, rp }) {
        assert.match(metadata.backchannel_authentication_endpoint, /^https:/);
        assert.ok(metadata.backchannel_token_delivery_modes_supported.includes(rp.pings ? 'ping' : 'poll'));
        assert.ok(metadata.grant_types_supported.includes(grant_type));
        assert.equal(typeof metadata.backchannel_user_code_parameter_supported, 'boolean');
        const algorithms = metadata.backchannel_authentication_request_signing_alg_values_supported;
        assert.ok(algorithms.includes('PS256') || algorithms.includes('ES256'));
        assert.equal(metadata.tls_client_certificate_bound_access_tokens, true);
    },

    async 'user-rejects-authentication'({ rp }) {
        const started = rp.started(await rp.start());
        checkJsonError(await complete(rp, started, { consent: 'deny' }), ['access_denied']);
    },

    async 'multiple-call-to-token-endpoint'({ rp }) {
        const started = rp.started(await rp.start());
        for (let call = 0; call < 5; ++call) {
            const answer = await rp.poll(started);
            if (answer.status === 503) assert.ok(answer.headers['retry-after'], 'Retry-After');
            else checkJsonError(answer, ['authorization_pending', 'slow_down', 'invalid_request']);
        }
    },

    async 'auth-req-id-expired'({ rp }) {
        const started = rp.started(await rp.start({ requested_expiry: 10 }));
        assert.ok(started.expires_in <= 10, `expires_in ${started.expires_in}`);
        await setTimeout((started.expires_in + 2) * 1000);
        checkJsonError(await rp.poll(started), ['expired_token']);
    },

    'ensure-authorization-request-with-binding-message-succeeds': async ({ rp, op }) => {
        const started = rp.started(await rp.start());  // with a message of its own
        const page = await answerRequest(op, started);
        assert.ok(page.html.includes(`>${started.binding_message}<`), 'the person sees it');
    },
    async 'ensure-authorization-request-with-potentially-bad-binding-message'({ rp, op }) {
        const binding_message = rp.claims().binding_message + '1234 \u{1F44D}\u{1F3FF} \u{1F600} äöå '.repeat(10).trim();
        const answer = await rp.start({ binding_message });
        if (answer.status !== 200) return checkJsonError(answer, ['invalid_binding_message']);
        const page = await answerRequest(op, rp.started(answer));
        assert.ok(page.html.includes(binding_message), 'the person sees all of it');
    },
    'ensure-other-scope-order-succeeds': (c) => succeedsWith(c, { scope: 'profile openid' }),
    'ensure-requested-expiry-as-string-succeeds': (c) => succeedsWith(c, { requested_expiry: '120' }),

    'ensure-request-object-missing-aud-fails': refusesClaims(() => ({ aud: undefined })),
    'ensure-request-object-bad-aud-fails': refusesClaims(({ issuer }) => ({ aud: `${issuer}.example` })),
    'ensure-request-object-missing-iss-fails': refusesClaims(() => ({ iss: undefined })),
    'ensure-request-object-bad-iss-fails': refusesClaims(() => ({ iss: 'somebody-else' })),
    'ensure-request-object-missing-exp-fails': refusesClaims(() => ({ exp: undefined })),
    'ensure-request-object-expired-exp-fails': refusesClaims(() => ({ iat: now_s() - 600, nbf: now_s() - 600, exp: now_s() - 300 })),
    'ensure-request-object-exp-is-70-minutes-in-future-fails': refusesClaims(() => ({ exp: now_s() + 70 * 60 })),
    'ensure-request-object-missing-iat-fails': refusesClaims(() => ({ iat: undefined })),
    'ensure-request-object-missing-nbf-fails': refusesClaims(() => ({ nbf: undefined })),
    'ensure-request-object-nbf-is-10-minutes-in-future-fails': refusesClaims(() => ({ nbf: now_s() + 600, exp: now_s() + 900 })),
    'ensure-request-object-nbf-is-70-minutes-in-past-fails': refusesClaims(() => ({ nbf: now_s() - 70 * 60 })),
    'ensure-request-object-missing-jti-fails': refusesClaims(() => ({ jti: undefined })),
    'ensure-request-object-signature-algorithm-is-none-fails': refusesRequest((c, claims) => unsigned(claims)),
    'ensure-request-object-signature-algorithm-is-bad-fails': refusesRequest(async ({ rp }, claims) => spoilSignature(await sign(rp.key, claims))),
    'ensure-request-object-signature-algorithm-is-RS256-fails': refusesRequest(async ({ rp }, claims) => sign(await rp.misusedKey(), claims)),
    'ensure-request-object-signed-by-other-client-fails': refusesRequest(({ second }, claims) => sign(second.key, claims)),

    'ensure-authorization-request-with-multiple-hints-fails': refusesClaims(() => ({ id_token_hint: 'eyJ0.eyJ0.c2ln' })),

    async 'ensure-wrong-auth-req-id-in-token-endpoint-request'({ rp, second }) {
        const started = rp.started(await rp.start());
        checkJsonError(await second.poll(started), ['invalid_grant']);
    },

    async 'ensure-different-client-id-and-issuer-in-backchannel-authorization-request'({ rp, second }) {
        checkJsonError(await rp.start({}, { proof: nobody(second) }), ['invalid_client'], [401]);
    },
    async 'ensure-wrong-client-id-in-token-endpoint-request'({ rp, second }) {
        const started = rp.started(await rp.start());
        checkJsonError(await rp.poll(started, { proof: nobody(second) }), ['invalid_client'], [400, 401]);
    },
    async 'ensure-wrong-client-id-in-backchannel-authorization-request'({ rp, second }) {
        const answer = await rp.start({ iss: second.client.client_id }, { proof: nobody(second) });
        checkJsonError(answer, ['access_denied', 'invalid_request', 'invalid_client'], [400, 401]);
    },

    async 'ensure-without-client-assertion-in-token-endpoint-request'({ rp }) {
        const started = rp.started(await rp.start());
        checkJsonError(await rp.poll(started, { proof: nobody(rp) }), ['invalid_client', 'invalid_request'], [400, 401]);
    },
    async 'ensure-without-client-assertion-in-backchannel-authorization-request'({ rp }) {
        checkJsonError(await rp.start({}, { proof: nobody(rp) }), ['invalid_client', 'invalid_request'], [400, 401]);
    },
    async 'ensure-client-assertion-signature-algorithm-in-backchannel-authorization-request-is-RS256-fails'({ rp }) {
        const proof = byAssertion(await rp.assertion({}, { key: await rp.misusedKey() }));
        checkJsonError(await rp.start({}, { proof }), ['invalid_client'], [400, 401]);
    },
    async 'ensure-client-assertion-signature-algorithm-in-token-endpoint-request-is-RS256-fails'({ rp }) {
        const started = rp.started(await rp.start());
        const proof = byAssertion(await rp.assertion({}, { key: await rp.misusedKey() }));
        checkJsonError(await rp.poll(started, { proof }), ['invalid_client'], [400, 401]);
    },
    'ensure-client-assertion-with-iss-aud-to-token-endpoint-succeeds': (c) => succeedsWith(c),  // ours have no other audience

    async 'ensure-unsigned-backchannel-authorization-request-fails'({ rp }) {
        const { scope, login_hint, binding_message, client_notification_token } = rp.claims();
        checkJsonError(await rp.start({}, { request: () => undefined, form: { scope, login_hint, binding_message, client_notification_token } }), unfit);
    },

    async 'refresh-token'(c) {
        const { rp, second } = c;
        const { tokens, claims } = await succeedsWith(c, { scope: 'openid offline_access' });
        assert.ok(tokens.refresh_token, 'a refresh token');
        checkJsonError(await second.refresh(tokens.refresh_token), ['invalid_grant'], [400]);
        const fresh = rp.tokens(await rp.refresh(tokens.refresh_token));
        await rp.userinfo({ tokens: fresh, claims });
    },

    async 'ensure-mtls-holder-of-key-required'({ op, rp }) {
        const started = rp.started(await rp.start());
        await answerRequest(op, started);
        if (rp.pings) await rp.ping(started);
        checkJsonError(await rp.poll(started, { http: op.http }), ['invalid_request', 'invalid_grant', 'invalid_client'], [400, 401]);
    },

    'ping-backchannel-notification-endpoint-response-has-body': pinged({ status: 200, body: 'this is a body' }),
    'ping-backchannel-notification-endpoint-response-401': pinged({ status: 401, body: '' }),
    'ping-backchannel-notification-endpoint-response-403': pinged({ status: 403, body: '' }),
    'ping-backchannel-notification-endpoint-return-redirect-request': pinged({ status: 301, body: '' }),
    'ping-with-mtls-ciba-notification-endpoint-response-401-and-require-server-does-not-retry': pinged({ status: 401, body: '' }, 7_000),
};

export const ciba = Object.fromEntries(Object.entries(modules).map(([id, module]) => [id ? `fapi-ciba-id1-${id}` : 'fapi-ciba-id1', module]));
