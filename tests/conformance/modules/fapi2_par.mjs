// SPDX-License-Identifier: MIT
// FAPI 2.0: pushed authorization requests and PKCE (oidc-conformance.md 4.5). Ids without their common prefix.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { checkJsonError } from '../support/checks.mjs';
import { now_s } from '../support/keys.mjs';
import { makePkce } from '../support/pkce.mjs';
import { walk } from '../support/person.mjs';
import { byAssertion, refusedByPage } from '../support/relying_party.mjs';

const unfit = ['invalid_request', 'invalid_request_object', 'invalid_request_uri', 'request_uri_not_supported'];

/** The client's proof at the pushing endpoint is refused. */
const refusesAssertion = (claims) => async ({ op, rp }) => {
    const answer = await rp.push({}, { proof: byAssertion(await rp.assertion(claims(op.metadata))) });
    checkJsonError(answer, ['invalid_client', 'invalid_request'], [400, 401]);
};

/** A page, or at the redirect_uri one of the errors. */
async function refuses(rp, outcome, errors) {
    if (!outcome.away) return refusedByPage(outcome);
    await rp.refused(outcome, errors);
}

export const par = {
    async 'par-ensure-reused-request-uri-prior-to-auth-completion-succeeds'({ op, rp }) {
        const { request_uri } = rp.pushed(await rp.push());
        const browser = op.browser();
        const url = `${op.metadata.authorization_endpoint}?${new URLSearchParams({ client_id: rp.client.client_id, request_uri })}`;
        const first = await browser.visit(url);
        assert.ok(first.page && !first.away && first.page.forms.length > 0, 'the login shows');
        const second = await browser.visit(url);
        await rp.accepted({ sent: rp.sent, ...(await walk(browser, second, op.persons.buffy)) });
    },

    async 'par-attempt-reuse-request_uri'({ rp }) {
        const pushed = rp.pushed(await rp.push());
        const { browser, ...first } = await rp.open(pushed);
        await rp.accepted(first);
        await refuses(rp, await rp.open(pushed, { browser }), ['invalid_request_uri', 'invalid_request']);
    },

    async 'par-attempt-to-use-expired-request_uri'({ rp }) {
        const pushed = rp.pushed(await rp.push());
        await setTimeout((pushed.expires_in + 2) * 1000);
        await refuses(rp, await rp.open(pushed), ['invalid_request_uri', 'invalid_request']);
    },

    async 'par-attempt-to-use-request_uri-for-different-client'({ op, rp, second }) {
        const { request_uri } = rp.pushed(await rp.push());
        const outcome = await second.go(op.browser(), { client_id: second.client.client_id, request_uri });
        await refuses(second, { ...outcome, sent: { state: undefined } }, ['invalid_request', 'invalid_request_object', 'invalid_request_uri']);
    },

    async 'par-authorization-request-containing-request_uri-form-param'({ rp }) {
        const { request_uri } = rp.pushed(await rp.push());
        checkJsonError(await rp.push({}, { form: { request_uri } }), unfit);
    },
    async 'par-authorization-request-containing-request_uri'({ rp }) {
        const { request_uri } = rp.pushed(await rp.push());
        await rp.rejects({ push: { request: (sent) => rp.requestObject(sent, { request_uri }) } }, unfit);
    },

    async 'par-attempt-invalid-http-method'({ rp }) {
        const endpoint = rp.endpoint('pushed_authorization_request_endpoint');
        for (const method of ['PUT', 'GET', 'DELETE']) {
            const answer = await rp.http.send(endpoint, { method });
            assert.equal(answer.status, 405);
            assert.match(answer.headers.allow ?? '', /POST/);
        }
    },

    async 'par-without-duplicate-parameters'({ rp }) {
        await rp.login();  // client_id and request_uri alone
    },

    'par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted': async ({ rp }) => {
        const ahead = now_s() + 8;
        rp.pushed(await rp.push({}, { proof: byAssertion(await rp.assertion({ iat: ahead, nbf: ahead, exp: ahead + 60 })) }));
    },
    'par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails':
        refusesAssertion(() => ({ iat: now_s() + 70, nbf: now_s() + 70, exp: now_s() + 130 })),
    'par-test-array-as-audience-fails': refusesAssertion(({ issuer }) => ({ aud: [issuer] })),
    'par-test-par-endpoint-url-as-audience-fails': refusesAssertion((metadata) => ({ aud: metadata.pushed_authorization_request_endpoint })),
    'par-test-token-endpoint-url-as-audience-fails': refusesAssertion((metadata) => ({ aud: metadata.token_endpoint })),

    'par-ensure-pkce-required': ({ rp }) => rp.rejects({ params: { code_challenge: undefined, code_challenge_method: undefined } }, ['invalid_request']),
    async 'par-plain-pkce-rejected'({ rp }) {
        const { verifier } = makePkce();
        await rp.rejects({ params: { code_challenge: verifier, code_challenge_method: 'plain' } }, ['invalid_request']);
        await rp.rejects({ params: { code_challenge: verifier, code_challenge_method: undefined } }, ['invalid_request']);  // plain, RFC 7636 §4.3
    },
    async 'ensure-pkce-code-verifier-required'({ rp }) {
        const front = await rp.accepted(await rp.authorize());
        checkJsonError(await rp.redeem(front, { code_verifier: undefined }), ['invalid_grant']);
    },
    async 'incorrect-pkce-code-verifier-rejected'({ rp }) {
        const front = await rp.accepted(await rp.authorize());
        checkJsonError(await rp.redeem(front, { code_verifier: makePkce().verifier }), ['invalid_grant']);
    },
};
