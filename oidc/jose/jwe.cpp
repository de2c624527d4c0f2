// SPDX-License-Identifier: MIT
#include "oidc/jose/jwe.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/jose/key_material.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace tunnus::jose {
namespace {

namespace json = boost::json;

Result<> check_use(json::object const& jwk, KeyManagement algorithm, KeyShape shape) {
    if (jwk.contains("use") && find_string(jwk, "use") != "enc")
        return Error(JoseErrc::unsupported_key, "use is not enc");
    if (jwk.contains("alg") && find_string(jwk, "alg") != name_of(algorithm))
        return Error(JoseErrc::unsupported_key, "alg");
    if (!suits(algorithm, shape)) return Error(JoseErrc::malformed_key, "alg does not go with kty");
    return {};
}

/// What stands in the JWK; or what its type can do at all.
std::optional<KeyManagement> algorithm_of(json::object const& jwk) {
    if (jwk.contains("alg")) return find_key_management(find_string(jwk, "alg").value_or(""));
    return find_string(jwk, "kty") == "RSA" ? KeyManagement::RSA_OAEP_256 : KeyManagement::ECDH_ES;
}

json::object public_part(json::object const& jwk) {
    json::object part;
    for (auto const name : thumbprint_members(jwk))
        part[name] = jwk.at(name);
    for (std::string_view const name : {"kid", "alg"})
        if (auto const* member = jwk.if_contains(name)) part[name] = *member;
    part["use"] = "enc";
    return part;
}

Result<json::object> read_header(std::string_view encoded, Limits const& limits) {
    auto const text = decode_base64url(encoded);
    if (!text) return Error(JoseErrc::malformed_token, "the header is not base64url");
    auto header = parse_json_object(*text, {limits.jwt_bytes, limits.json_depth});
    if (!header) return Error(JoseErrc::malformed_token, "header: " + header.error().text());
    return header;
}

using Parts = std::array<std::string, 5>;

/// RFC 7516 §7.1. Only the encrypted key may be empty, as ECDH-ES has it.
Result<Parts> split(std::string_view token, Limits const& limits) {
    if (token.size() > limits.jwt_bytes) return Error(JoseErrc::malformed_token, "too long");
    Parts parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        bool const last = i + 1 == parts.size();
        auto const end = last ? token.size() : token.find('.');
        if (end == token.npos) return Error(JoseErrc::malformed_token, "not five parts");
        auto decoded = decode_base64url(token.substr(0, end));
        if (!decoded || (decoded->empty() && i != 1))
            return Error(JoseErrc::malformed_token, "a part is empty or not base64url");
        parts[i] = *std::move(decoded);
        token.remove_prefix(last ? end : end + 1);
    }
    return parts;
}

struct UsedAlgorithms {
    KeyManagement alg;
    ContentEncryption enc;
};

Result<UsedAlgorithms> check_header(json::object const& header, DecryptionKey const& key,
                                    std::optional<ContentEncryption> allowed) {
    for (auto const name : {"zip", "crit", "b64"})
        if (header.contains(name)) return Error(JoseErrc::refused_header, name);
    auto const alg = find_key_management(find_string(header, "alg").value_or(""));
    auto const enc = find_content_encryption(find_string(header, "enc").value_or(""));
    if (!alg || !enc || !key.takes(*alg) || (allowed && enc != allowed))
        return Error(JoseErrc::refused_algorithm, "alg or enc");
    if (header.contains("kid") && find_string(header, "kid") != key.kid())
        return Error(JoseErrc::unknown_key, "kid");
    return UsedAlgorithms{*alg, *enc};
}

}  // namespace

Result<EncryptionKey> EncryptionKey::parse(json::object const& jwk, KeyManagement algorithm) {
    auto material = import_public_key(jwk);
    if (!material) return material.error();
    if (auto const fits = check_use(jwk, algorithm, material->shape); !fits) return fits.error();
    EncryptionKey key;
    key.algorithm_ = algorithm;
    key.kid_ = find_string(jwk, "kid").value_or("");
    key.material_ = std::make_shared<evp::Material>(*std::move(material));
    return key;
}

std::string EncryptionKey::encrypt(ContentEncryption encryption, std::string_view cty,
                                   std::string_view plain, Random& random) const {
    json::object header{{"alg", name_of(algorithm_)}, {"enc", name_of(encryption)}};
    if (!kid_.empty()) header["kid"] = kid_;
    if (!cty.empty()) header["cty"] = cty;
    auto const wrapped =
        wrap_content_key(algorithm_, *material_, name_of(encryption), header, random);
    std::string token = encode_base64url(json::serialize(header));
    auto const made =
        encrypt_content(encryption, wrapped.content_key.reveal(), token, plain, random);
    for (auto const* part : {&wrapped.encrypted_key, &made.iv, &made.ciphertext, &made.tag}) {
        token.push_back('.');
        append_base64url(token, *part);
    }
    return token;
}

Result<DecryptionKey> DecryptionKey::parse(Secret const& private_jwk) {
    auto const jwk = parse_json_object(private_jwk.reveal());
    if (!jwk) return Error(JoseErrc::malformed_key, "not a JSON object");
    auto const algorithm = algorithm_of(*jwk);
    auto const kid = find_string(*jwk, "kid");
    if (!algorithm || !kid) return Error(JoseErrc::malformed_key, "kid is needed, alg unknown");
    auto material = import_private_key(*jwk);
    if (!material) return material.error();
    if (auto const fits = check_use(*jwk, *algorithm, material->shape); !fits) return fits.error();
    DecryptionKey key;
    if (jwk->contains("alg")) key.algorithm_ = *algorithm;
    key.kid_ = *kid;
    key.public_jwk_ = std::make_shared<json::object const>(public_part(*jwk));
    key.material_ = std::make_shared<evp::Material>(*std::move(material));
    return key;
}

bool DecryptionKey::takes(KeyManagement algorithm) const {
    return algorithm_ ? algorithm == *algorithm_ : suits(algorithm, material_->shape);
}

Result<std::string> DecryptionKey::decrypt(std::string_view token,
                                           std::optional<ContentEncryption> allowed,
                                           Limits const& limits) const {
    auto parts = split(token, limits);
    if (!parts) return parts.error();
    auto const header = parse_json_object((*parts)[0], {limits.jwt_bytes, limits.json_depth});
    if (!header) return Error(JoseErrc::malformed_token, "header: " + header.error().text());
    auto const used = check_header(*header, *this, allowed);
    if (!used) return used.error();
    auto const key =
        unwrap_content_key(used->alg, *material_, name_of(used->enc), *header, (*parts)[1]);
    if (!key) return Error(JoseErrc::bad_encryption, "");
    auto plain = decrypt_content(used->enc, key->reveal(), token.substr(0, token.find('.')),
                                 {(*parts)[2], (*parts)[3], (*parts)[4]});
    if (!plain) return Error(JoseErrc::bad_encryption, "");
    return *std::move(plain);
}

bool is_encrypted(std::string_view token) {
    return std::ranges::count(token, '.') == 4;
}

Result<std::string> decrypt(std::string_view token, std::span<DecryptionKey const> keys,
                            AllowedEncryption const& allowed, Limits const& limits) {
    if (token.size() > limits.jwt_bytes) return Error(JoseErrc::malformed_token, "too long");
    auto const header = read_header(token.substr(0, token.find('.')), limits);
    if (!header) return header.error();
    auto const alg = find_key_management(find_string(*header, "alg").value_or(""));
    if (!alg || (allowed.alg && alg != allowed.alg))
        return Error(JoseErrc::refused_algorithm, "alg");
    auto const kid = find_string(*header, "kid");
    for (auto const& key : keys)
        if (kid ? key.kid() == *kid : key.takes(*alg))
            return key.decrypt(token, allowed.enc, limits);
    return Error(JoseErrc::unknown_key, "none of ours");
}

}  // namespace tunnus::jose
