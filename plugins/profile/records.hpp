// SPDX-License-Identifier: MIT
// What is stored about a person, in two layers (citizen-services.md, design line 4): light data are
// the person's own, official data come from the population register and are never edited.
#pragma once

#include "plugins/api/plugin.hpp"

#include <optional>
#include <string_view>

namespace tunnus::plugin::profile {

/// Claims of OpenID Connect Core §5.1 but `sub`; what is unknown is absent. `updated_at` is there
/// while the data are those that came with it.
struct Light {
    boost::json::object data;
    TimePoint updated_at{};
};
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

/// The official layer made of what a strong login brought: names, identity code, date of birth,
/// municipality, permanent and temporary address, and whether they are protected. With a
/// non-disclosure order, or when the register was not asked and an order must be assumed, no
/// address and no municipality is kept (suomifi.md part 4). Pure.
[[nodiscard]] boost::json::object make_official(boost::json::object const& attributes);
[[nodiscard]] bool is_protected(boost::json::object const& official);

/// The light layer after a login that brought these attributes: empty when nothing changes. Names
/// are taken only where there are none, since the person may have edited them; a verified e-mail
/// address that the person signs in with replaces an earlier one. `claims` are what the account was
/// created with, of which the standard claims of the right type are taken (make_own_claims). Pure.
[[nodiscard]] std::optional<boost::json::object> seed_light(boost::json::object const& light,
                                                            boost::json::object const& attributes,
                                                            boost::json::object const& claims);
/// The standard claims among these attributes that a person can have of their own: names, personal
/// details, phone, address and `updated_at`, never one of the official layer. Pure.
[[nodiscard]] boost::json::object make_own_claims(boost::json::object const& attributes);

/// Any thread may call.
class RecordStore {
  public:
    explicit RecordStore(Host& host) : host_(host) {}
    /// Both layers in one read.
    [[nodiscard]] Result<Records> find(std::string_view user_id);
    /// The statements that replace the layers which are given.
    [[nodiscard]] std::vector<sql::Statement> replacing(
        std::string_view user_id, std::optional<boost::json::object> const& light,
        std::optional<boost::json::object> const& official);
    [[nodiscard]] Result<> erase(std::string_view user_id);

  private:
    Host& host_;
};

}  // namespace tunnus::plugin::profile
