// SPDX-License-Identifier: MIT
// The plugin `suomifi` on a fake host, with the fake identity provider at the other end.
#pragma once

#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"
#include "tests/saml/logout_world.hpp"

#include <string>
#include <string_view>
#include <variant>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1_suomifi();

namespace tunnus::saml::test {

/// The answer as a word: `identity`, `redirect`, or `kind: reason` of a refusal.
inline std::string word_of(plugin::Answer<plugin::Identity> const& answer) {
    if (std::holds_alternative<plugin::Identity>(answer)) return "identity";
    if (std::holds_alternative<plugin::Redirect>(answer)) return "redirect";
    auto const& deny = std::get<plugin::Deny>(answer);
    constexpr std::string_view kinds[]{"cancelled", "refused", "unavailable", "rejected"};
    return std::string(kinds[static_cast<std::size_t>(deny.kind)]) + ": " + deny.reason;
}

/// Change `host.config` before the first call of anything else.
struct SuomifiWorld {
    fakes::FakeHost host{"suomifi"};
    plugin::LoginView login;

    SuomifiWorld() {
        auto const& idp = fake_idp();
        host.files = {{"idp.pem", idp.signing.certificate_pem()},
                      {"sp.pem", idp.sp.certificate_pem()},
                      {"older.pem", idp.sp_older.certificate_pem()}};
        host.secrets = {{"sp.key", idp.sp.private_pem()},
                        {"older.key", idp.sp_older.private_pem()}};
        host.config = {
            {"entity_id", sp_entity_id},
            {"idp",
             {{"entity_id", idp_entity_id},
              {"sso_url", idp_sso_url},
              {"slo_url", logout_idp_slo_url},
              {"certificate_files", {"idp.pem"}}}},
            {"signing", {{"key", {{"file", "sp.key"}}}, {"certificate_file", "sp.pem"}}}};
        login.login_id = "login-id-of-22-letters";
        login.event_id = "event-1";
        login.request_id = "request-1";
        login.locale = "fi";
        login.service.client_id = "service";
    }

    plugin::Plugin& plugin() {
        if (made_ == nullptr) made_ = host.create(*tunnus_plugin_v1_suomifi());
        return *made_;
    }
    plugin::Redirect begin() {
        return std::get<plugin::Redirect>(plugin().authenticator()->begin(login));
    }
    static plugin::BrowserRequest post(std::string_view xml, std::string_view relay_state) {
        plugin::BrowserRequest request;
        request.method = Method::POST;
        request.path = "acs";
        request.media_type = "application/x-www-form-urlencoded";
        request.form = posted(xml, relay_state);
        return request;
    }
    /// What Suomi.fi would send in answer to this request.
    static std::string answer_to(plugin::Redirect const& sent, Message message = {}) {
        message.request_id = sent.state.at("request_id").as_string();
        return fake_idp().response(message);
    }
    plugin::Answer<plugin::Identity> resume(plugin::Redirect const& sent, std::string_view xml) {
        return plugin().authenticator()->resume(
            login, sent.state,
            post(xml, std::string_view(sent.state.at("relay_state").as_string())));
    }
    /// One login from begin to end.
    plugin::Answer<plugin::Identity> log_in(Message const& message = {}) {
        auto const sent = begin();
        return resume(sent, answer_to(sent, message));
    }

  private:
    plugin::Plugin* made_ = nullptr;
};

}  // namespace tunnus::saml::test
