// SPDX-License-Identifier: MIT
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/grants/live_token.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/validity.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::oidc {
namespace {

Checked<LiveRefreshToken> check_token(GrantRequest const& request, storage::RefreshAndGrant found) {
    auto live = judge(request.provider, std::move(found), request.form.get("scope"), request.now);
    if (live && !live->bound.is_met_by(request.shown))
        return invalid_grant("bound to another key or certificate");
    return live;
}

/// Asked again, this request finds what the other one answered, or that the grant has ended.
Refusal rotated_meanwhile() {
    return {OAuthError::temporarily_unavailable, "the token is being rotated; ask again", {}};
}

constexpr std::string_view sealed_column = "refresh_answers.sealed";

/// What the answer depends on beside the token.
std::string asked_for(GrantRequest const& request) {
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    for (auto const& [name, value] : request.form.fields())
        if (name == "scope" || name == "resource" || name == "authorization_details")
            fields.emplace_back(name, value);
    return build_form(fields);
}

/// Under the replaced token itself, so that nobody without it reads its successor in storage.
std::string seal_answer(GrantRequest const& request, HttpResponse const& answer) {
    JsonWriter json(answer.body.size() + 128);
    json.member("asked_for", asked_for(request)).member("answer", answer.body);
    Sealer const sealer{Secret(std::string(request.form.get("refresh_token")))};
    return sealer.seal(sealed_column, std::move(json).finish(), request.provider.random);
}

Checked<HttpResponse> open_answer(GrantRequest const& request, storage::RefreshAnswer const& answer,
                                  TimePoint answered_at) {
    Sealer const sealer{Secret(std::string(request.form.get("refresh_token")))};
    auto const plain = sealer.open(sealed_column, answer.sealed);
    if (!plain) return server_error(plain.error().text());
    auto const kept = parse_json_object(*plain);
    if (!kept) return server_error(kept.error().text());
    if (find_string(*kept, "asked_for") != asked_for(request))
        return invalid_grant("another request than that of the rotation");
    auto tokens = parse_json_object(find_string(*kept, "answer").value_or(""));
    if (!tokens) return server_error(tokens.error().text());
    auto const gone = std::chrono::floor<seconds>(request.now - answered_at).count();
    auto& expires_in = tokens->at("expires_in");
    expires_in = std::max<std::int64_t>(expires_in.to_number<std::int64_t>() - gone, 0);
    auto response = json_response(200, boost::json::serialize(*tokens));
    forbid_storing(response);
    return response;
}

/// A replaced token that comes again: the same answer while its successor is fresh and unused, for
/// a client whose other window, or whose first try on a bad line, rotated it. Else it was stolen.
Checked<Outcome> answer_again(GrantRequest const& request, storage::RefreshAndGrant used) {
    auto const used_at = *used.token.used_at;
    auto const found = request.provider.grants.find_refresh_answer(used.token.id);
    if (!found) return server_error(found.error().text());
    if (!*found || !is_within(used_at, (*found)->expires_at, request.now))
        return revoke_reused(request, used.grant, AuditKind::refresh_reuse);
    auto const live = check_token(request, std::move(used));
    if (!live) return live.error();
    auto answer = open_answer(request, **found, used_at);
    if (!answer) return answer.error();
    return Outcome(std::move(*answer));
}

/// The client keeps its token: no answer that is lost on the way can cost it the grant.
Outcome use_again(GrantRequest const& request, storage::RefreshToken const& token,
                  storage::Grant const& grant, std::optional<storage::AccessToken> access_token,
                  TokenResponse const& tokens) {
    storage::UseRefreshToken use;
    use.id = token.id;
    use.grant_id = grant.id;
    use.now = request.now;
    use.expires_at = refresh_token_end(request, grant);
    use.access_token = std::move(access_token);
    use.audit = audit_event(request, AuditKind::token_refreshed, grant.user_id);
    return PendingCommit{storage::use_refresh_token(use, request.provider.random),
                         token_response(tokens),
                         token_error(invalid_grant("revoked meanwhile"), request.http)};
}

}  // namespace

Checked<Outcome> refresh(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto const text = request.form.get("refresh_token");
    if (text.empty()) return Refusal{OAuthError::invalid_request, "refresh_token is missing", {}};
    auto const bearer = storage::parse_bearer(text);
    if (!bearer) return invalid_grant("not a refresh token of ours");
    auto found = read_once(request.before->refresh_token,
                           [&] { return provider.grants.find_refresh_token(*bearer); });
    if (!found) return server_error(found.error().text());
    if (!*found) return invalid_grant("unknown refresh token");
    if ((*found)->grant.client_id != request.client.client_id)
        return invalid_grant("another client's token");
    if ((*found)->token.used_at) return answer_again(request, std::move(**found));
    auto const live = check_token(request, std::move(**found));
    if (!live) return live.error();
    auto const& [token, grant, body, scope, bound] = *live;
    auto const purpose = purpose_within(request, body);
    if (!purpose) return purpose.error();
    auto const ended = token_error(invalid_grant("the mandate has ended"), request.http);
    if (auto no = check_mandate(request, grant, body, ended)) return std::move(*no);

    TokenResponse tokens;
    Issuing issuing(request);
    issuing.mandate_checked_at = request.now;
    auto access_token = add_access_token(issuing, &grant, scope, *purpose, tokens);
    if (!access_token) return access_token.error();
    storage::RefreshToken successor;
    bool const rotates = profile_rotates_refresh_tokens(request.client.profile);
    if (rotates) successor = add_refresh_token(request, grant, tokens);
    // OpenID Connect Core §12.2: auth_time and acr stay those of the login; no nonce.
    if (auto const added = add_id_token(issuing, grant, body, std::nullopt, tokens); !added)
        return added.error();
    if (!rotates) return use_again(request, token, grant, std::move(*access_token), tokens);

    auto answer = token_response(tokens);
    storage::RotateRefreshToken rotation;
    rotation.used_id = token.id;
    rotation.grant_id = grant.id;
    rotation.now = request.now;
    rotation.access_token = std::move(*access_token);
    rotation.successor = std::move(successor);
    rotation.answer =
        storage::RefreshAnswer{token.id, rotation.successor.id, seal_answer(request, answer),
                               request.now + provider.limits.refresh_repeat_window};
    rotation.audit = audit_event(request, AuditKind::token_refreshed, grant.user_id);
    rotation.reuse_audit = audit_event(request, AuditKind::refresh_reuse, grant.user_id);
    return Outcome(PendingCommit{storage::rotate_refresh_token(rotation, provider.random),
                                 std::move(answer),
                                 token_error(rotated_meanwhile(), request.http)});
}

}  // namespace tunnus::oidc
