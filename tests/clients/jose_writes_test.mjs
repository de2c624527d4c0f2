// SPDX-License-Identifier: MIT
// What npm jose signs and encrypts, we read: whatever a client, its owner or another issuer may send, by every algorithm. Request objects that are only
// signed are in jose_test.mjs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { CompactEncrypt, importJWK } from 'jose';
import { makeProof, thumbprint } from '../conformance/support/dpop.mjs';
import { answerRequest } from '../conformance/support/person.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { makeKey, now_s, sign, spoilSignature } from '../conformance/support/keys.mjs';
import { RelyingParty, byAssertion } from '../conformance/support/relying_party.mjs';
import { grants } from './parties.mjs';

const timeout = 60_000;
const secret = 'a secret of this test, of 64 bytes for HMAC by SHA-512, so it is long';
const signatures = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const proofs = signatures.filter((alg) => !alg.startsWith('RS'));
const secrets = ['HS256', 'HS384', 'HS512'];
const encryptions = ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'].flatMap((alg) => ['A128CBC-HS256', 'A256GCM'].map((enc) => ({ alg, enc })));
const keys = new Map();
let op;

const registration = (client_id, more) => ({
    client_id, redirect_uris: [`https://rp.example/${client_id}`], grant_types: ['authorization_code', 'client_credentials'], scope: 'openid profile api',
    require_pkce: false, ...more,
});

async function makeParties() {
    const jwks = (alg) => ({ keys: [keys.get(alg).publicJwk] });
    const holders = signatures.map((alg) => ({
        key: keys.get(alg), client: registration(`holds-${alg}`, { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg, jwks: jwks(alg) }),
    }));
    const sharers = secrets.map((alg) => ({
        client: registration(`shares-${alg}`, { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: alg, client_secret: secret }),
    }));
    const askers = signatures.map((alg) => ({
        key: keys.get(alg),
        client: registration(`asks-${alg}`, {
            grant_types: [grants.ciba], jwks: jwks(alg), client_secret: secret, backchannel_authentication_request_signing_alg: alg,
        }),
    }));
    const plain = { key: keys.get('ES256'), client: registration('plain', { client_secret: secret, jwks: jwks('ES256') }) };
    const batch = { client: registration('batch', { client_secret: secret, grant_types: ['authorization_code', grants.assertion], skip_consent: true }) };
    return [plain, batch, ...holders, ...sharers, ...askers];
}

before(async () => {
    for (const alg of signatures) keys.set(alg, await makeKey(alg, `key of ${alg}`));
    const jwks = { keys: signatures.map((alg) => keys.get(alg).publicJwk) };
    op = await startProvider({
        name: 'jose-writes', clients: makeParties, keys: { encryption: ['RSA-OAEP-256', 'ECDH-ES'] },
        configuration: {
            assertion_issuers: [{ issuer: 'https://register.example', clients: ['batch'], jwks }],
            registration: { mode: 'open', software_statement_issuers: [{ issuer: 'https://statements.example', jwks }] },
        },
    });
}, { timeout });
after(() => op?.stop());

const party = (id) => new RelyingParty(op, op.parties[id].client, { key: op.parties[id].key });
const askForToken = (rp, client_assertion, options = {}) =>
    rp.token({ grant_type: 'client_credentials', scope: 'api' }, { ...(client_assertion && { proof: byAssertion(client_assertion) }), ...options });
const proofBy = (key) => makeProof(key, { method: 'POST', url: op.metadata.token_endpoint });
const refused = (answer, error) => assert.equal(answer.json.error, error, `${answer}`);

for (const alg of [...signatures, ...secrets])
    test(`a client assertion by ${alg}`, { timeout }, async () => {
        const rp = party(`${keys.has(alg) ? 'holds' : 'shares'}-${alg}`);
        const key = rp.key ?? { alg, secret: new TextEncoder().encode(secret) };
        const assertion = await rp.assertion({}, { key });
        refused(await askForToken(rp, spoilSignature(assertion)), 'invalid_client');
        const answer = await askForToken(rp, assertion);
        assert.equal(answer.status, 200, `${answer}`);
        const other = keys.get(alg === 'ES256' ? 'ES384' : 'ES256');
        refused(await askForToken(rp, await rp.assertion({}, { key: other })), 'invalid_client');
    });

for (const alg of proofs)
    test(`a DPoP proof by ${alg}`, { timeout }, async () => {
        const rp = party('plain');
        const key = await makeKey(alg);
        const proof = await proofBy(key);
        refused(await askForToken(rp, undefined, { headers: { DPoP: spoilSignature(proof) } }), 'invalid_dpop_proof');
        const answer = await askForToken(rp, undefined, { headers: { DPoP: proof } });
        assert.equal(answer.json.token_type, 'DPoP', `${answer}`);
        const seen = await rp.send(op.metadata.introspection_endpoint, { token: answer.json.access_token });
        assert.equal(seen.json.cnf.jkt, await thumbprint(key));
    });

test('a DPoP proof by RS256 is none', { timeout }, async () => {
    const proof = await proofBy(keys.get('RS256'));
    refused(await askForToken(party('plain'), undefined, { headers: { DPoP: proof } }), 'invalid_dpop_proof');
});

for (const { alg, enc } of encryptions)
    test(`a request object that is encrypted by ${alg} with ${enc}`, { timeout }, async () => {
        const rp = party('plain');
        const jwks = (await op.http.send(op.metadata.jwks_uri)).json.keys;
        const ours = jwks.find((key) => key.use === 'enc' && (key.kty === 'RSA') === alg.startsWith('RSA'));
        const sent = rp.parameters();
        const encrypt = async (jws) => new CompactEncrypt(new TextEncoder().encode(jws))
            .setProtectedHeader({ alg, enc, kid: ours.kid, cty: 'JWT' }).encrypt(await importJWK(ours, alg));
        const send = async (request) => rp.go(op.browser(), { client_id: sent.client_id, response_type: 'code', scope: 'openid', request });
        const jws = await rp.requestObject(sent);
        await rp.accepted({ ...(await send(await encrypt(jws))), sent });
        const { page } = await send(await encrypt(spoilSignature(jws)));
        assert.equal(page?.textOf('error'), 'invalid_request_object');
    });

for (const alg of signatures)
    test(`a question at the back channel (CIBA) by ${alg}`, { timeout }, async () => {
        const rp = party(`asks-${alg}`);
        const binding_message = `BY-${alg}`;
        const request = await rp.requestObject({ scope: 'openid', login_hint: op.persons.buffy.email, binding_message }, {}, { header: {} });
        const ask = (object) => rp.send(op.metadata.backchannel_authentication_endpoint, { request: object });
        refused(await ask(spoilSignature(request)), 'invalid_request');
        const { auth_req_id } = (await ask(request)).json;
        await answerRequest(op, { binding_message });
        const tokens = await rp.token({ grant_type: grants.ciba, auth_req_id });
        assert.equal(tokens.status, 200, `${tokens}`);
    });

for (const alg of signatures)
    test(`another issuer's word for a person (RFC 7523) by ${alg}`, { timeout }, async () => {
        const rp = party('batch');
        const { claims: { sub } } = await rp.login();
        const now = now_s();
        const say = () => sign(keys.get(alg), { iss: 'https://register.example', sub, aud: op.issuer, iat: now, exp: now + 60, jti: randomUUID() });
        const bring = (assertion) => rp.token({ grant_type: grants.assertion, assertion, scope: 'profile' });
        refused(await bring(spoilSignature(await say())), 'invalid_grant');
        const seen = await rp.send(op.metadata.introspection_endpoint, { token: (await bring(await say())).json.access_token });
        assert.equal(seen.json.sub, sub);
    });

for (const alg of signatures)
    test(`a software statement (RFC 7591) by ${alg}`, { timeout }, async () => {
        const statement = await sign(keys.get(alg), { iss: 'https://statements.example', iat: now_s(), client_name: `Stated by ${alg}`, software_id: randomUUID() });
        const register = (software_statement) =>
            op.http.send(op.metadata.registration_endpoint, { json: { redirect_uris: ['https://rp.example/stated'], client_name: 'Said', software_statement } });
        refused(await register(spoilSignature(statement)), 'invalid_software_statement');
        const { json } = await register(statement);
        assert.deepEqual([json.client_name, json.software_statement], [`Stated by ${alg}`, statement]);
    });
