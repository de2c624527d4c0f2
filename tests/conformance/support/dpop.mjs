// SPDX-License-Identifier: MIT
// DPoP proofs (RFC 9449 §4.2), and how to make each of their members wrong.
import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { now_s, sign } from './keys.mjs';

const plain = ({ kid, alg, use, ...jwk }) => jwk;

export const thumbprint = (key) => calculateJwkThumbprint(plain(key.publicJwk));

/** `claims` and `header` go over what it has by itself; a claim that is undefined is left out. */
export function makeProof(key, { method, url, access_token, nonce }, claims = {}, header = {}) {
    const target = new URL(url);
    const made = {
        jti: randomUUID(), htm: method, htu: target.origin + target.pathname, iat: now_s(), nonce,
        ath: access_token && createHash('sha256').update(access_token).digest('base64url'), ...claims,
    };
    const members = { typ: 'dpop+jwt', jwk: plain(key.publicJwk), kid: undefined, ...header };
    return sign({ ...key, kid: undefined }, made, Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));
}
