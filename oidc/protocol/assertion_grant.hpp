// SPDX-License-Identifier: MIT
// Another issuer's word on a person as an authorization grant: RFC 7521 §4.1, RFC 7523 §2.1 and §3.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// Whose word is taken, and who may bring it: an entry of the configuration's `assertion_issuers`.
/// No client can register one for itself.
struct AssertionIssuer {
    std::string issuer;
    jose::JwkSet keys;
    std::vector<std::string> clients;
    bool disabled = false;
};
/// Members as in conf/tunnus.schema.json. The error's detail names the member.
[[nodiscard]] Result<AssertionIssuer> parse_assertion_issuer(boost::json::object const& object,
                                                             Limits const& limits);

struct AssertionGrantContext {
    std::string_view issuer;          ///< ours
    std::string_view token_endpoint;  ///< ours
    std::vector<AssertionIssuer> const& trusted;
    Limits const& limits;
    TimePoint now{};
};

struct AssertionGrant {
    std::string issuer;
    std::string subject;  ///< the account's id
    std::string jti;      ///< to be used up, with the issuer
    TimePoint expires_at{};
};

/// An assertion that a trusted issuer signed with a key of its own and this client may bring, with
/// `sub` and `jti`, aimed at our issuer or token endpoint, and short: `exp` is no further ahead,
/// and `iat`, where present, no longer ago than limits.assertion_grant_lifetime. Every refusal is
/// the same invalid_grant (threats.md O-83, J-01 to J-17).
[[nodiscard]] Checked<AssertionGrant> check_assertion_grant(std::string_view assertion,
                                                            Client const& client,
                                                            AssertionGrantContext const& context);

}  // namespace tunnus::oidc
