// SPDX-License-Identifier: MIT
#include "idp/web/static_files.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace tunnus::web {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> content_types{{
    {".css", "text/css; charset=utf-8"},
    {".gif", "image/gif"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
}};

std::string_view content_type_of(std::string const& extension) {
    auto const found = std::ranges::find(content_types, extension,
                                         &std::pair<std::string_view, std::string_view>::first);
    return found == content_types.end() ? std::string_view() : found->second;
}

/// `main.3f2a9c01.css`: a part of at least eight hexadecimal digits before the extension.
bool has_hash(std::string_view name) {
    auto const last = name.rfind('.');
    if (last == std::string_view::npos || last == 0) return false;
    auto const before = name.find_last_of("./-", last - 1);
    auto const part = name.substr(before + 1, last - before - 1);
    constexpr std::size_t shortest = 8;
    return before != std::string_view::npos && part.size() >= shortest &&
           part.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::string> read_whole(fs::path const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return std::nullopt;
    return content;
}

/// RFC 9110 §13.1.2: `*` or a list of tags, compared weakly.
bool names_tag(std::string_view list, std::string_view etag) {
    while (!list.empty()) {
        auto const comma = list.find(',');
        auto tag = trim(list.substr(0, comma));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag || tag == "*") return true;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return false;
}

struct Range {
    std::size_t first;
    std::size_t count;  ///< zero: not satisfiable
};

std::optional<std::size_t> parse_number(std::string_view text) {
    std::size_t number = 0;
    auto const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return number;
}

/// RFC 9110 §14.1.2, one range. Empty for anything else: the whole is a right answer to it.
std::optional<Range> parse_range(std::string_view value, std::size_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!value.starts_with(unit)) return std::nullopt;
    value.remove_prefix(unit.size());
    auto const dash = value.find('-');
    if (dash == std::string_view::npos || value.find(',') != std::string_view::npos)
        return std::nullopt;
    auto const left = value.substr(0, dash);
    auto const right = value.substr(dash + 1);
    if (left.empty()) {
        auto const count = parse_number(right);
        if (!count) return std::nullopt;
        auto const taken = std::min(*count, size);
        return Range{size - taken, taken};
    }
    auto const first = parse_number(left);
    auto const last = right.empty() ? std::optional(size) : parse_number(right);
    if (!first || !last || *last < *first) return std::nullopt;
    if (*first >= size) return Range{0, 0};
    return Range{*first, std::min(*last, size - 1) - *first + 1};
}

}  // namespace

Result<StaticFiles> StaticFiles::load(fs::path const& folder, std::size_t max_bytes) {
    StaticFiles loaded;
    std::size_t total = 0;
    std::error_code failure;
    fs::recursive_directory_iterator entry(folder, failure);
    for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
        auto const& path = entry->path();
        bool const passed_over = path.filename().string().starts_with('.') || entry->is_symlink();
        if (passed_over) entry.disable_recursion_pending();
        auto const type = content_type_of(to_lower(path.extension().string()));
        if (passed_over || !entry->is_regular_file() || type.empty()) continue;
        auto content = read_whole(path);
        if (!content) return Error(BaseErrc::not_found, path.string() + " cannot be read");
        total += content->size();
        if (total > max_bytes)
            return Error(BaseErrc::too_large, folder.string() + " holds too much");
        loaded.add(path.lexically_relative(folder).generic_string(), std::move(*content));
    }
    if (failure) return Error(BaseErrc::not_found, folder.string() + ": " + failure.message());
    return loaded;
}

void StaticFiles::add(std::string name, std::string content) {
    constexpr std::size_t tag_bytes = 12;
    auto etag = '"' + encode_base64url(sha256(content).substr(0, tag_bytes)) + '"';
    auto const type = content_type_of(to_lower(fs::path(name).extension().string()));
    auto const cache_control =
        has_hash(name) ? "public, max-age=31536000, immutable" : "public, no-cache";
    files_[std::move(name)] = {std::move(content), type, std::move(etag), cache_control};
}

HttpResponse StaticFiles::serve(HttpRequest const& request) const {
    auto const found =
        request.path_variables.empty() ? files_.end() : files_.find(request.path_variables.back());
    if (found == files_.end()) return text_response(404, "There is nothing here.\n");
    auto const& file = found->second;

    HttpResponse response(200);
    response.headers.add("ETag", file.etag);
    response.headers.add("Cache-Control", file.cache_control);
    response.headers.add("X-Content-Type-Options", "nosniff");
    if (auto const tags = request.headers.find("If-None-Match");
        tags && names_tag(*tags, file.etag)) {
        response.status = 304;
        return response;
    }
    response.headers.add("Content-Type", file.content_type);
    response.headers.add("Accept-Ranges", "bytes");

    auto const wanted = request.headers.find("Range");
    auto const condition = request.headers.find("If-Range");
    auto const size = file.content.size();
    auto const range = wanted && (!condition || *condition == file.etag)
                           ? parse_range(*wanted, size)
                           : std::nullopt;
    if (!range) {
        response.body = file.content;
    } else if (range->count == 0) {
        response = text_response(416, "There are no such bytes.\n");
        response.headers.add("Content-Range", "bytes */" + std::to_string(size));
    } else {
        response.status = 206;
        response.body = file.content.substr(range->first, range->count);
        response.headers.add("Content-Range", "bytes " + std::to_string(range->first) + '-' +
                                                  std::to_string(range->first + range->count - 1) +
                                                  '/' + std::to_string(size));
    }
    return response;
}

}  // namespace tunnus::web
