// SPDX-License-Identifier: MIT
// What `storage.url` says of MariaDB.
#pragma once

#include "idp/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::sql {

struct MariadbHost {
    std::string name;  ///< a host name or an address; `localhost` with a socket
    std::uint16_t port = 3306;
    std::string socket;  ///< a path; not empty: instead of name and port

    [[nodiscard]] bool is_on_this_machine() const;
    [[nodiscard]] std::string text() const;
};

struct MariadbAddress {
    std::string user;
    std::vector<MariadbHost> hosts;  ///< at least one, the one to prefer first
    std::string database;
    std::string ca_file;  ///< TLS, and the server's certificate is from here; empty: no TLS
    bool no_tls = false;  ///< the administrator says that the network needs none
};

/// `mariadb://user@host[:port][,host[:port]…]/database[?ca=FILE|?tls=off]`, or for a server on this
/// machine `mariadb://user@localhost/database?socket=FILE`. An IPv6 address stands in brackets.
///
/// SqlErrc::misuse, with what is wrong as detail: also when a host is not this machine and neither
/// `ca` nor `tls=off` is given (threats.md F-30).
[[nodiscard]] Result<MariadbAddress> parse_mariadb_url(std::string_view url);

}  // namespace tunnus::sql
