// SPDX-License-Identifier: MIT
// Which modules each official plan runs, in which variants, and what the provider must offer first (oidc-conformance.md sections 1 and 3 to 4).

// Modules that wait stand first in a list, so that the others pass meanwhile.
const forEveryFlow = `
    oidcc-server oidcc-response-type-missing oidcc-idtoken-signature oidcc-userinfo-get oidcc-userinfo-post-header oidcc-userinfo-post-body
    oidcc-scope-profile oidcc-scope-email oidcc-scope-address oidcc-scope-phone oidcc-scope-all oidcc-alternate-happy-flow
    oidcc-display-page oidcc-display-popup oidcc-prompt-login oidcc-prompt-none-not-logged-in oidcc-prompt-none-logged-in
    oidcc-max-age-1 oidcc-max-age-10000 oidcc-ensure-request-with-unknown-parameter-succeeds oidcc-id-token-hint oidcc-login-hint
    oidcc-ui-locales oidcc-claims-locales oidcc-ensure-request-with-acr-values-succeeds oidcc-ensure-registered-redirect-uri
    oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
    oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported
    oidcc-ensure-request-object-with-redirect-uri oidcc-claims-essential`;
const withCode = `
    oidcc-codereuse-30seconds oidcc-codereuse oidcc-server-client-secret-post oidcc-refresh-token oidcc-ensure-request-with-valid-pkce-succeeds`;
const words = (...texts) => texts.join(' ').split(/\s+/).filter(Boolean);

const basic = words(withCode, forEveryFlow,
    'oidcc-idtoken-unsigned oidcc-ensure-request-without-nonce-succeeds-for-code-flow oidcc-ensure-post-request-succeeds');

const needsUserinfo = words('oidcc-userinfo-get oidcc-userinfo-post-header oidcc-userinfo-post-body oidcc-claims-essential');
const except = (ids, others) => ids.filter((id) => !others.includes(id));

const implicit = [...words(forEveryFlow), 'oidcc-ensure-request-without-nonce-fails'];
const hybrid = words(withCode, forEveryFlow);
const nonceFails = 'oidcc-ensure-request-without-nonce-fails';
const nonceOptional = 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow';

/** The runs of one plan that are by response type: { response_type, ids }. */
const byResponseType = {
    Basic: [{ response_type: 'code', ids: basic }],
    Implicit: [{ response_type: 'id_token', ids: except(implicit, needsUserinfo) }, { response_type: 'id_token token', ids: implicit }],
    Hybrid: [
        { response_type: 'code id_token', ids: [...hybrid, nonceFails] },
        { response_type: 'code token', ids: [...hybrid, nonceOptional] },
        { response_type: 'code id_token token', ids: [...hybrid, nonceFails] },
    ],
};
const runsOf = (plan, more) => byResponseType[plan].map(({ response_type, ids }) => ({ variant: { response_type, ...more }, ids }));

/** Every variant again, for plans that are to be run once per response type. */
const everyResponseType = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'];
const perResponseType = (first, ids) => everyResponseType.map((response_type, index) => ({
    variant: { response_type }, ids: index === 0 ? words(first, ids) : words(ids),
}));

const fapi = words(`
    ensure-token-endpoint-fails-with-expired-auth-code par-attempt-to-use-expired-request_uri discovery-end-point-verification happy-flow user-rejects-authentication ensure-authorization-request-without-state-success
    ensure-authorization-request-without-nonce-success ensure-authorization-request-with-64-char-nonce-success ensure-other-scope-order-succeeds
    test-claims-parameter-identity-claims access-token-type-header-case-sensitivity
    ensure-different-nonce-inside-and-outside-request-object ensure-different-state-inside-and-outside-request-object
    ensure-authorization-request-with-long-nonce ensure-authorization-request-with-long-state ensure-request-object-without-redirect-uri-fails
    state-only-outside-request-object-not-used ensure-registered-redirect-uri plain-fapi-tolerate-unregistered-redirect-uri
    ensure-unsigned-authorization-request-without-using-par-fails ensure-redirect-uri-in-authorization-request
    ensure-response-type-code-idtoken-fails ensure-response-type-token-fails test-essential-acr-sca-claim
    ensure-client-id-in-token-endpoint ensure-holder-of-key-required ensure-authorization-code-is-bound-to-client
    attempt-reuse-authorization-code-after-one-second refresh-token
    par-ensure-reused-request-uri-prior-to-auth-completion-succeeds par-attempt-reuse-request_uri
    par-attempt-to-use-request_uri-for-different-client par-authorization-request-containing-request_uri-form-param
    par-attempt-invalid-http-method par-without-duplicate-parameters par-ensure-pkce-required par-plain-pkce-rejected
    ensure-pkce-code-verifier-required incorrect-pkce-code-verifier-rejected`);
/** Where clients prove themselves by assertions. */
const fapiAssertions = words(`
    ensure-signed-client-assertion-with-RS256-fails ensure-client-assertion-in-token-endpoint
    ensure-client-assertion-with-exp-is-5-minutes-in-past-fails ensure-client-assertion-with-wrong-aud-fails ensure-client-assertion-with-no-sub-fails
    par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted
    par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails par-test-array-as-audience-fails
    par-test-par-endpoint-url-as-audience-fails par-test-token-endpoint-url-as-audience-fails`);
const fapiDpop = words(`
    check-dpop-proof-nbf-exp ensure-dpopproof-with-iat-10seconds-before-succeeds ensure-dpopproof-with-iat-10seconds-after-succeeds
    ensure-mismatched-dpop-jkt-fails ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt
    ensure-token-endpoint-fails-with-mismatched-dpop-jkt ensure-dpopproof-at-par-endpoint-binding-success
    ensure-dpop-auth-code-binding-success dpop-negative-tests`);
const fapiSigned = words(`
    ensure-request-object-with-multiple-aud-succeeds ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted
    ensure-request-object-without-exp-fails ensure-request-object-without-nbf-fails ensure-expired-request-object-fails
    ensure-request-object-with-bad-aud-fails ensure-request-object-with-exp-over-60-fails ensure-request-object-with-nbf-over-60-fails
    ensure-signed-request-object-with-RS256-fails ensure-request-object-signature-algorithm-is-not-none
    ensure-request-object-with-invalid-signature-fails ensure-matching-key-in-authorization-request
    ensure-unsigned-request-at-par-endpoint-fails par-authorization-request-containing-request_uri`);
const fapiIds = (...lists) => lists.flat().map((id) => `fapi2-security-profile-final-${id}`);

/** Those of the FAPI-CIBA plan that are no one country's. */
const ciba = words(`
    discovery-end-point-verification user-rejects-authentication multiple-call-to-token-endpoint auth-req-id-expired
    ensure-authorization-request-with-binding-message-succeeds ensure-other-scope-order-succeeds ensure-requested-expiry-as-string-succeeds
    ensure-authorization-request-with-potentially-bad-binding-message ensure-request-object-missing-aud-fails ensure-request-object-bad-aud-fails
    ensure-request-object-missing-iss-fails ensure-request-object-bad-iss-fails ensure-request-object-missing-exp-fails
    ensure-request-object-expired-exp-fails ensure-request-object-exp-is-70-minutes-in-future-fails ensure-request-object-missing-iat-fails
    ensure-request-object-missing-nbf-fails ensure-request-object-nbf-is-10-minutes-in-future-fails
    ensure-request-object-nbf-is-70-minutes-in-past-fails ensure-request-object-missing-jti-fails
    ensure-request-object-signature-algorithm-is-none-fails ensure-request-object-signature-algorithm-is-bad-fails
    ensure-request-object-signature-algorithm-is-RS256-fails ensure-request-object-signed-by-other-client-fails
    ensure-authorization-request-with-multiple-hints-fails ensure-wrong-auth-req-id-in-token-endpoint-request
    ensure-unsigned-backchannel-authorization-request-fails refresh-token ensure-mtls-holder-of-key-required`);
const cibaMtls = words(`
    ensure-different-client-id-and-issuer-in-backchannel-authorization-request ensure-wrong-client-id-in-token-endpoint-request
    ensure-wrong-client-id-in-backchannel-authorization-request`);
const cibaAssertions = words(`
    ensure-without-client-assertion-in-token-endpoint-request ensure-without-client-assertion-in-backchannel-authorization-request
    ensure-client-assertion-signature-algorithm-in-backchannel-authorization-request-is-RS256-fails
    ensure-client-assertion-signature-algorithm-in-token-endpoint-request-is-RS256-fails
    ensure-client-assertion-with-iss-aud-to-token-endpoint-succeeds`);
const cibaPing = words(`
    ping-backchannel-notification-endpoint-response-has-body ping-backchannel-notification-endpoint-response-401
    ping-backchannel-notification-endpoint-response-403 ping-backchannel-notification-endpoint-return-redirect-request
    ping-with-mtls-ciba-notification-endpoint-response-401-and-require-server-does-not-retry`);
const cibaIds = (...lists) => ['fapi-ciba-id1', ...lists.flat().map((id) => `fapi-ciba-id1-${id}`)];

const lacks = (...members) => (metadata) => members.find((member) => !metadata[member]);
/** Its clients prove themselves by assertions. */
const registers = (metadata) =>
    lacks('registration_endpoint')(metadata) ?? (metadata.token_endpoint_auth_methods_supported.includes('private_key_jwt') ? undefined : 'private_key_jwt');

/**
 * { name, suite, runs: [{ variant, ids }], needs }. `suite` names the file of modules/ that has them. `needs(metadata)` gives what discovery
 * does not offer, or nothing: a module of a plan that needs it is skipped with that reason.
 */
export const plans = [
    ...Object.keys(byResponseType).map((name) => ({ name, suite: 'core', runs: runsOf(name) })),
    ...Object.keys(byResponseType).map((name) => ({ name: `Form Post ${name}`, suite: 'core', runs: runsOf(name, { response_mode: 'form_post' }) })),
    { name: 'Config', suite: 'discovery', runs: [{ ids: words('oidcc-discovery-endpoint-verification') }] },
    {
        name: 'Dynamic', suite: 'dynamic', needs: registers,
        runs: [{
            variant: { response_type: 'code' },
            ids: words(`
                oidcc-refresh-token-rp-key-rotation oidcc-server oidcc-idtoken-unsigned oidcc-idtoken-rs256 oidcc-userinfo-rs256 oidcc-discovery-endpoint-verification
                oidcc-ensure-redirect-uri-in-authorization-request oidcc-redirect-uri-query-OK oidcc-redirect-uri-query-mismatch
                oidcc-redirect-uri-query-added oidcc-redirect-uri-regfrag oidcc-registration-logo-uri oidcc-registration-policy-uri
                oidcc-registration-tos-uri oidcc-registration-jwks-uri oidcc-registration-sector-uri oidcc-registration-sector-bad
                oidcc-server-rotate-keys oidcc-refresh-token oidcc-request-uri-unsigned
                oidcc-request-uri-signed-rs256 oidcc-ensure-request-object-with-redirect-uri oidcc-ensure-client-assertion-with-iss-aud-succeeds`),
        }],
    },
    {
        name: 'Third-party-initiated login', suite: 'dynamic', needs: registers,
        runs: [{ ids: words('oidcc-3rd_party-init-login oidcc-3rd_party-init-login-nohttps') }],
    },
    {
        name: 'RP-initiated logout', suite: 'logout',
        runs: perResponseType('oidcc-rp-initiated-logout-discovery-endpoint-verification', ['',
            '-no-state', '-no-params', '-only-state', '-no-post-logout-redirect-uri', '-bad-post-logout-redirect-uri',
            '-query-added-to-post-logout-redirect-uri', '-no-id-token-hint', '-modified-id-token-hint', '-bad-id-token-hint',
        ].map((end) => `oidcc-rp-initiated-logout${end}`).join(' ')),
    },
    {
        name: 'Session management', suite: 'logout', needs: lacks('check_session_iframe'),
        runs: perResponseType('oidcc-session-management-discovery-endpoint-verification', 'oidcc-session-management-rp-initiated-logout'),
    },
    {
        name: 'Front-channel logout', suite: 'logout', needs: lacks('frontchannel_logout_supported'),
        runs: perResponseType('oidcc-frontchannel-logout-discovery-endpoint-verification', 'oidcc-frontchannel-rp-initiated-logout'),
    },
    {
        name: 'Back-channel logout', suite: 'logout', needs: lacks('backchannel_logout_supported'),
        runs: perResponseType('oidcc-backchannel-logout-discovery-endpoint-verification', 'oidcc-backchannel-rp-initiated-logout'),
    },
    {
        name: 'FAPI 2.0 Security Profile', suite: 'fapi2', needs: lacks('pushed_authorization_request_endpoint', 'dpop_signing_alg_values_supported'),
        runs: [
            { variant: { client: 'fapi' }, title: 'private_key_jwt, DPoP', ids: fapiIds(fapi, fapiAssertions, fapiDpop) },
            { variant: { client: 'fapi-mtls' }, title: 'mTLS', ids: fapiIds(fapi) },
        ],
    },
    {
        name: 'FAPI 2.0 Message Signing', suite: 'fapi2', needs: lacks('pushed_authorization_request_endpoint', 'dpop_signing_alg_values_supported'),
        runs: [{ variant: { client: 'fapi-signing' }, title: 'private_key_jwt, DPoP', ids: fapiIds(fapi, fapiAssertions, fapiDpop, fapiSigned) }],
    },
    {
        name: 'FAPI-CIBA', suite: 'ciba', needs: lacks('backchannel_authentication_endpoint'),
        runs: [
            { variant: { client: 'ciba' }, title: 'poll, private_key_jwt', ids: cibaIds(ciba, cibaAssertions) },
            { variant: { client: 'ciba-mtls' }, title: 'poll, mTLS', ids: cibaIds(ciba, cibaMtls) },
            { variant: { client: 'ciba-ping' }, title: 'ping, private_key_jwt', ids: cibaIds(ciba, cibaAssertions, cibaPing) },
        ],
    },
    {
        name: 'Identity Assurance (eKYC)', suite: 'ekyc', strong: true, needs: lacks('verified_claims_supported'),
        runs: [{
            ids: words(`
                ekyc-server-happypath ekyc-server-happypath-emptyobject ekyc-server-happypath-essentialfalse
                ekyc-server-one-claim-with-random-value-omitted ekyc-server-request-only-in-idtoken ekyc-server-request-only-in-userinfo
                ekyc-server-test-userinfo-notfoundinop ekyc-server-testbasedonuserinfo-defaults ekyc-server-testuserprovidedrequest
                ekyc-server-unknown-claim-omitted ekyc-server-unknown-claim-specialchars-omitted ekyc-server-unknown-essential-claim-omitted`),
        }],
    },
];
