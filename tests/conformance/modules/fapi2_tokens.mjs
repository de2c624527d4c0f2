// SPDX-License-Identifier: MIT
// FAPI 2.0: the token endpoint and the client's proof of who it is (oidc-conformance.md 4.4). Ids without their common prefix.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { checkJsonError } from '../support/checks.mjs';
import { now_s } from '../support/keys.mjs';
import { byAssertion } from '../support/relying_party.mjs';

const badClient = [['invalid_client', 'invalid_request'], [400, 401]];
const nobody = ({ client: { client_id } }) => ({ form: { client_id } });

/** A code, and a second answer for it that is right but for `change`. */
const refusesRedemption = (change, errors, statuses = [400]) => async (c) => {
    const front = await c.rp.accepted(await c.rp.authorize());
    const { form, ...options } = await change(c, front);
    checkJsonError(await c.rp.redeem(front, form, options), errors, statuses);
};
const refusesAssertion = (claims, options) => refusesRedemption(
    async ({ rp, op }) => ({ proof: byAssertion(await rp.assertion(claims(op), await options?.(rp))) }), ['invalid_client'], [400, 401]);

/** Uses of a code that must fail, and at last that it was right but for them is shown by other modules: a code is spent by a first try. */
async function reuse({ rp }, wait_ms) {
    const front = await rp.accepted(await rp.authorize());
    const tokens = rp.tokens(await rp.redeem(front));
    await setTimeout(wait_ms);
    checkJsonError(await rp.redeem(front), ['invalid_grant']);
    assert.equal((await rp.askUserinfo(tokens.access_token)).status, 401, 'what came of the code is revoked');
}

const offline = { params: { scope: 'openid offline_access', prompt: 'consent' } };

export const tokens = {
    async 'ensure-client-id-in-token-endpoint'({ rp, second }) {
        const front = await rp.accepted(await rp.authorize());
        const { client_id } = second.client;
        // The other client's name with our credentials.
        const proof = rp.key ? byAssertion(await rp.assertion({ iss: client_id, sub: client_id })) : { form: { client_id } };
        checkJsonError(await rp.redeem(front, { client_id }, { proof }), ['invalid_client', 'invalid_grant'], [400, 401]);
    },

    async 'ensure-holder-of-key-required'(c) {
        const { rp, op } = c;
        const front = await rp.accepted(await rp.authorize());
        const without = rp.dpop ? { headers: { DPoP: undefined } } : { http: op.http };
        const answer = await rp.redeem(front, {}, without);
        checkJsonError(answer, ['invalid_request', 'invalid_grant', 'invalid_client', 'invalid_dpop_proof'], [400, 401]);
    },

    async 'ensure-authorization-code-is-bound-to-client'({ rp, second }) {
        const front = await rp.accepted(await rp.authorize());
        second.pkce = rp.pkce;
        checkJsonError(await second.redeem(front, { redirect_uri: rp.redirect_uri }), ['invalid_grant']);
    },

    'attempt-reuse-authorization-code-after-one-second': (c) => reuse(c, 1_000),

    async 'ensure-token-endpoint-fails-with-expired-auth-code'({ rp }) {
        const front = await rp.accepted(await rp.authorize());
        await setTimeout(62_000);
        checkJsonError(await rp.redeem(front), ['invalid_grant']);
    },

    'ensure-signed-client-assertion-with-RS256-fails': refusesAssertion(() => ({}), async (rp) => ({ key: await rp.misusedKey() })),
    'ensure-client-assertion-in-token-endpoint': refusesRedemption(({ rp }) => ({ proof: nobody(rp) }), ...badClient),
    'ensure-client-assertion-with-exp-is-5-minutes-in-past-fails': refusesAssertion(() => ({ iat: now_s() - 360, exp: now_s() - 300 })),
    'ensure-client-assertion-with-wrong-aud-fails': refusesAssertion(({ issuer }) => ({ aud: `${issuer}.example` })),
    'ensure-client-assertion-with-no-sub-fails': refusesAssertion(() => ({ sub: undefined })),

    async 'refresh-token'({ rp, second, op }) {
        const login = await rp.login(offline);
        assert.ok(op.metadata.grant_types_supported.includes('refresh_token'));
        const { refresh_token } = login.tokens;
        assert.ok(refresh_token, 'a refresh token');
        const errors = ['invalid_client', 'invalid_grant', 'invalid_request', 'invalid_dpop_proof'];
        // Without proof of possession, without proof of who it is, by another client.
        checkJsonError(await rp.refresh(refresh_token, {}, rp.dpop ? { headers: { DPoP: undefined } } : { http: op.http }), errors, [400, 401]);
        if (rp.key) checkJsonError(await rp.refresh(refresh_token, {}, { proof: nobody(rp) }), errors, [400, 401]);
        checkJsonError(await second.refresh(refresh_token), errors, [400, 401]);
        const fresh = rp.tokens(await rp.refresh(refresh_token));
        assert.notEqual(fresh.access_token, login.tokens.access_token);
        await rp.userinfo({ tokens: fresh, claims: login.claims });
        if (!fresh.refresh_token || fresh.refresh_token === refresh_token) return;
        // FAPI 2.0 Security Profile §5.3.2.1: a client that never got the answer tries again with the token it has.
        await setTimeout(30_000);
        rp.tokens(await rp.refresh(refresh_token));
    },
};
