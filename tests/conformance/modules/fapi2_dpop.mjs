// SPDX-License-Identifier: MIT
// FAPI 2.0: proofs of possession by DPoP (oidc-conformance.md 4.2). Ids without their common prefix.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { checkJsonError } from '../support/checks.mjs';
import { makeProof, thumbprint } from '../support/dpop.mjs';
import { makeKey, now_s, spoilSignature, unsigned } from '../support/keys.mjs';

const badProof = ['invalid_dpop_proof', 'invalid_grant', 'invalid_request'];

/** Proofs with these claims at all three endpoints. */
async function succeedsWith({ rp }, claims) {
    const url = rp.endpoint('pushed_authorization_request_endpoint');
    const headers = await rp.proof('POST', url, { claims: claims() });
    const front = await rp.accepted(await rp.open(rp.pushed(await rp.push({}, { headers }))));
    const tokens = rp.tokens(await rp.redeem(front, {}, { bound: { claims: claims() } }));
    assert.equal((await rp.askUserinfo(tokens.access_token, { bound: { claims: claims() } })).status, 200);
}

/** Pushed with one key, redeemed with another. */
async function refusesOtherKey({ rp }, push) {
    const front = await rp.accepted(await rp.open(rp.pushed(await push())));
    checkJsonError(await rp.redeem(front, {}, { bound: { key: await makeKey('ES256') } }), badProof);
}

const pushWithProof = async (rp) => rp.push({}, { headers: await rp.proof('POST', rp.endpoint('pushed_authorization_request_endpoint')) });
const pushWithJkt = async (rp) => rp.push({ dpop_jkt: await thumbprint(rp.dpop) });

export const dpop = {
    'check-dpop-proof-nbf-exp': (c) => succeedsWith(c, () => ({ nbf: now_s() - 1, exp: now_s() + 60 })),
    'ensure-dpopproof-with-iat-10seconds-before-succeeds': (c) => succeedsWith(c, () => ({ iat: now_s() - 10 })),
    'ensure-dpopproof-with-iat-10seconds-after-succeeds': (c) => succeedsWith(c, () => ({ iat: now_s() + 10 })),

    async 'ensure-mismatched-dpop-jkt-fails'({ rp }) {
        const headers = await rp.proof('POST', rp.endpoint('pushed_authorization_request_endpoint'));
        const dpop_jkt = await thumbprint(await makeKey('ES256'));
        checkJsonError(await rp.push({ dpop_jkt }, { headers }), ['invalid_request', 'invalid_dpop_proof']);
    },
    'ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt': (c) => refusesOtherKey(c, () => pushWithProof(c.rp)),
    'ensure-token-endpoint-fails-with-mismatched-dpop-jkt': (c) => refusesOtherKey(c, () => pushWithJkt(c.rp)),
    async 'ensure-dpopproof-at-par-endpoint-binding-success'({ rp }) {
        const front = await rp.accepted(await rp.open(rp.pushed(await pushWithProof(rp))));
        await rp.userinfo({ tokens: rp.tokens(await rp.redeem(front)) });
    },
    async 'ensure-dpop-auth-code-binding-success'({ rp }) {
        const front = await rp.accepted(await rp.open(rp.pushed(await pushWithJkt(rp))));
        await rp.userinfo({ tokens: rp.tokens(await rp.redeem(front)) });
    },

    async 'dpop-negative-tests'({ rp, op }) {
        const { tokens: { access_token } } = await rp.login();
        const url = rp.endpoint('userinfo_endpoint');
        const proof = (claims, header, key = rp.dpop) => makeProof(key, { method: 'GET', url, access_token, nonce: rp.nonce }, claims, header);
        const ask = (headers, scheme = 'DPoP', query = '') => op.http.send(url + query, { headers: { Authorization: `${scheme} ${access_token}`, ...headers } });
        const works = async (what, headers, query) => assert.equal((await ask(headers, 'DPoP', query)).status, 200, what);
        const fails = async (what, headers, scheme) => {
            const answer = await ask(headers, scheme);
            assert.ok([400, 401].includes(answer.status), `${what}: ${answer}`);
            assert.match(answer.headers['www-authenticate'] ?? '', /^(DPoP|Bearer) /, `${what}: challenge`);
        };
        const refuses = async (what, claims, header, key) => fails(what, { DPoP: await proof(claims, header, key) });

        await works('a good proof', { DPoP: await proof() });
        await works('capitals in the name of the field', { DPOP: await proof() });
        await fails('two proofs', { DPoP: [await proof(), await proof()] });
        await fails('not a JWT', { DPoP: 'this is not a proof' });
        await fails('no proof', {});
        await fails('as a bearer token', {}, 'Bearer');
        await fails('as a bearer token with a proof', { DPoP: await proof() }, 'Bearer');
        for (const claim of ['jti', 'htm', 'htu', 'iat', 'ath']) await refuses(`without ${claim}`, { [claim]: undefined });
        for (const member of ['typ', 'jwk']) await refuses(`without ${member}`, {}, { [member]: undefined });
        await refuses('wrong typ', {}, { typ: 'JWT' });
        await refuses('a private key', {}, { jwk: rp.dpop.privateJwk });
        await refuses('wrong method', { htm: 'POST' });
        await refuses('wrong address', { htu: op.metadata.token_endpoint });
        await refuses('another host', { htu: url.replace('127.0.0.1', 'localhost') });
        await refuses('another token', { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' });
        await refuses('another key', {}, {}, await makeKey('ES256'));
        await refuses('an hour ahead', { iat: now_s() + 3600 });
        await refuses('an hour ago', { iat: now_s() - 3600 });
        const rsa = await makeKey('RS256');
        await refuses('RS256', {}, {}, rsa);
        await fails('a bad signature', { DPoP: spoilSignature(await proof()) });
        const [, payload] = (await proof()).split('.');
        const { kid, alg, use, ...jwk } = rp.dpop.publicJwk;
        await fails('none', { DPoP: unsigned(JSON.parse(Buffer.from(payload, 'base64url')), { typ: 'dpop+jwt', jwk }) });
        await fails('without alg', { DPoP: [Buffer.from(JSON.stringify({ typ: 'dpop+jwt', jwk })).toString('base64url'), ...(await proof()).split('.').slice(1)].join('.') });

        await works('query and fragment in htu', { DPoP: await proof({ htu: `${url}?query=1#fragment` }) });
        await works('the query of the request', { DPoP: await proof({ htu: url }) }, '?query=1');
        await works('capitals in scheme and host', { DPoP: await proof({ htu: url.replace('https', 'HTTPS') }) });
        await works('further members', { DPoP: await proof({ extra: 'claim' }, { extra: 'header' }) });
        const once = { DPoP: await proof({ jti: randomUUID() }) };
        await works('once', once);
        await fails('twice', once);
    },
};
