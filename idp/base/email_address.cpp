// SPDX-License-Identifier: MIT
#include "idp/base/email_address.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"

#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace tunnus {
namespace {

constexpr std::size_t max_local_bytes = 64;     // RFC 5321 §4.5.3.1.1
constexpr std::size_t max_address_bytes = 254;  // RFC 5321 §4.5.3.1.3, without the angle brackets
constexpr std::size_t max_domain_bytes = 253;   // RFC 1035 §2.3.4, without the root
constexpr std::size_t max_label_bytes = 63;

Error malformed() {
    return {BaseErrc::malformed, "e-mail address"};
}

/// RFC 5322 §3.2.3 atext; beyond ASCII letters, marks and digits only, so nothing invisible or
/// reserved.
bool is_local_character(UChar32 c) {
    constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
    if (c < 0x80)
        return is_alphanumeric(static_cast<char>(c)) ||
               marks.find(static_cast<char>(c)) != std::string_view::npos;
    return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

bool is_local_part(std::string_view local) {
    if (local.empty() || local.size() > max_local_bytes) return false;
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
        return false;
    auto const text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(local.data(), static_cast<std::int32_t>(local.size())));
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
        if (text.char32At(i) != '.' && !is_local_character(text.char32At(i))) return false;
    return true;
}

bool is_display_name(std::string_view name) {
    return is_valid_utf8(name) && std::ranges::none_of(name, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '<' ||
                      c == '>';
           });
}

void require(UErrorCode status) {
    if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Labels of letters, digits and inner hyphens, none of them encoded: nearly every domain. For
/// these UTS 46 changes case and nothing else, and ICU's tables need not be loaded.
bool is_plain_domain(std::string_view domain) {
    if (domain.size() > max_domain_bytes) return false;
    auto const is_plain_label = [](std::string_view label) {
        return !label.empty() && label.size() <= max_label_bytes && label.front() != '-' &&
               label.back() != '-' && label.substr(0, 4).find("--") == std::string_view::npos &&
               std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
    };
    for (auto dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.')) {
        if (!is_plain_label(domain.substr(0, dot))) return false;
        domain.remove_prefix(dot + 1);
    }
    return is_plain_label(domain);
}

/// The domain in A-labels and lower case, or empty when it is none (UTS 46, non-transitional,
/// STD3).
std::string to_a_labels(std::string_view domain) {
    if (is_plain_domain(domain)) return to_lower(domain);
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::IDNA> const idna(
        icu::IDNA::createUTS46Instance(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI |
                                           UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
                                       status));
    require(status);
    std::string labels;
    icu::StringByteSink<std::string> sink(&labels);
    icu::IDNAInfo info;
    idna->nameToASCII_UTF8({domain.data(), static_cast<std::int32_t>(domain.size())}, sink, info,
                           status);
    require(status);
    return info.hasErrors() ? std::string() : labels;
}

/// Two labels or more, the last one no number: what a mail exchanger can be looked up for.
bool is_mail_domain(std::string_view domain) {
    auto const dot = domain.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == domain.size()) return false;
    return !std::ranges::all_of(domain.substr(dot + 1), is_digit);
}

std::string fold(std::string_view text) {
    if (is_ascii(text)) return to_lower(text);
    UErrorCode status = U_ZERO_ERROR;
    auto const* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    require(status);
    std::string folded;
    icu::StringByteSink<std::string> sink(&folded);
    normalizer->normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink,
                              nullptr, status);
    require(status);
    return folded;
}

}  // namespace

Result<EmailAddress> parse_email_address(std::string_view text) {
    if (text.size() > max_address_bytes || !is_valid_utf8(text)) return malformed();
    auto const at = text.find('@');
    if (at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos)
        return malformed();
    auto const local = text.substr(0, at);
    auto const domain = to_a_labels(text.substr(at + 1));
    if (!is_local_part(local) || !is_mail_domain(domain)) return malformed();
    EmailAddress result;
    result.address = std::string(local).append("@").append(domain);
    if (result.address.size() > max_address_bytes) return malformed();
    result.lookup_key = fold(local).append("@").append(domain);
    return result;
}

Result<Mailbox> parse_mailbox(std::string_view text) {
    auto const open = text.find('<');
    Mailbox result;
    auto address = text;
    if (open != std::string_view::npos) {
        if (!text.ends_with('>')) return malformed();
        auto name = trim(text.substr(0, open));
        if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
            name = name.substr(1, name.size() - 2);
        if (!is_display_name(name)) return malformed();
        result.name = name;
        address = text.substr(open + 1, text.size() - open - 2);
    }
    auto const parsed = parse_email_address(address);
    if (!parsed) return parsed.error();
    result.address = parsed->address;
    return result;
}

}  // namespace tunnus
