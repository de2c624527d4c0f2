// SPDX-License-Identifier: MIT
// The registrations of the tests in this folder, as { client, key } (tests/conformance/support/provider.mjs).
import { makeKey } from '../conformance/support/keys.mjs';

export const secret = 'a secret of these tests, long enough for HS256';

const registration = (client_id, more) => ({
    client: {
        client_id, client_secret: secret, redirect_uris: [`https://rp.example/${client_id}`], post_logout_redirect_uris: [`https://rp.example/${client_id}/out`],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], scope: 'openid profile email offline_access api', ...more,
    },
});

export const grants = {
    ciba: 'urn:openid:params:grant-type:ciba',
    device: 'urn:ietf:params:oauth:grant-type:device_code',
    exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
    assertion: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    umaTicket: 'urn:ietf:params:oauth:grant-type:uma-ticket',
};
export const api = 'https://api.example';

/** Whose word is taken for a person's (RFC 7523): the configuration that says so, and the key. */
export async function makeAssertionIssuer() {
    const key = await makeKey('ES256');
    const issuer = 'https://register.example';
    return { key, issuer, configuration: { assertion_issuers: [{ issuer, jwks: { keys: [key.publicJwk] }, clients: ['batch'] }] } };
}

const everyAnswer = (change) => Object.assign({}, ...['id_token', 'userinfo', 'introspection', 'authorization'].map(change));
const signedBy = (alg) => everyAnswer((kind) => ({ [`${kind}_signed_response_alg`]: alg }));
const encryptedBy = (alg, enc) => everyAnswer((kind) => ({ [`${kind}_encrypted_response_alg`]: alg, [`${kind}_encrypted_response_enc`]: enc }));

export async function makeParties({ receiver, authority }) {
    const key = await makeKey('ES256');
    const fapi = await makeKey('PS256');
    const sealed = await makeKey('RSA-OAEP-256');
    const [issued, own] = [authority.issue('issued', '/O=Clients/CN=issued'), authority.issue('own', '/O=Clients/CN=own')];
    const ownKey = await makeKey('ES256');
    const [ftn, ftnSealed] = [await makeKey('RS256'), await makeKey('RSA-OAEP-256')];
    const x5c = [own.cert.replaceAll(/-----.*?-----|\s/g, '')];
    return [
        registration('web'),
        registration('hybrid', {
            grant_types: ['authorization_code', 'implicit'], response_types: ['code', 'code id_token', 'id_token'], require_pkce: false,
        }),
        { key, ...registration('signer', { jwks: { keys: [key.publicJwk] }, token_endpoint_auth_method: 'client_secret_post' }) },
        {
            key: fapi,
            ...registration('fapi', {
                profile: 'fapi2-message-signing', client_secret: undefined, jwks: { keys: [fapi.publicJwk] }, grant_types: ['authorization_code', 'refresh_token'],
            }),
        },
        {
            key: ftn, sealed: ftnSealed,
            ...registration('ftn', {
                profile: 'ftn', client_secret: undefined, grant_types: ['authorization_code'], jwks: { keys: [ftn.publicJwk, { ...ftnSealed.publicJwk, use: 'enc' }] },
            }),
        },
        registration('spa', { token_endpoint_auth_method: 'none', client_secret: undefined, grant_types: ['authorization_code', 'refresh_token'] }),
        registration('device', { grant_types: ['authorization_code', grants.device, 'refresh_token'] }),
        registration('exchanger', { grant_types: ['authorization_code', grants.exchange], resources: [api] }),
        registration('post', { token_endpoint_auth_method: 'client_secret_post' }),
        registration('hmac', { token_endpoint_auth_method: 'client_secret_jwt' }),
        { key, ...registration('asserting', { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined, jwks: { keys: [key.publicJwk] } }) },
        {
            certificate: issued,
            ...registration('issued', {
                token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=issued,O=Clients', client_secret: undefined,
                tls_client_certificate_bound_access_tokens: true,
            }),
        },
        {
            certificate: own,
            ...registration('own', {
                token_endpoint_auth_method: 'self_signed_tls_client_auth', client_secret: undefined, jwks: { keys: [{ ...ownKey.publicJwk, x5c }] },
            }),
        },
        registration('asks', { grant_types: [grants.ciba, 'refresh_token'] }),
        registration('pinged', {
            grant_types: [grants.ciba], backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: `${receiver.origin}/pinged`,
        }),
        registration('signed', signedBy('ES256')),
        { key: sealed, ...registration('sealed', { jwks: { keys: [{ ...sealed.publicJwk, use: 'enc' }] }, ...signedBy('ES256'), ...encryptedBy('RSA-OAEP-256', 'A256GCM') }) },
        registration('caller', { access_token_format: 'jwt', resources: [api] }),
        registration('batch', { grant_types: ['authorization_code', grants.assertion], skip_consent: true }),
        registration('tickets', { grant_types: ['authorization_code', grants.umaTicket], resources: [api] }),
    ];
}
