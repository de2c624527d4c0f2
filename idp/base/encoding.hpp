// SPDX-License-Identifier: MIT
// The one place where bytes become text and back. Every decoder is strict: it accepts exactly one
// spelling of a value. Byte strings are std::string / std::string_view throughout the product.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tunnus {

/// RFC 4648 §5 without padding, as RFC 7515 §2 wants it.
[[nodiscard]] std::string encode_base64url(std::string_view bytes);
/// The same at the end of `text`, for tokens that are put together in one string.
void append_base64url(std::string& text, std::string_view bytes);
/// Refuses padding, `+/`, white space, non-zero trailing bits and impossible lengths (threats.md
/// J-12). An empty text is the empty byte string; callers that need content check it.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

/// RFC 4648 §4 with padding.
[[nodiscard]] std::string encode_base64(std::string_view bytes);
enum class WhiteSpace { refuse, skip };
/// Padding demanded; with WhiteSpace::skip, SP, HT, CR and LF anywhere are passed over (SAML
/// bindings, PEM).
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text,
                                                       WhiteSpace white_space = WhiteSpace::refuse);

/// Lower case.
[[nodiscard]] std::string encode_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> decode_hex(std::string_view text);

/// RFC 3986 unreserved characters stay, everything else becomes %XX. For query values and form
/// values we send.
[[nodiscard]] std::string percent_encode(std::string_view bytes);
enum class Plus { is_plus, is_space };
/// One decode. Refuses a bad escape, %00, and a result that is not valid UTF-8 (threats.md H-17,
/// P-02).
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, Plus plus);

/// Shortest-form UTF-8 without surrogates; U+0000 is allowed.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// For HTML text and quoted attribute values: & < > " ' escaped.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace tunnus
