// SPDX-License-Identifier: MIT
// The demo services as the provider knows them and as they are started.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ready, start } from './processes.mjs';

/** What strong identification is to a service: the levels that Suomi.fi gives, Finnish and eIDAS. */
export const strongLevels = ['http://ftn.ficora.fi/2017/loa2', 'http://ftn.ficora.fi/2017/loa3',
    'http://eidas.europa.eu/LoA/substantial', 'http://eidas.europa.eu/LoA/high'];

export function describeService({ id, name, accent, port, scope, host = 'localhost', more = {} }) {
    const origin = `http://${host}:${port}`;
    const secret = randomBytes(32).toString('base64url');
    return {
        id, name, accent, port, origin, secret, scope,
        /** RFC 7591 metadata for the provider's configuration, but for the secret. */
        registration: {
            client_id: id,
            client_name: name,
            redirect_uris: [`${origin}/callback`],
            post_logout_redirect_uris: [`${origin}/`],
            backchannel_logout_uri: `${origin}/backchannel-logout`,
            backchannel_logout_session_required: true,
            scope,
            ...more,
        },
    };
}

export async function startService(service, { issuer, folder }) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${service.id}.json`);
    const { name, accent, port, origin, scope } = service;
    writeFileSync(file, JSON.stringify({ name, accent, port, origin, issuer, client_id: service.id, client_secret: service.secret, scope,
        strong_acr: strongLevels }, null, 2), { mode: 0o600 });
    const part = start(service.id, process.execPath, [join(import.meta.dirname, 'service.mjs'), file], { log: join(folder, `${service.id}.log`) });
    try {
        await ready(part, `${origin}/healthz`);
    } catch (error) {
        await part.stop();
        throw error;
    }
    return { ...part, ...service };
}
