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

export async function makeParties() {
    const key = await makeKey('ES256');
    const fapi = await makeKey('PS256');
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
        registration('spa', { token_endpoint_auth_method: 'none', client_secret: undefined, grant_types: ['authorization_code', 'refresh_token'] }),
        registration('device', { grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'] }),
        registration('exchanger', {
            grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'], resources: ['https://api.example'],
        }),
        registration('post', { token_endpoint_auth_method: 'client_secret_post' }),
    ];
}
