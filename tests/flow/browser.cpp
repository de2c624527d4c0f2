// SPDX-License-Identifier: MIT
#include "tests/flow/browser.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <regex>

namespace tunnus::flow {
namespace {

constexpr std::string_view origin = "https://tunnus.example";

std::string unescape(std::string text) {
    for (auto const& [from, to] : {std::pair<std::string_view, std::string_view>{"&quot;", "\""},
                                   {"&#39;", "'"},
                                   {"&#x2F;", "/"},
                                   {"&#x3D;", "="},
                                   {"&lt;", "<"},
                                   {"&gt;", ">"},
                                   {"&amp;", "&"}})
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
    return text;
}

std::string attribute(std::string const& tag, std::string const& name) {
    std::smatch match;
    return std::regex_search(tag, match, std::regex("\\b" + name + "=\"([^\"]*)\""))
               ? unescape(match[1])
               : "";
}

std::string encode(Fields const& fields) {
    std::vector<std::pair<std::string_view, std::string_view>> views(fields.begin(), fields.end());
    return build_form(views);
}

}  // namespace

std::string Page::form_with(Fields const& fields) const {
    std::string first;
    for (auto at = body.find("<form"); at != std::string::npos; at = body.find("<form", at + 1)) {
        auto const form = body.substr(at, body.find("</form>", at) - at);
        bool const has_all = std::ranges::all_of(fields, [&](auto const& field) {
            return form.find("name=\"" + field.first + "\"") != std::string::npos;
        });
        if (has_all) return form;
        if (first.empty()) first = form;
    }
    return first;
}

std::string Page::form_action(Fields const& fields) const {
    auto const form = form_with(fields);
    return attribute(form.substr(0, form.find('>') + 1), "action");
}

Fields Page::hidden_fields(Fields const& fields) const {
    Fields hidden;
    auto const form = form_with(fields);
    std::regex const input("<input[^>]*type=\"hidden\"[^>]*>");
    for (std::sregex_iterator it(form.begin(), form.end(), input), last; it != last; ++it)
        hidden.emplace_back(attribute(it->str(), "name"), attribute(it->str(), "value"));
    return hidden;
}

std::string Page::parameter(std::string_view name) const {
    auto const query = left_for.find('?');
    if (query == std::string::npos) return {};
    return std::string(parse_form(left_for.substr(query + 1)).form.get(name));
}

std::string Browser::cookie(std::string const& name) const {
    auto const found = cookies_.find(name);
    return found == cookies_.end() ? std::string() : found->second.value;
}

Page Browser::get(std::string const& target) {
    return send(Method::GET, target, {}, From::here);
}

Page Browser::get_from_elsewhere(std::string const& target) {
    return send(Method::GET, target, {}, From::elsewhere);
}

Page Browser::submit(Page const& page, Fields fields) {
    auto all = page.hidden_fields(fields);
    all.insert(all.end(), fields.begin(), fields.end());
    return send(Method::POST, page.form_action(fields), encode(all), From::here);
}

Page Browser::post_from_elsewhere(std::string const& target, Fields const& fields) {
    return send(Method::POST, target, encode(fields), From::elsewhere);
}

Page Browser::send(Method method, std::string const& target, std::string body, From from) {
    HttpRequest request;
    request.method = method;
    auto const query = target.find('?');
    request.path = target.substr(0, query);
    if (query != std::string::npos) request.query = target.substr(query + 1);
    request.body = std::move(body);
    request.headers.add("Host", "tunnus.example");
    // A form's answer that leads away is taken as a script takes it: without the page between.
    if (method == Method::GET) request.headers.add("Accept", "text/html,*/*;q=0.8");
    request.headers.add("Sec-Fetch-Site", from == From::here ? "same-origin" : "cross-site");
    if (method == Method::POST)
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    std::string sent;
    for (auto const& [name, kept] : cookies_) {
        bool const goes = from == From::here || kept.same_site == SameSite::none ||
                          (kept.same_site == SameSite::lax && method == Method::GET);
        if (goes) sent += (sent.empty() ? "" : "; ") + name + "=" + kept.value;
    }
    if (!sent.empty()) request.headers.add("Cookie", sent);

    auto response = product_.answer(std::move(request));
    for (auto const line : response.headers.all("Set-Cookie")) {
        std::string const text(line);
        auto const equals = text.find('=');
        auto const end = text.find(';');
        std::string const name = text.substr(0, equals);
        if (text.find("Max-Age=0") != std::string::npos) {
            cookies_.erase(name);
        } else {
            cookies_[name] = {
                text.substr(equals + 1, end - equals - 1),
                text.find("SameSite=None") != std::string::npos ? SameSite::none : SameSite::lax};
        }
    }
    auto const location = response.headers.find("Location");
    if (location && response.status == 303) {
        if (!location->starts_with(origin) && !location->starts_with("/"))
            return {.status = response.status,
                    .body = response.body,
                    .headers = response.headers,
                    .left_for = std::string(*location)};
        return send(
            Method::GET,
            std::string(location->starts_with("/") ? *location : location->substr(origin.size())),
            {}, from);
    }
    return {.status = response.status,
            .body = std::move(response.body),
            .headers = std::move(response.headers),
            .left_for = {}};
}

Service::Service(Product& product, std::string client_id, std::string redirect_uri,
                 bool confidential)
    : product_(product),
      client_id_(std::move(client_id)),
      redirect_uri_(std::move(redirect_uri)),
      confidential_(confidential) {}

std::string Service::authorize(Fields const& more) const {
    Fields fields{{"client_id", client_id_},
                  {"redirect_uri", redirect_uri_},
                  {"response_type", "code"},
                  {"scope", "openid"},
                  {"state", "some-state"},
                  {"nonce", "some-nonce"},
                  {"code_challenge", std::string(challenge)},
                  {"code_challenge_method", "S256"}};
    for (auto const& [name, value] : more) {
        std::erase_if(fields, [&](auto const& field) { return field.first == name; });
        if (!value.empty()) fields.emplace_back(name, value);
    }
    return "/authorize?" + encode(fields);
}

HttpResponse Service::redeem(std::string const& code) const {
    return token({{"grant_type", "authorization_code"},
                  {"code", code},
                  {"redirect_uri", redirect_uri_},
                  {"code_verifier", std::string(verifier)}});
}

HttpResponse Service::token(Fields fields) const {
    Headers headers;
    if (confidential_)
        headers.add("Authorization",
                    "Basic " + encode_base64(client_id_ + ":client-secret-for-tests"));
    else
        fields.emplace_back("client_id", client_id_);
    return post_form(product_, "/token", fields, std::move(headers));
}

HttpResponse Service::userinfo(std::string const& access_token) const {
    HttpRequest request;
    request.method = Method::GET;
    request.path = "/userinfo";
    request.headers.add("Authorization", "Bearer " + access_token);
    return product_.answer(std::move(request));
}

HttpResponse post_form(Product& product, std::string path, Fields const& fields, Headers headers) {
    HttpRequest request;
    request.method = Method::POST;
    request.path = std::move(path);
    request.headers = std::move(headers);
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.body = encode(fields);
    return product.answer(std::move(request));
}

boost::json::object payload_of(std::string_view jwt) {
    auto const first = jwt.find('.');
    auto const second = jwt.find('.', first + 1);
    return boost::json::parse(decode_base64url(jwt.substr(first + 1, second - first - 1)).value())
        .as_object();
}

boost::json::object json_of(HttpResponse const& response) {
    return boost::json::parse(response.body).as_object();
}

}  // namespace tunnus::flow
