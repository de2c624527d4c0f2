// SPDX-License-Identifier: MIT
// Clients that prove themselves by keys and certificates, as npm openid-client does it, against the whole product over TLS: assertions
// (RFC 7523), TLS client certificates (RFC 8705) and DPoP with nonces (RFC 9449).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { freePort, start } from '../../conf/demo/processes.mjs';

const timeout = 60_000;
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'build/demo/clients-test');
const tunnus = process.env.TUNNUS ?? join(root, 'build/release/tunnus');
let issuer, behind, provider, signer, files;

/** A certificate of its own (or by `authority`) as the paths of its two files. */
function certificate(name, { extension, authority } = {}) {
    const [key, pem] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
        ...(extension ? ['-addext', extension] : []), ...(authority ? ['-CA', authority.pem, '-CAkey', authority.key] : []),
        '-addext', `basicConstraints=critical,CA:${name === 'authority' ? 'TRUE' : 'FALSE'}`,
        '-keyout', key, '-out', pem], { stdio: 'ignore' });
    return { key, pem };
}

/** fetch with this certificate, or none. */
const fetchAs = (shown) => (url, { method = 'GET', headers = {}, body } = {}) => new Promise((resolve, reject) => {
    const request = httpsRequest(url, {
        method, headers: Object.fromEntries(new Headers(headers)), ca: readFileSync(files.server.pem), agent: false,
        ...(shown ? { key: readFileSync(shown.key), cert: readFileSync(shown.pem) } : {}),
    }, async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve(new Response(text, { status: answer.statusCode, headers: answer.headers }));
    });
    request.on('error', reject);
    request.end(body === undefined || body === null ? undefined : String(body));
});

const configured = (id, authentication, shown, metadata = {}) =>
    oidc.discovery(new URL(issuer), id, metadata, authentication, { [oidc.customFetch]: fetchAs(shown) });
const ask = (configuration, options) => oidc.clientCredentialsGrant(configuration, { scope: 'api' }, options);

before(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const server = certificate('server', { extension: 'subjectAltName=IP:127.0.0.1' });
    const authority = certificate('authority');
    files = {
        server, authority, own: certificate('own'), stranger: certificate('stranger'),
        issued: certificate('issued', { extension: 'subjectAltName=DNS:rp.example', authority }),
        other: certificate('other', { extension: 'subjectAltName=DNS:other.example', authority }),
    };
    signer = await generateKeyPair('ES256', { extractable: true });
    const port = await freePort();
    behind = await freePort();
    issuer = `https://127.0.0.1:${port}`;
    const client = (id, more) => ({ client_id: id, redirect_uris: ['https://rp.example/cb'], grant_types: ['client_credentials'], scope: 'api', ...more });
    const der = readFileSync(files.own.pem, 'utf8').replace(/-----.*?-----|\s/g, '');
    const own = { kty: 'EC', crv: 'P-256', ...await exportJWK((await generateKeyPair('ES256')).publicKey), x5c: [der] };
    writeFileSync(join(folder, 'sealing.key'), 'a sealing key of this test and of nothing else', { mode: 0o600 });
    writeFileSync(join(folder, 'tunnus.json'), JSON.stringify({
        issuer,
        listen: [
            { address: '127.0.0.1', port, tls: { certificate_file: server.pem, key_file: server.key, request_client_certificate: true } },
            { address: '127.0.0.1', port: behind },
        ],
        trusted_proxies: ['127.0.0.2/32'],
        storage: { url: 'sqlite:test.db' },
        keys: { sealing_key: { file: 'sealing.key' } },
        client_certificates: { ca_file: authority.pem, url: issuer, proxy_header: 'Client-Cert' },
        dpop: { require_nonce: true },
        clients: [
            client('signer', {
                token_endpoint_auth_method: 'private_key_jwt', strict_assertion_audience: true,
                jwks: { keys: [{ ...await exportJWK(signer.publicKey), kid: 'one' }] },
            }),
            client('secret', { token_endpoint_auth_method: 'client_secret_jwt', client_secret: 's'.repeat(40) }),
            client('issued', {
                token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'rp.example',
                tls_client_certificate_bound_access_tokens: true,
            }),
            client('self-signed', { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [own] } }),
        ],
        plugins: [],
    }));
    provider = start('provider', tunnus, ['serve', '--config', join(folder, 'tunnus.json')], { log: join(folder, 'provider.log'), cwd: folder });
    for (const deadline = Date.now() + timeout; ;) {
        const ready = await fetchAs()(`${issuer}/readyz`).then((answer) => answer.ok, () => false);
        if (ready) break;
        if (provider.exited || Date.now() >= deadline) assert.fail(`the provider does not start: ${readFileSync(provider.log, 'utf8')}`);
        await new Promise((soon) => setTimeout(soon, 50));
    }
}, { timeout });
after(() => provider?.stop());

const privateKeyJwt = (key) => oidc.PrivateKeyJwt({ key: key.privateKey, kid: 'one' });
const refusedAs = (error) => (thrown) => thrown.error === error || thrown.cause?.error === error;

test('a client signs its assertion with its private key', { timeout }, async () => {
    const tokens = await ask(await configured('signer', privateKeyJwt(signer)));
    assert.equal(tokens.token_type, 'bearer');
    const stranger = await generateKeyPair('ES256', { extractable: true });
    const impostor = await configured('signer', privateKeyJwt(stranger));
    await assert.rejects(ask(impostor), refusedAs('invalid_client'));
});

test('a client signs its assertion with its secret', { timeout }, async () => {
    const tokens = await ask(await configured('secret', oidc.ClientSecretJwt('s'.repeat(40))));
    assert.equal(tokens.token_type, 'bearer');
    await assert.rejects(ask(await configured('secret', oidc.ClientSecretJwt('t'.repeat(40)))), refusedAs('invalid_client'));
});

test('a client shows a certificate of the authority, and its tokens are bound to it', { timeout }, async () => {
    const configuration = await configured('issued', oidc.TlsClientAuth(), files.issued, { use_mtls_endpoint_aliases: true });
    const tokens = await ask(configuration);
    const seen = await oidc.tokenIntrospection(configuration, tokens.access_token);
    assert.equal(seen.active, true);
    assert.equal(typeof seen.cnf['x5t#S256'], 'string');
    for (const shown of [files.other, files.stranger, files.own, undefined])
        await assert.rejects(configured('issued', oidc.TlsClientAuth(), shown).then(ask), refusedAs('invalid_client'));
});

test('a proxy passes the certificate on that a client showed (RFC 9440)', { timeout }, async () => {
    const through = (shown, { from = '127.0.0.2', field } = {}) => new Promise((resolve, reject) => {
        const pem = shown && readFileSync(shown.pem, 'utf8').replaceAll(/-----.*?-----|\s/g, '');
        httpRequest(`http://127.0.0.1:${behind}/token`, {
            method: 'POST', agent: false, localAddress: from,
            headers: {
                Host: new URL(issuer).host, 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https', 'Content-Type': 'application/x-www-form-urlencoded',
                ...(pem || field ? { 'Client-Cert': field ?? `:${pem}:` } : {}),
            },
        }, async (answer) => {
            let text = '';
            for await (const chunk of answer) text += chunk;
            resolve({ status: answer.statusCode, ...(/json/.test(answer.headers['content-type']) && JSON.parse(text)) });
        }).on('error', reject).end('grant_type=client_credentials&client_id=issued&scope=api');
    });
    const { access_token, ...answer } = await through(files.issued);
    assert.equal(answer.status, 200, JSON.stringify(answer));
    const seen = await oidc.tokenIntrospection(await configured('issued', oidc.TlsClientAuth(), files.issued, { use_mtls_endpoint_aliases: true }), access_token);
    assert.equal(typeof seen.cnf['x5t#S256'], 'string');
    for (const shown of [files.other, files.stranger, undefined]) assert.equal((await through(shown)).error, 'invalid_client');
    assert.notEqual((await through(undefined, { field: ':bm90IGEgY2VydGlmaWNhdGU=:' })).status, 200);
    assert.notEqual((await through(files.issued, { from: '127.0.0.1' })).status, 200, 'no proxy of ours');
});

test('a client shows the certificate that it registered', { timeout }, async () => {
    const tokens = await ask(await configured('self-signed', oidc.TlsClientAuth(), files.own));
    assert.equal(tokens.token_type, 'bearer');
    for (const shown of [files.stranger, files.issued, undefined])
        await assert.rejects(configured('self-signed', oidc.TlsClientAuth(), shown).then(ask), refusedAs('invalid_client'));
});

test('a client proves its DPoP key with the nonce that it is offered', { timeout }, async () => {
    const configuration = await configured('signer', privateKeyJwt(signer));
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    const tokens = await ask(configuration, { DPoP });
    assert.equal(tokens.token_type, 'dpop');
    const seen = await oidc.tokenIntrospection(configuration, tokens.access_token);
    assert.equal(seen.token_type, 'DPoP');
    assert.equal(seen.cnf.jkt, await DPoP.calculateThumbprint());
});
