// SPDX-License-Identifier: MIT
#include "idp/web/trusted_proxies.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace tunnus::web {
namespace {

/// An entry of X-Forwarded-For: an address, perhaps with a port, IPv6 perhaps in brackets.
std::optional<IpAddress> parse_hop(std::string_view text) {
    if (auto const address = IpAddress::parse(text)) return address;
    auto const is_port = [](std::string_view port) {
        return port.empty() || (port.size() > 1 && port.size() <= 6 && port.front() == ':' &&
                                std::ranges::all_of(port.substr(1), is_digit));
    };
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        if (end == std::string_view::npos || !is_port(text.substr(end + 1))) return std::nullopt;
        return IpAddress::parse(text.substr(1, end - 1));
    }
    auto const colon = text.find(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon))) return std::nullopt;
    return IpAddress::parse(text.substr(0, colon));
}

/// The base64 between the lines of one PEM certificate.
std::string decode_pem(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    auto const first = pem.find(begin);
    auto const last = pem.find(end);
    if (first == std::string_view::npos || last == std::string_view::npos || last < first)
        return {};
    auto const start = first + begin.size();
    return decode_base64(pem.substr(start, last - start), WhiteSpace::skip).value_or(std::string());
}

/// `Cert="…"` of the first entry of X-Forwarded-Client-Cert.
std::string_view cert_element(std::string_view value) {
    constexpr std::string_view key = "cert=\"";
    auto const start = to_lower(value).find(key);
    if (start == std::string::npos || value.substr(0, start).find(',') != std::string_view::npos)
        return {};
    auto const text = value.substr(start + key.size());
    auto const quote = text.find('"');
    return quote == std::string_view::npos ? std::string_view() : text.substr(0, quote);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::vector<std::string> const& blocks) {
    TrustedProxies proxies;
    for (auto const& text : blocks) {
        auto const block = IpNetwork::parse(text);
        if (!block) return Error(BaseErrc::malformed, text + " is no address or CIDR block");
        proxies.blocks_.push_back(*block);
    }
    return proxies;
}

bool TrustedProxies::contains(IpAddress const& address) const {
    return std::ranges::any_of(blocks_,
                               [&](IpNetwork const& block) { return block.contains(address); });
}

IpAddress TrustedProxies::client(IpAddress const& peer, Headers const& headers) const {
    if (!contains(peer)) return peer;
    auto const lines = headers.all("X-Forwarded-For");
    for (auto next = lines.rbegin(); next != lines.rend(); ++next) {
        auto line = *next;
        while (true) {
            auto const comma = line.rfind(',');
            auto const hop =
                parse_hop(trim(comma == std::string_view::npos ? line : line.substr(comma + 1)));
            if (!hop) return peer;
            if (!contains(*hop)) return *hop;
            if (comma == std::string_view::npos) break;
            line = line.substr(0, comma);
        }
    }
    return peer;
}

bool forwarded_over_tls(Headers const& headers) {
    auto const proto = headers.find("X-Forwarded-Proto");
    return proto && equal_ignoring_case(*proto, "https");
}

std::string forwarded_certificate(Headers const& headers, std::string_view field) {
    auto const value = headers.find(field);
    if (!value || value->empty()) return {};
    if (value->size() > 2 && value->front() == ':' && value->back() == ':')
        return decode_base64(value->substr(1, value->size() - 2)).value_or(std::string());
    if (auto const der = decode_base64(*value)) return *der;
    auto const element = cert_element(*value);
    auto const pem = percent_decode(element.empty() ? *value : element, Plus::is_plus);
    return pem ? decode_pem(*pem) : std::string();
}

bool is_forwarding_field(std::string_view name) {
    constexpr std::array names{"Forwarded",
                               "X-Forwarded-For",
                               "X-Forwarded-Proto",
                               "X-Forwarded-Host",
                               "X-Forwarded-Port",
                               "X-Forwarded-Prefix",
                               "X-Forwarded-Client-Cert",
                               "Client-Cert",
                               "Client-Cert-Chain",
                               "X-SSL-Client-Cert",
                               "X-Real-IP",
                               "X-Original-URL",
                               "X-Rewrite-URL",
                               "X-HTTP-Method-Override"};
    return std::ranges::any_of(
        names, [=](std::string_view known) { return equal_ignoring_case(known, name); });
}

}  // namespace tunnus::web
