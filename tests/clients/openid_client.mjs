// SPDX-License-Identifier: MIT
// An application on npm openid-client, and the person at its browser.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { walk } from '../conformance/support/person.mjs';
import { secret } from './parties.mjs';

export class Application {
    constructor(op) {
        this.op = op;
    }

    /** One of the registrations of parties.mjs. `fetch` may look at what is sent. */
    configured(id, authentication = oidc.ClientSecretBasic(secret), metadata = {}, fetch = this.op.http.fetch) {
        return oidc.discovery(new URL(this.op.issuer), id, metadata, authentication, { [oidc.customFetch]: fetch });
    }

    /** Has the person sign in at `url`; gives what the service gets: an address, or a form that is posted to it. */
    async visit(url, { browser = this.op.browser(), person = 'buffy', decision } = {}) {
        const { away, posted, page } = await walk(browser, await browser.visit(url.href), this.op.persons[person], decision);
        assert.ok(away, `${page}`);
        if (!posted) return away;
        return new Request(away, { method: 'POST', body: new URLSearchParams(posted) });
    }

    /**
     * From `build` (a function of openid-client that makes the address) to the tokens. `checks`, `form` and `grant`: for the redemption, what
     * the library checks, what is sent beside the code, and its options.
     */
    async signIn(configuration, { parameters, build = oidc.buildAuthorizationUrl, ...options } = {}) {
        const { client_id } = configuration.clientMetadata();
        const { parameters: sent, checks } = await makeRequest({ redirect_uri: `https://rp.example/${client_id}`, ...parameters });
        const back = await this.visit(await build(configuration, sent, options.grant), options);
        const tokens = await oidc.authorizationCodeGrant(configuration, back, { ...checks, ...options.checks }, options.form, options.grant);
        assert.deepEqual([tokens.claims().aud, typeof tokens.claims().sub], [client_id, 'string']);
        return tokens;
    }
}

export async function makeRequest(parameters = {}) {
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    return {
        parameters: {
            scope: 'openid profile', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...parameters,
        },
        checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    };
}

export const signedBy = ({ privateKey, kid }) => (configuration, parameters) =>
    oidc.buildAuthorizationUrlWithJAR(configuration, parameters, { key: privateKey, kid });
export const pushedAndSignedBy = (key) => async (configuration, parameters, options) =>
    oidc.buildAuthorizationUrlWithPAR(configuration, (await signedBy(key)(configuration, parameters)).searchParams, options);
