// SPDX-License-Identifier: MIT
// A way to sign in by SAML, whole: what the plugins of this family share. Each says who is meant by
// an assertion and what the person reads; the way back from the identity provider, where all the
// care is, is assertion_consumer_service.cpp.
#pragma once

#include "plugins/suomifi/assertion_consumer_service.hpp"
#include "plugins/suomifi/single_logout_service.hpp"

#include <functional>
#include <memory>

namespace tunnus::plugin::suomifi {

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

class SamlMethod final : public Plugin,
                         private Authenticator,
                         private plugin::SingleLogout,
                         private RouteSource,
                         private AccountListener {
  public:
    /// `make_family` reads the settings with the library, which it is lent for good. Throws
    /// std::runtime_error for a configuration that does not hold.
    SamlMethod(Host& host, std::function<Family(saml::xml::Library const&)> const& make_family);

    Authenticator* authenticator() override { return this; }
    plugin::SingleLogout* single_logout() override { return this; }
    RouteSource* route_source() override { return this; }
    AccountListener* account_listener() override { return this; }
    std::vector<Job*> jobs() override { return {&forget_, &refresh_, &watch_}; }
    [[nodiscard]] std::vector<std::string> pages() const override {
        return {"logged_out", "logged_out_partly"};
    }

  private:
    // Authenticator
    [[nodiscard]] Assurance assurance(std::string_view acr) const override {
        return family_.settings.levels.assurance_of(acr);
    }
    [[nodiscard]] std::vector<std::string> acr_values() const override {
        return family_.settings.levels.acr_values();
    }
    [[nodiscard]] Text label() const override { return family_.words.label; }
    [[nodiscard]] std::vector<ReturnPath> return_paths() const override;
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
    [[nodiscard]] std::vector<PluginRoute> routes() override;

    // AccountListener: a proof and the session that it makes belong together. Beyond that the
    // plugin stores nothing about anybody, but for days digests of what a login was called there.
    [[nodiscard]] Result<Writes> signed_in(SignedIn const& login) override;
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view) override {
        return boost::json::object();
    }
    [[nodiscard]] Result<> erase(std::string_view) override { return {}; }

    Host& host_;
    saml::xml::Library library_;
    Family family_;
    IdpSource idp_;
    Proofs proofs_;
    AssertionConsumerService consumer_;
    SingleLogoutService logout_;
    std::string entity_descriptor_;
    Task forget_;
    Task refresh_;
    Task watch_;
};

}  // namespace tunnus::plugin::suomifi
