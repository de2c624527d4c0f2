// SPDX-License-Identifier: MIT
#include "oidc/response_protection.hpp"

#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/encrypted_response.hpp"

#include <stdexcept>

namespace tunnus::oidc {

Result<std::string> sign_ours(Provider const& provider, jose::Algorithm algorithm,
                              std::string_view typ, std::string_view payload) {
    std::string const alg(jose::name_of(algorithm));
    auto const key = provider.keys.signing_key(alg);
    if (!key) return Error(jose::JoseErrc::unknown_key, "none of ours signs by " + alg + " now");
    try {
        return jose::sign_jws(*key, typ, payload);
    } catch (std::runtime_error const& error) {  // a key in a token that is lost
        provider.log.error("key.silent",
                           {{"key", key->kid()}, {"alg", alg}, {"error", error.what()}});
        return Error(BaseErrc::unavailable, "the key for " + alg + " does not answer");
    }
}

Result<std::string> protect_response(Provider const& provider, Client const& client,
                                     ResponseProtection const& protection, std::string_view typ,
                                     std::string_view payload) {
    auto jws = sign_ours(provider, protection.signed_alg.value(), typ, payload);
    if (!jws) return jws;
    auto const keys = provider.client_keys.find(client, std::nullopt).keys;
    return encrypt_response(protection, keys.get(), std::move(*jws), provider.random);
}

ResponseProtection signed_at_least(ResponseProtection protection, jose::Algorithm usual) {
    if (!protection.signed_alg) protection.signed_alg = usual;
    return protection;
}

}  // namespace tunnus::oidc
