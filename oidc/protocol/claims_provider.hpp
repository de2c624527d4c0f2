// SPDX-License-Identifier: MIT
// What the provider needs to know of claims and scopes and does not own: idp/app.cpp joins this to
// the plugins.
#pragma once

#include "idp/base/json_schema.hpp"
#include "idp/base/result.hpp"
#include "idp/base/verified_claims_offer.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

enum class ClaimsDestination { id_token, userinfo, access_token };

struct ClaimsQuery {
    std::string user_id;
    std::string client_id;
    std::string acr;
    std::vector<std::string> scopes;
    std::vector<std::string> claim_names;
    ClaimsDestination destination = ClaimsDestination::userinfo;
    std::string locale;
    /// Asked for within `verified_claims`: the answer's member of that name then is a list of
    /// attestations, {"verification": {…}, "claims": {…}}, each with all that stands behind it.
    std::vector<std::string> verified_names = {};
};

struct ScopeInfo {
    std::string name;
    std::vector<std::string> claims;
    bool ask_consent = true;
    std::string minimum_acr;
    bool acting = false;  ///< asks for acting for another: nothing but a login grants it
};

/// RFC 9396 §2.
struct AuthorizationDetailsType {
    std::string name;
    JsonSchema schema;    ///< of the whole object, `type` included
    bool acting = false;  ///< as ScopeInfo::acting
};

/// Any thread may call.
class ClaimsProvider {
  public:
    virtual ~ClaimsProvider() = default;
    /// Of one person, an object for each query in their order; what is stored of the person is read
    /// once for all of them. An error ends the token or userinfo request with 503 or server_error;
    /// never a token with less.
    [[nodiscard]] virtual Result<std::vector<boost::json::object>> claims_of_each(
        std::span<ClaimsQuery const> queries) = 0;
    [[nodiscard]] Result<boost::json::object> claims(ClaimsQuery const& query) {
        auto each = claims_of_each({&query, 1});
        if (!each) return each.error();
        return std::move(each->front());
    }
    /// The account of a person whom a service names by `login_hint`, an e-mail address say; empty
    /// when nobody is known by it.
    [[nodiscard]] virtual Result<std::string> find_person(std::string_view login_hint) = 0;
    /// Whether a mandate that `source` has checked in a login stands now. Blocks: on Lane::outbound
    /// alone. An error means that it cannot be told.
    [[nodiscard]] virtual Result<bool> mandate_stands(std::string_view source,
                                                      boost::json::object const& /*recheck*/) {
        return Error(BaseErrc::unavailable, "no source of mandates: " + std::string(source));
    }
    /// The plugins' scopes; `openid` and `offline_access` are the provider's own.
    [[nodiscard]] virtual std::vector<ScopeInfo> const& scopes() const = 0;
    [[nodiscard]] virtual std::vector<std::string> const& claims_supported() const = 0;
    /// What plugins vouch for (OpenID Connect for Identity Assurance §8).
    [[nodiscard]] virtual VerifiedClaimsOffer const& verified_claims_offer() const {
        static VerifiedClaimsOffer const nothing;
        return nothing;
    }
    /// Levels that some configured authenticator can prove, lowest first: the order in which
    /// `minimum_acr` compares.
    [[nodiscard]] virtual std::vector<std::string> const& acr_values_supported() const = 0;
    /// The types of authorization_details (RFC 9396) that plugins declare.
    [[nodiscard]] virtual std::vector<AuthorizationDetailsType> const& authorization_details_types()
        const = 0;
};

/// Whether `acr` is at least `minimum` in the order of `levels` (lowest first). An unknown level
/// satisfies only itself.
[[nodiscard]] bool acr_at_least(std::vector<std::string> const& levels, std::string_view acr,
                                std::string_view minimum);

}  // namespace tunnus::oidc
