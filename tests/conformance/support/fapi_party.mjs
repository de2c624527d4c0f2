// SPDX-License-Identifier: MIT
// A relying party of FAPI 2.0: pushes its requests, has its tokens bound to a key or certificate, and in Message Signing signs its requests and
// gets signed answers.
import assert from 'node:assert/strict';
import { createLocalJWKSet, importJWK, jwtVerify } from 'jose';
import { checkJsonError, checkNotStored, checkRandom, checkTokenResponse, fetchJwks } from './checks.mjs';
import { makeProof } from './dpop.mjs';
import { makeKey, now_s } from './keys.mjs';
import { makePkce } from './pkce.mjs';
import { RelyingParty, refusedByPage } from './relying_party.mjs';

const fapiAlgorithms = ['PS256', 'ES256', 'EdDSA'];

export class FapiParty extends RelyingParty {
    /** `signs`: Message Signing. `dpop`: the key of its proofs; without it tokens are bound to `certificate`. */
    constructor(op, client, { key, dpop, certificate, signs = false }) {
        super(op, client, { key });
        Object.assign(this, { dpop, signs, http: certificate ? op.http.with(certificate) : op.http, certificate });
    }
    /** What its registration says of it. */
    static async make(op, { client, key, certificate }) {
        const signs = client.profile === 'fapi2-message-signing';
        return new FapiParty(op, client, { key, certificate, signs, dpop: certificate ? undefined : await makeKey('ES256') });
    }

    /** Its own key, misused for RS256. */
    async misusedKey() {
        return { ...this.key, alg: 'RS256', privateKey: await importJWK(this.key.privateJwk, 'RS256') };
    }

    /** Where it is called by clients with certificates (RFC 8705 §5). */
    endpoint(name) {
        return (this.certificate && this.op.metadata.mtls_endpoint_aliases?.[name]) || this.op.metadata[name];
    }

    parameters(params = {}) {
        this.pkce = makePkce();
        return super.parameters({ code_challenge: this.pkce.challenge, code_challenge_method: 'S256', ...(this.signs && { response_mode: 'jwt' }), ...params });
    }

    /** A proof for one request, or nothing where certificates do it. `claims` and `header` make it wrong. */
    async proof(method, url, { access_token, claims, header, key = this.dpop } = {}) {
        return this.dpop ? { DPoP: await makeProof(key, { method, url, access_token, nonce: this.nonce }, claims, header) } : {};
    }

    async send(endpoint, form, options = {}) {
        return super.send(endpoint, form, { http: this.http, ...options });
    }

    /**
     * Pushes a request (RFC 9126 §2.1). `params` as of parameters(); `request` makes the request object of them (sign it wrong here); `form` is sent
     * beside; `options` as of send(). Gives the answer.
     */
    async push(params, { request = (sent) => this.requestObject(sent), form = {}, signs = this.signs, ...options } = {}) {
        this.sent = this.parameters(params);
        const body = signs ? { client_id: this.client.client_id, request: await request(this.sent) } : this.sent;
        return this.send(this.endpoint('pushed_authorization_request_endpoint'), { ...body, ...form }, options);
    }
    pushed(answer) {
        assert.equal(answer.status, 201, `${answer}`);
        assert.equal(answer.mediaType, 'application/json');
        checkNotStored(answer);
        const { request_uri, expires_in } = answer.json;
        checkRandom(request_uri, 'request_uri');
        assert.ok(Number.isInteger(expires_in) && expires_in > 0 && expires_in < 600, 'expires_in');
        return answer.json;
    }

    /** The browser's part: client_id and request_uri, and what is put `beside` them. */
    async open({ request_uri }, { browser = this.op.browser(), beside = {}, ...options } = {}) {
        return { sent: this.sent, ...(await this.go(browser, { client_id: this.client.client_id, request_uri, ...beside }, options)) };
    }

    async authorize({ params, push, ...options } = {}) {
        return this.open(this.pushed(await this.push(params, push)), options);
    }

    /** With `response_mode=jwt` the parameters are claims of one JWT (JARM §2.3). */
    async answer(outcome) {
        if (!this.signs) return super.answer(outcome);
        const { away, page } = outcome;
        assert.ok(away, `the browser is sent back; instead: ${page}`);
        assert.equal(away.origin + away.pathname, new URL(this.redirect_uri).origin + new URL(this.redirect_uri).pathname);
        const own = [...new URL(this.redirect_uri).searchParams.keys()];
        assert.deepEqual([...away.searchParams.keys()].filter((name) => !own.includes(name)), ['response'], 'response alone');
        const jwks = createLocalJWKSet(await fetchJwks(this.op));
        const { payload, protectedHeader } = await jwtVerify(away.searchParams.get('response'), jwks, {
            issuer: this.op.issuer, audience: this.client.client_id, algorithms: fapiAlgorithms, requiredClaims: ['exp', 'iss', 'aud'],
        });
        assert.ok(protectedHeader.kid, 'kid');
        assert.ok(payload.exp <= now_s() + 600, 'exp is at most ten minutes ahead');
        const { aud, exp, iat, nbf, jti, ...response } = payload;
        assert.equal(response.state, outcome.sent.state, 'state');
        return response;
    }

    async redeem({ code }, form = {}, { bound, ...options } = {}) {
        const endpoint = this.endpoint('token_endpoint');
        const headers = { ...(await this.proof('POST', endpoint, bound)), ...options.headers };
        return this.send(endpoint, {
            grant_type: 'authorization_code', code, redirect_uri: this.redirect_uri, code_verifier: this.pkce.verifier, ...form,
        }, { ...options, headers });
    }
    async refresh(refresh_token, form = {}, { bound, ...options } = {}) {
        const endpoint = this.endpoint('token_endpoint');
        const headers = { ...(await this.proof('POST', endpoint, bound)), ...options.headers };
        return this.send(endpoint, { grant_type: 'refresh_token', refresh_token, ...form }, { ...options, headers });
    }

    tokens(answer) {
        return checkTokenResponse(answer, { type: this.dpop ? 'DPoP' : 'Bearer' });
    }

    /** From the pushed request to the ID token and what userinfo says. */
    async login(options = {}) {
        const outcome = await this.authorize(options);
        const front = await this.accepted(outcome);
        const tokens = this.tokens(await this.redeem(front, {}, { bound: options.bound }));
        const { claims } = await this.idToken(tokens.id_token, { nonce: outcome.sent.nonce, access_token: tokens.access_token, code: front.code });
        assert.ok(fapiAlgorithms.includes(this.alg));
        const login = { ...outcome, front, tokens, claims };
        login.info = await this.userinfo(login);
        return login;
    }

    /** `scheme` before the token; `bound` as of proof(); `headers` go over ours. */
    async askUserinfo(access_token, { scheme = this.dpop ? 'DPoP' : 'Bearer', method = 'GET', query = '', bound = {}, headers, http = this.http } = {}) {
        const url = this.endpoint('userinfo_endpoint') + query;
        const proof = await this.proof(method, url, { access_token, ...bound });
        return http.send(url, { method, headers: { Authorization: `${scheme} ${access_token}`, ...proof, ...headers } });
    }

    /** A wrong request is refused: at the endpoint that it is pushed to, by a page, or at the redirect_uri. */
    async rejects({ params, push, ...options }, errors) {
        const answer = await this.push(params, push);
        if (answer.status !== 201) return checkJsonError(answer, errors, [400, 401, 403]);
        const outcome = await this.open(answer.json, options);
        if (!outcome.away) return refusedByPage(outcome);
        return (await this.refused(outcome, errors)).error;
    }
}
