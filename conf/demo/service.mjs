// SPDX-License-Identifier: MIT
// A service that signs its users in with Tunnus, written as a service's developer would: npm `openid-client` does the protocol,
// npm `jose` checks logout tokens. Copy it.
//   node service.mjs CONFIG.json
// CONFIG.json: { "name", "port", "origin", "issuer", "client_id", "client_secret", "scope", "strong_acr": ["…"], "accent" }
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as jose from 'jose';
import * as oidc from 'openid-client';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const callback = `${config.origin}/callback`;
const cookieName = `session_${config.client_id}`;
const sessionLifetime_ms = 60 * 60 * 1000;

// Everything about the provider comes from discovery. Plain http is for loopback in trials only.
const insecure = config.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(
    new URL(config.issuer), config.client_id, undefined, oidc.ClientSecretBasic(config.client_secret), { execute: insecure },
);
const providerKeys = jose.createRemoteJWKSet(new URL(provider.serverMetadata().jwks_uri));

/** Browser sessions by cookie value: { pending } before signing in, { user, idToken, sid, sub } after. A real service keeps them in a database. */
const sessions = new Map();

const routes = {
    'GET /': showPage,
    'GET /login': signIn,
    'GET /callback': finishSignIn,
    'POST /recheck': askAgain,
    'POST /logout': signOut,
    'POST /backchannel-logout': providerSignedOut,
    'GET /healthz': (request, response) => response.end('ok'),
};

const server = createServer(async (request, response) => {
    const url = new URL(request.url, config.origin);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    try {
        const route = routes[`${request.method} ${url.pathname}`];
        if (!route) return void response.writeHead(404).end('Not found');
        await route(request, response, url);
    } catch (error) {
        console.error(error);
        if (!response.headersSent) response.writeHead(500);
        response.end('Something went wrong');
    }
});
server.listen(config.port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

// ---- Signing in ------------------------------------------------------------------------------------------------------------

/** Off to the provider. `?level=strong` demands strong identification: who is already signed in lightly is asked for more. */
async function signIn(request, response, url) {
    const code_verifier = oidc.randomPKCECodeVerifier();
    const pending = { code_verifier, state: oidc.randomState(), nonce: oidc.randomNonce(), strong: url.searchParams.get('level') === 'strong' };
    const parameters = {
        redirect_uri: callback,
        scope: config.scope,
        code_challenge: await oidc.calculatePKCECodeChallenge(code_verifier),
        code_challenge_method: 'S256',
        state: pending.state,
        nonce: pending.nonce,
    };
    if (pending.strong) parameters.acr_values = config.strong_acr.join(' ');
    if (url.searchParams.has('ui_locales')) parameters.ui_locales = url.searchParams.get('ui_locales');
    keepSession(response, { ...currentSession(request), pending });
    redirect(response, oidc.buildAuthorizationUrl(provider, parameters));
}

/** Back from the provider: openid-client checks state, issuer, PKCE, nonce and the ID token's signature and claims. */
async function finishSignIn(request, response, url) {
    const { pending, ...before } = currentSession(request) ?? {};
    if (!pending) return redirect(response, '/');
    let tokens;
    try {
        tokens = await oidc.authorizationCodeGrant(provider, new URL(url.search, callback), {
            pkceCodeVerifier: pending.code_verifier,
            expectedState: pending.state,
            expectedNonce: pending.nonce,
            idTokenExpected: true,
        });
    } catch (error) {
        // The person declined, or the provider refused: say so and stay as signed in as before.
        dropSession(request);
        keepSession(response, { ...before, problem: error.error ?? error.code ?? 'failed' });
        return redirect(response, '/');
    }
    const claims = tokens.claims();
    // acr_values is a wish: whoever demands a level checks that it came.
    if (pending.strong && !config.strong_acr.includes(claims.acr)) {
        dropSession(request);
        keepSession(response, { ...before, problem: 'not_strong' });
        return redirect(response, '/');
    }
    const user = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
    dropSession(request);
    keepSession(response, { user, claims, idToken: tokens.id_token, accessToken: tokens.access_token, sid: claims.sid, sub: claims.sub });
    redirect(response, '/');
}

/** Before something that matters: does the mandate still stand? The provider asks the register now. */
async function askAgain(request, response) {
    if (request.headers['sec-fetch-site'] === 'cross-site') return void response.writeHead(403).end();
    const session = dropSession(request);
    if (!session?.accessToken) return redirect(response, '/');
    const { active } = await oidc.tokenIntrospection(provider, session.accessToken);
    keepSession(response, { ...session, stands: active });
    redirect(response, '/');
}

// ---- Signing out -----------------------------------------------------------------------------------------------------------

/** Here first, then at the provider, which signs the person out of every other service too. */
function signOut(request, response) {
    if (request.headers['sec-fetch-site'] === 'cross-site') return void response.writeHead(403).end();
    const session = dropSession(request);
    const parameters = { post_logout_redirect_uri: `${config.origin}/` };
    if (session?.idToken) parameters.id_token_hint = session.idToken;
    redirect(response, oidc.buildEndSessionUrl(provider, parameters));
}

/** OpenID Connect Back-Channel Logout 1.0: the provider tells that a session has ended. */
async function providerSignedOut(request, response) {
    try {
        const form = new URLSearchParams(await readBody(request, 65_536));
        const { payload } = await jose.jwtVerify(form.get('logout_token') ?? '', providerKeys, {
            issuer: config.issuer, audience: config.client_id, requiredClaims: ['iat', 'jti', 'events'], maxTokenAge: '5 min',
        });
        const isLogout = typeof payload.events['http://schemas.openid.net/event/backchannel-logout'] === 'object';
        if (!isLogout || payload.nonce !== undefined || !(payload.sid || payload.sub)) throw new Error('not a logout token');
        for (const [id, session] of sessions) {
            const ended = payload.sid ? session.sid === payload.sid : session.sub === payload.sub;
            if (ended) sessions.delete(id);
        }
        response.writeHead(200).end();
    } catch (error) {
        console.error('logout token refused:', error.message);
        response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: 'invalid_request' }));
    }
}

async function readBody(request, limit) {
    let body = '';
    for await (const chunk of request) {
        body += chunk;
        if (body.length > limit) throw new Error('body too long');
    }
    return body;
}

// ---- Sessions --------------------------------------------------------------------------------------------------------------

function sessionId(request) {
    return request.headers.cookie?.split('; ').find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}

function currentSession(request) {
    return sessions.get(sessionId(request));
}

/** Under a new random id each time, so that nobody can plant one. */
function keepSession(response, session) {
    const id = randomBytes(32).toString('base64url');
    sessions.set(id, session);
    setTimeout(() => sessions.delete(id), sessionLifetime_ms).unref();
    const secure = config.origin.startsWith('https:') ? '; Secure' : '';
    response.setHeader('Set-Cookie', `${cookieName}=${id}; Path=/; HttpOnly; SameSite=Lax${secure}`);
}

function dropSession(request) {
    const session = currentSession(request);
    sessions.delete(sessionId(request));
    return session;
}

// ---- The page --------------------------------------------------------------------------------------------------------------

function showPage(request, response) {
    const session = currentSession(request) ?? {};
    const problem = session.problem ? `<p role="status" class="problem">Not signed in: <strong id="login-error">${html(session.problem)}</strong></p>` : '';
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
    response.end(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(config.name)}</title>
<style>
body { color: #1a1a1a; font: 1.125rem/1.5 Arial, sans-serif; margin: 0; overflow-wrap: anywhere; }
header { background: ${config.accent}; color: #fff; padding: 1rem; }
header p { font-size: 1.5rem; font-weight: bold; margin: 0; }
main { margin: 0 auto; max-width: 40rem; padding: 1rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1rem 0; }
.actions a, button { background: #fff; border: 2px solid ${config.accent}; color: ${config.accent}; cursor: pointer; font: inherit; padding: 0.5rem 1rem; text-decoration: none; }
:focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px; }
.problem { border-left: 8px solid #b01038; padding: 0.5rem 1rem; }
dt { color: #4d4d4d; margin-top: 0.5rem; }
dd { margin: 0; }
pre { background: #f2f2f2; padding: 0.75rem; white-space: pre-wrap; }
</style>
</head>
<body>
<header><p>${html(config.name)}</p></header>
<main>
${problem}
${session.user ? signedIn(session) : signedOut()}
</main>
</body>
</html>`);
}

function signedOut() {
    return `<h1>Welcome</h1>
<p id="signed-out">You are not signed in here.</p>
<p class="actions"><a id="sign-in" href="/login">Sign in</a> <a id="sign-in-strong" href="/login?level=strong">Sign in with strong identification</a></p>`;
}

/** For whom the person acts: on every page, with the way to act for another or for oneself. */
function acting({ claims, stands }) {
    const principal = claims.on_behalf_of;
    if (!principal) return '<p>You act in <strong id="acting-self">your own matter</strong>.</p>';
    const answer = stands === undefined ? '' : `<p role="status">The mandate <strong id="mandate-stands">${stands ? 'stands' : 'has ended'}</strong>.</p>`;
    return `<p>You act for <strong id="acting-for">${html(principal.name)}</strong>, checked at ${new Date(principal.checked_at * 1000).toISOString()}
under <span id="acting-themes">${html(principal.themes.join(' '))}</span>.</p>
${answer}
<form class="actions" method="post" action="/recheck"><button id="recheck">Does the mandate stand?</button></form>`;
}

function signedIn({ user, claims, stands }) {
    const strong = config.strong_acr.includes(claims.acr);
    return `<h1>Hello, <span id="signed-in-as">${html(user.name ?? user.email ?? user.sub)}</span></h1>
<dl>
<dt>Level of assurance (acr)</dt><dd id="acr">${html(claims.acr ?? '–')}</dd>
<dt>Method (amr)</dt><dd id="amr">${html((claims.amr ?? []).join(' ') || '–')}</dd>
<dt>Identified at (auth_time)</dt><dd id="auth-time">${claims.auth_time ? new Date(claims.auth_time * 1000).toISOString() : '–'}</dd>
</dl>
${config.scope.includes('mandate:') ? `${acting({ claims, stands })}
<p class="actions"><a id="act-for-other" href="/login">Choose for whom you act</a></p>` : ''}
<form class="actions" method="post" action="/logout">
${strong ? '' : '<a id="step-up" href="/login?level=strong">Do something that needs strong identification</a>'}
<button id="sign-out">Sign out</button>
</form>
<h2>What the service knows</h2>
<pre id="claims">${html(JSON.stringify(user, null, 2))}</pre>`;
}

function html(text) {
    return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function redirect(response, location) {
    response.writeHead(303, { Location: String(location) }).end();
}
