// SPDX-License-Identifier: MIT
// A relying party that can do everything right, and one thing wrong at a time.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
    checkErrorText, checkIdToken, checkNotStored, checkRandom, checkStandardClaims, checkTokenResponse, verifyJwt,
} from './checks.mjs';
import { now_s, sign, unsigned } from './keys.mjs';
import { walk } from './person.mjs';

/** What `prompt=none` may be answered when it cannot be silent (OpenID Connect Core §3.1.2.6). */
export const silentErrors = ['login_required', 'interaction_required', 'account_selection_required', 'consent_required'];

const random = () => randomBytes(16).toString('base64url');
const without = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** How each client proves who it is, as { headers, form } to add to a request. */
const authentication = {
    none: ({ client_id }) => ({ form: { client_id } }),
    client_secret_post: ({ client_id, client_secret }) => ({ form: { client_id, client_secret } }),
    client_secret_basic({ client_id, client_secret }) {
        const encode = (text) => new URLSearchParams({ '': text }).toString().slice(1);
        return { headers: { Authorization: `Basic ${Buffer.from(`${encode(client_id)}:${encode(client_secret)}`).toString('base64')}` } };
    },
    tls_client_auth: ({ client_id }) => ({ form: { client_id } }),  // and the certificate
    private_key_jwt: async (client, rp) => byAssertion(await rp.assertion()),
};

/** RFC 7523 §2.2. */
export const byAssertion = (client_assertion) => ({
    form: { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion },
});

export class RelyingParty {
    /** `client`: its registration. `variant`: { response_type, response_mode } of its requests. `key`: what it signs with. */
    constructor(op, client, { response_type = 'code', response_mode, key } = {}) {
        Object.assign(this, { op, client, response_type, response_mode, key });
        this.redirect_uri = client.redirect_uris?.[0];
    }

    gives(word) {
        return this.response_type.split(' ').includes(word);
    }
    get alg() {
        return this.client.id_token_signed_response_alg ?? 'RS256';
    }

    /** The parameters of a plain authorization request; one that is undefined in `params` is left out. */
    parameters(params = {}) {
        return without({
            client_id: this.client.client_id, redirect_uri: this.redirect_uri, response_type: this.response_type, response_mode: this.response_mode,
            scope: 'openid', state: random(), nonce: random(), ...params,
        });
    }

    /**
     * Sends a browser with a request, and has the person do what the pages ask. Gives { sent, browser, shown, away | page, posted }: what was
     * sent, the pages on the way by name, and where it ended (browser.mjs).
     */
    async authorize({ params, browser = this.op.browser(), person, decision, method } = {}) {
        const sent = this.parameters(params);
        return { sent, ...(await this.go(browser, sent, { person, decision, method })) };
    }
    /** The same with the parameters that are given and no others. */
    async go(browser, parameters, { person = 'buffy', decision, method } = {}) {
        const endpoint = this.op.metadata.authorization_endpoint;
        const first = await (method === 'POST' ? browser.visit(endpoint, { form: parameters }) : browser.visit(`${endpoint}?${new URLSearchParams(parameters)}`));
        return { browser, ...(await walk(browser, first, this.op.persons[person], decision)) };
    }

    /** The parameters that came back, from the one place where the response mode puts them. */
    async answer({ sent, away, posted, page, shown }) {
        assert.ok(away, `the browser is sent back; instead: ${page}`);
        const target = new URL(sent.redirect_uri ?? this.redirect_uri);
        assert.equal(away.origin + away.pathname, target.origin + target.pathname, 'the redirect_uri');
        const own = (search) => new URLSearchParams([...search].filter(([name, value]) => !target.searchParams.getAll(name).includes(value)));
        const places = { query: own(away.searchParams), fragment: new URLSearchParams(away.hash.slice(1)), form_post: new URLSearchParams(posted) };
        const usual = sent.response_type === 'code' || !sent.response_type ? 'query' : 'fragment';
        // The way back from a refusal is a link, also where a form was wanted.
        const mode = sent.response_mode && !shown.includes('refusal') ? sent.response_mode : usual;
        for (const [name, value] of target.searchParams) assert.ok(away.searchParams.getAll(name).includes(value), 'the query is kept');
        for (const [place, parameters] of Object.entries(places))
            assert.equal([...parameters].length > 0, place === mode, `parameters in the ${place}, where ${mode} was to be`);
        const names = [...places[mode].keys()];
        assert.equal(new Set(names).size, names.length, 'no parameter twice');
        const response = Object.fromEntries(places[mode]);
        assert.equal(response.state, sent.state, 'state');
        assert.equal(response.iss, this.op.issuer, 'iss (RFC 9207)');
        return response;
    }

    /** The answer is a success; its code, tokens and hashes are right. */
    async accepted(outcome) {
        const response = await this.answer(outcome);
        const { sent } = outcome;
        assert.ok(!response.error, `${response.error}: ${response.error_description}`);
        const expected = new Set(['state', 'iss', 'session_state']);
        if (this.gives('code')) expected.add('code');
        if (this.gives('id_token')) expected.add('id_token');
        if (this.gives('token')) ['access_token', 'token_type', 'expires_in', 'scope'].forEach((name) => expected.add(name));
        for (const name of Object.keys(response)) assert.ok(expected.has(name), `unknown parameter ${name}`);
        for (const name of ['code', 'id_token', 'access_token']) assert.equal(name in response, expected.has(name), name);
        if (response.code) checkRandom(response.code, 'code');
        if (response.access_token) {
            checkRandom(response.access_token, 'access_token');
            assert.equal(response.token_type.toLowerCase(), 'bearer');
            assert.match(response.expires_in, /^[1-9]\d*$/);
        }
        if (!response.id_token) return response;
        const token = await this.idToken(response.id_token, {
            ...sent, ...response, mustHash: [response.access_token && 'at_hash', response.code && 'c_hash'].filter(Boolean),
        });
        return { ...response, claims: token.claims };
    }

    async idToken(jwt, expected) {
        const token = await verifyJwt(this.op, jwt, this.alg);
        checkIdToken(token, this.op, { ...expected, client_id: this.client.client_id });
        return token;
    }

    /** The provider says no, at the redirect_uri. */
    async refused(outcome, errors) {
        const response = await this.answer(outcome);
        checkErrorText(response);
        for (const name of Object.keys(response))
            assert.ok(['error', 'error_description', 'error_uri', 'state', 'session_state', 'iss'].includes(name), `unknown parameter ${name}`);
        assert.ok(errors.includes(response.error), `${response.error} is none of ${errors}`);
        return response;
    }

    /** Sends one form to an endpoint with the client's proof of who it is. A parameter that is undefined is left out. */
    async send(endpoint, form, { headers = {}, http = this.op.http, proof } = {}) {
        const method = this.client.token_endpoint_auth_method ?? 'client_secret_basic';
        const own = proof ?? await authentication[method](this.client, this);
        return http.send(endpoint, { form: without({ ...own.form, ...form }), headers: { ...own.headers, ...headers } });
    }

    token(form, options) {
        return this.send(this.op.metadata.token_endpoint, form, options);
    }
    redeem({ code }, form = {}, options) {
        return this.token({ grant_type: 'authorization_code', code, redirect_uri: this.redirect_uri, ...form }, options);
    }
    refresh(refresh_token, form = {}, options) {
        return this.token({ grant_type: 'refresh_token', refresh_token, ...form }, options);
    }

    /** From the request to the last ID token: what every module does that expects success. */
    async login({ verifier, ...options } = {}) {
        const outcome = await this.authorize(options);
        const front = await this.accepted(outcome);
        const { sent, browser, shown } = outcome;
        if (!front.code) return { sent, browser, shown, front, tokens: front, claims: front.claims };
        const tokens = checkTokenResponse(await this.redeem(front, { code_verifier: verifier }));
        assert.ok(tokens.id_token, 'an ID token');
        const { claims } = await this.idToken(tokens.id_token, { nonce: sent.nonce, access_token: tokens.access_token, code: front.code });
        if (front.claims) {
            assert.equal(claims.sub, front.claims.sub, 'both ID tokens are of one person');
            assert.equal(claims.iss, front.claims.iss);
        }
        return { sent, browser, shown, front, tokens, claims };
    }

    /** By 'header', 'post-header' or 'post-body'. */
    askUserinfo(access_token, how = 'header') {
        const endpoint = this.op.metadata.userinfo_endpoint;
        const headers = { Authorization: `Bearer ${access_token}` };
        if (how === 'post-body') return this.op.http.send(endpoint, { form: { access_token } });
        return this.op.http.send(endpoint, { method: how === 'post-header' ? 'POST' : 'GET', headers });
    }

    /** Sends the browser of a login to the end of its session, and has the person answer what is asked. */
    async logout({ browser }, params, decision) {
        const query = new URLSearchParams(without(params));
        const first = await browser.visit(`${this.op.metadata.end_session_endpoint}${query.size ? '?' : ''}${query}`);
        return walk(browser, first, undefined, decision);
    }

    /** Nobody is signed in in that browser any more. */
    async signedOut({ browser }) {
        const outcome = await this.authorize({ browser, params: { prompt: 'none' } });
        await this.refused(outcome, silentErrors);
    }

    /** What userinfo knows of the person of `login()`. */
    async userinfo({ tokens, claims }, how) {
        const answer = await this.askUserinfo(tokens.access_token, how);
        assert.equal(answer.status, 200, `${answer}`);
        checkNotStored(answer);
        assert.equal(answer.mediaType, 'application/json');
        const info = answer.json;
        checkStandardClaims(info);
        if (claims) assert.equal(info.sub, claims.sub, 'sub of userinfo and ID token');
        return info;
    }

    /** A signed request object (RFC 9101 §4): by the client's key, or by its secret. `claims` go over what it has by itself. */
    requestObject(parameters, claims = {}, { key = this.key ?? this.secretKey, header = { typ: 'oauth-authz-req+jwt' } } = {}) {
        return sign(key, this.requestClaims({ ...parameters, ...claims }), header);
    }
    unsignedRequest(parameters) {
        return unsigned(this.requestClaims(parameters), { typ: 'oauth-authz-req+jwt' });
    }
    requestClaims(parameters) {
        const now = now_s();
        return { iss: this.client.client_id, aud: this.op.issuer, iat: now, nbf: now, exp: now + 300, jti: random(), ...parameters };
    }
    /** What private_key_jwt sends (OpenID Connect Core §9); `claims` go over what it has by itself. */
    assertion(claims = {}, { key = this.key, header } = {}) {
        const now = now_s();
        const { client_id } = this.client;
        return sign(key, { iss: client_id, sub: client_id, aud: this.op.issuer, iat: now, exp: now + 60, jti: random(), ...claims }, header);
    }
    get secretKey() {
        return { alg: 'HS256', secret: new TextEncoder().encode(this.client.client_secret) };
    }
    /** Puts a request object where the client has registered it; gives its request_uri. */
    publishRequest(jwt) {
        return this.op.receiver.publish(`/request/${this.client.client_id}`, { type: 'application/oauth-authz-req+jwt', body: jwt });
    }
}

/** The provider shows a page that says what went wrong, and sends nobody anywhere. */
export function refusedByPage({ page, away }) {
    assert.ok(!away, `the browser is sent to ${away}`);
    assert.ok(page.status >= 400 && page.status < 500, `${page}`);
    assert.ok(page.heading.length > 0 && page.textOf('error').length > 0, 'the page says that something went wrong');
}
