// SPDX-License-Identifier: MIT
#include "idp/base/http.hpp"

#include "idp/base/ascii.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus {
namespace {

constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// RFC 9110 §5.6.2.
bool is_token(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
    });
}

void require_one_line(std::string_view name, std::string_view value) {
    if (!is_token(name)) throw std::invalid_argument("a header field's name is not a token");
    if (std::ranges::any_of(value, is_control))
        throw std::invalid_argument("a header field's value holds a control character");
}

HttpResponse response_with_body(int status, std::string_view content_type, std::string body) {
    HttpResponse response(status);
    response.headers.add("Content-Type", content_type);
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

}  // namespace

std::string_view to_string(Method method) {
    switch (method) {
        case Method::GET:
            return "GET";
        case Method::HEAD:
            return "HEAD";
        case Method::POST:
            return "POST";
        case Method::PUT:
            return "PUT";
        case Method::DELETE_:
            return "DELETE";
        case Method::OPTIONS:
            return "OPTIONS";
        case Method::PATCH:
            return "PATCH";
    }
    return "";
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    std::optional<std::string_view> found;
    for (auto const& [field, value] : fields_) {
        if (!equal_ignoring_case(field, name)) continue;
        if (found) return std::nullopt;
        found = value;
    }
    return found;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
    std::vector<std::string_view> found;
    for (auto const& [field, value] : fields_)
        if (equal_ignoring_case(field, name)) found.emplace_back(value);
    return found;
}

void Headers::add(std::string_view name, std::string_view value) {
    require_one_line(name, value);
    fields_.emplace_back(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
    require_one_line(name, value);
    std::erase_if(fields_,
                  [&](auto const& field) { return equal_ignoring_case(field.first, name); });
    fields_.emplace_back(name, value);
}

std::string HttpRequest::media_type() const {
    auto const content_type = headers.find("Content-Type");
    if (!content_type) return {};
    return to_lower(trim(content_type->substr(0, content_type->find(';'))));
}

HttpResponse redirect_response(std::string_view location) {
    HttpResponse response(303);
    response.headers.add("Location", location);
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Referrer-Policy", "no-referrer");
    return response;
}

HttpResponse json_response(int status, std::string body) {
    return response_with_body(status, "application/json", std::move(body));
}

HttpResponse text_response(int status, std::string_view text) {
    return response_with_body(status, "text/plain; charset=utf-8", std::string(text));
}

}  // namespace tunnus
