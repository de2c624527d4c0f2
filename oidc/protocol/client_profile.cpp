// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_profile.hpp"

#include "oidc/protocol/client.hpp"

namespace tunnus::oidc {

Result<boost::json::object> apply_client_profile(boost::json::object metadata) {
    if (metadata.contains("profile"))
        return Error(MetadataErrc::invalid_client_metadata, "profile: unknown value");
    return metadata;
}

}  // namespace tunnus::oidc
