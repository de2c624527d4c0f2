// SPDX-License-Identifier: MIT
// What the grants of RFC 8628 and OpenID CIBA share: a service asks until the person has answered.
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

using storage::DecoupledRequest;

/// A question that comes a little early because the one before came late is in time.
constexpr milliseconds jitter = std::chrono::seconds(1);
/// RFC 8628 §3.5: from now on, so much longer.
constexpr seconds slower{5};

enum class Kind { device, ciba };

Refusal refused(OAuthError error, std::string description) {
    return {error, std::move(description), {}};
}

Outcome not_yet(GrantRequest const& request, DecoupledRequest const& asked) {
    bool const too_early =
        asked.asked_at && request.now < *asked.asked_at + asked.interval - jitter;
    auto const answer = token_error(
        too_early ? refused(OAuthError::slow_down, "asked too early; wait longer each time")
                  : refused(OAuthError::authorization_pending, "the person has not answered"),
        request.http);
    auto const interval = too_early ? asked.interval + slower : asked.interval;
    return PendingCommit{storage::note_decoupled_question(asked.id, interval, request.now), answer,
                         answer};
}

Checked<Outcome> issue(GrantRequest const& request, DecoupledRequest const& asked) {
    auto const& provider = request.provider;
    auto const found =
        read_once(request.before->grant, [&] { return provider.grants.find(asked.grant_id); });
    if (!found) return server_error(found.error().text());
    if (!*found || (*found)->revoked_at) return invalid_grant("the grant was revoked");
    auto const& grant = **found;
    auto const body = GrantBody::from_json(grant.body);
    if (!body) return server_error(body.error().text());

    // The person may have answered long before the service asks.
    auto const ended = token_error(invalid_grant("the mandate has ended"), request.http);
    if (auto no = check_mandate(request, grant, *body, ended)) return std::move(*no);

    TokenResponse tokens;
    auto redemption = make_redemption(request, grant, *body, std::nullopt, tokens, request.now);
    if (!redemption) return redemption.error();
    redemption->decoupled_request = asked.id;
    return Outcome(PendingCommit{storage::redeem_code(*redemption, provider.random),
                                 token_response(tokens),
                                 token_error(invalid_grant("lost"), request.http)});
}

Checked<Outcome> redeem(GrantRequest const& request, Kind kind, std::string_view parameter) {
    auto const text = request.form.get(parameter);
    if (text.empty())
        return refused(OAuthError::invalid_request, std::string(parameter) + " is missing");
    auto const bearer = storage::parse_bearer(text);
    if (!bearer) return invalid_grant("not one of ours");
    auto const found = read_once(request.before->decoupled_request,
                                 [&] { return request.provider.decoupled_requests.find(*bearer); });
    if (!found) return server_error(found.error().text());
    if (!*found) return invalid_grant("unknown");
    auto const& asked = **found;
    bool const is_device = !asked.user_code_index.empty();
    if (asked.client_id != request.client.client_id || is_device != (kind == Kind::device))
        return invalid_grant("another client's, or of the other kind");
    if (asked.state == DecoupledRequest::State::denied)
        return refused(OAuthError::access_denied, "the person did not allow it");
    if (!is_within(asked.created_at, asked.expires_at, request.now))
        return refused(OAuthError::expired_token, "it took too long");
    if (asked.state == DecoupledRequest::State::pending) return not_yet(request, asked);
    return issue(request, asked);
}

}  // namespace

Checked<Outcome> redeem_device_code(GrantRequest const& request) {
    return redeem(request, Kind::device, "device_code");
}

Checked<Outcome> redeem_auth_req_id(GrantRequest const& request) {
    return redeem(request, Kind::ciba, "auth_req_id");
}

}  // namespace tunnus::oidc
