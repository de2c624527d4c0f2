// SPDX-License-Identifier: MIT
// Suomi.fi-valtuudet for tests and the demo. See README.md.
//   node server.mjs CONFIG.json
import { createHmac, createPrivateKey, randomUUID, sign, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { selectionPage } from './selection_page.mjs';

const header = 'x-asiointivaltuudetauthorization';
const tolerance_ms = 5 * 60 * 1000;
const tokenLifetime_s = 599;
const bodyLimit = 65_536;

/** The whole register as a value: `people` by the delegate's identity code, sessions, codes, faults. */
export class Register {
    constructor({ client_id, api_key, oauth_password, rest_api_key, redirect_uris, people, signing_key, service_uuid }) {
        Object.assign(this, { client_id, api_key, oauth_password, rest_api_key, redirect_uris, people, service_uuid });
        this.signingKey = signing_key && createPrivateKey(signing_key);
        this.sessions = new Map();
        this.codes = new Map();
        this.faults = {};
        this.seen = { calls: [], refused: [] };
    }

    now() {
        return Date.now() + (this.faults.clock === 'no_clock' ? 6 * 60 * 1000 : 0);
    }

    /** Why the header does not say who calls; undefined when it does. */
    wrongHeader(request, key) {
        const values = request.headersDistinct[header] ?? [];
        if (values.length !== 1) return 'header';
        const parts = values[0].split(' ');
        if (parts.length !== 3 || parts[0] !== this.client_id) return 'header';
        const [, timestamp, checksum] = parts;
        if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(timestamp)) return 'time';
        if (!(Math.abs(this.now() - Date.parse(timestamp)) <= tolerance_ms)) return 'clock';
        const expected = createHmac('sha256', key).update(`${request.url} ${timestamp}`).digest();
        const given = Buffer.from(checksum, 'base64');
        const same = given.length === expected.length && timingSafeEqual(given, expected) && given.toString('base64') === checksum;
        return same ? undefined : 'checksum';
    }

    kind(session) {
        return session.hpa ? 'persons' : 'organisations';
    }

    of(delegate, kind) {
        return this.people[delegate]?.[kind] ?? [];
    }

    chosen(session) {
        return this.of(session.delegate, this.kind(session)).filter(({ id }) => session.chosen.includes(id));
    }

    /** Themes count only where they are asked for by name. */
    roles(delegate, principal, issues) {
        const found = this.of(delegate, 'persons').find(({ id }) => id === principal);
        return (found?.roles ?? []).filter((role) => !role.includes(':') || issues.includes(role));
    }
}

class Refused extends Error {
    constructor(status, why, body = { ReqID: randomUUID(), errorMessage: why, errorCode: 199 }) {
        super(why);
        Object.assign(this, { status, body });
    }
}

// ---- The calls, by name

function register(state, { hpa, path, query }) {
    const [clientId, delegate] = path;
    if (clientId !== state.client_id || !state.people[delegate]) throw new Refused(403, 'user', { errorCode: 104 });
    if (!query.get('requestId')) throw new Refused(400, 'requestId', { errorCode: 101 });
    const session = { id: randomUUID(), user: randomUUID(), delegate, hpa, chosen: [] };
    state.sessions.set(session.id, session);
    return { sessionId: session.id, userId: session.user };
}

function liveSession(state, { hpa, path, request }) {
    const session = state.sessions.get(path[0]);
    const given = request.headers.authorization;
    if (!session || session.hpa !== hpa || !session.token || given !== `Bearer ${session.token}` || state.now() >= session.expires)
        throw new Refused(401, 'session', { errorMessage: 'session expired' });
    return session;
}

const calls = {
    register,
    unregister(state, { path }) {
        return state.sessions.delete(path[0]);
    },
    delegate(state, call) {
        return state.chosen(liveSession(state, call)).map(({ id, name }) => ({ personId: id, name }));
    },
    authorizationlist(state, call) {
        const session = liveSession(state, call);
        return { roles: state.roles(session.delegate, call.path[1], call.query.getAll('issues')), reasons: [] };
    },
    organizationRoles(state, call) {
        const session = liveSession(state, call);
        const only = call.path[1];
        return state.chosen(session).filter(({ id }) => !only || id === only)
            .map(({ id, name, roles, complete = true }) => ({ identifier: id, name, complete, roles }));
    },
    rest(state, { path, query, request }) {
        const [clientId, delegate, principal] = path;
        if (clientId !== state.client_id || !request.headers['x-userid']) throw new Refused(400, 'parameter', { errorCode: 101 });
        const allowed = state.roles(delegate, principal, query.getAll('issue')).length > 0;
        return { result: allowed ? 'ALLOWED' : 'DISALLOWED', reasons: [] };
    },
};

/** `/service/hpa/user/register/…`, `/service/ypa/api/organizationRoles/…`, `/service/rest/hpa/authorization/…` */
function parseCall(url) {
    const segments = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (segments[0] !== 'service') return undefined;
    if (segments[1] === 'rest') return { name: 'rest', hpa: true, path: segments.slice(4) };
    const hpa = segments[1] === 'hpa';
    const [, , group, name, ...path] = segments;
    const is_signed = group === 'api' && path[0] === 'jwt';
    if (is_signed) path.shift();
    const known = { user: ['register', 'unregister'], api: hpa ? ['delegate', 'authorizationlist'] : ['organizationRoles'] };
    return known[group]?.includes(name) && (hpa || segments[1] === 'ypa') ? { name, hpa, path, is_signed } : undefined;
}

function service(state, request, url) {
    const call = parseCall(url);
    if (!call) throw new Refused(404, 'call', { errorCode: 102 });
    state.seen.calls.push(call.name);
    if (request.method !== 'GET') throw new Refused(405, 'method');
    const wrong = state.wrongHeader(request, call.name === 'rest' ? state.rest_api_key : state.api_key);
    if (wrong) throw new Refused(wrong === 'clock' ? 401 : 403, wrong, { errorCode: 106 });
    const asked = { ...call, query: url.searchParams, request };
    const body = calls[call.name](state, asked);
    return { name: call.name, body, signed: call.is_signed && ((answer, change) => asJwt(state, asked, answer, change)) };
}

/** The signed form of an answer: suomifi.md 7.5. */
function asJwt(state, { name, hpa, path, query }, answer, change) {
    if (!state.signingKey) throw new Refused(404, 'call', { errorCode: 102 });
    const [sub, response] = {
        authorizationlist: ['AuthorizationList', () => JSON.stringify(answer.roles)],
        organizationRoles: ['OrganizationalRoles', () => JSON.stringify(answer)],
    }[name];
    const now = Math.floor(state.now() / 1000);
    const who = { end_user: state.sessions.get(path[0]).delegate, principal: hpa ? path[1] : undefined, requestId: query.get('requestId') };
    const claims = { iss: 'Suomi.fi-Valtuudet', aud: [state.service_uuid], sub, ...who, response: response(), reasons: '[]', iat: now, exp: now + 60, ...change };
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), state.signingKey).toString('base64url')}`;
}

function token(state, request, form) {
    state.seen.calls.push('token');
    const basic = Buffer.from(`${state.client_id}:${state.oauth_password}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) throw new Refused(401, 'password', { error: 'invalid_client' });
    const code = state.codes.get(form.get('code'));
    state.codes.delete(form.get('code'));
    const session = state.sessions.get(code?.session);
    if (form.get('grant_type') !== 'authorization_code' || !session || form.get('redirect_uri') !== code.redirect_uri)
        throw new Refused(400, 'code', { error: 'invalid_grant' });
    session.token = randomUUID();
    session.expires = state.now() + tokenLifetime_s * 1000;
    return { name: 'token', body: { access_token: session.token, token_type: 'bearer', refresh_token: randomUUID(), expires_in: tokenLifetime_s, scope: 'read write trust' } };
}

// ---- The browser

function authorize(state, request, url, form) {
    const query = url.searchParams;
    const session = [...state.sessions.values()].find(({ user }) => user === query.get('user'));
    const known = state.redirect_uris.includes(query.get('redirect_uri'));
    if (!known || !session || query.get('client_id') !== state.client_id || query.get('response_type') !== 'code')
        throw new Refused(400, 'authorize', { errorCode: 110 });
    if (query.has('code_challenge') || query.has('request_uri')) throw new Refused(400, 'unknown parameter');
    if (request.method === 'GET')
        return { page: selectionPage({ lang: query.get('lang'), query: url.search.slice(1), principals: state.of(session.delegate, state.kind(session)) }) };
    const target = new URL(query.get('redirect_uri'));
    if (form.get('decision') !== 'approve') {
        target.searchParams.set('error', 'access_denied');
    } else {
        session.chosen = form.getAll('principal');
        const code = randomUUID();
        state.codes.set(code, { session: session.id, redirect_uri: query.get('redirect_uri') });
        target.searchParams.set('code', code);
    }
    target.searchParams.set('state', query.get('state') ?? '');
    return { location: target.href };
}

// ---- Faults

/** What a fault makes of the answer; true when it has been dealt with. */
async function spoil(state, name, response, body, signed) {
    const fault = state.faults[name];
    const give = (answer, change = {}) => (signed ? response.writeHead(200, { 'Content-Type': 'application/jwt' }).end(signed(answer, change)) : send(response, 200, answer));
    if (fault === undefined) return give(body);
    if (typeof fault === 'number') return send(response, fault, { ReqID: randomUUID(), errorMessage: 'told to', errorCode: 199 });
    switch (fault) {
        case 'silence':
            return response.destroy();
        case 'slow':
            await new Promise((resolve) => { setTimeout(resolve, state.faults.slow_ms ?? 3_000); });
            return give(body);
        case 'garbage':
            return response.writeHead(200, { 'Content-Type': 'application/json' }).end('<html>');
        case 'other':
            return send(response, 200, { else: [] });
        case 'expired':
            return send(response, 401, { errorMessage: 'session expired' });
        case 'empty':
            return give(Array.isArray(body) ? [] : { ...body, roles: [] });
        case 'incomplete':
            return give(body.map((one) => ({ ...one, complete: false, roles: [] })));
        case 'unsigned':
            return send(response, 200, body);
        case 'unbound':
            return give(body, { end_user: '010190-999W' });
        case 'timeless':
            return give(body, { iat: undefined, exp: undefined });
        default:
            return send(response, 500, { errorMessage: `no such fault: ${fault}` });
    }
}

function send(response, status, body) {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}

// ---- The server

async function readBody(request) {
    let body = '';
    for await (const part of request) {
        body += part;
        if (body.length > bodyLimit) throw new Refused(413, 'body');
    }
    return body;
}

async function control(state, request, url, response) {
    const what = url.pathname.slice('/test/'.length);
    if (request.method === 'GET' && what === 'seen') return send(response, 200, state.seen);
    if (request.method !== 'PUT' || !['people', 'faults'].includes(what)) throw new Refused(404, 'control');
    state[what] = JSON.parse(await readBody(request));
    state.seen = { calls: [], refused: [] };
    return send(response, 200, true);
}

async function answer(state, request, response) {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/healthz') return response.end('ok');
    if (url.pathname.startsWith('/test/')) return control(state, request, url, response);
    if (url.pathname === '/oauth/authorize') {
        const form = new URLSearchParams(request.method === 'POST' ? await readBody(request) : '');
        const { page, location } = authorize(state, request, url, form);
        if (location) return response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
        return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }).end(page);
    }
    if (url.pathname === '/oauth/token') {
        if (request.method !== 'POST') throw new Refused(405, 'method');
        const form = new URLSearchParams(`${await readBody(request)}&${url.search.slice(1)}`);
        const { name, body } = token(state, request, form);
        return spoil(state, name, response, body);
    }
    if (!url.pathname.startsWith('/service/')) return response.writeHead(404).end();  // a browser's wish for an icon
    const { name, body, signed } = service(state, request, url);
    return spoil(state, name, response, body, signed);
}

/** Listens on loopback; port 0: any free one. */
export function startRegister(settings) {
    const state = new Register(settings);
    const server = createServer(async (request, response) => {
        try {
            await answer(state, request, response);
        } catch (error) {
            const refused = error instanceof Refused ? error : new Refused(error instanceof URIError || error instanceof SyntaxError ? 400 : 500, error.message);
            state.seen.refused.push(refused.message);
            if (!response.headersSent) send(response, refused.status, refused.body);
        }
    });
    return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(settings.port ?? 0, '127.0.0.1', () => resolve({
            state,
            origin: `http://localhost:${server.address().port}`,
            stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
        }));
    });
}

if (process.argv[1] === import.meta.filename) {
    await startRegister(JSON.parse(readFileSync(process.argv[2], 'utf8')));
    process.on('SIGTERM', () => process.exit(0));
}
