// SPDX-License-Identifier: MIT
// Mistakes that somebody could make in the provider, and the module that must notice each (mutations.mjs). `edits` replace a text that stands once in
// its file; `plan` is where the module runs.

const one = (file, from, to) => [{ file, from, to }];
const fapi = (id) => `fapi2-security-profile-final-${id}`;
const [profile, signing] = ['FAPI 2.0 Security Profile', 'FAPI 2.0 Message Signing'];
const assurance = 'Identity Assurance (eKYC)';

const idToken = 'oidc/protocol/id_token.cpp';
const response = 'oidc/protocol/authorization_response.cpp';
const request = 'oidc/protocol/authorization_request.cpp';
const object = 'oidc/protocol/request_object.cpp';
const decide = 'idp/login/decide.cpp';
const dpop = 'oidc/protocol/dpop.cpp';
const assertion = 'oidc/protocol/client_assertion.cpp';
const code = 'oidc/grants/authorization_code.cpp';
const pushed = 'oidc/endpoints/pushed_authorization_request.cpp';

export const mutations = [
    // ID Token
    { what: 'nonce dropped', test: 'oidcc-server', plan: 'Basic', edits: one(idToken, 'if (token.nonce) json', 'if (token.nonce && false) json') },
    { what: 'aud is the issuer', test: 'oidcc-server', plan: 'Basic', edits: one(idToken, '.member("aud", token.aud);', '.member("aud", token.iss);') },
    { what: 'iss with a slash', test: 'oidcc-server', plan: 'Basic', edits: one(idToken, 'json.member("iss", token.iss)', 'json.member("iss", std::string(token.iss) + "/")') },
    { what: 'sid left out', test: 'oidcc-backchannel-rp-initiated-logout', plan: 'Back-channel logout', edits: one(idToken, 'if (!token.sid.empty()) json', 'if (false) json') },
    { what: 'at_hash and c_hash are a quarter of the hash', test: 'oidcc-server', plan: 'Implicit', edits: one('oidc/jose/hash_claim.cpp', 'bytes / 2', 'bytes / 4') },
    { what: 'c_hash left out', test: 'oidcc-server', plan: 'Hybrid', edits: one('oidc/grants/issue.cpp', 'if (!code.empty()) token.c_hash', 'if (code.empty()) token.c_hash') },
    { what: 'claims of scopes in the ID token', test: 'oidcc-scope-profile', plan: 'Basic', edits: one('oidc/grants/issue.cpp', 'only_id_token ? tokens.scope : std::vector<std::string>(),', 'only_id_token ? tokens.scope : tokens.scope,') },

    // Authorization response
    { what: 'iss missing from the response', test: 'oidcc-server', plan: 'Basic', edits: one(response, `    fields.emplace_back("iss", issuer);
    if (!response.session_state.empty())`, `    static_cast<void>(issuer);
    if (!response.session_state.empty())`) },
    { what: 'state missing from errors', test: 'oidcc-prompt-none-not-logged-in', plan: 'Basic', edits: one(response, `refusal.description);
    if (request.state) fields`, `refusal.description);
    if (false) fields`) },
    { what: 'tokens in the query', test: 'oidcc-server', plan: 'Implicit', edits: one('oidc/protocol/response_mode.cpp', '{response_type.gives_tokens() ? ResponseMode::fragment', '{response_type.gives_tokens() && false ? ResponseMode::fragment') },
    { what: 'form_post answered by a redirect', test: 'oidcc-server', plan: 'Form Post Basic', edits: one('oidc/protocol/response_mode.cpp', 'name == "fragment" ? ResponseMode::fragment : ResponseMode::form_post', 'name == "fragment" ? ResponseMode::fragment : ResponseMode::query') },
    { what: 'no-store missing', test: 'oidcc-server', plan: 'Basic', edits: one('oidc/protocol/token_response.cpp', 'response.headers.set("Cache-Control", "no-store");', 'response.headers.set("Cache-Control", "private");') },

    // Authorization request
    { what: 'redirect_uri compared by its beginning', test: 'oidcc-ensure-registered-redirect-uri', plan: 'Basic', edits: one('oidc/protocol/redirect_uri.cpp', 'std::ranges::find(client.redirect_uris, redirect_uri) != client.redirect_uris.end() ||', 'std::ranges::any_of(client.redirect_uris, [&](auto const& own) { return redirect_uri.starts_with(own); }) ||') },
    { what: 'post_logout_redirect_uri compared by its beginning', test: 'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', plan: 'RP-initiated logout', edits: one('oidc/protocol/redirect_uri.cpp', 'if (!contains(client.post_logout_redirect_uris, uri)) return std::nullopt;', 'if (std::ranges::none_of(client.post_logout_redirect_uris, [&](auto const& own) { return uri.starts_with(own); })) return std::nullopt;') },
    { what: 'nonce optional where an ID token comes by the browser', test: 'oidcc-ensure-request-without-nonce-fails', plan: 'Implicit', edits: one(request, 'if (request.response_type.id_token && !request.nonce)', 'if (false)') },
    { what: 'prompt=login ignored', test: 'oidcc-prompt-login', plan: 'Basic', edits: one('oidc/protocol/prompt.cpp', 'if (word == "login") prompt.login = true;', '') },
    { what: 'max_age ignored', test: 'oidcc-max-age-1', plan: 'Basic', edits: one('oidc/protocol/max_age.cpp', 'return std::optional(seconds(number));', 'return client.default_max_age;') },
    { what: 'prompt=none shows a login', test: 'oidcc-prompt-none-not-logged-in', plan: 'Basic', edits: one(decide, 'if (request.prompt.none) return refuse(OAuthError::login_required', 'if (false) return refuse(OAuthError::login_required') },
    { what: "somebody else's id_token_hint taken", test: 'oidcc-id-token-hint', plan: 'Basic', edits: one(decide, 'return !request.hinted_subject || standing.subject == *request.hinted_subject;', 'return !request.hinted_subject || !standing.subject.empty();') },
    { what: 'request object not read', test: 'oidcc-ensure-request-object-with-redirect-uri', plan: 'Basic', edits: one(request, 'if (request_object.empty()) return std::optional<ParsedForm>();', 'if (!request_object.empty() || true) return std::optional<ParsedForm>();') },
    { what: 'alg none taken', test: 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', plan: 'Basic', edits: [
        { file: 'oidc/jose/jws.cpp', from: '!payload->empty() && !signature->empty();', to: '!payload->empty();' },
        { file: 'oidc/jose/jws.cpp', from: 'auto const algorithm = find_algorithm(*name);', to: 'auto const algorithm = find_algorithm(*name == "none" ? "HS256" : *name);' },
        { file: 'oidc/jose/jws.cpp', from: `    if (!key.verify(algorithm_, signing_input_, signature_))
        return Error(`, to: `    if (!signature_.empty() && !key.verify(algorithm_, signing_input_, signature_))
        return Error(` },
    ] },

    // Token endpoint
    { what: 'code redeemed twice', test: 'oidcc-codereuse', plan: 'Basic', edits: [
        { file: code, from: 'if (grant.redeemed_at) return revoke_reused', to: 'if (grant.redeemed_at && false) return revoke_reused' },
        { file: 'storage/grants.cpp', from: 'WHERE id = ? AND redeemed_at IS NULL "', to: 'WHERE id = ? "' },
    ] },
    { what: 'tokens live on after their code came again', test: 'oidcc-codereuse', plan: 'Basic', edits: one(code, 'if (grant.redeemed_at) return revoke_reused(request, grant, AuditKind::code_reused);', 'if (grant.redeemed_at) return invalid_grant("used before");') },
    { what: "another client's refresh token taken", test: 'oidcc-refresh-token', plan: 'Basic', edits: one('oidc/grants/refresh_token.cpp', 'if ((*found)->grant.client_id != request.client.client_id)', 'if (false)') },
    { what: "another client's code taken", test: fapi('ensure-authorization-code-is-bound-to-client'), plan: profile, edits: one(code, 'if (grant.client_id != request.client.client_id) return', 'if (false) return') },
    { what: 'PKCE not checked', test: fapi('incorrect-pkce-code-verifier-rejected'), plan: profile, edits: one('oidc/protocol/pkce.cpp', 'if (!equal_in_constant_time(encode_base64url(sha256(*code_verifier)), *code_challenge))', 'if (code_challenge->empty())') },
    { what: 'code_verifier optional', test: fapi('ensure-pkce-code-verifier-required'), plan: profile, edits: one('oidc/protocol/pkce.cpp', 'if (!code_verifier) return bad_grant("no verifier");', 'if (!code_verifier) return {};') },
    { what: 'codes live for ten minutes', test: fapi('ensure-token-endpoint-fails-with-expired-auth-code'), plan: profile, edits: [
        { file: 'idp/app.cpp', from: '.code = configuration_.limits.authorization_code_lifetime', to: '.code = 10 * configuration_.limits.authorization_code_lifetime' },
        { file: 'oidc/protocol/client_profile.cpp', from: 'fapi_code_lifetime{60}', to: 'fapi_code_lifetime{600}' },
    ] },

    // Client authentication
    { what: 'aud of an assertion may be a list', test: fapi('par-test-array-as-audience-fails'), plan: profile, edits: one(assertion, 'jose::AudienceForm::one_text', 'jose::AudienceForm::text_or_members') },
    { what: 'aud of an assertion may be an endpoint', test: fapi('par-test-token-endpoint-url-as-audience-fails'), plan: profile, edits: one(assertion, 'if (!client.strict_assertion_audience)', 'if (true)') },
    { what: 'assertion without sub', test: fapi('ensure-client-assertion-with-no-sub-fails'), plan: profile, edits: [
        { file: assertion, from: 'if (find_string(claims, "sub") != client.client_id)', to: 'if (claims.contains("sub") && find_string(claims, "sub") != client.client_id)' },
        { file: assertion, from: 'jose::find_unverified_claim(*token, "sub", limits)', to: 'jose::find_unverified_claim(*token, "iss", limits)' },
    ] },
    { what: 'RS256 for FAPI clients', test: fapi('ensure-signed-client-assertion-with-RS256-fails'), plan: profile, edits: one(assertion, 'return is_fapi(client.profile) ? fapi_algorithms : jose::asymmetric_algorithms;', 'return jose::asymmetric_algorithms;') },

    // Pushed and signed requests
    { what: "another client's request_uri taken", test: fapi('par-attempt-to-use-request_uri-for-different-client'), plan: profile, edits: [
        { file: pushed, from: 'if (row.client_id != client->client_id) return', to: 'if (false) return' },
        { file: pushed, from: 'request->redirect_uri.text()); !still)', to: 'request->redirect_uri.text()); !still && false)' },
    ] },
    { what: 'request_uri without end', test: fapi('par-attempt-to-use-expired-request_uri'), plan: profile, edits: one(pushed, 'if (!is_within(row.created_at, row.valid_until, now)) return', 'if (row.created_at > now) return') },
    { what: 'FAPI requests need not be pushed', test: fapi('ensure-unsigned-authorization-request-without-using-par-fails'), plan: profile, edits: one(request, 'if (must_push && !context.pushed)', 'if (false && must_push)') },
    { what: 'expired request object taken', test: fapi('ensure-expired-request-object-fails'), plan: signing, edits: one(object, 'lifetime.longest_remaining = context.limits.request_object_lifetime;', 'lifetime.longest_remaining = context.limits.request_object_lifetime; lifetime.refuse_expired = false;') },
    { what: 'aud of request objects ignored', test: fapi('ensure-request-object-with-bad-aud-fails'), plan: signing, edits: one(object, 'if (rules.strict || claims.contains("aud"))', 'if (false)') },
    { what: 'nbf of request objects ignored', test: fapi('ensure-request-object-without-nbf-fails'), plan: signing, edits: one(object, 'if (rules.strict) lifetime.longest_from_nbf', 'if (false) lifetime.longest_from_nbf') },
    { what: 'signed answers without aud', test: fapi('happy-flow'), plan: signing, edits: one('oidc/protocol/response_jwt.cpp', '.member("aud", client_id)', '.member("azp", client_id)') },

    // DPoP
    { what: 'ath of proofs ignored', test: fapi('dpop-negative-tests'), plan: profile, edits: one(dpop, 'if (context.access_token &&', 'if (context.access_token && claims.contains("surely") &&') },
    { what: 'htu of proofs ignored', test: fapi('dpop-negative-tests'), plan: profile, edits: one(dpop, 'return normalized(url) == claimed;', 'return !normalized(url).empty();') },
    { what: 'tokens not bound to the key', test: fapi('happy-flow'), plan: profile, edits: one('oidc/endpoints/access_token.cpp', 'if (!bound.is_met_by(possession.shown))', 'if (false)') },
    { what: 'bound tokens taken as bearer tokens', test: fapi('happy-flow'), plan: profile, edits: [
        { file: 'oidc/endpoints/access_token.cpp', from: 'if (by_dpop == bound.jkt.empty()) {', to: 'if (false) {' },
        { file: 'oidc/endpoints/access_token.cpp', from: 'if (!bound.is_met_by(possession.shown))', to: 'if (by_dpop && !bound.is_met_by(possession.shown))' },
    ] },

    // Logout
    { what: 'logout token with a nonce', test: 'oidcc-backchannel-rp-initiated-logout', plan: 'Back-channel logout', edits: one('oidc/protocol/logout_token.cpp', 'json.member("jti", token.jti);', 'json.member("jti", token.jti).member("nonce", token.jti);') },
    { what: 'logout token whose event is null', test: 'oidcc-backchannel-rp-initiated-logout', plan: 'Back-channel logout', edits: one('oidc/protocol/logout_token.cpp', '{event, boost::json::object()}', '{event, nullptr}') },
    { what: 'logout without asking, whatever the hint', test: 'oidcc-rp-initiated-logout-bad-id-token-hint', plan: 'RP-initiated logout', edits: one('idp/login/logout.cpp', 'if (!client || ending.hinted_subject.empty()) return false;', 'if (!client || ending.hinted_subject.empty()) return true;') },

    // Verified claims
    { what: 'verified claim of another value released', test: 'ekyc-server-one-claim-with-random-value-omitted', plan: assurance, edits: one('oidc/protocol/verified_claims.cpp', 'if (value && meets(claim.value(), *value, now)) selected', 'if (value && (true || meets(claim.value(), *value, now))) selected') },
    { what: 'verified claims of the ID Token shown by userinfo', test: 'ekyc-server-request-only-in-idtoken', plan: assurance, edits: one('oidc/endpoints/userinfo.cpp', 'body->userinfo_verified);', 'body->id_token_verified);') },
    { what: 'demand on the verification ignored', test: 'ekyc-server-test-userinfo-notfoundinop', plan: assurance, edits: one('oidc/protocol/verified_claims.cpp', 'if (!part) return std::nullopt;', 'if (!part) continue;') },

    // Discovery
    { what: 'none offered', test: 'oidcc-discovery-endpoint-verification', plan: 'Config', edits: one('oidc/protocol/provider_metadata.cpp', 'json.member("subject_types_supported", Words{"public", "pairwise"});', 'json.member("subject_types_supported", Words{"public", "none"});') },
];
