// SPDX-License-Identifier: MIT
#include "plugins/suomifi/auto_post.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/url.hpp"
#include "saml/xml/writer.hpp"

#include <algorithm>

namespace tunnus::plugin::suomifi {
namespace {

using saml::xml::write_element;
using saml::xml::write_text;

constexpr std::string_view script = "HTMLFormElement.prototype.submit.call(document.forms[0]);";

constexpr std::string_view framing = "frame-ancestors";

/// The directives of a policy but for one.
std::string without(std::string_view policy, std::string_view directive) {
    std::string rest;
    while (!policy.empty()) {
        auto const end = std::min(policy.find(';'), policy.size());
        auto one = policy.substr(0, end);
        policy.remove_prefix(std::min(end + 1, policy.size()));
        while (one.starts_with(' '))
            one.remove_prefix(1);
        if (!one.empty() && !one.starts_with(directive)) rest.append(one).append("; ");
    }
    return rest;
}

/// A void element of HTML.
std::string input(std::string_view name, std::string_view value) {
    constexpr std::string_view end = "</input>";
    auto tag = write_element("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
    tag.resize(tag.size() - end.size());
    return tag;
}

}  // namespace

HttpResponse auto_post(std::string_view url,
                       std::vector<std::pair<std::string, std::string>> const& fields,
                       std::string_view locale) {
    std::string inputs;
    for (auto const& [name, value] : fields)
        inputs += input(name, value);
    std::string_view const words = locale == "sv"   ? "Fortsätt"
                                   : locale == "en" ? "Continue"
                                                    : "Jatka";
    HttpResponse response(200);
    auto& headers = response.headers;
    headers.set("Content-Type", "text/html; charset=utf-8");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    auto const target = parse_http_url(url);
    headers.set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action " +
                                               (target ? target->origin() : std::string("'none'")) +
                                               "; script-src 'sha256-" +
                                               encode_base64(sha256(script)) + "'");
    auto const body = write_element("form", {{"method", "post"}, {"action", url}},
                                    inputs + write_text("button", {}, words));
    response.body =
        "<!DOCTYPE html>\n" +
        write_element(
            "html", {{"lang", locale}},
            write_element("head", {}, write_text("title", {}, words)) +
                write_element("body", {}, body + "<script>" + std::string(script) + "</script>")) +
        "\n";
    return response;
}

void allow_framing(HttpResponse& response, std::vector<std::string> const& origins) {
    auto policy = without(
        response.headers.find("Content-Security-Policy").value_or("default-src 'none'"), framing);
    policy += framing;
    for (auto const& origin : origins)
        policy.append(" ").append(origin);
    if (origins.empty()) policy += " 'none'";
    Headers headers;
    for (auto const& [name, value] : response.headers.fields())
        if (name != "X-Frame-Options" && name != "Content-Security-Policy")
            headers.add(name, value);
    headers.add("Content-Security-Policy", policy);
    response.headers = std::move(headers);
}

}  // namespace tunnus::plugin::suomifi
