// SPDX-License-Identifier: MIT
// The stand-in itself: it accepts the vectors of the reference and nothing that is off by a byte.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Register, startRegister } from '../fakes/valtuudet/server.mjs';

const people = JSON.parse(readFileSync(join(import.meta.dirname, '../fakes/valtuudet/people.json'), 'utf8'));
const delegate = '210281-9988';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signing = { signing_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), service_uuid: randomUUID() };
const settings = { client_id: 'abcd1234', api_key: 'test-api-key-0123456789', oauth_password: 'pass word', rest_api_key: 'rest-key', redirect_uris: ['http://localhost/callback'], people };

function signed(path, { key = settings.api_key, time = new Date().toISOString(), client = settings.client_id } = {}) {
    const checksum = createHmac('sha256', key).update(`${path} ${time}`).digest('base64');
    return { 'X-AsiointivaltuudetAuthorization': `${client} ${time} ${checksum}` };
}

test('takes the vector of suomifi.md 7.1 and refuses one that is off by a byte', () => {
    const state = new Register({ ...settings });
    state.now = () => Date.parse('2030-01-02T03:04:05Z');
    const url = '/service/ypa/user/register/abcd1234/010190-999W?requestId=11111111-2222-4333-8444-555555555555';
    const wrong = (value) => state.wrongHeader({ url, headersDistinct: { 'x-asiointivaltuudetauthorization': [value].flat() } }, settings.api_key);
    const good = 'abcd1234 2030-01-02T03:04:05Z BrKrUhGVJC9YQnMC2oN7NtXBFnpMeKWo4FbxRIOB4TQ=';
    assert.equal(wrong(good), undefined);
    assert.equal(wrong(good.replace('BrKr', 'BrKs')), 'checksum');
    assert.equal(wrong(good.replace(' 2030', '  2030')), 'header');
    assert.equal(wrong([good, good]), 'header');
    assert.equal(wrong(good.replace('abcd1234', 'abcd1235')), 'header');
    assert.equal(wrong(good.replace('05Z', '05')), 'time');
    state.now = () => Date.parse('2030-01-02T03:10:06Z');
    assert.equal(wrong(good), 'clock');
});

test('a person chooses, the code counts once, and the session answers until it is over', async () => {
    const running = await startRegister({ ...settings, ...signing });
    try {
        const get = async (path, headers = {}) => {
            const response = await fetch(running.origin + path, { headers: { ...signed(path), ...headers } });
            return { status: response.status, body: await response.json() };
        };
        const { body: { sessionId, userId } } = await get(`/service/hpa/user/register/abcd1234/${delegate}?requestId=r1`);
        const query = new URLSearchParams({ client_id: 'abcd1234', response_type: 'code', redirect_uri: settings.redirect_uris[0], user: userId, state: 's' });
        const page = await (await fetch(`${running.origin}/oauth/authorize?${query}`)).text();
        assert.match(page, /Demo Lumi/);
        const chosen = await fetch(`${running.origin}/oauth/authorize?${query}`, {
            method: 'POST', redirect: 'manual', body: new URLSearchParams({ principal: '010117A9128', decision: 'approve' }),
        });
        const back = new URL(chosen.headers.get('location'));
        assert.equal(back.searchParams.get('state'), 's');
        const redeem = () => fetch(`${running.origin}/oauth/token`, {
            method: 'POST',
            headers: { Authorization: `Basic ${Buffer.from('abcd1234:pass word').toString('base64')}` },
            body: new URLSearchParams({ grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: settings.redirect_uris[0] }),
        });
        const { access_token } = await (await redeem()).json();
        assert.equal((await redeem()).status, 400);
        const bearer = { Authorization: `Bearer ${access_token}` };
        assert.deepEqual((await get(`/service/hpa/api/delegate/${sessionId}?requestId=r1`, bearer)).body, [{ personId: '010117A9128', name: 'Demo Lumi' }]);
        assert.deepEqual((await get(`/service/hpa/api/authorizationlist/${sessionId}/010117A9128?requestId=r1`, bearer)).body.roles, ['ALL']);
        const signedPath = `/service/hpa/api/authorizationlist/jwt/${sessionId}/010117A9128?requestId=r1`;
        const jwt = await (await fetch(running.origin + signedPath, { headers: { ...signed(signedPath), ...bearer } })).text();
        const [head, payload, signature] = jwt.split('.');
        assert.ok(verify('sha256', Buffer.from(`${head}.${payload}`), keys.publicKey, Buffer.from(signature, 'base64url')));
        const claims = JSON.parse(Buffer.from(payload, 'base64url'));
        assert.deepEqual([claims.sub, claims.principal, claims.aud, claims.response],
            ['AuthorizationList', '010117A9128', [signing.service_uuid], '["ALL"]']);
        assert.equal((await get(`/service/hpa/user/unregister/${sessionId}`)).body, true);
        assert.equal((await get(`/service/hpa/api/delegate/${sessionId}?requestId=r1`, bearer)).status, 401);
    } finally {
        await running.stop();
    }
});

test('fails in every way that it is told to', async () => {
    const running = await startRegister({ ...settings });
    try {
        const path = `/service/hpa/user/register/abcd1234/${delegate}?requestId=r1`;
        const ask = () => fetch(running.origin + path, { headers: signed(path) });
        const fail = (faults) => fetch(`${running.origin}/test/faults`, { method: 'PUT', body: JSON.stringify(faults) });
        assert.equal((await ask()).status, 200);
        for (const status of [400, 401, 403, 500, 503]) {
            await fail({ register: status });
            assert.equal((await ask()).status, status);
        }
        await fail({ register: 'silence' });
        await assert.rejects(ask());
        await fail({ register: 'garbage' });
        await assert.rejects(async () => (await ask()).json());
        await fail({ register: 'expired' });
        assert.equal((await ask()).status, 401);
        await fail({ clock: 'no_clock' });
        assert.equal((await ask()).status, 401);
        assert.deepEqual((await (await fetch(`${running.origin}/test/seen`)).json()).refused, ['clock']);
    } finally {
        await running.stop();
    }
});
