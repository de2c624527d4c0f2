// SPDX-License-Identifier: MIT
#include "plugins/password/password_rules.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <zxcvbn.h>

#include <algorithm>

namespace tunnus::plugin::password {

namespace {

/// zxcvbn looks at every substring: what follows adds time, not insight.
constexpr std::size_t judged_bytes = 100;

icu::UnicodeString wide(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

}  // namespace

Result<Secret> normalise_password(std::string_view typed, Limits const& limits) {
    if (typed.size() > limits.password_bytes) return Error(BaseErrc::too_large, "password");
    if (!is_valid_utf8(typed)) return Error(BaseErrc::malformed, "password");
    auto text = wide(typed);
    for (std::int32_t i = 0; i < text.length(); ++i) {
        if (u_iscntrl(text.char32At(i))) return Error(BaseErrc::malformed, "password");
        if (u_charType(text.char32At(i)) == U_SPACE_SEPARATOR) text.setCharAt(i, u' ');
    }
    UErrorCode status = U_ZERO_ERROR;
    auto const* const nfc = icu::Normalizer2::getNFCInstance(status);
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal);
    if (U_SUCCESS(status)) nfc->normalize(text, status).toUTF8(sink);
    // The copy that ICU made is wiped too; Secret wipes its own.
    text.fastCopyFrom(icu::UnicodeString(text.length(), u' ', text.length()));
    if (U_FAILURE(status)) return Error(BaseErrc::malformed, u_errorName(status));
    return Secret(std::move(normal));
}

std::optional<std::string_view> find_weakness(Secret const& password,
                                              std::vector<std::string> const& about,
                                              Limits const& limits) {
    auto const text = password.reveal();
    if (static_cast<std::size_t>(wide(text).countChar32()) < limits.password_characters)
        return "error_password_short";
    std::vector<char const*> words;
    for (auto const& word : about)
        if (!word.empty()) words.push_back(word.c_str());
    words.push_back(nullptr);
    std::string judged(text.substr(0, judged_bytes));
    double const bits = ZxcvbnMatch(judged.c_str(), words.data(), nullptr);
    wipe(judged);
    if (bits < static_cast<double>(limits.password_strength_bits)) return "error_password_weak";
    return std::nullopt;
}

}  // namespace tunnus::plugin::password
