// SPDX-License-Identifier: MIT
// The relying parties that the configuration knows, as { client, key, certificate }: a registration, and what its owner proves itself with.
import { randomBytes } from 'node:crypto';
import { makeKey } from './support/keys.mjs';

const secret = () => randomBytes(32).toString('base64url');
const everyResponseType = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'];

/** Of the plans by response type: they may do all that OpenID Connect Core knows, without PKCE. */
const classic = (client_id, { receiver }, more) => ({
    client: {
        client_id, client_name: client_id, client_secret: secret(), response_types: everyResponseType, require_pkce: false,
        redirect_uris: [`https://rp.example/${client_id}/callback`, `https://rp.example/${client_id}/callback/second`],
        grant_types: ['authorization_code', 'implicit', 'refresh_token'], request_uris: [`${receiver.origin}/request/${client_id}`],
        post_logout_redirect_uris: [`https://rp.example/${client_id}/logged_out`], ...more,
    },
});

/** Of the FAPI plans. The second one's redirect_uri has a query, as the official suite wants it. */
async function fapi(client_id, alg, profile, more) {
    const key = await makeKey(alg);
    const { alg: unused, ...jwk } = key.publicJwk;  // so that not the registered key's alg but the profile refuses RS256
    const query = client_id.endsWith('second') ? '?dummy1=lorem&dummy2=ipsum' : '';
    return {
        client: {
            client_id, client_name: client_id, profile, redirect_uris: [`https://rp.example/${client_id}/callback${query}`],
            grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] },
            id_token_signed_response_alg: 'ES256', ...more,
        },
        key,
    };
}

/** The same without keys: a certificate of the authority is who it is. */
async function fapiByCertificate(client_id, { authority }) {
    const subject = `/O=Conformance/CN=${client_id}`;
    const { client } = await fapi(client_id, 'ES256', 'fapi2', {
        token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: `CN=${client_id},O=Conformance`,
        tls_client_certificate_bound_access_tokens: true, jwks: undefined,
    });
    return { client, certificate: authority.issue(client_id, subject) };
}

/** Of FAPI-CIBA: keys sign its requests, and its tokens are bound to its certificate. */
async function ciba(client_id, world, more) {
    const { client: { redirect_uris, ...client }, key } = await fapi(client_id, 'PS256', 'fapi2', {
        grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'], tls_client_certificate_bound_access_tokens: true,
        backchannel_authentication_request_signing_alg: 'PS256', ...more,
    });
    return { client, key, certificate: world.authority.issue(client_id, `/O=Conformance/CN=${client_id}`) };
}
const byCertificate = (client_id) => ({ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: `CN=${client_id},O=Conformance` });
const byPing = (client_id, { receiver }) => ({
    backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: `${receiver.origin}/ping/${client_id}`,
});

export function makeClients(world) {
    return Promise.all([
        classic('rp', world),
        classic('second', world),
        classic('post', world, { token_endpoint_auth_method: 'client_secret_post' }),
        classic('backchannel', world, { backchannel_logout_uri: `${world.receiver.origin}/backchannel`, backchannel_logout_session_required: true }),
        classic('frontchannel', world, { frontchannel_logout_uri: 'https://rp.example/frontchannel/logout', frontchannel_logout_session_required: true }),
        fapi('fapi', 'PS256', 'fapi2'),
        fapi('fapi-second', 'ES256', 'fapi2'),
        fapi('fapi-signing', 'PS256', 'fapi2-message-signing'),
        fapi('fapi-signing-second', 'ES256', 'fapi2-message-signing'),
        fapiByCertificate('fapi-mtls', world),
        fapiByCertificate('fapi-mtls-second', world),
        ciba('ciba', world),
        ciba('ciba-second', world),
        ciba('ciba-mtls', world, byCertificate('ciba-mtls')),
        ciba('ciba-mtls-second', world, byCertificate('ciba-mtls-second')),
        ciba('ciba-ping', world, byPing('ciba-ping', world)),
        ciba('ciba-ping-second', world, byPing('ciba-ping-second', world)),
    ]);
}
