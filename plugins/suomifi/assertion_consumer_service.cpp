// SPDX-License-Identifier: MIT
#include "plugins/suomifi/assertion_consumer_service.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/redact.hpp"

namespace tunnus::plugin::suomifi {
namespace {

constexpr std::size_t max_detail_bytes = 80;  // they are a few words

/// What single logout will have to name (suomifi.md 2.4).
boost::json::object logout_of(saml::AuthenticatedSubject const& subject) {
    return {{"name_id", subject.name_id.value},
            {"name_qualifier", subject.name_id.name_qualifier},
            {"sp_name_qualifier", subject.name_id.sp_name_qualifier},
            {"name_id_format", subject.name_id.format},
            {"session_index", subject.session_index},
            {"proof", Proofs::name_of(subject)}};
}

}  // namespace

boost::json::object to_state(saml::PendingRequest const& pending) {
    boost::json::array levels(pending.acceptable_levels.begin(), pending.acceptable_levels.end());
    return {{"request_id", pending.id},
            {"relay_state", pending.relay_state},
            {"issued_at", to_unix_ms(pending.issued_at)},
            {"force_authn", pending.force_authn},
            {"levels", std::move(levels)}};
}

saml::PendingRequest from_state(boost::json::object const& state) {
    saml::PendingRequest pending{std::string(state.at("request_id").as_string()),
                                 std::string(state.at("relay_state").as_string()),
                                 from_unix_ms(state.at("issued_at").as_int64()),
                                 state.at("force_authn").as_bool(),
                                 {}};
    for (auto const& level : state.at("levels").as_array())
        pending.acceptable_levels.emplace_back(level.as_string());
    return pending;
}

Answer<Identity> AssertionConsumerService::receive(LoginView const& login,
                                                   boost::json::object const& state,
                                                   BrowserRequest const& request) {
    Received const received{login, request, from_state(state)};
    if (request.method != Method::POST || request.path != "acs" ||
        request.media_type != "application/x-www-form-urlencoded")
        return reject(received, "not_a_form_post");
    auto const provider = idp_.current();
    if (!provider) return reject(received, saml::to_string(saml::Reason::metadata_expired));
    auto const outcome =
        provider->read_response(request.form, received.pending, host_.clock().now());
    if (auto const* subject = std::get_if<saml::AuthenticatedSubject>(&outcome))
        return accept(received, *subject);
    if (auto const* ended = std::get_if<saml::NotCompleted>(&outcome))
        return not_completed(ended->status);
    auto const& rejected = std::get<saml::Rejected>(outcome);
    return reject(received, saml::to_string(rejected.reason), rejected.detail);
}

Answer<Identity> AssertionConsumerService::accept(Received const& received,
                                                  saml::AuthenticatedSubject const& subject) {
    auto const* level = family_.settings.levels.find(subject.level);
    if (level == nullptr)  // the configuration has changed under the login
        return reject(received, saml::to_string(saml::Reason::wrong_level));
    auto person = family_.read_person(subject, *level);
    auto const no_storage = [&](Error const& error) {
        host_.log().error("saml.proof_not_stored", {{"error", error.code.message()}});
        return Deny{Deny::Kind::unavailable, "storage", family_.words.unavailable};
    };
    if (!person) {
        if (auto const kept = proofs_.remember(subject); !kept) return no_storage(kept.error());
        return reject(received, saml::to_string(saml::reason_of(person.error())),
                      person.error().detail);
    }
    // Last, so that a message which is refused for anything else uses no request up.
    auto const used_up = proofs_.use_up(received.pending.id, subject);
    if (!used_up) return no_storage(used_up.error());
    if (!*used_up) return reject(received, saml::to_string(saml::Reason::replayed));

    Identity identity;
    identity.subject = std::move(person->subject);
    identity.acr = level->acr;
    auto& method = person->method_reference;
    identity.amr = {method.empty() ? family_.method_reference : method};
    identity.attributes = std::move(person->attributes);
    identity.logout = logout_of(subject);
    identity.authenticated_at = std::min(subject.authn_instant, host_.clock().now());
    return identity;
}

Deny AssertionConsumerService::reject(Received const& received, std::string_view reason,
                                      std::string_view detail) {
    auto const shown = redact(detail, max_detail_bytes);
    host_.log().warning(
        "saml.rejected",
        {{"reason", reason}, {"detail", shown}, {"event_id", received.login.event_id}});
    return {Deny::Kind::rejected,
            std::string(reason),
            family_.words.rejected,
            {{"detail", shown}, {"saml_request_id", received.pending.id}}};
}

Deny AssertionConsumerService::not_completed(saml::Status const& status) const {
    // AuthnFailed: the person turned back, refused to release data, or the population register said
    // no; Suomi.fi does not tell which (suomifi.md 2.3).
    if (status.second == saml::status_code::authn_failed)
        return {Deny::Kind::cancelled, "authn_failed", family_.words.cancelled};
    if (status.second == saml::status_code::no_authn_context)
        return {Deny::Kind::refused, "no_authn_context", family_.words.level_not_met};
    if (status.second == saml::status_code::no_passive)
        return {Deny::Kind::refused, "no_passive", family_.words.passive};
    if (status.second == saml::status_code::request_denied)
        return {Deny::Kind::refused, "request_denied", family_.words.not_taken};
    return {Deny::Kind::refused, "not_completed", family_.words.not_completed};
}

}  // namespace tunnus::plugin::suomifi
