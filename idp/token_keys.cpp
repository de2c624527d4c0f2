// SPDX-License-Identifier: MIT
#include "idp/token_keys.hpp"

namespace tunnus {

oidc::TokenKeys open_token_keys(KeySettings const& settings, Log& log) {
    oidc::TokenKeys keys;
    keys.announce = settings.announce;
    keys.retire = settings.retire;
    if (settings.pkcs11.module.empty()) return keys;
    for (auto const& object : settings.pkcs11.objects)
        keys.objects.push_back({object.alg, object.uri});
    auto token = jose::Pkcs11::open(settings.pkcs11.module, settings.pkcs11.pin);
    if (token)
        keys.token = std::move(*token);
    else
        log.error("key.no_token", {{"error", token.error().text()}});
    return keys;
}

Result<> check_token_keys(KeySettings const& settings) {
    if (settings.pkcs11.module.empty()) return {};
    auto const token = jose::Pkcs11::open(settings.pkcs11.module, settings.pkcs11.pin);
    if (!token) return token.error();
    for (auto const& object : settings.pkcs11.objects)
        if (auto const key = (*token)->load(object.uri, jose::find_algorithm(object.alg).value());
            !key)
            return key.error();
    return {};
}

}  // namespace tunnus
