// The provider itself with a configuration made for the demo: everything in one folder, every key new.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ready, start } from './processes.mjs';

const root = join(import.meta.dirname, '../..');
const binary = process.env.TUNNUS ?? join(root, 'build/release/tunnus');

export async function startProvider({ folder, issuer, suomifiMetadata, mail, services }) {
    mkdirSync(folder, { recursive: true });
    const secret = (name, text) => {
        writeFileSync(join(folder, name), text, { mode: 0o600 });
        return { file: name };
    };
    const serviceProviderKey = makeServiceProviderKey(folder);
    writeFileSync(join(folder, 'suomifi.xml'), suomifiMetadata);

    const configuration = {
        issuer,
        listen: [{ address: '127.0.0.1', port: Number(new URL(issuer).port) }],
        storage: { url: 'sqlite:tunnus.db' },
        mail: { smtp_url: mail, from: 'Tunnus <no-reply@city.example>' },
        keys: { sealing_key: secret('sealing.key', randomBytes(32).toString('base64')) },
        outbound: { allow_addresses: ['127.0.0.0/8', '::1/128'] },  // the services' back channels
        clients: services.map(({ id, secret: text, registration }) => ({ ...registration, client_secret: secret(`${id}.secret`, text) })),
        plugins: [
            { name: 'suomifi', config: { idp_metadata: 'suomifi.xml', ...serviceProviderKey } },
            { name: 'password', config: {} },
            { name: 'profile', config: {} },
        ],
        pages: {
            templates: join(root, 'conf/pages'),
            texts: join(root, 'conf/texts'),
            static: join(root, 'conf/static/public'),
        },
    };
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(configuration, null, 2));
    const part = start('provider', binary, ['serve', '--config', file], { log: join(folder, 'provider.log'), cwd: root });
    try {
        await ready(part, `${issuer}/.well-known/openid-configuration`);
    } catch (error) {
        await part.stop();
        throw error;
    }
    return { ...part, issuer, configuration: file };
}

/** The key and certificate with which the provider meets Suomi.fi. */
function makeServiceProviderKey(folder) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-days', '3650', '-subj', '/CN=tunnus',
        '-keyout', join(folder, 'suomifi.key'), '-out', join(folder, 'suomifi.crt')], { stdio: 'ignore' });
    return { key: { file: 'suomifi.key' }, certificate: 'suomifi.crt' };
}
