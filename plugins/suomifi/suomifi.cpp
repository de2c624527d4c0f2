// SPDX-License-Identifier: MIT
// Strong identification by Suomi.fi. This file puts the parts together; the way back from Suomi.fi,
// where all the care is, is assertion_consumer_service.cpp.
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/suomifi/assertion_consumer_service.hpp"
#include "plugins/suomifi/entity_descriptor.hpp"
#include "plugins/suomifi/single_logout_service.hpp"
#include "plugins/suomifi/texts.hpp"

#include <array>
#include <functional>

namespace tunnus::plugin::suomifi {
namespace {

constexpr std::string_view plugin_name = "suomifi";
constexpr Tables tables = tables_of<plugin_name>();

/// A job of the plugin's, by what it does.
class Task final : public Job {
  public:
    Task(std::string name, seconds interval, std::function<Result<>()> work)
        : name_(std::move(name)), interval_(interval), work_(std::move(work)) {}
    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] seconds interval() const override { return interval_; }
    [[nodiscard]] Result<> run() override { return work_(); }

  private:
    std::string name_;
    seconds interval_;
    std::function<Result<>()> work_;
};

class Suomifi final : public Plugin,
                      private Authenticator,
                      private plugin::SingleLogout,
                      private RouteSource,
                      private AccountListener {
  public:
    explicit Suomifi(Host& host)
        : host_(host),
          library_(host.limits()),
          settings_(read_settings(host, library_)),
          idp_(host, library_, settings_, tables),
          proofs_(host, tables),
          consumer_(host, idp_, proofs_, settings_),
          logout_(host, idp_, proofs_, plugin_name),
          entity_descriptor_(make_entity_descriptor(library_, settings_)),
          forget_("forget_used_assertions", seconds(600),
                  [this] { return forget_expired(host_, tables); }),
          refresh_("refresh_idp_metadata", settings_.idp_origin.interval,
                   [this] { return idp_.refresh(); }) {
        for (auto const& name : find_missing(settings_.metadata))
            host.log().warning("suomifi.metadata_incomplete", {{"missing", name}});
    }

    Authenticator* authenticator() override { return this; }
    plugin::SingleLogout* single_logout() override { return this; }
    RouteSource* route_source() override { return this; }
    AccountListener* account_listener() override { return this; }
    std::vector<Job*> jobs() override { return {&forget_, &refresh_}; }
    [[nodiscard]] std::vector<std::string> pages() const override { return {"logged_out_partly"}; }

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

    // SingleLogout
    [[nodiscard]] std::optional<Redirect> leave(Ending const& ending) override {
        return logout_.leave(ending);
    }

    // RouteSource
    [[nodiscard]] std::vector<PluginRoute> routes() override {
        auto routes = logout_.routes();
        routes.push_back(entity_descriptor_route(entity_descriptor_));
        return routes;
    }

    // AccountListener: a proof and the session that it makes belong together. Beyond that the
    // plugin stores nothing about anybody, but for days digests of what Suomi.fi called a login.
    [[nodiscard]] Result<Writes> signed_in(SignedIn const& login) override {
        Writes writes;
        for (auto const& proven : login.proofs)
            if (auto const* name = proven.identity.logout.if_contains("proof");
                proven.method == plugin_name && name != nullptr)
                writes.steps.push_back(proofs_.joining(name->as_string(), login.session_id));
        return writes;
    }
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view) override {
        return boost::json::object();
    }
    [[nodiscard]] Result<> erase(std::string_view) override { return {}; }

    Host& host_;
    saml::xml::Library library_;
    Settings settings_;
    IdpSource idp_;
    Proofs proofs_;
    AssertionConsumerService consumer_;
    SingleLogoutService logout_;
    std::string entity_descriptor_;
    Task forget_;
    Task refresh_;
};

Answer<Identity> Suomifi::begin(LoginView const& login) {
    auto const now = host_.clock().now();
    auto const provider = idp_.current_for_login();
    if (!provider || !provider->usable(now)) {
        host_.log().error("suomifi.metadata_expired");
        return Deny{Deny::Kind::unavailable, "metadata_expired", texts::unavailable()};
    }
    auto levels = settings_.levels.uris_for(login.acr_values);
    if (levels.empty())
        return Deny{Deny::Kind::refused, "level_not_offered", texts::level_not_met()};
    // Levels are named only where the service demands some: otherwise the list registered in our
    // metadata applies, as the agency advises (suomifi.md 2.1).
    saml::AuthnOptions const options{
        login.login_id, login.locale, settings_.force_authn && login.fresh,
        login.acr_values.empty() ? std::vector<std::string>() : levels, settings_.is_passive};
    auto request = provider->make_authn_request(options, host_.random(), now);
    return Redirect{
        std::move(request.url),
        to_state({request.id, login.login_id, now, options.force_authn, std::move(levels)}),
        std::move(request.form)};
}

std::span<sql::Migration const> migrations() {
    static constexpr std::array all{sql::Migration{1, "0001_initial.sql", tables.migration}};
    return all;
}

}  // namespace
}  // namespace tunnus::plugin::suomifi

TUNNUS_PLUGIN(suomifi, "1.0", tunnus::plugin::suomifi::config_schema(),
              tunnus::plugin::suomifi::migrations(),
              [](tunnus::plugin::Host& host) -> tunnus::plugin::Plugin* {
                  return new tunnus::plugin::suomifi::Suomifi(host);
              })
