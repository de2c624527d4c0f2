// SPDX-License-Identifier: MIT
// Which claims a service gets of a profile: by scope or by name, and official data only in a login
// at a strong level. OpenID Connect Core §5.1 and §5.4; `loa` and `national_id_num` as Helsinki's
// services know them (citizen-services.md 2.2).
#pragma once

#include "plugins/profile/records.hpp"

#include <map>
#include <span>
#include <string>

namespace tunnus::plugin::profile {

/// What `loa` says of an `acr`: `substantial` or `high`, which both are strong; `low` for any
/// other.
using LevelMap = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::string_view loa_of(LevelMap const& levels, std::string_view acr);

/// The kinds of data that a service can be allowed (make_data_fields), as the service registry
/// names them. In the API's schema a Field::permission; fields without one are open to every
/// service that is connected, those of RestrictedProfileNode to every one that has the person's
/// read token.
namespace data_field {
inline constexpr auto name = "name";
inline constexpr auto email = "email";
inline constexpr auto phone = "phone";
inline constexpr auto address = "address";
inline constexpr auto personal_identity_code = "personalidentitycode";
inline constexpr auto municipality = "municipalityofresidence";
}  // namespace data_field

/// profile, email, phone, address, municipality, national_id and loa. Those with official data
/// alone ask for `strong_acr` at least.
[[nodiscard]] std::vector<Scope> make_scopes(std::string const& strong_acr);
/// What a registered service may be allowed to read by its interfaces, under the names that the
/// city's services know (citizen-services.md 1.3).
[[nodiscard]] std::vector<DataField> make_data_fields();
/// Every claim of those scopes.
[[nodiscard]] std::vector<std::string> claim_names(std::span<Scope const> scopes);

/// Whether the query asks for more than the level of the login.
[[nodiscard]] bool asks_for_records(ClaimsQuery const& query, std::span<Scope const> scopes);

/// What the register's data are vouched for: the trust framework under which a login of some `acr`
/// is known to be whose it is. A level that is not there vouches for nothing.
using FrameworkMap = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] VerifiedClaimsOffer make_verified_offer(FrameworkMap const& frameworks);

/// The claims that the query's scopes and names cover and the records have. The identity code and
/// the official address never go into an ID token. Verified are the official data alone, as of the
/// login that brought them.
[[nodiscard]] boost::json::object make_claims(ClaimsQuery const& query, Records const& records,
                                              std::span<Scope const> scopes, LevelMap const& levels,
                                              FrameworkMap const& frameworks);

}  // namespace tunnus::plugin::profile
