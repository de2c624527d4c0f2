// SPDX-License-Identifier: MIT
#include "idp/token_keys.hpp"

namespace tunnus {

Result<oidc::TokenKeys> open_token_keys(KeySettings const& settings) {
    oidc::TokenKeys keys;
    keys.announce = settings.announce;
    keys.retire = settings.retire;
    if (settings.pkcs11.module.empty()) return keys;
    auto token = jose::Pkcs11::open(settings.pkcs11.module, settings.pkcs11.pin);
    if (!token) return token.error();
    keys.token = std::move(*token);
    for (auto const& object : settings.pkcs11.objects)
        keys.objects.push_back({object.alg, object.uri});
    return keys;
}

}  // namespace tunnus
