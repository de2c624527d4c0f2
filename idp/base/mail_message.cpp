// SPDX-License-Identifier: MIT
#include "idp/base/mail_message.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/time_text.hpp"

#include <algorithm>

namespace tunnus {
namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::size_t max_plain_bytes = 60;  // with the field's name below 78 (RFC 5322 §2.1.1)
constexpr std::size_t max_encoded_word_bytes =
    45;  // 60 characters of base64; a word has at most 75 (RFC 2047 §2)
constexpr std::size_t base64_line = 76;

bool is_plain(std::string_view text) {
    return text.size() <= max_plain_bytes && text.find("=?") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) {
               return is_alphanumeric(c) ||
                      std::string_view(" .,!?'-+/:()").find(c) != std::string_view::npos;
           });
}

/// How many bytes of `text` fit into one encoded word without cutting a character.
std::size_t word_bytes(std::string_view text) {
    auto size = std::min(text.size(), max_encoded_word_bytes);
    if (size == text.size()) return size;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return size == 0 ? max_encoded_word_bytes : size;
}

std::string encode_words(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        auto const size = word_bytes(text);
        if (!words.empty()) words.append(crlf).append(" ");
        words.append("=?utf-8?B?").append(encode_base64(text.substr(0, size))).append("?=");
        text.remove_prefix(size);
    }
    return words;
}

std::string header_text(std::string_view text) {
    std::string one_line(text);
    std::ranges::replace_if(
        one_line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return is_plain(one_line) ? one_line : encode_words(one_line);
}

/// CRLF, lone CR and lone LF all end a line.
std::string normalise_line_ends(std::string_view text) {
    std::string lines;
    lines.reserve(text.size() + text.size() / 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (pair) ++i;
        if (text[i] == '\r' || text[i] == '\n')
            lines.append(crlf);
        else
            lines.push_back(text[i]);
    }
    return lines;
}

std::string base64_lines(std::string_view bytes) {
    auto const encoded = encode_base64(bytes);
    std::string lines;
    for (std::size_t at = 0; at < encoded.size(); at += base64_line)
        lines.append(encoded, at, base64_line).append(crlf);
    return lines;
}

}  // namespace

std::string build_mail_message(Mail const& mail, Mailbox const& from, TimePoint now,
                               std::string_view id) {
    auto const domain = from.address.substr(from.address.find('@') + 1);
    auto const sender =
        from.name.empty() ? from.address : header_text(from.name) + " <" + from.address + ">";
    std::string message;
    auto const field = [&](std::string_view name, std::string_view value) {
        message.append(name).append(": ").append(value).append(crlf);
    };
    field("Date", imf_date(now, "+0000"));
    field("From", sender);
    field("To", mail.to);
    field("Subject", header_text(mail.subject));
    field("Message-ID", "<" + std::string(id) + "@" + domain + ">");
    field("Auto-Submitted", "auto-generated");  // RFC 3834: no out-of-office answers, please
    field("MIME-Version", "1.0");
    field("Content-Type", "text/plain; charset=utf-8");
    field("Content-Transfer-Encoding", "base64");
    return message.append(crlf).append(base64_lines(normalise_line_ends(mail.text)));
}

}  // namespace tunnus
