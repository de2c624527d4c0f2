// SPDX-License-Identifier: MIT
#include "idp/web/framing.hpp"

#include "idp/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tunnus::web {
namespace {

enum Class : std::uint8_t { token = 1, value = 2, in_target = 4, host = 8 };

/// Which bytes may stand where (RFC 9110 §5.5 and §5.6.2, RFC 3986 with what browsers leave raw).
constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    for (int c = 0; c < 256; ++c) {
        auto& entry = table[static_cast<std::size_t>(c)];
        auto const character = static_cast<char>(c);
        auto const is_one_of = [&](std::string_view set) {
            return c != 0 && set.find(character) != std::string_view::npos;
        };
        if (c < 0x80 && (is_alphanumeric(character) || is_one_of("!#$%&'*+-.^_`|~")))
            entry |= token;
        if (c == '\t' || (c >= 0x20 && c != 0x7f)) entry |= value;
        if (c > 0x20 && c < 0x7f && !is_one_of("\"<>#\\")) entry |= in_target;
        if (c < 0x80 && (is_alphanumeric(character) || is_one_of("-._~[]:"))) entry |= host;
    }
    return table;
}();

bool is(char c, Class wanted) {
    return (classes[static_cast<unsigned char>(c)] & wanted) != 0;
}
bool all(std::string_view text, Class wanted) {
    return std::ranges::all_of(text, [=](char c) { return is(c, wanted); });
}

/// uri-host [":" port], RFC 3986 §3.2: no userinfo, path, space or empty host.
bool is_authority(std::string_view text) {
    if (text.empty() || !all(text, host)) return false;
    std::size_t port_colon = text.find(':');
    if (text.front() == '[') {
        auto const end = text.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        auto const inside = text.substr(1, end - 1);
        if (inside.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
            return false;
        if (end + 1 == text.size()) return true;
        if (text[end + 1] != ':') return false;
        port_colon = end + 1;
    } else {
        if (text.find_first_of("[]") != std::string_view::npos) return false;
        if (port_colon == std::string_view::npos) return true;
        if (port_colon == 0) return false;
    }
    auto const port = text.substr(port_colon + 1);
    return port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

bool lists(std::string_view value, std::string_view wanted) {
    while (true) {
        auto const comma = value.find(',');
        if (equal_ignoring_case(trim(value.substr(0, comma)), wanted)) return true;
        if (comma == std::string_view::npos) return false;
        value.remove_prefix(comma + 1);
    }
}

}  // namespace

Scan HeadScanner::refuse(int status, std::string_view reason) {
    refusal_ = {status, reason};
    return Scan::refused;
}

Scan HeadScanner::scan(std::string_view received) {
    for (; scanned_ < received.size(); ++scanned_) {
        char const c = received[scanned_];
        if (is(c, value)) continue;
        if (c == '\r') {
            if (scanned_ + 1 == received.size()) break;  // its LF is still on the way
            if (received[scanned_ + 1] != '\n') return refuse(400, "bare_cr");
            auto const line = received.substr(line_start_, scanned_ - line_start_);
            ++scanned_;
            if (scanned_ + 1 > rules_->header_bytes)
                return refuse(line_start_ == 0 ? 414 : 431, "header_too_long");
            if (line_start_ == 0) {
                if (!read_request_line(line)) return Scan::refused;
            } else if (line.empty()) {
                return finish(received, scanned_ + 1);
            } else if (!read_field(line)) {
                return Scan::refused;
            }
            line_start_ = scanned_ + 1;
        } else {
            return refuse(400, c == '\n' ? "bare_lf" : "control_byte");
        }
    }
    if (received.size() >= rules_->header_bytes)
        return refuse(line_start_ == 0 ? 414 : 431, "header_too_long");
    return Scan::need_more;
}

Scan HeadScanner::finish(std::string_view received, std::size_t bytes) {
    if (!check_whole()) return Scan::refused;
    head_.method = received.substr(0, method_size_);
    head_.target = received.substr(target_offset_, target_size_);
    head_.bytes = bytes;
    return Scan::complete;
}

/// RFC 9112 §3: method SP request-target SP HTTP-version, each space exactly one.
bool HeadScanner::read_request_line(std::string_view line) {
    auto const bad = [this](std::string_view reason) {
        refuse(400, reason);
        return false;
    };
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return bad("request_line");
    auto const method = line.substr(0, first);
    auto const target = line.substr(first + 1, last - first - 1);
    auto const version = line.substr(last + 1);
    if (method.empty() || !all(method, token)) return bad("method");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return bad("version");
    if (target.size() > rules_->target_bytes) {
        refuse(414, "target_too_long");
        return false;
    }
    if (!all(target, in_target)) return bad("target");
    head_.http10 = version == "HTTP/1.0";
    head_.close = head_.http10;
    method_size_ = first;
    target_offset_ = first + 1;
    target_size_ = target.size();
    return check_target(target);
}

/// Origin-form, or absolute-form whose authority check_whole() compares (RFC 9112 §3.2).
bool HeadScanner::check_target(std::string_view target) {
    if (target.starts_with('/')) return true;
    for (std::string_view const scheme : {"http://", "https://"}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        auto const rest = target.substr(scheme.size());
        auto const path = rest.find('/');
        if (path == std::string_view::npos) break;
        target_authority_ = to_lower(rest.substr(0, path));
        if (std::ranges::find(rules_->authorities, target_authority_) == rules_->authorities.end())
            break;
        target_offset_ += scheme.size() + path;
        target_size_ -= scheme.size() + path;
        return true;
    }
    refuse(400, "target_form");
    return false;
}

/// RFC 9112 §5: name ":" OWS value OWS. A line that begins with white space would be an obs-fold;
/// its first byte is no token.
bool HeadScanner::read_field(std::string_view line) {
    auto const bad = [this](std::string_view reason) {
        refuse(400, reason);
        return false;
    };
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return bad("field_line");
    auto const name = line.substr(0, colon);
    if (!all(name, token)) return bad("field_name");
    if (++fields_ > rules_->header_fields) {
        refuse(431, "too_many_fields");
        return false;
    }
    auto const content = trim(line.substr(colon + 1));

    // The fields that frame a message; their names have these lengths and no other field's value
    // counts.
    switch (name.size()) {
        case 4:
            if (!equal_ignoring_case(name, "Host")) return true;
            if (++hosts_ > 1 || !is_authority(content)) return bad("host");
            host_ = to_lower(content);
            return true;
        case 6:
            if (!equal_ignoring_case(name, "Expect")) return true;
            head_.expects_continue = equal_ignoring_case(content, "100-continue");
            head_.unknown_expectation = ++expectations_ > 1 || !head_.expects_continue;
            return true;
        case 7:
            // The bytes behind an offer to upgrade might be meant for the other protocol (H-08).
            if (equal_ignoring_case(name, "Upgrade")) head_.close = true;
            return true;
        case 10:
            if (equal_ignoring_case(name, "Connection") && lists(content, "close"))
                head_.close = true;
            return true;
        case 14: {
            if (!equal_ignoring_case(name, "Content-Length")) return true;
            if (++lengths_ > 1) return bad("content_length_twice");
            // 19 digits always fit.
            if (content.empty() || content.size() > 19 || !std::ranges::all_of(content, is_digit))
                return bad("content_length");
            std::from_chars(content.data(), content.data() + content.size(), head_.content_length);
            return true;
        }
        case 16:
            if (equal_ignoring_case(name, "Content-Encoding") &&
                !equal_ignoring_case(content, "identity"))
                head_.content_encoded = true;
            return true;
        case 17:
            if (!equal_ignoring_case(name, "Transfer-Encoding")) return true;
            if (++encodings_ > 1 || !equal_ignoring_case(content, "chunked"))
                return bad("transfer_encoding");
            head_.chunked = true;
            return true;
        default:
            return true;
    }
}

/// What only the whole head can tell.
bool HeadScanner::check_whole() {
    auto const bad = [this](std::string_view reason) {
        refuse(400, reason);
        return false;
    };
    if (head_.chunked && lengths_ > 0) return bad("length_and_encoding");
    if (head_.chunked && head_.http10) return bad("chunked_in_http10");
    if (hosts_ == 0 && !(head_.http10 && rules_->http10_without_host)) return bad("host");
    if (!target_authority_.empty() && target_authority_ != host_) return bad("host_differs");
    if (head_.http10)
        head_.expects_continue = head_.unknown_expectation = false;  // RFC 9110 §10.1.1
    return true;
}

Scan ChunkScanner::refuse(int status, std::string_view reason) {
    refusal_ = {status, reason};
    return Scan::refused;
}

Scan ChunkScanner::scan(std::string_view bytes) {
    passed_ = 0;
    while (passed_ < bytes.size() && !done_) {
        if (state_ == State::data) {
            auto const taken = std::min<std::uint64_t>(size_, bytes.size() - passed_);
            passed_ += static_cast<std::size_t>(taken);
            size_ -= taken;
            if (size_ == 0) state_ = State::data_cr;
            continue;
        }
        if (!take(bytes[passed_])) return Scan::refused;
        ++passed_;
    }
    return done_ ? Scan::complete : Scan::need_more;
}

bool ChunkScanner::take(char c) {
    auto const expect = [this, c](char wanted, State next) {
        if (c != wanted) {
            refuse(400, "chunk_line_end");
            return false;
        }
        state_ = next;
        return true;
    };
    switch (state_) {
        case State::size:
            return take_size(c);
        case State::extension:
            if (c == '\r') return expect('\r', State::size_lf);
            if (++extension_ > bounds_.extension_bytes || !is(c, value) || c == '\t') {
                refuse(400, "chunk_extension");
                return false;
            }
            return true;
        case State::size_lf:
            return expect('\n', size_ == 0 ? State::end_cr : State::data);
        case State::data_cr:
            return expect('\r', State::data_lf);
        case State::data_lf:
            digits_ = 0;
            extension_ = 0;
            return expect('\n', State::size);
        case State::end_cr:  // anything else would be a trailer field
            return expect('\r', State::end_lf);
        case State::end_lf:
            done_ = c == '\n';
            return expect('\n', State::end_lf);
        case State::data:
            break;
    }
    return true;
}

bool ChunkScanner::take_size(char c) {
    auto const bad = [this](int status, std::string_view reason) {
        refuse(status, reason);
        return false;
    };
    char const lower = to_lower(c);
    bool const letter = lower >= 'a' && lower <= 'f';
    if (is_digit(c) || letter) {
        if (++digits_ > 16) return bad(400, "chunk_size");
        size_ = size_ * 16 + static_cast<std::uint64_t>(letter ? lower - 'a' + 10 : c - '0');
        return true;
    }
    if (digits_ == 0) return bad(400, "chunk_size");
    if (c != '\r' && c != ';') return bad(400, "chunk_size");
    if (size_ > bounds_.body_bytes - total_) return bad(413, "body_too_long");
    total_ += size_;
    if (c == '\r') {
        state_ = State::size_lf;
    } else {
        state_ = State::extension;
        extension_ = 1;
    }
    return true;
}

}  // namespace tunnus::web
