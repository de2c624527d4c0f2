// SPDX-License-Identifier: MIT
// The relying parties that the configuration knows.
import { randomBytes } from 'node:crypto';

const secret = () => randomBytes(32).toString('base64url');
const everyResponseType = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'];

const callbacks = (client_id) => [`https://rp.example/${client_id}/callback`, `https://rp.example/${client_id}/callback/second`];

/** Of the plans by response type: they may do all that OpenID Connect Core knows, without PKCE. */
const classic = (client_id, receiver, more) => ({
    client_id, client_name: client_id, client_secret: secret(), redirect_uris: callbacks(client_id), response_types: everyResponseType,
    grant_types: ['authorization_code', 'implicit', 'refresh_token'], require_pkce: false, request_uris: [`${receiver.origin}/request/${client_id}`],
    post_logout_redirect_uris: [`https://rp.example/${client_id}/logged_out`], ...more,
});

export function makeClients(receiver) {
    return [
        classic('rp', receiver),
        classic('second', receiver),
        classic('post', receiver, { token_endpoint_auth_method: 'client_secret_post' }),
        classic('backchannel', receiver, { backchannel_logout_uri: `${receiver.origin}/backchannel`, backchannel_logout_session_required: true }),
    ];
}
