// SPDX-License-Identifier: MIT
// Keys of relying parties, and JWTs signed by them, good and bad.
import { randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

/** { alg, kid, privateKey, publicJwk, privateJwk } */
export async function makeKey(alg, kid = randomUUID()) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...(/^[RP]S/.test(alg) && { modulusLength: 2048 }) });
    const describe = async (key) => ({ ...(await exportJWK(key)), kid, alg, use: 'sig' });
    return { alg, kid, privateKey, publicJwk: await describe(publicKey), privateJwk: await exportJWK(privateKey) };
}

export const now_s = () => Math.floor(Date.now() / 1000);

/** `claims` as they are: nothing is added. `header` goes over alg and kid; a member that is undefined is left out. */
export function sign(key, claims, header = {}) {
    const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    return new SignJWT(given).setProtectedHeader({ alg: key.alg, ...(key.kid && { kid: key.kid }), ...header }).sign(key.privateKey ?? key.secret);
}

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A JWT of `alg: none`. */
export const unsigned = (claims, header = {}) => `${encode({ alg: 'none', ...header })}.${encode(claims)}.`;

/** The same JWT with one bit of the middle of its signature turned. */
export function spoilSignature(jwt) {
    const [header, payload, signature] = jwt.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[bytes.length >> 1] ^= 1;
    return [header, payload, bytes.toString('base64url')].join('.');
}
