// SPDX-License-Identifier: MIT
#include "idp/base/json_log.hpp"

#include "idp/base/redact.hpp"
#include "idp/base/time_text.hpp"

#include <boost/json/serialize.hpp>
#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unicode/utf8.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cmath>
#include <mutex>

namespace tunnus {
namespace {

namespace json = boost::json;

constexpr std::size_t max_text_bytes = 1'024;
constexpr std::size_t max_line_bytes = PIPE_BUF;
constexpr int max_depth = 8;
constexpr int max_wait_ms = 100;

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "unknown";
}

bool is_plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void append_hex_escape(std::string& out, std::string_view introducer, unsigned value, int digits) {
    constexpr std::string_view hex = "0123456789abcdef";
    out.append(introducer);
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        out.push_back(hex[(value >> shift) & 0x0fU]);
}

void append_code_point(std::string& out, unsigned code_point) {
    constexpr unsigned first_beyond_bmp = 0x10000;
    if (code_point < first_beyond_bmp) return append_hex_escape(out, "\\u", code_point, 4);
    auto const rest = code_point - first_beyond_bmp;
    append_hex_escape(out, "\\u", 0xd800U + (rest >> 10), 4);
    append_hex_escape(out, "\\u", 0xdc00U + (rest & 0x3ffU), 4);
}

/// Appends the character at `at`, escaped, and returns where the next one begins.
std::size_t append_escaped(std::string& out, std::string_view text, std::size_t at) {
    char const c = text[at];
    if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
        return at + 1;
    }
    auto const* bytes = reinterpret_cast<std::uint8_t const*>(text.data());
    std::size_t next = at;
    UChar32 code_point = 0;
    U8_NEXT(bytes, next, text.size(), code_point);
    if (code_point >= 0) {
        append_code_point(out, static_cast<unsigned>(code_point));
        return next;
    }
    append_hex_escape(out, "\\\\x", static_cast<unsigned char>(c), 2);
    return at + 1;
}

void append_text(std::string& out, std::string_view raw) {
    auto const text = redact(raw, max_text_bytes);
    out.push_back('"');
    for (std::size_t i = 0; i < text.size();) {
        if (is_plain(text[i]))
            out.push_back(text[i++]);
        else
            i = append_escaped(out, text, i);
    }
    out.push_back('"');
}

void append_value(std::string& out, json::value const& value, int depth);

template <class Container, class AppendOne>
void append_list(std::string& out, char open, char close, Container const& container,
                 AppendOne append_one) {
    out.push_back(open);
    bool first = true;
    for (auto const& element : container) {
        if (!first) out.push_back(',');
        first = false;
        append_one(element);
    }
    out.push_back(close);
}

void append_value(std::string& out, json::value const& value, int depth) {
    bool const not_a_number = value.is_double() && !std::isfinite(value.get_double());
    if (depth > max_depth || not_a_number) {
        out.append("null");
    } else if (auto const* text = value.if_string()) {
        append_text(out, *text);
    } else if (auto const* object = value.if_object()) {
        append_list(out, '{', '}', *object, [&](auto const& member) {
            append_text(out, member.key());
            out.push_back(':');
            append_value(out, member.value(), depth + 1);
        });
    } else if (auto const* array = value.if_array()) {
        append_list(out, '[', ']', *array,
                    [&](auto const& element) { append_value(out, element, depth + 1); });
    } else {
        out.append(json::serialize(value));
    }
}

void append_fields(std::string& out, std::initializer_list<Log::Field> fields) {
    std::size_t shown = 0;
    for (auto const& [name, value] : fields) {
        if (name == "request_id") continue;
        out.append(shown++ == 0 ? ",\"fields\":{" : ",");
        append_text(out, name);
        out.push_back(':');
        append_value(out, value, 0);
    }
    if (shown > 0) out.push_back('}');
}

std::string make_line(TimePoint now, Level level, std::string_view event,
                      std::initializer_list<Log::Field> fields) {
    std::string line;
    line.reserve(512);
    line.append("{\"ts\":\"").append(rfc3339(now)).append("\",\"level\":\"").append(name_of(level));
    line.append("\",\"event\":");
    append_text(line, event);
    for (auto const& [name, value] : fields)
        if (name == "request_id" && value.is_string()) {
            line.append(",\"request_id\":");
            append_text(line, value.get_string());
            break;
        }
    auto const before_fields = line.size();
    append_fields(line, fields);
    if (line.size() + 2 > max_line_bytes) {
        line.resize(before_fields);
        line.append(",\"fields\":{\"cut\":true}");
    }
    if (line.size() + 2 > max_line_bytes) line = "{\"event\":\"log.line_too_long\"";
    line.append("}\n");
    return line;
}

}  // namespace

class JsonLog::Sink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    Sink(Clock const& clock, int descriptor) : clock_(clock), descriptor_(descriptor) {}
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
    void count_lost() noexcept { ++lost_; }

  protected:
    void sink_it_(spdlog::details::log_msg const& message) override {
        if (!put({message.payload.data(), message.payload.size()})) return count_lost();
        std::uint64_t const lost = lost_;
        if (lost == told_) return;
        if (put(make_line(clock_.now(), Level::warning, "log.lines_lost",
                          {{"lines", lost - told_}})))
            told_ = lost;
    }
    void flush_() override {}

  private:
    /// A full disk may take half a line: the next one begins on a line of its own.
    bool put(std::string_view line) {
        std::string apart;
        if (torn_) line = apart.append("\n").append(line);
        pollfd ready{descriptor_, POLLOUT, 0};
        if (::poll(&ready, 1, max_wait_ms) != 1) return false;
        auto const written = ::write(descriptor_, line.data(), line.size());
        if (written > 0) torn_ = written != static_cast<ssize_t>(line.size());
        return written == static_cast<ssize_t>(line.size());
    }

    Clock const& clock_;
    int descriptor_;
    bool torn_ = false;
    std::uint64_t told_ = 0;  ///< of the lost lines
    std::atomic<std::uint64_t> lost_{0};
};

JsonLog::JsonLog(Clock const& clock, Level minimum, int descriptor)
    : clock_(clock), minimum_(minimum), sink_(std::make_shared<Sink>(clock, descriptor)) {}

JsonLog::~JsonLog() = default;

void JsonLog::write(Level level, std::string_view event,
                    std::initializer_list<Field> fields) noexcept {
    if (level < minimum_) return;
    try {
        auto const line = make_line(clock_.now(), level, event, fields);
        sink_->log(spdlog::details::log_msg({}, spdlog::level::info, line));
    } catch (...) {
        sink_->count_lost();
    }
}

std::uint64_t JsonLog::lost() const noexcept {
    return sink_->lost();
}

}  // namespace tunnus
