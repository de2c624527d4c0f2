// SPDX-License-Identifier: MIT
// Which modules each official plan runs, in which variants, and what the provider must offer first (oidc-conformance.md sections 1 and 3 to 4).

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

const lacks = (...members) => (metadata) => members.find((member) => !metadata[member]);

/**
 * { name, suite, runs: [{ variant, ids }], needs }. `suite` names the file of modules/ that has them. `needs(metadata)` gives what discovery
 * does not offer, or nothing: a module of a plan that needs it is skipped with that reason.
 */
export const plans = [
    ...Object.keys(byResponseType).map((name) => ({ name, suite: 'core', runs: runsOf(name) })),
    ...Object.keys(byResponseType).map((name) => ({ name: `Form Post ${name}`, suite: 'core', runs: runsOf(name, { response_mode: 'form_post' }) })),
    { name: 'Config', suite: 'discovery', runs: [{ ids: words('oidcc-discovery-endpoint-verification') }] },
    {
        name: 'Dynamic', suite: 'dynamic', needs: lacks('registration_endpoint'),
        runs: [{
            variant: { response_type: 'code' },
            ids: words(`
                oidcc-server oidcc-idtoken-unsigned oidcc-idtoken-rs256 oidcc-userinfo-rs256 oidcc-discovery-endpoint-verification
                oidcc-ensure-redirect-uri-in-authorization-request oidcc-redirect-uri-query-OK oidcc-redirect-uri-query-mismatch
                oidcc-redirect-uri-query-added oidcc-redirect-uri-regfrag oidcc-registration-logo-uri oidcc-registration-policy-uri
                oidcc-registration-tos-uri oidcc-registration-jwks-uri oidcc-registration-sector-uri oidcc-registration-sector-bad
                oidcc-server-rotate-keys oidcc-refresh-token oidcc-refresh-token-rp-key-rotation oidcc-request-uri-unsigned
                oidcc-request-uri-signed-rs256 oidcc-ensure-request-object-with-redirect-uri oidcc-ensure-client-assertion-with-iss-aud-succeeds`),
        }],
    },
    {
        name: 'Third-party-initiated login', suite: 'dynamic', needs: lacks('registration_endpoint'),
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
];
