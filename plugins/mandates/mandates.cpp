// SPDX-License-Identifier: MIT
// Acting for another by Suomi.fi mandates. This file puts the parts together: what the person is
// asked is dialogue.cpp, the register is web_api.cpp.
#include "idp/base/json.hpp"
#include "idp/base/time_text.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/mandates/dialogue.hpp"
#include "plugins/mandates/recheck.hpp"

#include <span>

namespace tunnus::plugin::mandates {
namespace {

constexpr std::size_t callback_bytes = 0;  // a GET

class Mandates final : public Plugin,
                       private MandateSource,
                       private ScopeSource,
                       private LoginStep {
  public:
    explicit Mandates(Host& host)
        : host_(host),
          settings_(read_settings(host)),
          api_(host, settings_),
          dialogue_(host, settings_, api_) {}

    MandateSource* mandate_source() override { return this; }
    ScopeSource* scope_source() override { return this; }
    LoginStep* login_step() override { return this; }
    [[nodiscard]] std::vector<std::string> pages() const override {
        return {"acting", "principal", "acted_for"};
    }

  private:
    // MandateSource
    [[nodiscard]] std::vector<std::string> mandate_scopes() const override {
        return {std::string(person_scope), std::string(organisation_scope)};
    }
    [[nodiscard]] std::vector<std::string> mandate_details_types() const override {
        return {std::string(details_type)};
    }
    [[nodiscard]] std::vector<Authenticator::ReturnPath> mandate_return_paths() const override {
        return {{Method::GET, "callback", callback_bytes, "state"}};
    }
    [[nodiscard]] Answer<Acting> begin_mandate(LoginView const& login,
                                               MandateRequest const& request) override {
        return dialogue_.begin(login, request);
    }
    [[nodiscard]] Answer<Acting> resume_mandate(LoginView const& login,
                                                MandateRequest const& request,
                                                boost::json::object const& state,
                                                BrowserRequest const& browser) override {
        return dialogue_.resume(login, request, state, browser);
    }
    [[nodiscard]] Result<bool> still_valid(boost::json::object const& recheck) override {
        return still_stands(api_, Recheck::from_json(recheck), host_.clock().now());
    }
    void let_go(boost::json::object const& recheck) override {
        api_.unregister(Recheck::from_json(recheck).session);
    }

    // ScopeSource. The choice on our page is the permission: nobody is asked a second time.
    [[nodiscard]] std::vector<Scope> scopes() const override {
        return {{.name = std::string(person_scope),
                 .title = {"Asiointi toisen henkilön puolesta",
                           "Uträtta ärenden för en annan person", "Acting for another person"},
                 .description = {},
                 .claims = {},
                 .ask_consent = false,
                 .minimum_acr = {}},
                {.name = std::string(organisation_scope),
                 .title = {"Asiointi organisaation puolesta", "Uträtta ärenden för en organisation",
                           "Acting for an organisation"},
                 .description = {},
                 .claims = {},
                 .ask_consent = false,
                 .minimum_acr = {}}};
    }
    [[nodiscard]] std::vector<AuthorizationDetailsType> authorization_details_types()
        const override {
        static constexpr std::string_view schema = R"({
            "type": "object", "additionalProperties": false, "required": ["type", "kind", "themes"],
            "properties": {
                "type": {"enum": ["mandate"]},
                "kind": {"enum": ["person", "organisation"]},
                "themes": {"type": "array", "minItems": 1,
                    "items": {"type": "string", "minLength": 1, "maxLength": 255}}}})";
        return {{.name = std::string(details_type),
                 .title = {"Asiointi toisen puolesta valtuudella",
                           "Uträtta ärenden för någon annan med fullmakt",
                           "Acting for another by a mandate"},
                 .schema = parse_json_object(schema).value()}};
    }

    // LoginStep: the first thing that somebody hears for whom others have acted already.
    [[nodiscard]] Result<bool> needed(LoginView const& login, std::string_view,
                                      std::string_view) override {
        return login.unclaimed_since.has_value();
    }
    [[nodiscard]] Answer<Settled> begin_step(LoginView const& login) override {
        return Page{.template_name = "acted_for",
                    .model = {{"since", date_text(*login.unclaimed_since, login.locale)}},
                    .state = {}};
    }
    [[nodiscard]] Answer<Settled> resume_step(LoginView const&, boost::json::object const&,
                                              BrowserRequest const&) override {
        return Settled();
    }

    Host& host_;
    Settings settings_;
    WebApi api_;
    Dialogue dialogue_;
};

std::span<sql::Migration const> const no_tables;

}  // namespace
}  // namespace tunnus::plugin::mandates

TUNNUS_PLUGIN(mandates, "1.0", tunnus::plugin::mandates::config_schema(),
              tunnus::plugin::mandates::no_tables,
              [](tunnus::plugin::Host& host) -> tunnus::plugin::Plugin* {
                  return new tunnus::plugin::mandates::Mandates(host);
              })
