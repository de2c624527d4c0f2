// SPDX-License-Identifier: MIT
#include "oidc/jose/claims.hpp"

#include <algorithm>
#include <string>

namespace tunnus::jose {
namespace {

constexpr std::int64_t last_second_of_9999 = 253'402'300'799;

/// Lower case, without the prefix that RFC 7515 §4.1.9 lets a sender leave out.
std::string media_type(std::string_view typ) {
    constexpr std::string_view prefix = "application/";
    std::string text(typ);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    return text;
}

bool is_among(boost::json::value const& value, std::span<std::string_view const> accepted) {
    auto const* text = value.if_string();
    return text != nullptr &&
           std::find(accepted.begin(), accepted.end(), std::string_view(*text)) != accepted.end();
}

}  // namespace

Result<> check_type(VerifiedJwt const& token, std::initializer_list<std::string_view> accepted) {
    auto const found = media_type(find_string(token.header(), "typ").value_or(""));
    for (auto const& typ : accepted)
        if (media_type(typ) == found) return {};
    return Error(JoseErrc::wrong_type, found);
}

Result<> check_issuer(boost::json::object const& claims, std::string_view issuer) {
    if (find_string(claims, "iss") == issuer) return {};
    return Error(JoseErrc::wrong_issuer, "iss");
}

Result<> check_audience(boost::json::object const& claims,
                        std::span<std::string_view const> accepted, AudienceForm form) {
    auto const* aud = claims.if_contains("aud");
    if (aud != nullptr && is_among(*aud, accepted)) return {};
    auto const* list = aud != nullptr ? aud->if_array() : nullptr;
    if (form == AudienceForm::one_text || list == nullptr)
        return Error(JoseErrc::wrong_audience, "aud");
    bool found = false;
    for (auto const& member : *list) {
        if (!member.is_string()) return Error(JoseErrc::wrong_audience, "aud holds a non-text");
        found = found || is_among(member, accepted);
    }
    if (!found) return Error(JoseErrc::wrong_audience, "aud");
    return {};
}

Result<std::optional<TimePoint>> find_numeric_date(boost::json::object const& claims,
                                                   std::string_view name) {
    auto const* value = claims.if_contains(name);
    if (value == nullptr) return std::optional<TimePoint>();
    auto const* number = value->if_int64();
    if (number == nullptr || *number < 0 || *number > last_second_of_9999)
        return Error(JoseErrc::bad_claim, std::string(name));
    return std::optional(from_unix_s(*number));
}

Result<> check_lifetime(boost::json::object const& claims, LifetimeRules const& rules,
                        TimePoint now) {
    auto const exp = find_numeric_date(claims, "exp");
    auto const nbf = find_numeric_date(claims, "nbf");
    auto const iat = find_numeric_date(claims, "iat");
    for (auto const* date : {&exp, &nbf, &iat})
        if (!*date) return date->error();
    bool const exp_missing = rules.exp == LifetimeRules::Claim::required && !*exp;
    bool const iat_missing = rules.iat == LifetimeRules::Claim::required && !*iat;
    if (exp_missing || iat_missing) return Error(JoseErrc::bad_claim, "exp or iat is missing");
    if ((*exp && *nbf && **nbf > **exp) || (*exp && *iat && **iat > **exp))
        return Error(JoseErrc::bad_claim, "exp lies before nbf or iat");

    if (*nbf && **nbf > now + rules.leeway) return Error(JoseErrc::not_yet_valid, "nbf");
    if (*iat && **iat > now + rules.leeway) return Error(JoseErrc::not_yet_valid, "iat");
    if (*exp && rules.refuse_expired && **exp + rules.leeway <= now)
        return Error(JoseErrc::expired, "exp");
    if (*iat && rules.longest_age && **iat + *rules.longest_age + rules.leeway < now)
        return Error(JoseErrc::expired, "iat");
    if (*exp && rules.longest_remaining && **exp > now + *rules.longest_remaining + rules.leeway)
        return Error(JoseErrc::bad_claim, "exp is too far ahead");
    if (!rules.longest_from_nbf) return {};
    auto const longest = *rules.longest_from_nbf;
    if (!*nbf || **nbf + longest + rules.leeway < now || (*exp && **exp > **nbf + longest))
        return Error(JoseErrc::bad_claim, "nbf is missing or too long ago");
    return {};
}

}  // namespace tunnus::jose
