// SPDX-License-Identifier: MIT
// Base64, base64url, hex and percent-encoding: each decoder accepts one spelling of a value, the
// encoder's.
#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"

#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    if (auto const bytes = decode_base64url(text); bytes && encode_base64url(*bytes) != text)
        std::abort();
    if (auto const bytes = decode_base64(text); bytes && encode_base64(*bytes) != text)
        std::abort();
    if (auto const bytes = decode_base64(text, WhiteSpace::skip);
        bytes && decode_base64(encode_base64(*bytes)) != bytes)
        std::abort();
    if (auto const bytes = decode_hex(text); bytes && encode_hex(*bytes) != to_lower(text))
        std::abort();
    if (auto const bytes = percent_decode(text, Plus::is_space); bytes && !is_valid_utf8(*bytes))
        std::abort();
    if (decode_base64url(encode_base64url(text)) != text || decode_hex(encode_hex(text)) != text)
        std::abort();
    return 0;
}
