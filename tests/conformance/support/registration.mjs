// SPDX-License-Identifier: MIT
// Dynamic registration as the official suite does it: a client with a key of its own, made for one test and deleted after it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { checkJsonError, checkNotStored } from './checks.mjs';
import { makeKey } from './keys.mjs';
import { RelyingParty } from './relying_party.mjs';

/** A registration request; `metadata` goes over what it says by itself. */
export function makeRegistration(key, metadata = {}) {
    const name = randomBytes(6).toString('hex');
    return {
        client_name: `conformance ${name}`, grant_types: ['authorization_code'], jwks: { keys: [key.publicJwk] }, token_endpoint_auth_method: 'private_key_jwt',
        response_types: ['code'], redirect_uris: [`https://rp.example/${name}/callback`], contacts: ['certification@rp.example'], ...metadata,
    };
}

const send = (op, json) => op.http.send(op.metadata.registration_endpoint, { json, headers: { Accept: 'application/json' } });

function checkInformation(answer, status, sent) {
    assert.equal(answer.status, status, `${answer}`);
    assert.equal(answer.mediaType, 'application/json');
    checkNotStored(answer);
    const client = answer.json;
    for (const [name, value] of Object.entries(sent)) assert.deepEqual(client[name], value, `${name} is echoed`);
    assert.ok(client.client_id.length > 0);
    assert.equal('client_secret' in client, 'client_secret_expires_at' in client, 'client_secret_expires_at belongs to a secret');
    if ('client_id_issued_at' in client) assert.ok(Math.abs(client.client_id_issued_at - Date.now() / 1000) < 300);
    assert.match(client.registration_client_uri, /^https:/);
    assert.ok(client.registration_access_token.length > 0);
    return client;
}

/** Registers, gives `use` the relying party, and deletes the client. A member of `metadata` that is undefined is left out. */
export async function withClient(op, metadata, use) {
    const key = await makeKey('RS256');
    const sent = JSON.parse(JSON.stringify(makeRegistration(key, metadata)));
    const client = checkInformation(await send(op, sent), 201, sent);
    const authorization = { Authorization: `Bearer ${client.registration_access_token}` };
    const rp = new RelyingParty(op, client, { key });
    try {
        await use(rp, {
            key, sent,
            read: async () => checkInformation(await op.http.send(client.registration_client_uri, { headers: authorization }), 200, sent),
        });
    } finally {
        const deleted = await op.http.send(client.registration_client_uri, { method: 'DELETE', headers: authorization });
        assert.equal(deleted.status, 204, `${deleted}`);
        assert.equal((await op.http.send(client.registration_client_uri, { headers: authorization })).status, 401, 'it is gone');
    }
}

/** The registration is refused with one of `errors`. */
export async function refusesClient(op, metadata, errors) {
    const key = await makeKey('RS256');
    checkJsonError(await send(op, makeRegistration(key, metadata)), errors);
}
