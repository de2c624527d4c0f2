// SPDX-License-Identifier: MIT
#include "idp/base/redact.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/secret.hpp"

namespace tunnus {
namespace {

constexpr std::size_t identity_code_bytes = 11;

bool is_token_character(char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
}

struct Secretive {
    std::size_t bytes = 0;
    std::string_view shown_as;
};

/// Whether a thing that must not be written down begins here.
Secretive secretive_at(std::string_view text) {
    if (is_digit(text.front()) && text.size() >= identity_code_bytes &&
        PersonalIdentityCode::parse(text.substr(0, identity_code_bytes)))
        return {identity_code_bytes, "[identity code]"};
    if (text.starts_with("eyJ")) {
        std::size_t end = 3;
        while (end < text.size() && is_token_character(text[end]))
            ++end;
        if (text.substr(0, end).find('.') != std::string_view::npos) return {end, "[token]"};
    }
    return {};
}

}  // namespace

std::string redact(std::string_view text, std::size_t max_bytes) {
    std::string kept;
    while (!text.empty() && kept.size() <= max_bytes) {
        if (auto const found = secretive_at(text); found.bytes > 0) {
            kept.append(found.shown_as);
            text.remove_prefix(found.bytes);
        } else {
            kept.push_back(text.front());
            text.remove_prefix(1);
        }
    }
    if (kept.size() > max_bytes) {
        kept.resize(max_bytes);
        kept.append("[cut]");
    }
    return kept;
}

boost::json::value redact_json(boost::json::value const& value) {
    if (auto const* text = value.if_string()) return boost::json::string(redact(*text));
    if (auto const* object = value.if_object()) {
        boost::json::object redacted;
        for (auto const& member : *object)
            redacted[redact(member.key())] = redact_json(member.value());
        return redacted;
    }
    if (auto const* array = value.if_array()) {
        boost::json::array redacted;
        for (auto const& element : *array)
            redacted.push_back(redact_json(element));
        return redacted;
    }
    return value;
}

}  // namespace tunnus
