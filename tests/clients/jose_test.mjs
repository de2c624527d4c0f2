// SPDX-License-Identifier: MIT
// npm jose reads every kind of token that we make, and the request objects that it signs we read; what else it writes is in jose_writes_test.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compactDecrypt, createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { RelyingParty } from '../conformance/support/relying_party.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { makeKey } from '../conformance/support/keys.mjs';

const timeout = 60_000;
const signatures = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const encryptions = ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'].flatMap((alg) => ['A128CBC-HS256', 'A256GCM'].map((enc) => ({ alg, enc })));
let op, keys;

/** A client for each algorithm of signatures, and one for each that it may sign its own requests with. */
async function makeParties({ receiver }) {
    const registration = (client_id, more) => ({
        client_id, client_secret: 'a secret of this test, of 64 bytes for HMAC by SHA-512, so it is long', redirect_uris: [`https://rp.example/${client_id}`],
        post_logout_redirect_uris: ['https://rp.example/out'], require_pkce: false, ...more,
    });
    const readers = signatures.map((alg) => ({
        client: registration(`reads-${alg}`, {
            id_token_signed_response_alg: alg, authorization_signed_response_alg: alg, userinfo_signed_response_alg: alg,
            introspection_signed_response_alg: alg, access_token_format: 'jwt', resources: ['https://api.example'], backchannel_logout_uri: `${receiver.origin}/logout/${alg}`,
        }),
    }));
    const signers = await Promise.all(signatures.map(async (alg) => {
        const key = await makeKey(alg);
        return { key, client: registration(`signs-${alg}`, { jwks: { keys: [key.publicJwk] }, request_object_signing_alg: alg }) };
    }));
    const sharers = ['HS256', 'HS384', 'HS512'].map((alg) => ({ client: registration(`signs-${alg}`, { request_object_signing_alg: alg }) }));
    const decrypters = await Promise.all(encryptions.map(async ({ alg, enc }) => {
        const key = await makeKey(alg);
        const each = (kind) => ({ [`${kind}_encrypted_response_alg`]: alg, [`${kind}_encrypted_response_enc`]: enc });
        const members = { ...each('id_token'), ...each('userinfo'), ...each('introspection'), ...each('authorization') };
        const jwk = { ...key.publicJwk, use: 'enc' };
        return { key, client: registration(`opens-${alg}-${enc}`, { jwks: { keys: [jwk] }, backchannel_logout_uri: `${receiver.origin}/logout/opens-${alg}-${enc}`, userinfo_signed_response_alg: 'RS256', introspection_signed_response_alg: 'RS256', ...members }) };
    }));
    return [...readers, ...signers, ...sharers, ...decrypters];
}

before(async () => {
    op = await startProvider({ name: 'jose', clients: makeParties, keys: { algorithms: signatures } });
    keys = createRemoteJWKSet(new URL(op.metadata.jwks_uri), { [customFetch]: op.http.fetch });
}, { timeout });
after(() => op?.stop());

const party = (id) => new RelyingParty(op, op.parties[id].client, { key: op.parties[id].key });
const read = (jwt, id, alg, typ) => jwtVerify(jwt, keys, { issuer: op.issuer, audience: id, algorithms: [alg], ...(typ && { typ }) });

for (const alg of signatures) {
    const id = `reads-${alg}`;
    test(`ID token, answer (JARM) and logout token by ${alg}`, { timeout }, async () => {
        const rp = party(id);
        const login = await rp.login();
        await read(login.tokens.id_token, id, alg);
        const { away } = await rp.authorize({ browser: login.browser, params: { response_mode: 'jwt' } });
        assert.ok((await read(away.searchParams.get('response'), id, alg)).payload.code);
        await rp.logout(login, { id_token_hint: login.tokens.id_token });
        const { text } = await op.receiver.request(`/logout/${alg}`);
        await read(new URLSearchParams(text).get('logout_token'), id, alg, 'logout+jwt');
    });
}

const introspect = (rp, token) =>
    rp.send(op.metadata.introspection_endpoint, { token }, { headers: { Accept: 'application/token-introspection+jwt' } });

for (const alg of signatures) {
    const id = `reads-${alg}`;
    test(`userinfo, introspection and access token by ${alg}`, { timeout }, async () => {
        const rp = party(id);
        const { tokens, claims } = await rp.login();
        const info = await rp.askUserinfo(tokens.access_token);
        assert.equal(info.mediaType, 'application/jwt');
        assert.equal((await read(info.text, id, alg)).payload.sub, claims.sub);
        const seen = await introspect(rp, tokens.access_token);
        assert.equal(seen.mediaType, 'application/token-introspection+jwt');
        const { payload } = await read(seen.text, id, alg, 'token-introspection+jwt');
        assert.equal(payload.token_introspection.active, true);
        const asked = await rp.accepted(await rp.authorize({ params: { resource: 'https://api.example' } }));
        const { access_token } = (await rp.redeem(asked, { resource: 'https://api.example' })).json;
        const { payload: token } = await jwtVerify(access_token, keys, { issuer: op.issuer, audience: 'https://api.example', typ: 'at+jwt' });
        assert.equal(token.client_id, id);
    });
}

for (const { alg, enc } of encryptions) {
    const id = `opens-${alg}-${enc}`;
    test(`what is encrypted by ${alg} with ${enc}`, { timeout }, async () => {
        const rp = party(id);
        const open = async (jwe, typ) => {
            const { plaintext, protectedHeader } = await compactDecrypt(jwe, rp.key.privateKey);
            assert.deepEqual([protectedHeader.alg, protectedHeader.enc, protectedHeader.kid], [alg, enc, rp.key.kid]);
            assert.match(protectedHeader.cty ?? '', /jwt$/i);
            return (await read(new TextDecoder().decode(plaintext), id, 'RS256', typ)).payload;
        };
        const { away, browser } = await rp.authorize({ params: { response_mode: 'jwt' } });
        const { code } = await open(away.searchParams.get('response'));
        const { id_token, access_token } = (await rp.redeem({ code })).json;
        const { sub } = await open(id_token);
        assert.equal((await open((await rp.askUserinfo(access_token)).text)).sub, sub);
        assert.equal((await open((await introspect(rp, access_token)).text)).token_introspection.active, true);
        await rp.logout({ browser }, { id_token_hint: undefined, client_id: id });
        const { text } = await op.receiver.request(`/logout/${id}`);
        assert.equal((await open(new URLSearchParams(text).get('logout_token'), 'logout+jwt')).sub, sub);
    });
}

for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'HS384', 'HS512'])
    test(`a request object by ${alg}`, { timeout }, async () => {
        const rp = party(`signs-${alg}`);
        const key = rp.key ?? { ...rp.secretKey, alg };
        const sent = rp.parameters();
        const { client_id, response_type, scope } = sent;
        const request = await rp.requestObject(sent, {}, { key });
        await rp.accepted({ ...(await rp.go(op.browser(), { client_id, response_type, scope, request })), sent });
    });
