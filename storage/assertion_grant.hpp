// SPDX-License-Identifier: MIT
// A grant that rests on another issuer's assertion instead of a login.
#pragma once

#include "storage/grants.hpp"
#include "storage/one_time.hpp"

namespace tunnus::storage {

/// The grant, which has no session, and its access token. `lost` when the assertion was used
/// before, the user is unknown or disabled, or the consent that it rests on changed meanwhile.
struct RedeemAssertion {
    OneTimeUse once;  ///< the issuer and its jti
    Grant grant;
    std::optional<Consent> standing_consent;  ///< as it was read; none: nobody need be asked
    AccessToken access_token;
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> redeem_assertion(RedeemAssertion const& data,
                                                          Random& random);

}  // namespace tunnus::storage
