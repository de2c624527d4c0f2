// SPDX-License-Identifier: MIT
// The plans Dynamic and Third-party-initiated login (oidc-conformance.md 3.2, 3.3).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { checkJsonError, checkTokenResponse, fetchJwks, verifyJwt } from '../support/checks.mjs';
import { makeKey } from '../support/keys.mjs';
import { refusesClient, withClient } from '../support/registration.mjs';
import { byAssertion, refusedByPage } from '../support/relying_party.mjs';
import { verifyDiscovery } from './discovery.mjs';

const offline = { grant_types: ['authorization_code', 'refresh_token'] };
const offlineRequest = { scope: 'openid offline_access', prompt: 'consent' };
const jwks_refresh_ms = 60_000;

/** What a person sees while signing in at a client that registered `member`. */
const shown = (member, found) => ({ op }) => withClient(op, { [member]: `https://rp.example/${member}` }, async (rp) => {
    const { pages, ...outcome } = await rp.authorize({ params: { prompt: 'consent' } });
    await rp.accepted(outcome);
    assert.ok(pages.some((page) => found(page, rp.client[member])), `${member} is shown`);
});

const publishJwks = (op, path, ...keys) => op.receiver.publish(path, { json: { keys: keys.map(({ publicJwk }) => publicJwk) } });

/** A registered redirect_uri, and requests with another one, which go nowhere. */
const refusesRedirect = (registered, ...asked) => ({ op }) => withClient(op, { redirect_uris: [registered].flat() }, async (rp) => {
    for (const redirect_uri of asked) refusedByPage(await rp.authorize({ params: { redirect_uri } }));
    await rp.login();
});

export const dynamic = {
    'oidcc-server': ({ op }) => withClient(op, {}, async (rp) => {
        await rp.userinfo(await rp.login());
    }),

    async 'oidcc-idtoken-unsigned'({ op }) {
        assert.ok(!op.metadata.id_token_signing_alg_values_supported.includes('none'), 'none is not offered');
        await refusesClient(op, { id_token_signed_response_alg: 'none' }, ['invalid_client_metadata']);
    },

    'oidcc-idtoken-rs256': ({ op }) => withClient(op, { id_token_signed_response_alg: 'RS256' }, async (rp) => {
        await rp.login();
    }),

    async 'oidcc-userinfo-rs256'({ op }) {
        assert.ok(op.metadata.userinfo_signing_alg_values_supported.includes('RS256'));
        await withClient(op, { userinfo_signed_response_alg: 'RS256' }, async (rp) => {
            const { tokens, claims } = await rp.login();
            const answer = await rp.askUserinfo(tokens.access_token);
            assert.equal(answer.status, 200, `${answer}`);
            assert.equal(answer.mediaType, 'application/jwt');
            const { claims: info } = await verifyJwt(op, answer.text, 'RS256');
            assert.equal(info.iss, op.issuer);
            assert.deepEqual([info.aud].flat(), [rp.client.client_id]);
            assert.equal(info.sub, claims.sub);
            assert.ok(!('nonce' in info));
        });
    },

    async 'oidcc-discovery-endpoint-verification'(c) {
        await verifyDiscovery(c);
        const { metadata } = c.op;
        assert.match(metadata.registration_endpoint, /^https:/);
        for (const type of ['code', 'id_token', 'id_token token']) assert.ok(metadata.response_types_supported.includes(type), type);
        for (const grant of ['authorization_code', 'implicit']) assert.ok(metadata.grant_types_supported.includes(grant), grant);
    },

    'oidcc-ensure-redirect-uri-in-authorization-request': ({ op }) =>
        withClient(op, { redirect_uris: ['https://rp.example/one', 'https://rp.example/two'] }, async (rp) => {
            refusedByPage(await rp.authorize({ params: { redirect_uri: undefined } }));
        }),

    'oidcc-redirect-uri-query-OK': ({ op }) => withClient(op, { redirect_uris: ['https://rp.example/callback?foo=bar'] }, async (rp) => {
        await rp.login();
    }),
    'oidcc-redirect-uri-query-mismatch': refusesRedirect('https://rp.example/callback?foo=bar', 'https://rp.example/callback?bar=foo', 'https://rp.example/callback'),
    'oidcc-redirect-uri-query-added': refusesRedirect('https://rp.example/callback', 'https://rp.example/callback?foo=bar', 'https://rp.example/callback?'),
    async 'oidcc-redirect-uri-regfrag'({ op }) {
        await refusesClient(op, { redirect_uris: ['https://rp.example/callback#foobar'] }, ['invalid_redirect_uri', 'invalid_client_metadata']);
    },

    // Whether the logo is seen a person would review. It is not: our pages load no image from elsewhere (Content-Security-Policy).
    'oidcc-registration-logo-uri': shown('logo_uri', (page, uri) => page.images.every((image) => image !== uri)),
    'oidcc-registration-policy-uri': shown('policy_uri', (page, uri) => page.links.includes(uri)),
    'oidcc-registration-tos-uri': shown('tos_uri', (page, uri) => page.links.includes(uri)),

    async 'oidcc-registration-jwks-uri'({ op }) {
        const path = `/jwks/${randomUUID()}`;
        const key = await makeKey('RS256');
        await withClient(op, { jwks: undefined, jwks_uri: publishJwks(op, path, key) }, async (rp) => {
            rp.key = key;
            await rp.login();
            assert.ok(op.receiver.requests(path).length > 0, 'the keys are fetched');
        });
    },

    async 'oidcc-registration-sector-uri'({ op }) {
        const redirect_uris = ['https://rp.example/sector/one', 'https://other.example/sector/two'];
        const sector_identifier_uri = op.receiver.publish(`/sector/${randomUUID()}`, { json: redirect_uris });
        await withClient(op, { redirect_uris, subject_type: 'pairwise', sector_identifier_uri }, async (rp) => {
            const pairwise = (await rp.login()).claims.sub;
            await withClient(op, {}, async (other) => assert.notEqual((await other.login()).claims.sub, pairwise));
        });
    },
    async 'oidcc-registration-sector-bad'({ op }) {
        const sector_identifier_uri = op.receiver.publish(`/sector/${randomUUID()}`, { json: ['https://rp.example/not-this-one'] });
        await refusesClient(op, { subject_type: 'pairwise', sector_identifier_uri }, ['invalid_client_metadata']);
    },

    async 'oidcc-server-rotate-keys'({ op }) {
        const before = await fetchJwks(op);
        op.run('keys', 'rotate');
        const kids = ({ keys }) => keys.map(({ kid }) => kid);
        const deadline = Date.now() + 30_000;
        let after = before;
        while (kids(after).every((kid) => kids(before).includes(kid)) && Date.now() < deadline) {
            await setTimeout(200);
            after = await fetchJwks(op);
        }
        for (const type of ['RSA', 'EC']) {
            const count = ({ keys }) => keys.filter(({ kty }) => kty === type).length;
            assert.ok(count(after) > count(before), `a new key of type ${type}`);
        }
        // Signatures of the old ones are still checked; to the old ones nobody is to encrypt anew (OpenID Connect Core §10.2.1).
        const signing = ({ keys }) => ({ keys: keys.filter(({ use }) => use !== 'enc') });
        for (const kid of kids(signing(before))) assert.ok(kids(after).includes(kid), 'the old key is still there');
        for (const kid of kids(before).filter((kid) => !kids(signing(before)).includes(kid))) assert.ok(!kids(after).includes(kid), 'the old key to encrypt to has gone');
    },

    async 'oidcc-refresh-token'({ op }) {
        await withClient(op, offline, async (rp) => {
            const login = await rp.login({ params: offlineRequest });
            const tokens = checkTokenResponse(await rp.refresh(login.tokens.refresh_token));
            assert.notEqual(tokens.access_token, login.tokens.access_token);
            await rp.userinfo({ tokens, claims: login.claims });
            await withClient(op, offline, async (second) => {
                const others = await second.login({ params: offlineRequest });
                checkJsonError(await rp.refresh(others.tokens.refresh_token), ['invalid_grant']);
            });
        });
    },

    async 'oidcc-refresh-token-rp-key-rotation'({ op }) {
        const path = `/jwks/${randomUUID()}`;
        const [first, second] = [await makeKey('RS256'), await makeKey('RS256')];
        await withClient(op, { ...offline, jwks: undefined, jwks_uri: publishJwks(op, path, first) }, async (rp) => {
            rp.key = first;
            const { tokens } = await rp.login({ params: offlineRequest });
            publishJwks(op, path, second);
            rp.key = second;
            // The official suite waits for what a provider may take against those who would use it as a hammer; ours may not need all of it.
            let answer = await rp.refresh(tokens.refresh_token);
            if (answer.status === 401) {
                await setTimeout(jwks_refresh_ms);
                answer = await rp.refresh(tokens.refresh_token);
            }
            checkTokenResponse(answer);
            rp.key = first;
            checkJsonError(await rp.refresh(answer.json.refresh_token ?? tokens.refresh_token), ['invalid_client'], [400, 401]);
        });
    },

    async 'oidcc-request-uri-unsigned'({ op }) {
        assert.ok(!op.metadata.request_object_signing_alg_values_supported.includes('none'), 'none is not offered');
        const path = `/request/${randomUUID()}`;
        await withClient(op, { request_uris: [op.receiver.origin + path] }, async (rp) => {
            const request_uri = op.receiver.publish(path, { type: 'application/oauth-authz-req+jwt', body: rp.unsignedRequest(rp.parameters()) });
            refusedByPage(await rp.authorize({ params: { request_uri, redirect_uri: undefined } }));
        });
    },

    async 'oidcc-request-uri-signed-rs256'({ op }) {
        assert.equal(op.metadata.request_uri_parameter_supported, true);
        const path = `/request/${randomUUID()}`;
        await withClient(op, { request_uris: [op.receiver.origin + path], request_object_signing_alg: 'RS256' }, async (rp) => {
            const inside = rp.parameters();
            const request_uri = op.receiver.publish(path, { type: 'application/oauth-authz-req+jwt', body: await rp.requestObject(inside) });
            const { client_id, response_type, scope } = inside;
            const outcome = await rp.go(op.browser(), { client_id, response_type, scope, request_uri });
            await rp.accepted({ ...outcome, sent: inside });
            assert.ok(op.receiver.requests(path).length > 0, 'the request is fetched');
        });
    },

    async 'oidcc-ensure-request-object-with-redirect-uri'({ op }) {
        await withClient(op, { redirect_uris: ['https://rp.example/inside', 'https://rp.example/outside'] }, async (rp) => {
            const inside = rp.parameters();
            const outcome = await rp.authorize({ params: { ...inside, redirect_uri: 'https://rp.example/outside', request: await rp.requestObject(inside) } });
            await rp.accepted({ ...outcome, sent: inside });
        });
    },

    async 'oidcc-ensure-client-assertion-with-iss-aud-succeeds'({ op }) {
        await withClient(op, {}, async (rp) => {
            const front = await rp.accepted(await rp.authorize());
            checkTokenResponse(await rp.redeem(front, {}, { proof: byAssertion(await rp.assertion({ aud: op.issuer })) }));
        });
    },

    'oidcc-3rd_party-init-login': ({ op }) =>
        withClient(op, { initiate_login_uri: 'https://rp.example/initiate' }, async (rp, { read }) => {
            assert.equal((await read()).initiate_login_uri, 'https://rp.example/initiate');
        }),
    async 'oidcc-3rd_party-init-login-nohttps'({ op }) {
        await refusesClient(op, { initiate_login_uri: 'http://rp.example/initiate' }, ['invalid_client_metadata']);
    },
};
