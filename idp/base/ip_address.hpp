// SPDX-License-Identifier: MIT
// IP addresses and blocks of them, as values: for trusted proxies, bounds per address and the rule
// which addresses outbound calls may reach.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunnus {

/// An IPv4 or IPv6 address. IPv4 is held as ::ffff:a.b.c.d, so both spellings are one address.
class IpAddress {
  public:
    using Bytes = std::array<std::uint8_t, 16>;
    /// `192.0.2.1` or `2001:db8::1`, without brackets, zone, leading zeros or port.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
    [[nodiscard]] static IpAddress from_v4(std::array<std::uint8_t, 4> const& bytes);
    [[nodiscard]] static IpAddress from_v6(Bytes const& bytes) { return IpAddress(bytes); }

    [[nodiscard]] bool is_v4() const;
    [[nodiscard]] Bytes const& bytes() const { return bytes_; }
    [[nodiscard]] std::string to_string() const;  ///< shortest form, RFC 5952
    /// A unicast address of the public internet by the IANA registries of special-purpose
    /// addresses. Not: loopback, private, shared (RFC 6598), link-local, unique local, multicast,
    /// documentation, 0/8, 240/4, and every IPv6 block that carries an IPv4 address by translation
    /// or tunnel.
    [[nodiscard]] bool is_public() const;
    /// What bounds per client count: the address itself for IPv4, the first address of its /64 for
    /// IPv6, since a subscriber has a whole one.
    [[nodiscard]] IpAddress block() const;
    bool operator==(IpAddress const&) const = default;

  private:
    explicit IpAddress(Bytes const& bytes) : bytes_(bytes) {}
    Bytes bytes_;
};

/// The block() of an address in text, as bounds per client count it; the text itself where it is no
/// address.
[[nodiscard]] std::string client_block(std::string_view address);

/// A block of addresses in CIDR form.
class IpNetwork {
  public:
    /// `10.0.0.0/8`, `2001:db8::/32` or a single address. Empty for anything else, also when bits
    /// are set behind the prefix.
    [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);
    [[nodiscard]] bool contains(IpAddress const& address) const;

  private:
    IpNetwork(IpAddress const& base, int prefix_bits) : base_(base), prefix_bits_(prefix_bits) {}
    IpAddress base_;
    int prefix_bits_;  ///< of the 128
};

}  // namespace tunnus
