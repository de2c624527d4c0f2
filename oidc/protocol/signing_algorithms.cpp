// SPDX-License-Identifier: MIT
#include "oidc/protocol/signing_algorithms.hpp"

#include <array>
#include <utility>

namespace tunnus::oidc {

std::string reject_unsigned(Client const& client,
                            std::function<bool(std::string_view alg)> const& signs) {
    std::array<std::pair<std::string_view, ResponseProtection const*>, 4> const members{
        {{"id_token_signed_response_alg", &client.id_token},
         {"userinfo_signed_response_alg", &client.userinfo},
         {"introspection_signed_response_alg", &client.introspection},
         {"authorization_signed_response_alg", &client.authorization}}};
    for (auto const& [member, protection] : members) {
        if (!protection->signed_alg) continue;
        auto const alg = jose::name_of(*protection->signed_alg);
        // RS256 for JARM may be nobody's wish: it stands there for a client that says nothing of it
        // (JARM §3), and most never ask for one.
        if (protection == &client.authorization && alg == "RS256") continue;
        if (!signs(alg)) return std::string(member).append(": no key here signs by ").append(alg);
    }
    return {};
}

}  // namespace tunnus::oidc
