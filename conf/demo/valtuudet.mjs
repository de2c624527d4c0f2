// SPDX-License-Identifier: MIT
// The stand-in for Suomi.fi-valtuudet (tests/fakes/valtuudet) as a part of the demo.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ready, start } from './processes.mjs';

const fake = join(import.meta.dirname, '../../tests/fakes/valtuudet');
const people = JSON.parse(readFileSync(join(fake, 'people.json'), 'utf8'));

export async function startValtuudet({ folder, port, issuer }) {
    mkdirSync(folder, { recursive: true });
    const secret = () => randomBytes(24).toString('base64url');
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const settings = {
        port, client_id: 'demo1234', api_key: secret(), oauth_password: secret(), rest_api_key: secret(),
        redirect_uris: [`${issuer}/mandates/callback`], people,
        signing_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), service_uuid: randomUUID(),
    };
    const file = join(folder, 'valtuudet.json');
    writeFileSync(file, JSON.stringify(settings, null, 2), { mode: 0o600 });
    const part = start('valtuudet', process.execPath, [join(fake, 'server.mjs'), file], { log: join(folder, 'valtuudet.log') });
    const origin = `http://localhost:${port}`;
    try {
        await ready(part, `${origin}/healthz`);
    } catch (error) {
        await part.stop();
        throw error;
    }
    /** `faults` or `people`: see the fake's README. */
    const tell = async (what, value) => {
        const response = await fetch(`${origin}/test/${what}`, { method: 'PUT', body: JSON.stringify(value) });
        if (!response.ok) throw new Error(`valtuudet: ${response.status}`);
    };
    const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' });
    return { ...part, origin, settings, publicKey, people, tell, seen: async () => (await fetch(`${origin}/test/seen`)).json() };
}
