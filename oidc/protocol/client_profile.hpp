// SPDX-License-Identifier: MIT
// `"profile"` of a registration, ours: one word that turns on everything a security profile demands
// of a client.
#pragma once

#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

namespace tunnus::oidc {

/// The registration with what its profile demands written out: what is absent is added, and what is
/// present and contradicts it is invalid_client_metadata, the member named. `fapi2` (FAPI 2.0
/// Security Profile), `fapi2-message-signing`, `ftn` (the Finnish Trust Network). Without `profile`
/// it comes back as it is.
[[nodiscard]] Result<boost::json::object> apply_client_profile(boost::json::object metadata);

}  // namespace tunnus::oidc
