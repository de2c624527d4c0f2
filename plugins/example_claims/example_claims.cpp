// SPDX-License-Identifier: MIT
// A whole plugin: one scope, `greeting`, that releases one claim, `greeting`, as the configuration
// words it. Copy this folder, and see its README.
#include "plugins/api/entry.hpp"

namespace tunnus::plugin {
namespace {

class ExampleClaims final : public Plugin, private ScopeSource, private ClaimsSource {
  public:
    explicit ExampleClaims(Host& host)
        : greeting_(host.configuration().at("greeting").as_string()) {}

    ScopeSource* scope_source() override { return this; }
    ClaimsSource* claims_source() override { return this; }

  private:
    [[nodiscard]] std::vector<Scope> scopes() const override {
        Scope scope;
        scope.name = "greeting";
        scope.title = {"Tervehdys", "Hälsning", "A greeting"};
        scope.description = {"Palvelu voi tervehtiä sinua.", "Tjänsten kan hälsa på dig.",
                             "The service can greet you."};
        scope.claims = {"greeting"};
        return {scope};
    }
    [[nodiscard]] std::vector<std::string> claims_supported() const override {
        return {"greeting"};
    }
    // The host asks only when the scope, or the claim by name, was granted.
    [[nodiscard]] Result<boost::json::object> claims(ClaimsQuery const&) override {
        return boost::json::object{{"greeting", greeting_}};
    }
    [[nodiscard]] bool quick() const override { return true; }

    boost::json::string const greeting_;
};

constexpr auto config_schema = R"({
    "type": "object", "additionalProperties": false,
    "properties": {"greeting": {"type": "string", "minLength": 1, "default": "Hei!"}}})";
constexpr std::span<sql::Migration const> no_tables;

}  // namespace
}  // namespace tunnus::plugin

TUNNUS_PLUGIN(example_claims, "1.0", tunnus::plugin::config_schema, tunnus::plugin::no_tables,
              [](tunnus::plugin::Host& host) -> tunnus::plugin::Plugin* {
                  return new tunnus::plugin::ExampleClaims(host);
              })
