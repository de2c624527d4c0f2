// SPDX-License-Identifier: MIT
// The two providers under measurement, each started on core 0 with the same client, and how a person signs in at each.
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ready, start } from '../../conf/demo/processes.mjs';

const root = join(import.meta.dirname, '../..');
export const binary = process.env.TUNNUS ?? join(root, 'build/release/tunnus');
const onServerCore = (command, ...args) => ['taskset', ['-c', '0', command, ...args]];

const secret = randomBytes(32).toString('base64url');
export const client = {
    client_id: 'bench',
    client_secret: secret,
    redirect_uris: ['http://127.0.0.1:9/callback'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
};
/** Signs people in for longer. */
export const refreshClient = { ...client, client_id: 'bench-refresh', grant_types: ['authorization_code', 'refresh_token'] };
/** How the access token of a service for itself is spelled: each by a client of its own. */
export const spellings = ['opaque', 'ES256', 'EdDSA', 'RS256'];
const machines = spellings.map((spelling) => ({
    client_id: `machine-${spelling}`,
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: 'api',
    id_token_signed_response_alg: spelling === 'opaque' ? 'ES256' : spelling,
}));
export const basicAuthorization = (id = client.client_id) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** What the client and the service are, where the API for services is measured: the person is asked, and every call passes their permission. */
export const umaTicket = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const apiClient = { skip_consent: false, grant_types: ['authorization_code', umaTicket], resources: ['profile-api'] };
const apiServices = [{
    name: 'bench', title: { fi: 'Mittaus' }, client_ids: [client.client_id],
    data_fields: ['name', 'email', 'phone'].map((name) => ({ name, purpose: { fi: 'Mittaus' } })),
}];

/** Tunnus, with a new SQLite file in `folder` and one account; with `api` it answers services' questions about people, too. */
export async function prepareTunnus(folder, { api = false } = {}) {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const write = (name, text) => {
        writeFileSync(join(folder, name), text, { mode: 0o600 });
        return { file: join(folder, name) };
    };
    const person = { email: 'bench@example.fi', password: randomBytes(18).toString('base64url') };
    const issuer = `http://127.0.0.1:${port}`;
    const config = write('config.json', JSON.stringify({
        issuer,
        listen: [{ address: '127.0.0.1', port }],
        storage: { url: 'sqlite:tunnus.db' },
        mail: { smtp_url: 'smtp://127.0.0.1:9', from: 'Tunnus <no-reply@city.example>' },
        keys: { sealing_key: write('sealing.key', randomBytes(32).toString('base64')) },
        clients: [
            ...[client, refreshClient].map((one) => ({ ...one, scope: 'openid', skip_consent: true, ...(api && one === client && apiClient) })),
            ...machines.map((one) => ({ ...one, access_token_format: one.client_id.endsWith('opaque') ? 'opaque' : 'jwt' })),
        ].map((one) => ({ ...one, client_secret: write('client.secret', secret) })),
        ...(api && { services: apiServices }),
        plugins: [{ name: 'password', config: {} }, ...(api ? [{ name: 'profile', config: {} }] : [])],
    })).file;
    return {
        name: 'tunnus', issuer, config,
        authorize: '/authorize', userinfo: '/userinfo', introspect: '/introspect',
        start: () => start('tunnus', ...onServerCore(binary, 'serve', '--config', config), { log: join(folder, 'tunnus.log') }),
        addPerson: () => execFileSync(binary, ['users', 'add', '--config', config, '--email', person.email, '--password-file',
            write('password', person.password).file, '--verified',
            '--claims', JSON.stringify(api ? { given_name: 'Matti', family_name: 'Meikäläinen', phone_number: '+358401234567' } : {})]),
        sessionCookie: 'sid',
        signIn: [{ ...person, step: 'login' }, ...(api ? [{ decision: 'allow' }] : [])],
    };
}

/** npm oidc-provider in this machine's node. */
export async function preparePeer(folder) {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const keys = { ES256: ['ec', { namedCurve: 'P-256' }], EdDSA: ['ed25519'], RS256: ['rsa', { modulusLength: 2048 }] };
    const issuer = `http://127.0.0.1:${port}`;
    const config = join(folder, 'peer.json');
    writeFileSync(config, JSON.stringify({
        issuer, port, clients: [client, refreshClient, ...machines],
        keys: Object.entries(keys).map(([alg, how]) => ({ ...generateKeyPairSync(...how).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg })),
    }), { mode: 0o600 });
    return {
        name: 'oidc-provider', issuer, config,
        authorize: '/auth', userinfo: '/me', introspect: '/token/introspection',
        start: () => start('peer', ...onServerCore(process.execPath, join(import.meta.dirname, 'peer.mjs'), config),
            { log: join(folder, 'peer.log'), env: { NODE_ENV: 'production' } }),
        addPerson: () => {},
        sessionCookie: '_session',
        signIn: [{ login: 'bench', password: 'any' }, {}],
    };
}

export async function isReady(provider, part) {
    await ready(part, `${provider.issuer}/.well-known/openid-configuration`);
}

export const authorizePath = (provider, { client_id } = client) => `${provider.authorize}?response_type=code&client_id=${client_id}&scope=openid` +
    `&redirect_uri=${encodeURIComponent(client.redirect_uris[0])}`;

/** `count` refresh tokens, each of a login of its own with one live session. */
export async function refreshTokens(provider, count) {
    const cookie = await liveSession(provider, refreshClient);
    const tokens = [];
    while (tokens.length < count) {
        const verifier = randomBytes(32).toString('base64url');
        const challenge = createHash('sha256').update(verifier).digest('base64url');
        const answer = await fetch(`${provider.issuer}${authorizePath(provider, refreshClient)}&code_challenge=${challenge}&code_challenge_method=S256`,
            { redirect: 'manual', headers: { cookie } });
        const code = new URL(answer.headers.get('location')).searchParams.get('code');
        const redeemed = await fetch(`${provider.issuer}/token`, {
            method: 'POST',
            headers: { authorization: basicAuthorization(refreshClient.client_id) },
            body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: client.redirect_uris[0], code_verifier: verifier }),
        });
        const { refresh_token } = await redeemed.json();
        if (!refresh_token) throw new Error(`${provider.name}: no refresh token: ${redeemed.status}`);
        tokens.push(refresh_token);
    }
    return tokens;
}

/** Signs in once through the provider's forms, as a browser would. Gives the Cookie header of the live session. */
export async function liveSession(provider, of = client) {
    const cookies = new Map();
    const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
    let url = `${provider.issuer}${authorizePath(provider, of)}&state=s&nonce=n&code_challenge=${challenge}&code_challenge_method=S256`;
    let form;
    const steps = [...provider.signIn];
    while (true) {
        const answer = await fetch(url, {
            redirect: 'manual',
            headers: {
                cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
                ...(form && { origin: provider.issuer, 'sec-fetch-site': 'same-origin' }),
            },
            ...(form && { method: 'POST', body: new URLSearchParams(form) }),
        });
        for (const line of answer.headers.getSetCookie()) {
            const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
            cookies.set(name, value);
        }
        form = undefined;
        if (answer.status === 302 || answer.status === 303) {
            url = new URL(answer.headers.get('location'), url).href;
            if (!url.startsWith(client.redirect_uris[0])) continue;
            if (!new URL(url).searchParams.has('code')) throw new Error(`${provider.name}: no code: ${url}`);
            return `${provider.sessionCookie}=${cookies.get(provider.sessionCookie)}`;
        }
        const page = await answer.text();
        const typed = steps.shift();
        if (answer.status !== 200 || !typed) throw new Error(`${provider.name}: ${answer.status} at ${url}: ${page}`);
        const [, action] = page.match(/<form[^>]* action="([^"]*)"/);
        form = typed;
        for (const [input] of page.matchAll(/<input[^>]*type="hidden"[^>]*>/g))
            form = { ...form, [input.match(/name="([^"]*)"/)[1]]: input.match(/value="([^"]*)"/)[1] };
        url = new URL(action.replaceAll('&#x2F;', '/').replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'), url).href;
    }
}
