// SPDX-License-Identifier: MIT
// oidcc-discovery-endpoint-verification, of the plans Config and Dynamic (oidc-conformance.md 3.2).
import assert from 'node:assert/strict';
import { fetchJwks } from '../support/checks.mjs';

const isText = (value) => typeof value === 'string' && value.length > 0;
const isFlag = (value) => typeof value === 'boolean';
const isUrl = (value) => isText(value) && URL.canParse(value) && new URL(value).protocol === 'https:' && !value.includes('#');
const listOf = (fits) => (value) => Array.isArray(value) && value.length > 0 && value.every(fits) && new Set(value).size === value.length;
const among = (...words) => (value) => words.includes(value);
/** BCP 47, each subtag in its canonical case. */
const isLocale = (value) => isText(value) && Intl.getCanonicalLocales(value)[0] === value;
const isSignature = among('RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'HS256', 'HS384', 'HS512');
const isKeyManagement = among('RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW');
const isEncryption = among('A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM');
const isAuthMethod = among('client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none');
const isScope = (value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value);

/** Every member that a specification has defined, and what it must be: a further one is a warning. */
const members = {
    issuer: isUrl, authorization_endpoint: isUrl, token_endpoint: isUrl, userinfo_endpoint: isUrl, jwks_uri: isUrl, registration_endpoint: isUrl,
    revocation_endpoint: isUrl, introspection_endpoint: isUrl, end_session_endpoint: isUrl, check_session_iframe: isUrl,
    pushed_authorization_request_endpoint: isUrl, device_authorization_endpoint: isUrl, backchannel_authentication_endpoint: isUrl,
    service_documentation: isUrl, op_policy_uri: isUrl, op_tos_uri: isUrl,
    scopes_supported: listOf(isScope), claims_supported: listOf(isText), claim_types_supported: listOf(among('normal', 'aggregated', 'distributed')),
    response_types_supported: listOf(isText), grant_types_supported: listOf(isText), acr_values_supported: listOf(isText),
    response_modes_supported: listOf(among('query', 'fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt')),
    subject_types_supported: listOf(among('public', 'pairwise')), display_values_supported: listOf(among('page', 'popup', 'touch', 'wap')),
    prompt_values_supported: listOf(isText), ui_locales_supported: listOf(isLocale), claims_locales_supported: listOf(isLocale),
    code_challenge_methods_supported: listOf(among('S256')), dpop_signing_alg_values_supported: listOf(isSignature),
    authorization_details_types_supported: listOf(isText),
    verified_claims_supported: isFlag, trust_frameworks_supported: listOf(isText), claims_in_verified_claims_supported: listOf(isText),
    evidence_supported: listOf(among('document', 'electronic_record', 'vouch')), documents_supported: listOf(isText), electronic_records_supported: listOf(isText),
    claims_parameter_supported: isFlag, request_parameter_supported: isFlag, request_uri_parameter_supported: isFlag,
    require_request_uri_registration: isFlag, require_pushed_authorization_requests: isFlag, require_signed_request_object: isFlag,
    authorization_response_iss_parameter_supported: isFlag, tls_client_certificate_bound_access_tokens: isFlag,
    backchannel_logout_supported: isFlag, backchannel_logout_session_supported: isFlag,
    frontchannel_logout_supported: isFlag, frontchannel_logout_session_supported: isFlag,
    backchannel_token_delivery_modes_supported: listOf(among('poll', 'ping', 'push')), backchannel_user_code_parameter_supported: isFlag,
    backchannel_authentication_request_signing_alg_values_supported: listOf(isSignature),
    mtls_endpoint_aliases: (value) => Object.values(value).every(isUrl),
    request_object_signing_alg_values_supported: listOf(isSignature),
};
for (const kind of ['id_token', 'userinfo', 'request_object', 'authorization', 'introspection']) {
    members[`${kind}_signing_alg_values_supported`] = listOf(isSignature);
    members[`${kind}_encryption_alg_values_supported`] = listOf(isKeyManagement);
    members[`${kind}_encryption_enc_values_supported`] = listOf(isEncryption);
}
for (const endpoint of ['token', 'introspection', 'revocation']) {
    members[`${endpoint}_endpoint_auth_methods_supported`] = listOf(isAuthMethod);
    members[`${endpoint}_endpoint_auth_signing_alg_values_supported`] = listOf(isSignature);
}

const required = ['issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'scopes_supported', 'claims_supported',
    'response_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported', 'grant_types_supported'];

export async function verifyDiscovery({ op }) {
    const url = `${op.issuer}/.well-known/openid-configuration`;
    const answer = await op.http.send(url);
    assert.equal(answer.status, 200);
    assert.equal(answer.mediaType, 'application/json');
    const metadata = answer.json;
    assert.equal(metadata.issuer, op.issuer);
    assert.ok(!/[?#]/.test(metadata.issuer), 'the issuer has no query and no fragment');
    for (const name of required) assert.ok(name in metadata, `${name} is missing`);
    for (const [name, value] of Object.entries(metadata)) {
        assert.ok(members[name], `unknown member ${name}`);
        assert.ok(members[name](value), `${name} is ${JSON.stringify(value)}`);
    }
    assert.ok(metadata.scopes_supported.includes('openid'));
    assert.ok(metadata.id_token_signing_alg_values_supported.includes('RS256'));
    assert.ok(metadata.response_types_supported.includes('code'));
    for (const [kind, methods] of [['token', 'token_endpoint_auth_methods_supported'], ['introspection', 'introspection_endpoint_auth_methods_supported']]) {
        const byJwt = metadata[methods]?.some((method) => method.endsWith('_jwt'));
        assert.equal(Boolean(metadata[`${kind}_endpoint_auth_signing_alg_values_supported`]), Boolean(byJwt), `${kind}: algorithms belong to methods by JWT (RFC 8414 §2)`);
    }
    assert.equal('request_object_encryption_enc_values_supported' in metadata, 'request_object_encryption_alg_values_supported' in metadata);
    await fetchJwks(op);
    // RFC 8414 §3: the same document where OAuth looks for it.
    assert.equal((await op.http.send(`${op.issuer}/.well-known/oauth-authorization-server`)).text, answer.text);
}

export const discovery = { 'oidcc-discovery-endpoint-verification': verifyDiscovery };
