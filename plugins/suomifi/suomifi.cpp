// SPDX-License-Identifier: MIT
// Strong identification by Suomi.fi. This file puts the parts together; the way back from Suomi.fi,
// where all the care is, is assertion_consumer_service.cpp.
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/suomifi/assertion_consumer_service.hpp"
#include "plugins/suomifi/entity_descriptor.hpp"
#include "plugins/suomifi/texts.hpp"

namespace tunnus::plugin::suomifi {
namespace {

class Suomifi final : public Plugin, private Authenticator, private RouteSource, private Job {
  public:
    explicit Suomifi(Host& host)
        : host_(host),
          library_(host.limits()),
          settings_(read_settings(host, library_)),
          service_provider_(library_, settings_.service_provider),
          consumer_(host, service_provider_, settings_),
          entity_descriptor_(make_entity_descriptor(library_, settings_)) {}

    Authenticator* authenticator() override { return this; }
    RouteSource* route_source() override { return this; }
    std::vector<Job*> jobs() override { return {this}; }

  private:
    // Authenticator
    [[nodiscard]] Assurance assurance(std::string_view acr) const override {
        return settings_.levels.assurance_of(acr);
    }
    [[nodiscard]] std::vector<std::string> acr_values() const override {
        return settings_.levels.acr_values();
    }
    [[nodiscard]] Text label() const override { return texts::method(); }
    [[nodiscard]] std::vector<ReturnPath> return_paths() const override {
        return {{Method::POST, "acs", host_.limits().saml_body_bytes, "RelayState"}};
    }
    [[nodiscard]] AuditKind rejection() const override { return AuditKind::saml_reject; }
    [[nodiscard]] Answer<Identity> begin(LoginView const& login) override;
    [[nodiscard]] Answer<Identity> resume(LoginView const& login, boost::json::object const& state,
                                          BrowserRequest const& request) override {
        return consumer_.receive(login, state, request);
    }

    // RouteSource
    [[nodiscard]] std::vector<PluginRoute> routes() override {
        return {entity_descriptor_route(entity_descriptor_)};
    }

    // Job
    [[nodiscard]] std::string name() const override { return "forget_used_assertions"; }
    [[nodiscard]] seconds interval() const override { return seconds(600); }
    [[nodiscard]] Result<> run() override { return consumer_.clean(); }

    Host& host_;
    saml::xml::Library library_;
    Settings settings_;
    saml::ServiceProvider service_provider_;
    AssertionConsumerService consumer_;
    std::string entity_descriptor_;
};

Answer<Identity> Suomifi::begin(LoginView const& login) {
    auto const now = host_.clock().now();
    if (!service_provider_.usable(now)) {
        host_.log().error("suomifi.metadata_expired");
        return Deny{Deny::Kind::unavailable, "metadata_expired", texts::unavailable()};
    }
    auto levels = settings_.levels.uris_for(login.acr_values);
    if (levels.empty())
        return Deny{Deny::Kind::refused, "level_not_offered", texts::not_completed()};
    // Levels are named only where the service demands some: otherwise the list registered in our
    // metadata applies, as the agency advises (suomifi.md 2.1).
    saml::AuthnOptions const options{
        login.login_id, login.locale, settings_.force_authn && login.fresh,
        login.acr_values.empty() ? std::vector<std::string>() : levels};
    auto const request = service_provider_.make_authn_request(options, host_.random(), now);
    return Redirect{request.url, to_state({request.id, login.login_id, now, options.force_authn,
                                           std::move(levels)})};
}

}  // namespace
}  // namespace tunnus::plugin::suomifi

TUNNUS_PLUGIN(suomifi, "1.0", tunnus::plugin::suomifi::config_schema(),
              tunnus::plugin::suomifi::migrations(),
              [](tunnus::plugin::Host& host) -> tunnus::plugin::Plugin* {
                  return new tunnus::plugin::suomifi::Suomifi(host);
              })
