// SPDX-License-Identifier: MIT
#include "oidc/response_protection.hpp"

#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/encrypted_response.hpp"

namespace tunnus::oidc {

Result<std::string> protect_response(Provider const& provider, Client const& client,
                                     ResponseProtection const& protection, std::string_view typ,
                                     std::string_view payload) {
    auto const alg = jose::name_of(protection.signed_alg.value());
    auto const key = provider.keys.signing_key(alg);
    if (!key) return Error(jose::JoseErrc::unknown_key, "none of ours for " + std::string(alg));
    auto const keys = provider.client_keys.find(client, std::nullopt).keys;
    return encrypt_response(protection, keys.get(), jose::sign_jws(*key, typ, payload),
                            provider.random);
}

ResponseProtection signed_at_least(ResponseProtection protection, jose::Algorithm usual) {
    if (!protection.signed_alg) protection.signed_alg = usual;
    return protection;
}

}  // namespace tunnus::oidc
