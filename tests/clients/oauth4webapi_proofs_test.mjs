// SPDX-License-Identifier: MIT
// npm oauth4webapi: how a client comes to be known, each way to prove that it is the one, and keys that its tokens are bound to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { startProvider } from '../conformance/support/provider.mjs';
import { makeParties, secret } from './parties.mjs';

const timeout = 60_000;
const initialAccessToken = 'a token that the operator gave to a service';
let op, as, http;

before(async () => {
    process.env.CLIENTS_INITIAL_ACCESS_TOKEN = initialAccessToken;
    op = await startProvider({
        name: 'oauth4webapi-proofs', clients: makeParties,
        configuration: { dpop: { require_nonce: true }, registration: { mode: 'token', initial_access_tokens: [{ env: 'CLIENTS_INITIAL_ACCESS_TOKEN' }] } },
    });
    http = { [oauth.customFetch]: op.http.fetch };
    as = await oauth.processDiscoveryResponse(new URL(op.issuer), await oauth.discoveryRequest(new URL(op.issuer), http));
}, { timeout });
after(() => op?.stop());

/** The client's own token; `shown`: the certificate that its TLS connections show. */
async function ask(client, proof, { shown, ...options } = {}) {
    const { fetch } = shown ? op.http.with(shown) : op.http;
    const response = await oauth.clientCredentialsGrantRequest(as, client, proof, { scope: 'api' }, { [oauth.customFetch]: fetch, ...options });
    return oauth.processClientCredentialsResponse(as, client, response);
}
const refused = { error: 'invalid_client', status: 401 };

test('a secret, by each way to show it', { timeout }, async () => {
    for (const [client_id, by] of [['web', oauth.ClientSecretBasic], ['post', oauth.ClientSecretPost], ['hmac', oauth.ClientSecretJwt]]) {
        assert.equal((await ask({ client_id }, by(secret))).token_type, 'bearer', client_id);
        await assert.rejects(ask({ client_id }, by(`${secret}!`)), (error) => error.status === 401, client_id);
    }
    await assert.rejects(ask({ client_id: 'web' }, oauth.ClientSecretPost(secret)), refused, 'it registered another');
    await assert.rejects(ask({ client_id: 'web' }, oauth.None()), refused);
});

test('an assertion by a private key, for one use', { timeout }, async () => {
    const client = { client_id: 'asserting' };
    const { privateKey, kid } = op.parties.asserting.key;
    assert.equal((await ask(client, oauth.PrivateKeyJwt({ key: privateKey, kid }))).token_type, 'bearer');
    const stranger = await oauth.generateKeyPair('ES256');
    await assert.rejects(ask(client, oauth.PrivateKeyJwt({ key: stranger.privateKey, kid })), refused);
    const twice = oauth.PrivateKeyJwt({ key: privateKey, kid }, { [oauth.modifyAssertion]: (header, claims) => (claims.jti = 'the same again') });
    await ask(client, twice);
    await assert.rejects(ask(client, twice), refused);
});

test('a certificate, issued or registered, at the endpoints for them', { timeout }, async () => {
    const tls = (client_id) => ({ client_id, use_mtls_endpoint_aliases: true });
    for (const [own, other] of [['issued', 'own'], ['own', 'issued']]) {
        const tokens = await ask(tls(own), oauth.TlsClientAuth(), { shown: op.parties[own].certificate });
        assert.equal(tokens.token_type, 'bearer');
        await assert.rejects(ask(tls(own), oauth.TlsClientAuth(), { shown: op.parties[other].certificate }), refused);
        await assert.rejects(ask(tls(own), oauth.TlsClientAuth()), refused);
    }
});

test('a token that is bound to a certificate (RFC 8705)', { timeout }, async () => {
    const client = { client_id: 'issued', use_mtls_endpoint_aliases: true };
    const shown = op.parties.issued.certificate;
    const tokens = await ask(client, oauth.TlsClientAuth(), { shown });
    const { fetch } = op.http.with(shown);
    const seen = await oauth.processIntrospectionResponse(as, client,
        await oauth.introspectionRequest(as, client, oauth.TlsClientAuth(), tokens.access_token, { [oauth.customFetch]: fetch }));
    assert.equal(typeof seen.cnf['x5t#S256'], 'string');
});

for (const alg of ['ES256', 'PS256', 'Ed25519'])
    test(`a DPoP key for ${alg}, with the nonce that is offered`, { timeout }, async () => {
        const client = { client_id: 'web' };
        const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(alg));
        const proof = oauth.ClientSecretBasic(secret);
        const first = await ask(client, proof, { DPoP }).catch((error) => error);
        assert.ok(oauth.isDPoPNonceError(first), `${first}`);
        const tokens = await ask(client, proof, { DPoP });
        assert.equal(tokens.token_type, 'dpop');
        const seen = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, proof, tokens.access_token, http));
        assert.deepEqual([seen.token_type, seen.cnf.jkt], ['DPoP', await DPoP.calculateThumbprint()]);
    });

test('a service registers itself with the token that it was given', { timeout }, async () => {
    const metadata = { redirect_uris: ['https://rp.example/registered'], token_endpoint_auth_method: 'client_secret_basic', grant_types: ['client_credentials', 'authorization_code'], scope: 'openid api' };
    const register = async (options) => oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as, metadata, { ...http, ...options }));
    await assert.rejects(register(), ({ status, cause }) => status === 401 || cause?.[0]?.scheme === 'bearer');
    const client = await register({ initialAccessToken });
    assert.deepEqual(client.redirect_uris, metadata.redirect_uris);
    assert.equal((await ask(client, oauth.ClientSecretBasic(client.client_secret))).token_type, 'bearer');
});
