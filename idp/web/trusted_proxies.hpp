// SPDX-License-Identifier: MIT
// Which peers may speak for a client, and what they say about him (threats.md H-18, H-19). From any
// other peer these fields have no effect. Pure.
#pragma once

#include "idp/base/http.hpp"
#include "idp/base/ip_address.hpp"
#include "idp/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::web {

class TrustedProxies {
  public:
    TrustedProxies() = default;
    /// A list of addresses and CIDR blocks: `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`. An error names
    /// the entry that is neither.
    [[nodiscard]] static Result<TrustedProxies> parse(std::vector<std::string> const& blocks);

    [[nodiscard]] bool contains(IpAddress const& address) const;
    /// For a trusted peer, the right-most hop of X-Forwarded-For that is no trusted proxy; the peer
    /// when the list ends or turns unreadable before one is found.
    [[nodiscard]] IpAddress client(IpAddress const& peer, Headers const& headers) const;

  private:
    std::vector<IpNetwork> blocks_;
};

/// What a trusted proxy says of the client's side: `X-Forwarded-Proto`, one field, one value.
[[nodiscard]] bool forwarded_over_tls(Headers const& headers);
/// The certificate in a field of a trusted proxy, as DER: RFC 9440 (`:base64:`), plain base64 of
/// DER (HAProxy's `ssl_c_der,base64`), percent-encoded PEM (nginx), or the `Cert` element of the
/// first entry of X-Forwarded-Client-Cert (Envoy). Empty when absent, repeated or none of these.
[[nodiscard]] std::string forwarded_certificate(Headers const& headers, std::string_view field);

/// Fields that claim something about client, address or method. No handler sees them.
[[nodiscard]] bool is_forwarding_field(std::string_view name);

}  // namespace tunnus::web
