// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_address.hpp"

#include "storage/sql/database.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tunnus::sql {
namespace {

Error wrong(std::string_view what) {
    return Error(SqlErrc::misuse, "storage.url " + std::string(what));
}

/// What stands before `mark`; `rest` is what stands behind it. Without a mark: all, and nothing.
std::string_view cut(std::string_view& rest, char mark) {
    auto const at = rest.find(mark);
    auto const before = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return before;
}

std::optional<MariadbHost> parse_host(std::string_view text) {
    MariadbHost host;
    if (text.starts_with('[')) {
        text.remove_prefix(1);
        if (text.find(']') == std::string_view::npos) return std::nullopt;
        host.name = cut(text, ']');
        if (!text.empty() && text.front() != ':') return std::nullopt;
        if (!text.empty()) text.remove_prefix(1);
    } else {
        bool const has_port = text.find(':') != std::string_view::npos;
        host.name = cut(text, ':');
        if (has_port && text.empty()) return std::nullopt;
    }
    if (host.name.empty()) return std::nullopt;
    if (text.empty()) return host;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), host.port);
    if (error != std::errc() || end != text.data() + text.size() || host.port == 0)
        return std::nullopt;
    return host;
}

Result<> read_option(MariadbAddress& address, std::string_view option) {
    auto value = option;
    auto const name = cut(value, '=');
    if (value.empty()) return wrong("has an option without a value");
    if (name == "ca")
        address.ca_file = value;
    else if (name == "tls" && value == "off")
        address.no_tls = true;
    else if (name == "socket" && address.hosts.size() == 1 &&
             address.hosts.front().name == "localhost")
        address.hosts.front().socket = value;
    else
        return wrong("knows the options ca=FILE, tls=off, and with localhost socket=FILE");
    return {};
}

}  // namespace

bool MariadbHost::is_on_this_machine() const {
    return !socket.empty() || name == "localhost" || name == "::1" || name.starts_with("127.");
}

std::string MariadbHost::text() const {
    if (!socket.empty()) return socket;
    bool const is_v6 = name.find(':') != std::string::npos;
    return (is_v6 ? "[" + name + "]" : name) + ":" + std::to_string(port);
}

Result<MariadbAddress> parse_mariadb_url(std::string_view url) {
    constexpr std::string_view scheme = "mariadb://";
    if (!url.starts_with(scheme)) return wrong("must be mariadb://user@host/database");
    auto options = url.substr(scheme.size());
    auto rest = cut(options, '?');
    MariadbAddress address;
    address.user = cut(rest, '@');
    if (address.user.find(':') != std::string::npos)
        return wrong("must hold no password: use storage.password");
    auto hosts = cut(rest, '/');
    address.database = rest;
    if (address.user.empty() || hosts.empty() || address.database.empty() ||
        rest.find('/') != std::string_view::npos)
        return wrong("must be mariadb://user@host/database");
    while (!hosts.empty()) {
        auto host = parse_host(cut(hosts, ','));
        if (!host) return wrong("has a host that is not host or host:port");
        address.hosts.push_back(std::move(*host));
    }
    while (!options.empty())
        if (auto read = read_option(address, cut(options, '&')); !read) return read.error();
    bool const all_here = std::all_of(address.hosts.begin(), address.hosts.end(),
                                      [](auto const& host) { return host.is_on_this_machine(); });
    if (!all_here && address.ca_file.empty() && !address.no_tls)
        return wrong(
            "leads over a network: add ?ca=FILE for TLS, or ?tls=off where that network is yours "
            "alone");
    return address;
}

}  // namespace tunnus::sql
