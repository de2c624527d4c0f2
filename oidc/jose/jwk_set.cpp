// SPDX-License-Identifier: MIT
#include "oidc/jose/jwk_set.hpp"

#include "idp/base/limits.hpp"

#include <boost/json/array.hpp>

namespace tunnus::jose {

Result<JwkSet> JwkSet::parse(boost::json::object const& set, Limits const& limits) {
    auto const* member = set.if_contains("keys");
    auto const* list = member != nullptr ? member->if_array() : nullptr;
    if (list == nullptr) return Error(JoseErrc::malformed_key, "a JWK Set has an array `keys`");
    if (list->size() > limits.jwk_set_keys) return Error(JoseErrc::malformed_key, "too many keys");
    std::vector<VerificationKey> keys;
    keys.reserve(list->size());
    for (auto const& element : *list) {
        auto const* jwk = element.if_object();
        if (jwk == nullptr) return Error(JoseErrc::malformed_key, "a key is not an object");
        auto key = VerificationKey::parse(*jwk);
        if (key) {
            keys.push_back(*std::move(key));
        } else if (key.error().code == JoseErrc::malformed_key) {
            return key.error();
        }
    }
    return JwkSet(std::move(keys));
}

std::vector<VerificationKey const*> JwkSet::candidates(std::optional<std::string_view> kid,
                                                       Algorithm algorithm,
                                                       Limits const& limits) const {
    std::vector<VerificationKey const*> found;
    for (auto const& key : keys_) {
        bool const named = !kid || (!key.kid().empty() && key.kid() == *kid);
        if (named && key.suits(algorithm)) found.push_back(&key);
        if (found.size() == limits.jwt_key_attempts) break;
    }
    return found;
}

boost::json::object JwkSet::to_json() const {
    boost::json::array keys;
    for (auto const& key : keys_)
        if (key.shape().type != KeyType::oct) keys.push_back(key.public_jwk());
    return {{"keys", std::move(keys)}};
}

}  // namespace tunnus::jose
