// SPDX-License-Identifier: MIT
// Strong login and single logout, both ways and by both bindings, with an identity provider of pysaml2. It knows us by what
// `tunnus suomifi metadata` prints, and we know it by the metadata that it makes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, ready, start } from '../../conf/demo/processes.mjs';
import { Visitor } from './visitor.mjs';

const timeout = 120_000;
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'build/demo/pysaml2-test');
const tunnus = process.env.TUNNUS ?? join(root, 'build/release/tunnus');
const statusCode = 'urn:oasis:names:tc:SAML:2.0:status:';
let idp, provider, issuer, origin;

function certificate(name) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
        '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)], { stdio: 'ignore' });
}

before(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of ['idp', 'sp']) certificate(name);
    const port = await freePort();
    origin = `http://localhost:${port}`;
    issuer = `http://127.0.0.1:${await freePort()}`;
    idp = start('pysaml2', '/usr/bin/python3', [join(import.meta.dirname, 'identity_providers/pysaml2_idp.py'), String(port), folder],
        { log: join(folder, 'idp.log') });
    await ready(idp, `${origin}/metadata`);
    writeFileSync(join(folder, 'idp.xml'), await (await fetch(`${origin}/metadata`)).text());
    const secret = (name, text) => {
        writeFileSync(join(folder, name), text, { mode: 0o600 });
        return { file: join(folder, name) };
    };
    const configuration = {
        issuer, listen: [{ address: '127.0.0.1', port: Number(new URL(issuer).port) }], storage: { url: 'sqlite:tunnus.db' },
        keys: { sealing_key: secret('sealing.key', randomBytes(32).toString('base64')) },
        clients: [{
            client_id: 'app', client_name: 'App', client_secret: secret('app.secret', 'a secret of thirty-two characters'), skip_consent: true,
            redirect_uris: ['https://app.example/cb'], post_logout_redirect_uris: ['https://app.example/bye'], scope: 'openid',
        }],
        plugins: [{
            name: 'suomifi',
            config: {
                entity_id: `${issuer}/suomifi/sp`, idp: { entity_id: `${origin}/idp`, metadata_file: 'idp.xml' },
                signing: { key: { file: 'sp.key' }, certificate_file: 'sp.crt' }, allow_test_identity_codes: true,
            },
        }],
        pages: { templates: join(root, 'conf/pages'), texts: join(root, 'conf/texts'), static: join(root, 'conf/static/public') },
    };
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(configuration, null, 2));
    writeFileSync(join(folder, 'sp.xml'), execFileSync(tunnus, ['suomifi', 'metadata', '--config', file], { stdio: ['ignore', 'pipe', 'ignore'], cwd: root }));
    provider = start('provider', tunnus, ['serve', '--config', file], { log: join(folder, 'provider.log'), cwd: root });
    await ready(provider, `${issuer}/.well-known/openid-configuration`);
}, { timeout });
after(async () => {
    await provider?.stop();
    await idp?.stop();
});

/** A login by a visitor with nothing but cookies; the ID token. */
async function signIn(visitor) {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
        client_id: 'app', response_type: 'code', scope: 'openid', redirect_uri: 'https://app.example/cb', state: 's', nonce: 'n',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
    });
    const end = await visitor.go(`${issuer}/authorize?${query}`);
    assert.equal(end.away?.origin, 'https://app.example', end.text);
    const code = end.away.searchParams.get('code');
    assert.ok(code, end.away.href);
    const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { Authorization: `Basic ${Buffer.from('app:a%20secret%20of%20thirty-two%20characters').toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb', code_verifier: verifier }),
    });
    const tokens = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(tokens));
    return tokens.id_token;
}
async function isSignedIn(visitor) {
    const query = new URLSearchParams({
        client_id: 'app', response_type: 'code', scope: 'openid', redirect_uri: 'https://app.example/cb', prompt: 'none', nonce: 'n',
        code_challenge: createHash('sha256').update('x').digest('base64url'), code_challenge_method: 'S256',
    });
    return (await visitor.go(`${issuer}/authorize?${query}`)).away.searchParams.has('code');
}
const visitor = () => new Visitor({ leaves: ['https://app.example'] });

test('a person signs in, by a response that is signed and encrypted', { timeout }, async () => {
    const token = await signIn(visitor());
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    assert.equal(claims.acr, 'http://ftn.ficora.fi/2017/loa2');
    assert.match(readFileSync(join(folder, 'sp.xml'), 'utf8'), /SingleLogoutService/);
});

test('logout here ends the session there and comes back', { timeout }, async () => {
    const person = visitor();
    const hint = await signIn(person);
    const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: 'https://app.example/bye', state: 'bye1' });
    const end = await person.go(`${issuer}/logout?${query}`);
    assert.equal(end.away?.href, 'https://app.example/bye?state=bye1', end.text);
    assert.ok(person.visited.some((url) => url.startsWith(`${origin}/slo?`)), 'it was asked');
    assert.equal(await isSignedIn(person), false);
});

for (const binding of ['redirect', 'post']) {
    test(`logout begun there ends the session here, by ${binding} and without cookies`, { timeout }, async () => {
        const person = visitor();
        await signIn(person);
        assert.equal(await isSignedIn(person), true);
        await visitor().go(`${origin}/begin-logout?binding=${binding}`);  // a frame has no cookies of ours
        const answer = await (await fetch(`${origin}/last`)).json();
        assert.deepEqual(answer, { status: `${statusCode}Success`, second: '', signed: true, relay_state: 'keep.this' });
        assert.equal(await isSignedIn(person), false);
    });
}
