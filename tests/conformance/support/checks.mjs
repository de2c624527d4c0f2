// SPDX-License-Identifier: MIT
// What the official suite checks in nearly every module (oidc-conformance.md section 2). Its warnings are failures here.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
import { now_s } from './keys.mjs';

const skew_s = 5 * 60;
const year_s = 366 * 24 * 3600;

const isText = (value) => typeof value === 'string' && value.length > 0;
const isFlag = (value) => typeof value === 'boolean';
const isNumber = (value) => Number.isInteger(value);
/** OpenID Connect Core §5.1. */
const standardClaims = {
    name: isText, given_name: isText, family_name: isText, middle_name: isText, nickname: isText, preferred_username: isText, profile: isText,
    picture: isText, website: isText, email: isText, email_verified: isFlag, gender: isText, birthdate: isText, zoneinfo: isText, locale: isText,
    phone_number: isText, phone_number_verified: isFlag, updated_at: isNumber,
    address: (value) => typeof value === 'object' && Object.values(value).every(isText) && Object.keys(value).every((name) => addressMembers.includes(name)),
};
const addressMembers = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'];
export const claimsOfScope = {
    profile: ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender',
        'birthdate', 'zoneinfo', 'locale', 'updated_at'],
    email: ['email', 'email_verified'],
    address: ['address'],
    phone: ['phone_number', 'phone_number_verified'],
};

export function checkStandardClaims(claims) {
    for (const [name, fits] of Object.entries(standardClaims))
        if (name in claims) assert.ok(fits(claims[name]), `${name} is ${JSON.stringify(claims[name])}`);
    checkSubject(claims.sub);
}

export function checkSubject(sub) {
    assert.match(sub ?? '', /^[\x21-\x7e]{1,255}$/, 'sub is 1 to 255 visible ASCII characters');
}

/** Shannon's entropy of the characters of one value, as the suite measures: 96 bits at the least. */
export function checkRandom(value, what, characters = /^[\x20-\x7e]+$/) {
    assert.match(value ?? '', characters, `${what}: characters of RFC 6749 appendix A`);
    const counts = new Map();
    for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
    const perCharacter = [...counts.values()].reduce((bits, count) => bits - (count / value.length) * Math.log2(count / value.length), 0);
    assert.ok(perCharacter * value.length >= 96, `${what} has ${Math.round(perCharacter * value.length)} bits`);
}

export function checkErrorText({ error, error_description: description, error_uri: uri }) {
    assert.ok(isText(error), 'error is there');
    if (description !== undefined) assert.match(description, /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/, 'error_description');
    if (uri !== undefined) assert.ok(URL.canParse(uri), 'error_uri');
}

export function checkNotStored(answer) {
    assert.match(answer.headers['cache-control'] ?? '', /\bno-store\b/, `Cache-Control of ${answer.url}`);
}

/** RFC 6749 §5.2, and what §5.1 says of caches. Gives the error's code. */
export function checkJsonError(answer, errors, statuses = [400]) {
    assert.ok(statuses.includes(answer.status), `${answer}`);
    assert.equal(answer.mediaType, 'application/json');
    checkNotStored(answer);
    checkErrorText(answer.json);
    assert.ok(errors.includes(answer.json.error), `${answer} is none of ${errors}`);
    return answer.json.error;
}

/** Every key public, with a `kid` of its own and a sane `use` or `alg`. */
export function checkJwks({ keys }) {
    assert.ok(keys.length > 0);
    for (const key of keys) {
        assert.ok(isText(key.kid), 'kid');
        for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) assert.ok(!(secret in key), `${key.kid} publishes ${secret}`);
        assert.ok(['sig', 'enc'].includes(key.use), 'use');
        assert.ok(['RSA', 'EC', 'OKP'].includes(key.kty), 'kty');
        if (key.kty === 'RSA') assert.ok(Buffer.from(key.n, 'base64url').length >= 256, 'RSA of 2048 bits');
    }
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length, 'kids are distinct');
}

export async function fetchJwks(op) {
    const answer = await op.http.send(op.metadata.jwks_uri);
    assert.equal(answer.status, 200);
    assert.ok(['application/json', 'application/jwk-set+json'].includes(answer.mediaType), answer.mediaType);
    checkJwks(answer.json);
    return answer.json;
}

/** Verifies one of the provider's JWTs by the key that its header names. Gives { header, claims }. */
export async function verifyJwt(op, jwt, alg) {
    const header = decodeProtectedHeader(jwt);
    assert.equal(header.alg, alg);
    assert.ok(isText(header.kid), 'the header has a kid');
    const jwks = await fetchJwks(op);
    assert.equal(jwks.keys.filter(({ kid }) => kid === header.kid).length, 1, 'one key of that kid');
    const { payload } = await compactVerify(jwt, createLocalJWKSet(jwks), { algorithms: [alg] });
    return { header, claims: JSON.parse(new TextDecoder().decode(payload)) };
}

/** at_hash, c_hash and s_hash (OpenID Connect Core §3.1.3.6, §3.3.2.11). */
export function halfHash(alg, value) {
    const hash = alg === 'EdDSA' || alg.endsWith('512') ? 'sha512' : alg.endsWith('384') ? 'sha384' : 'sha256';
    const digest = createHash(hash).update(value, 'ascii').digest();
    return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** `expected`: client_id, nonce (undefined: none was sent), and access_token and code where their hashes are to be right. */
export function checkIdToken({ header, claims }, op, { client_id, nonce, access_token, code, mustHash = [] }) {
    assert.equal(claims.iss, op.issuer);
    const audience = [claims.aud].flat();
    assert.ok(audience.includes(client_id), `aud ${claims.aud}`);
    assert.ok(audience.length === 1 || claims.azp === client_id, 'azp with more than one audience');
    if ('azp' in claims) assert.equal(claims.azp, client_id);
    checkStandardClaims(claims);
    assert.ok(isNumber(claims.iat) && Math.abs(claims.iat - now_s()) < skew_s, `iat ${claims.iat}`);
    assert.ok(isNumber(claims.exp) && claims.exp > now_s() && claims.exp < now_s() + 50 * year_s, `exp ${claims.exp}`);
    assert.equal(claims.nonce, nonce, 'nonce');
    if ('acr' in claims) assert.ok(isText(claims.acr), 'acr');
    if ('amr' in claims) assert.ok(Array.isArray(claims.amr) && claims.amr.every(isText), 'amr');
    if ('auth_time' in claims) assert.ok(isNumber(claims.auth_time) && claims.auth_time > now_s() - year_s && claims.auth_time <= now_s() + skew_s, 'auth_time');
    if ('nbf' in claims) assert.ok(isNumber(claims.nbf) && claims.nbf <= now_s() + skew_s, 'nbf');
    for (const [name, value] of [['at_hash', access_token], ['c_hash', code]]) {
        if (mustHash.includes(name)) assert.ok(name in claims, `${name} is there`);
        if (name in claims) assert.equal(claims[name], halfHash(header.alg, value ?? ''), name);
    }
}

/** RFC 6749 §5.1. */
export function checkTokenResponse(answer, { type = 'Bearer' } = {}) {
    assert.equal(answer.status, 200, `${answer}`);
    assert.equal(answer.mediaType, 'application/json');
    checkNotStored(answer);
    const tokens = answer.json;
    checkRandom(tokens.access_token, 'access_token');
    assert.equal(tokens.token_type?.toLowerCase(), type.toLowerCase());
    assert.ok(isNumber(tokens.expires_in) && tokens.expires_in > 0 && tokens.expires_in <= year_s, 'expires_in');
    if ('refresh_token' in tokens) checkRandom(tokens.refresh_token, 'refresh_token');
    const known = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope', 'id_token', 'authorization_details', 'issued_token_type'];
    for (const name of Object.keys(tokens)) assert.ok(known.includes(name), `unknown member ${name}`);
    return tokens;
}
