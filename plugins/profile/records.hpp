// SPDX-License-Identifier: MIT
// What is stored about a person, in two layers (citizen-services.md, design line 4): light data are
// the person's own, official data come from the population register and are never edited.
#pragma once

#include "plugins/api/plugin.hpp"
#include "plugins/profile/light.hpp"

#include <optional>
#include <string_view>

namespace tunnus::plugin::profile {

struct Light {
    LightData data;
    TimePoint updated_at{};
    std::int64_t version = 0;  ///< every write increments it
};
/// Where Official::data says of which `acr` the login was that brought them.
constexpr std::string_view proven_acr = "proven_acr";
/// Attributes of the strong login that make_official keeps, under the names of
/// plugins/suomifi/attributes.
struct Official {
    boost::json::object data;
    TimePoint refreshed_at{};
};
struct Records {
    std::optional<Light> light;
    std::optional<Official> official;
};

/// The official layer made of what a strong login of this `acr` brought: names, identity code, date
/// of birth, municipality, permanent and temporary address, and whether they are protected. With a
/// non-disclosure order, or when the register was not asked and an order must be assumed, no
/// address and no municipality is kept (suomifi.md part 4). Pure.
[[nodiscard]] boost::json::object make_official(boost::json::object const& attributes,
                                                std::string_view acr);
[[nodiscard]] bool is_protected(boost::json::object const& official);
/// By the order itself; false where it is only not known.
[[nodiscard]] bool has_non_disclosure_order(boost::json::object const& official);
/// A text that the register has in Finnish and Swedish, in the person's language, or in the other
/// one; empty when in neither. Pure.
[[nodiscard]] std::string official_text(boost::json::object const& official,
                                        std::string const& name, std::string_view locale);

/// The town of an address abroad, as official_text() or as the register has it in no language.
/// Pure.
[[nodiscard]] std::string foreign_locality(boost::json::object const& official,
                                           std::string_view locale);

/// The light layer after a login that brought these attributes: empty when nothing changes. Names
/// are taken only where there are none, since the person may have edited them; a verified e-mail
/// address of the sign-in that is new becomes the primary one. `is_new` says that
/// the account is made with this login, by a method whose attributes are the person's own claims:
/// then all of them are taken (light_from_claims). Pure.
[[nodiscard]] std::optional<LightData> seed_light(LightData const& light,
                                                  boost::json::object const& attributes,
                                                  bool is_new, Random& random);

/// The light layer as services are told it: without addresses of whom the register protects
/// (H27). Pure.
[[nodiscard]] LightData told_light(Records const& records);

/// Any thread may call.
class RecordStore {
  public:
    explicit RecordStore(Host& host) : host_(host) {}
    /// Both layers in one read.
    [[nodiscard]] Result<Records> find(std::string_view user_id);
    /// The statements of a login, for the layers that are given: the official one is replaced,
    /// whatever stood there; the light one where it still is as it was read as `before`. An edit
    /// that the person made meanwhile stands, and the next login seeds what this one would have.
    [[nodiscard]] std::vector<sql::Statement> replacing(
        std::string_view user_id, std::optional<Light> const& before,
        std::optional<LightData> const& light, std::optional<boost::json::object> const& official);
    /// The light layer after an edit of what was read as `before` (empty: there was none), and with
    /// it whatever `more` does. `lost` where somebody else was first: nothing is saved.
    [[nodiscard]] Result<Verdict> save(std::string_view user_id, std::optional<Light> const& before,
                                       LightData const& after, AuditEvent audit,
                                       std::vector<sql::Statement> more = {});
    /// Both layers, the codes and tokens, and with them whatever `more` does.
    [[nodiscard]] Result<> erase(std::string_view user_id, std::vector<sql::Statement> more = {});
    /// Its steps; those that take the official layer alone.
    [[nodiscard]] static std::vector<sql::Statement> erasing(std::string_view user_id);
    [[nodiscard]] static sql::Statement erasing_official(std::string_view user_id);

  private:
    [[nodiscard]] sql::Statement replacing_light(std::string_view user_id, Light const& before,
                                                 LightData const& after,
                                                 std::optional<std::uint64_t> expected_rows);

    Host& host_;
};

}  // namespace tunnus::plugin::profile
