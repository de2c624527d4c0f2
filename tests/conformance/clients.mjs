// SPDX-License-Identifier: MIT
// The relying parties that the configuration knows, as { client, key, certificate }: a registration, and what its owner proves itself with.
import { randomBytes } from 'node:crypto';

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

export function makeClients(world) {
    return [
        classic('rp', world),
        classic('second', world),
        classic('post', world, { token_endpoint_auth_method: 'client_secret_post' }),
        classic('backchannel', world, { backchannel_logout_uri: `${world.receiver.origin}/backchannel`, backchannel_logout_session_required: true }),
    ];
}
