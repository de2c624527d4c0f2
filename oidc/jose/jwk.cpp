// SPDX-License-Identifier: MIT
#include "oidc/jose/jwk.hpp"

#include "idp/base/encoding.hpp"
#include "oidc/jose/key_material.hpp"

#include <boost/json/serialize.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tunnus::jose {
namespace {

namespace json = boost::json;

/// What RFC 7517 §4 says of a key apart from its numbers.
struct Common {
    std::string kid;
    std::optional<Algorithm> algorithm;
};

constexpr std::size_t largest_kid = 256;

bool is_unique_list_with(json::value const& operations, std::string_view wanted) {
    auto const* list = operations.if_array();
    if (list == nullptr) return false;
    bool found = false;
    for (auto const* at = list->begin(); at != list->end(); ++at) {
        if (!at->is_string() || std::find(list->begin(), at, *at) != at) return false;
        found = found || at->get_string() == wanted;
    }
    return found;
}

Result<Common> read_common(json::object const& jwk, KeyShape shape, std::string_view operation) {
    Common common;
    if (jwk.contains("kid")) {
        auto const kid = find_string(jwk, "kid");
        if (!kid || kid->empty() || kid->size() > largest_kid)
            return Error(JoseErrc::malformed_key, "kid");
        common.kid = *kid;
    }
    if (jwk.contains("alg")) {
        auto const alg = find_string(jwk, "alg");
        if (!alg) return Error(JoseErrc::malformed_key, "alg");
        common.algorithm = find_algorithm(*alg);
        if (!common.algorithm) return Error(JoseErrc::unsupported_key, "alg");
        if (shape_for(*common.algorithm) != shape)
            return Error(JoseErrc::malformed_key, "alg does not go with kty and crv");
    }
    if (jwk.contains("use") && find_string(jwk, "use") != "sig")
        return Error(JoseErrc::unsupported_key, "use is not sig");
    if (auto const* operations = jwk.if_contains("key_ops");
        operations != nullptr && !is_unique_list_with(*operations, operation))
        return Error(JoseErrc::unsupported_key, "key_ops");
    return common;
}

/// The public members with what we know of the key's use.
json::object published(json::object const& members, Common const& common) {
    json::object jwk;
    for (auto const name : thumbprint_members(members))
        jwk[name] = members.at(name);
    jwk["use"] = "sig";
    if (common.algorithm) jwk["alg"] = name_of(*common.algorithm);
    if (!common.kid.empty()) jwk["kid"] = common.kid;
    return jwk;
}

/// Best effort: the parser's own buffers are beyond our reach.
void wipe_strings(json::object& object) {
    for (auto& member : object)
        if (auto* text = member.value().if_string()) OPENSSL_cleanse(text->data(), text->size());
}

constexpr std::array<std::string_view, 3> prepared_types{"JWT", "at+jwt", "logout+jwt"};

std::string encode_header(std::string_view typ, Algorithm algorithm, std::string_view kid) {
    json::object const header{{"typ", typ}, {"alg", name_of(algorithm)}, {"kid", kid}};
    return encode_base64url(json::serialize(header));
}

}  // namespace

struct VerificationKey::Impl {
    Common common;
    evp::Material material;
    json::object jwk;                       ///< empty for a secret
    std::optional<evp::Verifier> verifier;  ///< ready when the algorithm is known beforehand

    Impl(Common known, evp::Material made, json::object published_jwk)
        : common(std::move(known)), material(std::move(made)), jwk(std::move(published_jwk)) {
        if (common.algorithm) verifier.emplace(material, *common.algorithm);
    }
};

Result<VerificationKey> VerificationKey::parse(json::object const& jwk) {
    auto material = import_public_key(jwk);
    if (!material) return material.error();
    auto common = read_common(jwk, material->shape, "verify");
    if (!common) return common.error();
    auto members = published(jwk, *common);
    return VerificationKey(
        std::make_shared<Impl>(std::move(*common), std::move(*material), std::move(members)));
}

Result<VerificationKey> VerificationKey::from_secret(Secret const& secret, Algorithm algorithm) {
    if (shape_for(algorithm).type != KeyType::oct)
        return Error(JoseErrc::unsupported_key, "a secret is for HMAC only");
    if (secret.reveal().size() < digest_bytes(algorithm))
        return Error(JoseErrc::weak_key, "the secret is shorter than the digest");
    return VerificationKey(std::make_shared<Impl>(Common{{}, algorithm},
                                                  evp::Material{{}, {}, secret}, json::object{}));
}

std::string const& VerificationKey::kid() const noexcept {
    return impl_->common.kid;
}

std::optional<Algorithm> VerificationKey::algorithm() const noexcept {
    return impl_->common.algorithm;
}

KeyShape VerificationKey::shape() const noexcept {
    return impl_->material.shape;
}

bool VerificationKey::suits(Algorithm algorithm) const noexcept {
    if (impl_->common.algorithm) return algorithm == *impl_->common.algorithm;
    return shape_for(algorithm) == impl_->material.shape;
}

bool VerificationKey::verify(Algorithm algorithm, std::string_view message,
                             std::string_view signature) const {
    if (!suits(algorithm)) return false;
    if (impl_->verifier) return impl_->verifier->verify(message, signature);
    return evp::Verifier(impl_->material, algorithm).verify(message, signature);
}

json::object const& VerificationKey::public_jwk() const {
    if (impl_->jwk.empty()) throw std::logic_error("a secret has no public JWK");
    return impl_->jwk;
}

std::string VerificationKey::thumbprint() const {
    return jose::thumbprint(public_jwk());
}

struct SigningKey::Impl {
    Algorithm algorithm;
    VerificationKey verification_key;
    evp::Signer signer;
    std::array<std::string, prepared_types.size()> headers;
};

Result<SigningKey> SigningKey::parse(Secret const& private_jwk) {
    auto jwk = parse_json_object(private_jwk.reveal());
    if (!jwk) return Error(JoseErrc::malformed_key, "not a JSON object");
    auto material = import_private_key(*jwk);
    Result<Common> common =
        material ? read_common(*jwk, material->shape, "sign") : Result<Common>(material.error());
    auto public_part = common ? published(*jwk, *common) : json::object{};
    wipe_strings(*jwk);
    if (!common) return common.error();
    if (!common->algorithm) return Error(JoseErrc::malformed_key, "a signing key states its alg");
    Algorithm const algorithm = *common->algorithm;

    bool const is_secret = material->shape.type == KeyType::oct;
    if (is_secret) {
        if (common->kid.empty()) return Error(JoseErrc::malformed_key, "an oct key states its kid");
        if (material->octets.reveal().size() < digest_bytes(algorithm))
            return Error(JoseErrc::weak_key, "the secret is shorter than the digest");
        public_part.clear();
    } else if (common->kid.empty()) {
        common->kid = jose::thumbprint(public_part);
        public_part["kid"] = common->kid;
    }

    evp::Signer signer(*material, algorithm);
    return proven({algorithm,
                   VerificationKey(std::make_shared<VerificationKey::Impl>(
                       *common, std::move(*material), std::move(public_part))),
                   std::move(signer),
                   {}});
}

Result<SigningKey> SigningKey::from_held(Algorithm algorithm, json::object public_jwk,
                                         evp_pkey_st& key) {
    evp::Material const material{shape_for(algorithm), evp::Pkey(&key), {}};
    public_jwk["alg"] = name_of(algorithm);
    public_jwk["use"] = "sig";
    public_jwk["kid"] = jose::thumbprint(public_jwk);
    auto verification_key = VerificationKey::parse(public_jwk);
    if (!verification_key) return verification_key.error();
    return proven({algorithm, std::move(*verification_key), evp::Signer(material, algorithm), {}});
}

Result<SigningKey> SigningKey::proven(Impl impl) {
    constexpr std::string_view probe = "a key must verify what it signs";
    auto const signature = impl.signer.try_sign(probe);
    if (!signature || !impl.verification_key.verify(impl.algorithm, probe, *signature))
        return Error(JoseErrc::malformed_key, "the private and the public half do not match");
    for (std::size_t i = 0; i < prepared_types.size(); ++i)
        impl.headers[i] =
            encode_header(prepared_types[i], impl.algorithm, impl.verification_key.kid());
    return SigningKey(std::make_shared<Impl>(std::move(impl)));
}

std::string const& SigningKey::kid() const noexcept {
    return impl_->verification_key.kid();
}

Algorithm SigningKey::algorithm() const noexcept {
    return impl_->algorithm;
}

std::string SigningKey::sign(std::string_view message) const {
    return impl_->signer.sign(message);
}

VerificationKey SigningKey::verification_key() const {
    return impl_->verification_key;
}

std::string SigningKey::encoded_header(std::string_view typ) const {
    for (std::size_t i = 0; i < prepared_types.size(); ++i)
        if (prepared_types[i] == typ) return impl_->headers[i];
    return encode_header(typ, impl_->algorithm, kid());
}

std::string thumbprint(json::object const& public_jwk) {
    // §3.2: the required members and nothing else, in the order of their names, without white
    // space. None of the values needs escaping: they are base64url or our own names.
    std::string text;
    for (auto const name : thumbprint_members(public_jwk)) {
        text += text.empty() ? "{\"" : ",\"";
        text.append(name).append("\":\"").append(public_jwk.at(name).as_string()).append("\"");
    }
    text += '}';
    return encode_base64url(evp::hash(32, text));
}

}  // namespace tunnus::jose
