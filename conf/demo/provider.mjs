// SPDX-License-Identifier: MIT
// The provider itself with a configuration made for the demo: everything in one folder, every key new.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ready, start } from './processes.mjs';

const root = join(import.meta.dirname, '../..');
const binary = process.env.TUNNUS ?? join(root, 'build/release/tunnus');

/** `signedAnswers`: of the register of mandates only what it signs counts; there is no question without a session then. */
export async function startProvider({ folder, issuer, suomifi, valtuudet, mail, services, signedAnswers }) {
    if (!existsSync(binary)) throw new Error(`${binary} is not there: ./dev build makes it`);
    mkdirSync(folder, { recursive: true });
    const secret = (name, text) => {
        writeFileSync(join(folder, name), text, { mode: 0o600 });
        return { file: join(folder, name) };
    };
    makeKey(folder, 'suomifi');
    writeFileSync(join(folder, 'suomifi.xml'), await (await fetch(suomifi.metadata)).text());
    writeFileSync(join(folder, 'valtuudet-answers.pem'), valtuudet.publicKey);

    const configuration = {
        issuer,
        listen: [{ address: '127.0.0.1', port: Number(new URL(issuer).port) }],
        storage: { url: 'sqlite:tunnus.db' },
        mail: { smtp_url: mail, from: 'Tunnus <no-reply@city.example>' },
        keys: { sealing_key: secret('sealing.key', randomBytes(32).toString('base64')) },
        outbound: { allow_addresses: ['127.0.0.0/8', '::1/128'] },  // the services' back channels
        clients: services.map(({ id, secret: text, registration }) => ({ ...registration, client_secret: secret(`${id}.secret`, text) })),
        plugins: [
            {
                name: 'suomifi',
                config: {
                    entity_id: `${issuer}/suomifi/sp`,
                    idp: { entity_id: suomifi.entityId, metadata_file: 'suomifi.xml' },
                    signing: { key: { file: 'suomifi.key' }, certificate_file: 'suomifi.crt' },
                    // All that Suomi.fi has, lowest first; the Finnish Authenticator only because it is named here.
                    levels: ['urn:oid:1.2.246.517.3002.110.7', 'http://ftn.ficora.fi/2017/loa2', 'http://eidas.europa.eu/LoA/substantial',
                        'http://ftn.ficora.fi/2017/loa3', 'http://eidas.europa.eu/LoA/high'].map((uri) => ({ uri, acr: uri })),
                    allow_test_identity_codes: true,
                    metadata: { display_name: { fi: 'Kaupungin palvelut', sv: 'Stadens tjänster', en: 'City services' } },
                },
            },
            { name: 'password', config: {} },
            { name: 'profile', config: {} },
            {
                name: 'mandates',
                config: {
                    base_url: valtuudet.origin,
                    client_id: valtuudet.settings.client_id,
                    api_key: secret('valtuudet-api.key', valtuudet.settings.api_key),
                    oauth_password: secret('valtuudet-oauth.password', valtuudet.settings.oauth_password),
                    ...(signedAnswers
                        ? { signed_answers: { public_key_file: 'valtuudet-answers.pem', audience: valtuudet.settings.service_uuid } }
                        : { rest_api_key: secret('valtuudet-rest.key', valtuudet.settings.rest_api_key) }),
                    services: {
                        avustukset: {
                            person: ['ALL', 'http://valtuusrekisteri.suomi.fi/avustushakemuksen_tekeminen'],
                            organisation: ['NIMKO', 'http://valtuusrekisteri.suomi.fi/avustushakemuksen_tekeminen'],
                        },
                    },
                },
            },
        ],
        pages: {
            theme: { accessibility: { status: 'unassessed', feedback_to: 'accessibility@city.example' } },
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

/** A person with a confirmed e-mail address and a password, made as an administrator would. */
export function addPerson({ configuration }, { email, password }) {
    const file = join(configuration, '..', 'person.secret');
    writeFileSync(file, password, { mode: 0o600 });
    execFileSync(binary, ['users', 'add', '--config', configuration, '--email', email, '--password-file', file, '--verified'], { stdio: 'ignore' });
}

/** The key and self-signed certificate with which the provider meets Suomi.fi. */
function makeKey(folder, name) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-days', '3650', '-subj', '/CN=tunnus',
        '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)], { stdio: 'ignore' });
}
