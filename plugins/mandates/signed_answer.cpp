// SPDX-License-Identifier: MIT
#include "plugins/mandates/signed_answer.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>

namespace tunnus::plugin::mandates {
namespace {

namespace json = boost::json;

constexpr int smallest_key_bits = 2'048;
constexpr std::string_view issuer = "Suomi.fi-Valtuudet";
/// Between two clocks that are kept by NTP, as the register demands (suomifi.md 7.1).
constexpr seconds clock_tolerance{60};

Error refused(std::string_view what) {
    return {BaseErrc::denied, "signed_answer_" + std::string(what)};
}

/// Without the lines that PEM puts around it.
std::string without_armour(std::string_view text) {
    std::string base64;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        if (!line.starts_with("-----")) base64.append(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return base64;
}

struct Parts {
    std::string_view signed_text;
    json::object claims;
    std::string signature;
};
std::optional<Parts> split(std::string_view jwt, Limits const& limits) {
    auto const first = jwt.find('.');
    auto const second = first == jwt.npos ? first : jwt.find('.', first + 1);
    if (second == jwt.npos) return std::nullopt;
    auto const header = decode_base64url(jwt.substr(0, first));
    auto const payload = decode_base64url(jwt.substr(first + 1, second - first - 1));
    auto signature = decode_base64url(jwt.substr(second + 1));
    if (!header || !payload || !signature) return std::nullopt;
    auto const head = parse_json_object(*header, {limits.http_body_bytes});
    auto claims = parse_json_object(*payload, {limits.http_body_bytes});
    if (!head || !claims || find_string(*head, "alg") != "RS256" || head->contains("crit"))
        return std::nullopt;
    return Parts{jwt.substr(0, second), std::move(*claims), std::move(*signature)};
}

bool names_audience(json::object const& claims, std::string_view audience) {
    if (find_string(claims, "aud") == audience) return true;
    auto const* all = claims.if_contains("aud");
    if (all == nullptr || !all->is_array()) return false;
    for (auto const& one : all->get_array())
        if (one.is_string() && one.get_string() == audience) return true;
    return false;
}

/// Whose answer it is. A claim that may be lacking must still be right where it is there.
bool is_for(json::object const& claims, ExpectedAnswer const& expected) {
    auto const is = [&](std::string_view name, std::string_view value, bool may_lack) {
        if (!claims.contains(name)) return may_lack;
        return find_string(claims, name) == value;
    };
    bool const of_person = expected.kind == AnswerKind::authorization_list;
    if (of_person && !is("principal", expected.principal, false)) return false;
    return is("end_user", expected.end_user, of_person && expected.may_lack.end_user) &&
           is("requestId", expected.request_id, true);
}

/// NumericDate. An answer is of now: what was said before may have ended since.
bool is_of_now(json::object const& claims, ExpectedAnswer const& expected) {
    auto const is = [&](char const* name, bool may_lack, auto const& right) {
        auto const* value = claims.if_contains(name);
        if (value == nullptr) return may_lack;
        return value->is_int64() && right(TimePoint(seconds(value->get_int64())));
    };
    auto const now = expected.now;
    return is("exp", expected.may_lack.exp,
              [&](TimePoint exp) { return now < exp + clock_tolerance; }) &&
           is("iat", expected.may_lack.iat, [&](TimePoint iat) {
               return now - iat <= clock_tolerance && iat - now <= clock_tolerance;
           });
}

Result<json::value> as_plain_answer(std::string_view response, AnswerKind kind,
                                    Limits const& limits) {
    auto list = parse_json(response, {limits.http_body_bytes});
    if (!list || !list->is_array()) return refused("response");
    if (kind == AnswerKind::organisational_roles) return list;
    return json::value(json::object{{"roles", std::move(*list)}});
}

}  // namespace

Result<AnswerKey> AnswerKey::parse(std::string_view text) {
    auto const der = decode_base64(without_armour(text), WhiteSpace::skip);
    if (!der) return Error(BaseErrc::malformed, "is not base64");
    auto const* at = reinterpret_cast<unsigned char const*>(der->data());
    AnswerKey key;
    key.key_ = std::shared_ptr<EVP_PKEY>(d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size())),
                                         &EVP_PKEY_free);
    if (!key.key_ || EVP_PKEY_get_base_id(key.key_.get()) != EVP_PKEY_RSA ||
        EVP_PKEY_get_bits(key.key_.get()) < smallest_key_bits)
        return Error(BaseErrc::malformed, "is not an RSA public key of 2048 bits or more");
    return key;
}

bool AnswerKey::verifies(std::string_view signed_text, std::string_view signature) const {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    auto const bytes = [](std::string_view text) {
        return reinterpret_cast<unsigned char const*>(text.data());
    };
    return context &&
           EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(signed_text),
                            signed_text.size()) == 1;
}

Result<json::value> read_signed_answer(std::string_view jwt, AnswerKey const& key,
                                       ExpectedAnswer const& expected, Limits const& limits) {
    static constexpr std::array<std::string_view, 2> subjects{"AuthorizationList",
                                                              "OrganizationalRoles"};
    auto const parts = split(jwt, limits);
    if (!parts) return refused("form");
    if (!key.verifies(parts->signed_text, parts->signature)) return refused("signature");
    auto const& claims = parts->claims;
    if (find_string(claims, "iss") != issuer) return refused("iss");
    if (!names_audience(claims, expected.audience)) return refused("aud");
    if (find_string(claims, "sub") != subjects.at(static_cast<std::size_t>(expected.kind)))
        return refused("sub");
    if (!is_for(claims, expected)) return refused("person");
    if (!is_of_now(claims, expected)) return refused("time");
    auto const response = find_string(claims, "response");
    if (!response) return refused("response");
    return as_plain_answer(*response, expected.kind, limits);
}

}  // namespace tunnus::plugin::mandates
