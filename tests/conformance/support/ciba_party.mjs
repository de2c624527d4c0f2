// SPDX-License-Identifier: MIT
// A relying party of FAPI-CIBA: it asks at the back channel, a person approves on a page of the provider, and it polls or is pinged. Its requests are
// signed, its tokens bound to its certificate.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { checkNotStored, checkRandom } from './checks.mjs';
import { FapiParty } from './fapi_party.mjs';
import { now_s, sign } from './keys.mjs';

export const grant_type = 'urn:openid:params:grant-type:ciba';

export class CibaParty extends FapiParty {
    static make(op, { client, key, certificate }) {
        return new CibaParty(op, client, { key, certificate });
    }

    get pings() {
        return this.client.backchannel_token_delivery_mode === 'ping';
    }

    /** The claims of an authentication request (CIBA Core §7.1.1); one that is undefined in `claims` is left out. */
    claims(claims = {}) {
        const now = now_s();
        this.binding_message = claims.binding_message ?? randomBytes(4).toString('hex').toUpperCase();
        this.notification_token = this.pings ? randomBytes(32).toString('base64url') : undefined;
        return {
            iss: this.client.client_id, aud: this.op.issuer, iat: now, nbf: now, exp: now + 300, jti: randomUUID(), scope: 'openid profile',
            login_hint: this.op.persons.buffy.email, binding_message: this.binding_message, client_notification_token: this.notification_token, ...claims,
        };
    }

    /** Asks for an authentication. `request` makes the signed request of its claims; `form` goes beside it. Gives the answer. */
    async start(claims, { request = (all) => sign(this.key, all), form, ...options } = {}) {
        return this.send(this.endpoint('backchannel_authentication_endpoint'), { request: await request(this.claims(claims)), ...form }, options);
    }
    started(answer) {
        assert.equal(answer.status, 200, `${answer}`);
        assert.equal(answer.mediaType, 'application/json');
        checkNotStored(answer);
        const { auth_req_id, expires_in, interval = 5 } = answer.json;
        checkRandom(auth_req_id, 'auth_req_id', /^[\w.-]+$/);
        assert.ok(auth_req_id.length <= 1024);
        assert.ok(Number.isInteger(expires_in) && expires_in > 0, 'expires_in');
        assert.ok(Number.isInteger(interval) && interval > 0, 'interval');
        return { ...answer.json, interval, binding_message: this.binding_message };
    }

    poll({ auth_req_id }, options = {}) {
        return this.send(this.endpoint('token_endpoint'), { grant_type, auth_req_id }, options);
    }

    /** What the provider sends to the client's notification endpoint about this request (CIBA Core §10.2). */
    async ping({ auth_req_id }) {
        const { pathname } = new URL(this.client.backchannel_client_notification_endpoint);
        const request = await this.op.receiver.request(pathname, ({ text }) => JSON.parse(text).auth_req_id === auth_req_id);
        assert.equal(request.method, 'POST');
        assert.match(request.headers['content-type'], /^application\/json/);
        assert.deepEqual(JSON.parse(request.text), { auth_req_id });
        assert.equal(request.headers.authorization, `Bearer ${this.notification_token}`);
        return request;
    }
}
