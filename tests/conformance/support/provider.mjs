// SPDX-License-Identifier: MIT
// The real binary behind TLS of its own on a free port of loopback, with persons and clients of ours, ended by stop().
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ready, start } from '../../../conf/demo/processes.mjs';
import { Browser } from './browser.mjs';
import { CertificateAuthority } from './certificates.mjs';
import { Http } from './http.mjs';
import { startReceiver } from './receiver.mjs';

export const root = join(import.meta.dirname, '../../..');
const binary = process.env.TUNNUS ?? join(root, 'build/release/tunnus');

/** Every standard claim, so that none can be missed (OpenID Connect Core §5.1). */
const allClaims = {
    name: 'Buffy Anne Summers', given_name: 'Buffy', family_name: 'Summers', middle_name: 'Anne', nickname: 'Buff', preferred_username: 'buffy',
    profile: 'https://buffy.example/profile', picture: 'https://buffy.example/picture.png', website: 'https://buffy.example/',
    gender: 'female', birthdate: '1981-01-19', zoneinfo: 'Europe/Helsinki', locale: 'fi-FI', updated_at: 1700000000,
    phone_number: '+358 40 123 4567', phone_number_verified: true,
    address: { formatted: '1630 Revello Drive\nSunnydale', street_address: '1630 Revello Drive', locality: 'Sunnydale', region: 'CA', postal_code: '00100', country: 'US' },
};
const passwordPersons = {
    buffy: { email: 'buffy@city.example', password: 'seitseman-veljesta-1870', claims: allClaims },
    willow: { email: 'willow@city.example', password: 'kalevala-karjala-1835', claims: { name: 'Willow Rosenberg' } },
};

/**
 * `clients({ receiver, authority })`: the relying parties as { client, key, certificate }, a registration of RFC 7591 and what it proves itself
 * with; the receiver is their own server. `keys`: members of that section beside the sealing key. `configuration`: members that stand in
 * place of ours, or what makes them of the issuer. `persons`: those who are made. All that was begun is ended by stop(), and at once when the
 * start fails.
 */
export async function startProvider({ name, clients, keys = {}, configuration = {}, persons = passwordPersons }) {
    if (!existsSync(binary)) throw new Error(`${binary} is not there: ./dev build makes it`);
    const folder = join(root, 'build/conformance', name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const parts = [];
    const stop = async () => {
        for (const part of parts.splice(0).reverse()) await part.stop();
    };
    const started = (part) => (parts.push(part), part);
    try {
        const authority = new CertificateAuthority(folder);
        const receiver = started(await startReceiver(authority.issue('receiver')));
        const parties = await clients({ receiver, authority });
        const { file, issuer, admin } = await configure({ folder, authority, registrations: parties.map(({ client }) => client), keys, configuration });
        const run = (...args) => execFileSync(binary, [...args, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
        for (const [person, { email, password, claims }] of Object.entries(persons)) {
            const { file: secret } = writeSecret(folder, `${person}.password`, password);
            run('users', 'add', '--email', email, '--password-file', secret, '--verified', '--claims', JSON.stringify(claims));
        }
        const part = started(start('provider', binary, ['serve', '--config', file], { log: join(folder, 'provider.log'), cwd: root }));
        await ready(part, `${admin}/readyz`);
        const http = started(new Http({ ca: authority.pem }));
        const { json: metadata } = await http.send(`${issuer}/.well-known/openid-configuration`);
        return {
            issuer, metadata, http, receiver, authority, persons, folder, stop, run,
            parties: Object.fromEntries(parties.map((party) => [party.client.client_id, party])),
            /** Changes the file; the provider reads it by SIGHUP. */
            configure: (change) => {
                const read = JSON.parse(readFileSync(file, 'utf8'));
                change(read);
                writeFileSync(file, JSON.stringify(read, null, 2));
            },
            signal: (signal) => process.kill(part.pid, signal),
            browser: () => new Browser(http, issuer),
        };
    } catch (error) {
        await stop();
        throw error;
    }
}

function writeSecret(folder, name, text) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return { file: join(folder, name) };
}

async function configure({ folder, authority, registrations, keys, configuration }) {
    const [port, adminPort, certificatePort] = [await freePort(), await freePort(), await freePort()];
    const { certFile, keyFile } = authority.issue('provider');
    const tls = { certificate_file: certFile, key_file: keyFile };
    const issuer = `https://127.0.0.1:${port}`;
    const ours = {
        issuer,
        listen: [
            { address: '127.0.0.1', port, tls },
            { address: '127.0.0.1', port: certificatePort, tls: { ...tls, request_client_certificate: true } },
        ],
        client_certificates: { ca_file: authority.file, url: `https://127.0.0.1:${certificatePort}` },
        admin_listen: [{ address: '127.0.0.1', port: adminPort }],
        storage: { url: 'sqlite:tunnus.db' },
        keys: { sealing_key: writeSecret(folder, 'sealing.key', randomBytes(32).toString('base64')), ...keys },
        outbound: { allow_addresses: ['127.0.0.0/8'], ca_file: authority.file },
        clients: registrations.map(({ client_secret: text, ...registration }) => ({
            ...registration, ...(text && { client_secret: writeSecret(folder, `${registration.client_id}.secret`, text) }),
        })),
        registration: { mode: 'open', require_pkce: false },  // the official suite knows PKCE only where a module is about it
        // Hundreds of logins of the same two persons from one address, in seconds: cheap to check, and none that waits in vain or gives way.
        limits: {
            argon2_memory_kib: 8192, argon2_passes: 1, password_queue: 1_000, sessions_per_user: 10_000, registrations_per_hour: 10_000,
            plugin_deadline: '30 s', connections_per_address: 4_096, ciba_requests_per_person: 100_000,
            password_attempts: 100_000, password_attempts_per_account: 100_000, password_attempts_per_address: 100_000,
        },
        plugins: [{ name: 'password', config: {} }, { name: 'profile', config: {} }],
        pages: { templates: join(root, 'conf/pages'), texts: join(root, 'conf/texts'), static: join(root, 'conf/static/public') },
        ...(typeof configuration === 'function' ? configuration(issuer) : configuration),
    };
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(ours, null, 2));
    return { file, issuer, admin: `http://127.0.0.1:${adminPort}` };
}
