// SPDX-License-Identifier: MIT
#include "oidc/protocol/front_channel_logout.hpp"

#include "idp/base/form.hpp"

namespace tunnus::oidc {

std::string front_channel_logout_location(Client const& client, std::string_view issuer,
                                          std::string_view sid) {
    return add_to_query(client.frontchannel_logout_uri, {{{"iss", issuer}, {"sid", sid}}});
}

}  // namespace tunnus::oidc
