// SPDX-License-Identifier: MIT
// FAPI 2.0: flows that must work, and authorization requests that must not (oidc-conformance.md 4.1, 4.3). Ids without their common prefix.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import { now_s, spoilSignature, unsigned } from '../support/keys.mjs';
import { refusedByPage } from '../support/relying_party.mjs';
import { checkSubject, claimsOfScope } from '../support/checks.mjs';

const unfit = ['invalid_request_object', 'invalid_request', 'invalid_request_uri', 'access_denied'];

/** The request object with other claims or another signature is refused. */
const refusesObject = (change) => async ({ op, rp, second }) => {
    await rp.rejects({ push: { request: (sent) => change({ sent, rp, second, op }) } }, unfit);
};
const refusesClaims = (claims) => refusesObject(({ sent, rp, op }) => rp.requestObject(sent, claims(op)));

async function succeedsWith(rp, params) {
    const login = await rp.login({ params });
    checkSubject(login.claims.sub);
    return login;
}

/** Tries a TLS handshake; gives { protocol, cipher } or the error's message. */
function handshake(op, options) {
    const { hostname, port } = new URL(op.issuer);
    return new Promise((resolve) => {
        const socket = connect({ host: hostname, port, ca: op.authority.pem, ...options }, () => {
            resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().standardName });
            socket.destroy();
        });
        socket.on('error', ({ message }) => resolve({ refused: message }));
    });
}

/** BCP 195 (RFC 9325 §4.2) and FAPI 2.0 §5.2.2. */
async function checkTls(op) {
    const anyCipher = 'ALL:@SECLEVEL=0';
    for (const version of ['TLSv1', 'TLSv1.1'])
        assert.ok((await handshake(op, { minVersion: version, maxVersion: version, ciphers: anyCipher })).refused, `${version} is refused`);
    const older = await handshake(op, { maxVersion: 'TLSv1.2' });
    assert.match(older.cipher ?? older.refused, /^TLS_ECDHE_(ECDSA|RSA)_WITH_AES_(128|256)_GCM_SHA(256|384)$/);
    assert.equal((await handshake(op, {})).protocol, 'TLSv1.3');
    const weak = ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES128-SHA256'];
    for (const ciphers of weak) {
        const got = await handshake(op, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
        assert.ok(got.refused, `${ciphers} is refused`);
    }
}

export const requests = {
    async 'discovery-end-point-verification'({ op: { metadata }, rp }) {
        assert.ok(metadata.response_types_supported.includes('code'));
        assert.match(metadata.pushed_authorization_request_endpoint, /^https:/);
        assert.equal(typeof (metadata.require_pushed_authorization_requests ?? false), 'boolean');
        assert.equal(metadata.authorization_response_iss_parameter_supported, true);
        assert.ok(metadata.code_challenge_methods_supported.includes('S256'));
        const fapi = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
        const someOf = (name) => assert.ok(metadata[name]?.some((alg) => fapi.includes(alg)), name);
        someOf('id_token_signing_alg_values_supported');
        if (rp.dpop) someOf('dpop_signing_alg_values_supported');
        else assert.equal(metadata.tls_client_certificate_bound_access_tokens, true);
        const method = rp.client.token_endpoint_auth_method;
        assert.ok(metadata.token_endpoint_auth_methods_supported.includes(method), method);
        if (method === 'private_key_jwt') someOf('token_endpoint_auth_signing_alg_values_supported');
        if (!rp.signs) return;
        someOf('request_object_signing_alg_values_supported');
        someOf('authorization_signing_alg_values_supported');
        assert.ok(metadata.response_modes_supported.includes('jwt'));
    },

    async 'happy-flow'({ op, rp, second }) {
        await checkTls(op);
        const login = await rp.login();
        await second.login({ params: { redirect_uri: second.redirect_uri } });
        const { access_token } = login.tokens;
        const { headers } = await rp.askUserinfo(access_token, { headers: { Accept: 'application/json; charset=utf-8' } });
        assert.ok(Math.abs(Date.parse(headers.date) - Date.now()) < 5_000, 'Date');
        // The token alone is not enough, and never in the query.
        const inQuery = await rp.http.send(`${rp.endpoint('userinfo_endpoint')}?${new URLSearchParams({ access_token })}`);
        assert.ok(inQuery.status >= 400 && inQuery.status < 500, `${inQuery}`);
        const asBearer = await op.http.send(op.metadata.userinfo_endpoint, { headers: { Authorization: `Bearer ${access_token}` } });
        assert.equal(asBearer.status, 401);
        const others = rp.dpop ? { bound: { key: second.dpop } } : { http: second.http };
        assert.equal((await rp.askUserinfo(access_token, others)).status, 401, "somebody else's key");
    },

    async 'user-rejects-authentication'({ op, rp }) {
        const response = await rp.refused(await rp.authorize({ decision: { login: 'cancel' } }), ['access_denied']);
        assert.equal(response.iss ?? op.issuer, op.issuer);
        await rp.refused(await rp.authorize({ params: { prompt: 'consent' }, decision: { consent: 'deny' } }), ['access_denied']);
    },

    'ensure-request-object-with-multiple-aud-succeeds': ({ op, rp }) =>
        rp.login({ push: { request: (sent) => rp.requestObject(sent, { aud: ['https://other1.example.com', op.issuer, 'invalid'] }) } }),

    async 'ensure-authorization-request-without-state-success'({ rp }) {
        const { claims, front } = await succeedsWith(rp, { state: undefined });
        assert.ok(!('state' in front) && !('s_hash' in claims));
    },
    async 'ensure-authorization-request-without-nonce-success'({ rp }) {
        assert.ok(!('nonce' in (await succeedsWith(rp, { nonce: undefined })).claims));
    },
    'ensure-authorization-request-with-64-char-nonce-success': ({ rp }) => succeedsWith(rp, { nonce: randomBytes(32).toString('hex') }),
    async 'ensure-other-scope-order-succeeds'({ rp }) {
        const { tokens } = await succeedsWith(rp, { scope: 'profile email openid' });
        if (tokens.scope) assert.deepEqual(tokens.scope.split(' ').sort(), ['email', 'openid', 'profile']);
    },

    async 'test-claims-parameter-identity-claims'({ op, rp }) {
        assert.equal(op.metadata.claims_parameter_supported, true);
        const identity = Object.values(claimsOfScope).flat();
        const asked = Object.fromEntries([...identity, 'unknown_claim', 'käytänne'].map((name) => [name, null]));
        const { claims } = await rp.login({ params: { claims: JSON.stringify({ id_token: asked }) } });
        for (const name of identity) assert.ok(name in claims, `${name} in the ID token`);
        const { claims: bare, info } = await rp.login({ params: { claims: JSON.stringify({ userinfo: asked }) } });
        for (const name of identity) assert.ok(name in info && !(name in bare), `${name} in userinfo alone`);
        assert.ok(!('unknown_claim' in claims) && !('unknown_claim' in info));
    },

    async 'access-token-type-header-case-sensitivity'({ rp }) {
        const { tokens } = await rp.login();
        for (const scheme of rp.dpop ? ['dPoP', 'dpop', 'DPOP'] : ['bEARER', 'bearer', 'BEARER'])
            assert.equal((await rp.askUserinfo(tokens.access_token, { scheme })).status, 200, scheme);
    },

    'ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted': ({ rp }) =>
        rp.login({ push: { request: (sent) => rp.requestObject(sent, { iat: now_s() + 8, nbf: now_s() + 8 }) } }),

    'ensure-different-nonce-inside-and-outside-request-object': (c) => innerCounts(c, 'nonce'),
    'ensure-different-state-inside-and-outside-request-object': (c) => innerCounts(c, 'state'),
    async 'state-only-outside-request-object-not-used'({ rp }) {
        const par = rp.pushed(await rp.push({ state: undefined }));
        const outcome = await rp.open(par, { beside: { state: 'outside' } });
        if (!outcome.away) return refusedByPage(outcome);
        await rp.accepted(outcome);  // no state comes back, none was sent
    },

    'ensure-authorization-request-with-long-nonce': (c) => untouchedOrRefused(c, { nonce: randomBytes(288).toString('base64url') }),
    'ensure-authorization-request-with-long-state': (c) => untouchedOrRefused(c, { state: randomBytes(750).toString('base64url') }),

    'ensure-request-object-without-exp-fails': refusesClaims(() => ({ exp: undefined })),
    'ensure-request-object-without-nbf-fails': refusesClaims(() => ({ nbf: undefined })),
    'ensure-expired-request-object-fails': refusesClaims(() => ({ iat: now_s() - 1800, nbf: now_s() - 1800, exp: now_s() - 300 })),
    'ensure-request-object-with-bad-aud-fails': refusesClaims(({ issuer }) => ({ aud: `${issuer}.example` })),
    'ensure-request-object-with-exp-over-60-fails': refusesClaims(() => ({ exp: now_s() + 70 * 60 })),
    'ensure-request-object-with-nbf-over-60-fails': refusesClaims(() => ({ nbf: now_s() - 70 * 60 })),
    'ensure-request-object-without-redirect-uri-fails': ({ rp }) => rp.rejects({ params: { redirect_uri: undefined } }, unfit),
    'ensure-signed-request-object-with-RS256-fails': refusesObject(async ({ sent, rp }) => rp.requestObject(sent, {}, { key: await rp.misusedKey() })),
    'ensure-request-object-signature-algorithm-is-not-none': refusesObject(({ sent, rp }) => unsigned(rp.requestClaims(sent))),
    'ensure-request-object-with-invalid-signature-fails': refusesObject(async ({ sent, rp }) => spoilSignature(await rp.requestObject(sent))),
    'ensure-matching-key-in-authorization-request': refusesObject(({ sent, rp, second }) => rp.requestObject(sent, {}, { key: second.key })),
    'ensure-unsigned-request-at-par-endpoint-fails': ({ rp }) => rp.rejects({ push: { signs: false } }, unfit),

    'ensure-registered-redirect-uri': ({ rp }) => rp.rejects({ params: { redirect_uri: `${rp.redirect_uri}/fsdljkf` } }, [...unfit, 'invalid_redirect_uri']),
    // RFC 9126 §2.4 allows to take one from a client that has proven who it is; we do not.
    'plain-fapi-tolerate-unregistered-redirect-uri': ({ rp }) =>
        rp.rejects({ params: { redirect_uri: 'https://evil.example/callback' } }, [...unfit, 'invalid_redirect_uri']),
    'ensure-redirect-uri-in-authorization-request': ({ rp }) => rp.rejects({ params: { redirect_uri: undefined } }, unfit),

    async 'ensure-unsigned-authorization-request-without-using-par-fails'({ op, rp }) {
        const sent = rp.parameters();
        const outcome = { sent, ...(await rp.go(op.browser(), sent)) };
        if (!outcome.away) return refusedByPage(outcome);
        await rp.refused(outcome, ['invalid_request', 'invalid_request_object', 'request_not_supported']);
    },
    'ensure-response-type-code-idtoken-fails': ({ rp }) =>
        rp.rejects({ params: { response_type: 'code id_token' } }, ['unsupported_response_type', 'invalid_request', 'unauthorized_client']),
    'ensure-response-type-token-fails': ({ rp }) =>
        rp.rejects({ params: { response_type: 'token' } }, ['unsupported_response_type', 'invalid_request', 'unauthorized_client']),

    // The official module asks for a value of one country's; what matters is that a demand is met or refused.
    async 'test-essential-acr-sca-claim'({ op, rp }) {
        const demand = (...values) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }) });
        const reachable = op.metadata.acr_values_supported[0];
        assert.equal((await rp.login({ params: demand(reachable) })).claims.acr, reachable);
        await rp.rejects({ params: demand('urn:openbanking:psd2:sca') }, ['access_denied', 'unmet_authentication_requirements', 'invalid_request']);
    },
};

/** A parameter beside the pushed request with another value: the pushed one counts, or the request is refused. */
async function innerCounts({ rp }, name) {
    const par = rp.pushed(await rp.push());
    const outcome = await rp.open(par, { beside: { [name]: 'outside' } });
    if (!outcome.away) return refusedByPage(outcome);
    const front = await rp.accepted(outcome);  // with the state inside
    const tokens = rp.tokens(await rp.redeem(front));
    await rp.idToken(tokens.id_token, { nonce: rp.sent.nonce, access_token: tokens.access_token, code: front.code });
}

async function untouchedOrRefused({ rp }, params) {
    const answer = await rp.push(params);
    if (answer.status !== 201) return assert.equal(answer.json.error, 'invalid_request', `${answer}`);
    const front = await rp.accepted(await rp.open(rp.pushed(answer)));
    const tokens = rp.tokens(await rp.redeem(front));
    await rp.idToken(tokens.id_token, { nonce: rp.sent.nonce, access_token: tokens.access_token, code: front.code });
}
