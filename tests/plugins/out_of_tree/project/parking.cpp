// SPDX-License-Identifier: MIT
// A plugin outside the tree: a claim from a table of its own. It calls into idp/base and
// storage/sql, whose code is in the program that loads it.
#include "idp/base/email_address.hpp"
#include "plugins/api/entry.hpp"

#include <array>
#include <stdexcept>

namespace parking {

using namespace tunnus;

class Parking final : public plugin::Plugin,
                      private plugin::ClaimsSource,
                      private plugin::RouteSource {
  public:
    explicit Parking(plugin::Host& host) : host_(host) {
        auto const contact = host.configuration().at("contact").as_string();
        auto const email = parse_email_address(std::string_view(contact));
        if (!email) throw std::runtime_error("config.contact: " + email.error().text());
    }
    plugin::ClaimsSource* claims_source() override { return this; }
    plugin::RouteSource* route_source() override { return this; }
    std::vector<std::string> pages() const override { return {"places"}; }

  private:
    std::vector<std::string> claims_supported() const override { return {"parking_place"}; }
    Result<boost::json::object> claims(plugin::ClaimsQuery const& query) override {
        if (query.user_id == "thrower") throw std::runtime_error("thrown across the boundary");
        std::vector<sql::Statement> steps;
        steps.push_back({"INSERT INTO parking_places (id, user_id) VALUES (?, ?)",
                         {sql::value(random_uuid(host_.random())), sql::value(query.user_id)},
                         1});
        auto const parked =
            host_.database().commit(std::make_unique<sql::Write>("parking.park", std::move(steps)));
        if (!parked) return parked.error();
        auto const rows = host_.database().query(
            {"SELECT id FROM parking_places WHERE user_id = ?", {sql::value(query.user_id)}, {}});
        if (!rows) return rows.error();
        return boost::json::object{{"parking_place", rows->size()}};
    }
    std::vector<PluginRoute> routes() override {
        return {{Method::GET, "", Needs::nothing, 0,
                 [this](HttpRequest const&, plugin::Caller const& caller) {
                     return host_.page(200, "places", {{"places", 12}}, caller);
                 }},
                {Method::POST, "", Needs::session, 4'096,
                 [this](HttpRequest const&, plugin::Caller const& caller) { return park(caller); },
                 true}};
    }
    Outcome park(plugin::Caller const& caller) {
        if (!caller.form.get("plate").empty()) return redirect_response(caller.path);
        boost::json::object const errors{{"plate", host_.text(caller.locale, "no_plate")}};
        return host_.page(422, "places", {{"places", 12}, {"errors", errors}}, caller);
    }
    plugin::Host& host_;
};

constexpr auto schema = R"({
    "type": "object", "additionalProperties": false, "required": ["contact"],
    "properties": {"contact": {"type": "string"}}})";
constexpr std::array<sql::Migration, 1> migrations{
    {{1, "initial",
      "CREATE TABLE parking_places (id VARCHAR(36) NOT NULL PRIMARY KEY, user_id VARCHAR(36))"}}};

plugin::Plugin* create(plugin::Host& host) {
    return new Parking(host);
}

}  // namespace parking

TUNNUS_PLUGIN(parking, "2.1", parking::schema, parking::migrations, &parking::create)
