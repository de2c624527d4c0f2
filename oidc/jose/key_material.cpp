// SPDX-License-Identifier: MIT
#include "oidc/jose/key_material.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace tunnus::jose {
namespace {

namespace json = boost::json;
using evp::bytes_of;

using Bignum = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

struct FreeBytes {
    void operator()(unsigned char* bytes) const noexcept { OPENSSL_free(bytes); }
};

constexpr int fewest_rsa_bits = 2'048;
constexpr int most_rsa_bits = 8'192;
constexpr BN_ULONG smallest_rsa_e = 65'537;
// A longer e is nobody's need and would make a check as dear as a signature.
constexpr std::size_t longest_rsa_e = 8;

constexpr std::array<std::string_view, 7> private_members{"d", "p", "q", "dp", "dq", "qi", "oth"};

std::optional<KeyShape> shape_of(json::object const& jwk) {
    auto const type = find_string(jwk, "kty");
    auto const curve = find_string(jwk, "crv");
    if (type == "RSA") return KeyShape{KeyType::RSA, Curve::none};
    if (type == "oct") return KeyShape{KeyType::oct, Curve::none};
    if (type == "EC" && curve == "P-256") return KeyShape{KeyType::EC, Curve::P_256};
    if (type == "EC" && curve == "P-384") return KeyShape{KeyType::EC, Curve::P_384};
    if (type == "EC" && curve == "P-521") return KeyShape{KeyType::EC, Curve::P_521};
    if (type == "OKP" && curve == "Ed25519") return KeyShape{KeyType::OKP, Curve::Ed25519};
    return std::nullopt;
}

/// The bytes of a base64url member; empty when it is absent, empty or spelled otherwise.
Secret octets_of(json::object const& jwk, std::string_view name) {
    auto const text = find_string(jwk, name);
    auto bytes = text ? decode_base64url(*text) : std::nullopt;
    return bytes ? Secret(*std::move(bytes)) : Secret{};
}

/// Base64urlUInt of RFC 7518 §2: no leading zero octet. Null when it is not one.
Bignum number_of(json::object const& jwk, std::string_view name) {
    auto const octets = octets_of(jwk, name);
    auto const bytes = octets.reveal();
    if (bytes.empty() || bytes.front() == '\0' || bytes.size() * 8 > most_rsa_bits) return nullptr;
    return Bignum(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// Null when OpenSSL refuses the numbers, as it does for a point off the curve.
evp::Pkey pkey_from(char const* type, int selection, ParameterBuilder const& builder) {
    Parameters const parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    evp::PkeyContext const context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    evp::require(EVP_PKEY_fromdata_init(context.get()));
    if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return evp::Pkey(key);
}

struct RsaMember {
    std::string_view jwk_name;
    char const* openssl_name;
};
constexpr std::array<RsaMember, 2> rsa_public{
    {{"n", OSSL_PKEY_PARAM_RSA_N}, {"e", OSSL_PKEY_PARAM_RSA_E}}};
constexpr std::array<RsaMember, 6> rsa_private{{{"d", OSSL_PKEY_PARAM_RSA_D},
                                                {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                                {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                                {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                                {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                                {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};

/// RFC 7518 §6.3.
Result<evp::Pkey> import_rsa(json::object const& jwk, int selection) {
    std::vector<Bignum> numbers;  // the builder only points at them
    ParameterBuilder const builder(OSSL_PARAM_BLD_new());
    auto const add = [&](RsaMember const& member) {
        auto number = number_of(jwk, member.jwk_name);
        if (!number) return false;
        evp::require(OSSL_PARAM_BLD_push_BN(builder.get(), member.openssl_name, number.get()));
        numbers.push_back(std::move(number));
        return true;
    };
    for (auto const& member : rsa_public)
        if (!add(member)) return Error(JoseErrc::malformed_key, "RSA n or e");
    auto const* n = numbers[0].get();
    auto const* e = numbers[1].get();
    if (BN_num_bits(n) < fewest_rsa_bits || BN_get_word(e) < smallest_rsa_e)
        return Error(JoseErrc::weak_key, "RSA below 2048 bits, or e below 65537");
    if (static_cast<std::size_t>(BN_num_bytes(e)) > longest_rsa_e || !BN_is_odd(e) || !BN_is_odd(n))
        return Error(JoseErrc::malformed_key, "RSA n or e");
    if (selection == EVP_PKEY_KEYPAIR) {
        if (jwk.contains("oth")) return Error(JoseErrc::unsupported_key, "more than two primes");
        for (auto const& member : rsa_private)
            if (!add(member)) return Error(JoseErrc::malformed_key, "RSA private members");
    }
    auto key = pkey_from("RSA", selection, builder);
    if (!key) return Error(JoseErrc::malformed_key, "RSA");
    return key;
}

/// RFC 7518 §6.2: every number at its full length.
Result<evp::Pkey> import_ec(json::object const& jwk, Curve curve, int selection) {
    auto const coordinate = coordinate_bytes(curve);
    auto const x = octets_of(jwk, "x");
    auto const y = octets_of(jwk, "y");
    if (x.reveal().size() != coordinate || y.reveal().size() != coordinate)
        return Error(JoseErrc::malformed_key, "EC x or y");
    std::string point = "\x04";  // SEC 1 §2.3.3, uncompressed
    point.append(x.reveal()).append(y.reveal());
    ParameterBuilder const builder(OSSL_PARAM_BLD_new());
    auto const name = *find_string(jwk, "crv");
    evp::require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                 name.data(), name.size()));
    evp::require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                  point.data(), point.size()));
    Bignum d;
    if (selection == EVP_PKEY_KEYPAIR) {
        auto const octets = octets_of(jwk, "d");
        if (octets.reveal().size() != coordinate) return Error(JoseErrc::malformed_key, "EC d");
        d.reset(BN_secure_new());
        BN_bin2bn(bytes_of(octets.reveal()), static_cast<int>(coordinate), d.get());
        evp::require(OSSL_PARAM_BLD_push_BN_pad(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get(),
                                                coordinate));
    }
    auto key = pkey_from("EC", selection, builder);
    if (!key) return Error(JoseErrc::malformed_key, "EC point or scalar");
    return key;
}

/// RFC 8037 §2. The public half of a pair is derived and compared: signing with another one would
/// give the private key away.
Result<evp::Pkey> import_ed25519(json::object const& jwk, int selection) {
    constexpr std::size_t bytes = 32;
    auto const x = octets_of(jwk, "x");
    if (x.reveal().size() != bytes) return Error(JoseErrc::malformed_key, "OKP x");
    if (selection == EVP_PKEY_PUBLIC_KEY)
        return evp::Pkey(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                                        bytes_of(x.reveal()), bytes));
    auto const d = octets_of(jwk, "d");
    if (d.reveal().size() != bytes) return Error(JoseErrc::malformed_key, "OKP d");
    evp::Pkey key(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, bytes_of(d.reveal()), bytes));
    std::string derived(bytes, '\0');
    std::size_t size = bytes;
    evp::require(EVP_PKEY_get_raw_public_key(key.get(), bytes_of(derived), &size));
    if (derived != x.reveal()) return Error(JoseErrc::malformed_key, "OKP x is not d's");
    return key;
}

Result<evp::Material> import(json::object const& jwk, KeyShape shape, int selection) {
    auto key = shape.type == KeyType::RSA  ? import_rsa(jwk, selection)
               : shape.type == KeyType::EC ? import_ec(jwk, shape.curve, selection)
                                           : import_ed25519(jwk, selection);
    if (!key) return key.error();
    return evp::Material{shape, *std::move(key), {}};
}

}  // namespace

Result<evp::Material> import_public_key(json::object const& jwk) {
    auto const shape = shape_of(jwk);
    if (!shape || shape->type == KeyType::oct)
        return Error(JoseErrc::unsupported_key, "kty or crv of a public key");
    for (auto const name : private_members)
        if (jwk.contains(name)) return Error(JoseErrc::malformed_key, "a private member");
    return import(jwk, *shape, EVP_PKEY_PUBLIC_KEY);
}

Result<evp::Material> import_private_key(json::object const& jwk) {
    auto const shape = shape_of(jwk);
    if (!shape) return Error(JoseErrc::unsupported_key, "kty or crv");
    if (shape->type != KeyType::oct) return import(jwk, *shape, EVP_PKEY_KEYPAIR);
    auto octets = octets_of(jwk, "k");
    if (octets.empty()) return Error(JoseErrc::malformed_key, "oct k");
    return evp::Material{*shape, {}, std::move(octets)};
}

char const* name_of(Curve curve) {
    return curve == Curve::P_256 ? "P-256" : curve == Curve::P_384 ? "P-384" : "P-521";
}

Result<json::object> export_public_key(EVP_PKEY const& key, KeyShape shape) {
    // By way of DER: a key of an engine answers no questions about its parameters.
    unsigned char* der = nullptr;
    int const size = i2d_PUBKEY(&key, &der);
    std::unique_ptr<unsigned char, FreeBytes> const owned(der);
    auto const* at = der;
    evp::Pkey const copy(size > 0 ? d2i_PUBKEY(nullptr, &at, size) : nullptr);
    if (!copy || EVP_PKEY_is_a(copy.get(), shape.type == KeyType::RSA ? "RSA" : "EC") != 1) {
        ERR_clear_error();
        return Error(JoseErrc::malformed_key, "not a key of this algorithm");
    }
    if (shape.type == KeyType::RSA)
        return json::object{{"kty", "RSA"},
                            {"n", encoded_number(*copy, OSSL_PKEY_PARAM_RSA_N)},
                            {"e", encoded_number(*copy, OSSL_PKEY_PARAM_RSA_E)}};
    auto const width = coordinate_bytes(shape.curve);
    if (static_cast<std::size_t>(EVP_PKEY_get_bits(copy.get()) + 7) / 8 != width)
        return Error(JoseErrc::malformed_key, "not a key of this curve");
    return json::object{{"kty", "EC"},
                        {"crv", name_of(shape.curve)},
                        {"x", encoded_number(*copy, OSSL_PKEY_PARAM_EC_PUB_X, width)},
                        {"y", encoded_number(*copy, OSSL_PKEY_PARAM_EC_PUB_Y, width)}};
}

std::string encoded_number(EVP_PKEY const& key, char const* openssl_name, std::size_t width) {
    BIGNUM* number = nullptr;
    evp::require(EVP_PKEY_get_bn_param(&key, openssl_name, &number));
    Bignum const owned(number);
    std::string bytes(width != 0 ? width : static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    int const size = static_cast<int>(bytes.size());
    evp::require(BN_bn2binpad(number, bytes_of(bytes), size) == size ? 1 : 0);
    auto text = encode_base64url(bytes);
    wipe(bytes);
    return text;
}

std::span<std::string_view const> thumbprint_members(json::object const& jwk) {
    static constexpr std::array<std::string_view, 3> rsa{"e", "kty", "n"};
    static constexpr std::array<std::string_view, 4> ec{"crv", "kty", "x", "y"};
    static constexpr std::array<std::string_view, 3> okp{"crv", "kty", "x"};
    auto const type = find_string(jwk, "kty");
    if (type == "RSA") return rsa;
    if (type == "EC") return ec;
    if (type == "OKP") return okp;
    return {};
}

}  // namespace tunnus::jose
