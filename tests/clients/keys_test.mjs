// SPDX-License-Identifier: MIT
// What the operator does with keys, seen by a service of a running provider.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { RelyingParty } from '../conformance/support/relying_party.mjs';
import { startProvider } from '../conformance/support/provider.mjs';

const timeout = 60_000;
let token, op;

const client = { client_id: 'service', client_secret: 'a secret of this test that is long enough', redirect_uris: ['https://rp.example/cb'], require_pkce: false,
    id_token_signed_response_alg: 'ES256' };

/** A PKCS#11 token in a folder of its own, with an EC key for each label. The provider finds it by the environment. */
function makeToken(labels) {
    const folder = mkdtempSync(join(tmpdir(), 'tunnus-token-'));
    mkdirSync(join(folder, 'tokens'));
    writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    process.env.SOFTHSM2_CONF = join(folder, 'softhsm2.conf');
    const run = (...args) => execFileSync('softhsm2-util', args, { stdio: 'pipe' });
    run('--init-token', '--free', '--label', 'tunnus', '--pin', '1234', '--so-pin', '12345678');
    labels.forEach((label, index) => {
        const file = join(folder, `${label}.pem`);
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
        run('--import', file, '--token', 'tunnus', '--label', label, '--id', `0${index + 1}`, '--pin', '1234');
    });
    writeFileSync(join(folder, 'pin'), '1234', { mode: 0o600 });
    return { folder, object: (label) => ({ alg: 'ES256', uri: `pkcs11:token=tunnus;object=${label};type=private` }), remove: () => rmSync(folder, { recursive: true }) };
}

before(async () => {
    token = makeToken(['signs', 'next']);
    op = await startProvider({ name: 'keys', clients: async () => [{ client }],
        keys: { algorithms: ['RS256', 'ES256'], pkcs11: { module: '/usr/lib/softhsm/libsofthsm2.so', pin: { file: join(token.folder, 'pin') }, objects: [token.object('signs')] } } });
}, { timeout });
after(async () => {
    await op?.stop();
    token?.remove();
});

const kidsOf = async () => (await op.http.send(op.metadata.jwks_uri)).json.keys.map(({ kid }) => kid);
async function signedIn() {
    const { tokens } = await new RelyingParty(op, client).login();
    const keys = createRemoteJWKSet(new URL(op.metadata.jwks_uri), { [customFetch]: op.http.fetch });
    await jwtVerify(tokens.id_token, keys, { issuer: op.issuer, audience: client.client_id, algorithms: ['ES256'] });
    return { idToken: tokens.id_token, kid: decodeProtectedHeader(tokens.id_token).kid };
}

/** Polls until it holds; fails after half the test's time. */
async function comesTrue(what, holds) {
    for (const deadline = Date.now() + timeout / 2; !(await holds()); await setTimeout(100)) assert.ok(Date.now() < deadline, what);
}

test('a key in a PKCS#11 token signs ID tokens', { timeout }, async () => {
    const { kid } = await signedIn();
    assert.match(op.run('keys', 'list'), new RegExp(`${kid} +ES256 +signing`));
    await signedIn();
});

test('a key that is revoked by one command signs and verifies nothing any more', { timeout }, async () => {
    const { idToken, kid } = await signedIn();
    const asks = async () => (await new RelyingParty(op, client).authorize({ params: { id_token_hint: idToken, prompt: 'none' } })).away?.searchParams.get('error');
    assert.equal(await asks(), 'login_required');
    op.configure((configuration) => configuration.keys.pkcs11.objects.push(token.object('next')));
    op.run('keys', 'revoke', kid);
    await comesTrue('the key is gone', async () => !(await kidsOf()).includes(kid));
    assert.equal(await asks(), 'invalid_request');
    op.signal('SIGHUP');
    await comesTrue('it is published', async () => (await kidsOf()).length === 4);
    assert.notEqual((await signedIn()).kid, kid);
});

test('a token that is lost: its keys are revoked without it, and keys of ours take over', { timeout }, async () => {
    const { kid } = await signedIn();
    rmSync(join(token.folder, 'tokens'), { recursive: true });
    mkdirSync(join(token.folder, 'tokens'));
    assert.match(op.run('keys', 'list'), new RegExp(`${kid} +ES256 +announced`), 'the one before it was revoked');
    op.configure((configuration) => delete configuration.keys.pkcs11);
    const lost = [...op.run('keys', 'list').matchAll(/^(\S+) +ES256 +(?:signing|retiring|announced)/gm)].map(([, each]) => each);
    assert.ok(lost.includes(kid));
    for (const each of lost) op.run('keys', 'revoke', each);
    op.signal('SIGHUP');
    await comesTrue('they are gone, and one of ours is there', async () => {
        const { keys } = (await op.http.send(op.metadata.jwks_uri)).json;
        return keys.some(({ alg }) => alg === 'ES256') && !keys.some((key) => lost.includes(key.kid));
    });
    assert.ok(!lost.includes((await signedIn()).kid));
});
