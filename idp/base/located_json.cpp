// SPDX-License-Identifier: MIT
#include "idp/base/located_json.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json_builder.hpp"
#include "idp/base/json_schema.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <vector>

namespace tunnus {
namespace {

namespace json = boost::json;

constexpr std::size_t max_bytes = 1'048'576;
constexpr std::size_t max_depth = 32;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// clang-format off
/// Knows at every event which path is being read. The parser is fed line by line, so the line is known too: no token
/// but a comment goes over a line's end.
class LocatedBuilder : public JsonBuilder {
  public:
    std::size_t line = 0;

    bool on_object_begin(json::error_code& error) { begin(); frames_.push_back({path_, not_an_array}); return JsonBuilder::on_object_begin(error); }
    bool on_array_begin(json::error_code& error) { begin(); frames_.push_back({path_, 0}); return JsonBuilder::on_array_begin(error); }
    bool on_object_end(std::size_t size, json::error_code& error) { end(); return JsonBuilder::on_object_end(size, error); }
    bool on_array_end(std::size_t size, json::error_code& error) { end(); return JsonBuilder::on_array_end(size, error); }
    bool on_key_part(std::string_view part, std::size_t size, json::error_code& error) {
        key_.append(part);
        return JsonBuilder::on_key_part(part, size, error);
    }
    bool on_key(std::string_view part, std::size_t size, json::error_code& error) {
        path_ = member_path(frames_.back().path, key_.append(part));
        key_.clear();
        repeated_ = !lines_.emplace(path_, line).second;
        if (repeated_) error = json::error::syntax;
        return !repeated_ && JsonBuilder::on_key(part, size, error);
    }
    bool on_string(std::string_view part, std::size_t size, json::error_code& error) { begin(); return JsonBuilder::on_string(part, size, error); }
    bool on_int64(std::int64_t number, std::string_view text, json::error_code& error) { begin(); return JsonBuilder::on_int64(number, text, error); }
    bool on_uint64(std::uint64_t number, std::string_view text, json::error_code& error) { begin(); return JsonBuilder::on_uint64(number, text, error); }
    bool on_double(double number, std::string_view text, json::error_code& error) { begin(); return JsonBuilder::on_double(number, text, error); }
    bool on_bool(bool value, json::error_code& error) { begin(); return JsonBuilder::on_bool(value, error); }
    bool on_null(json::error_code& error) { begin(); return JsonBuilder::on_null(error); }

    [[nodiscard]] std::string const& path() const { return path_; }
    [[nodiscard]] bool repeated() const { return repeated_; }
    [[nodiscard]] std::map<std::string, std::size_t> release_lines() { return std::move(lines_); }

  private:
    static constexpr std::size_t not_an_array = static_cast<std::size_t>(-1);
    struct Frame { std::string path; std::size_t next_index; };

    /// A value begins: in an array it is the next element, in an object its key was read already.
    void begin() {
        if (!frames_.empty() && frames_.back().next_index == not_an_array) return;
        if (!frames_.empty()) path_ = element_path(frames_.back().path, frames_.back().next_index++);
        lines_.emplace(path_, line);
    }
    void end() { path_ = frames_.back().path; frames_.pop_back(); }

    std::vector<Frame> frames_;
    std::string path_;
    std::string key_;
    std::map<std::string, std::size_t> lines_;
    bool repeated_ = false;
};
// clang-format on

Error error_at(LocatedBuilder const& builder, std::string_view what) {
    auto detail = std::to_string(builder.line).append(": ");
    if (!builder.path().empty()) detail.append(builder.path()).append(": ");
    return {BaseErrc::malformed, detail.append(what)};
}

}  // namespace

std::size_t LocatedJson::line_of(std::string path) const {
    for (;;) {
        if (auto const found = lines.find(path); found != lines.end()) return found->second;
        auto const cut = path.find_last_of(".[");
        if (cut == std::string::npos) break;
        path.resize(cut);
    }
    auto const root = lines.find("");
    return root == lines.end() ? 1 : root->second;
}

Result<LocatedJson> parse_located_json(std::string_view text) {
    if (text.size() > max_bytes) return Error(BaseErrc::too_large, "1: is larger than 1 MiB");
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    json::parse_options options;
    options.max_depth = max_depth;
    options.allow_comments = true;
    options.allow_trailing_commas = true;
    json::basic_parser<LocatedBuilder> parser(options);
    auto& builder = parser.handler();
    do {
        auto const line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
        text.remove_prefix(line.size());
        ++builder.line;
        if (!is_valid_utf8(line)) return error_at(builder, "is not valid UTF-8");
        json::error_code error;
        auto const read = parser.write_some(!text.empty(), line.data(), line.size(), error);
        if (!error && read < line.size()) error = json::error::extra_data;
        if (builder.repeated()) return error_at(builder, "is given twice");
        if (error) return error_at(builder, error.message());
    } while (!text.empty());
    return LocatedJson{builder.release(), builder.release_lines()};
}

}  // namespace tunnus
