// SPDX-License-Identifier: MIT
#include "idp/base/ip_address.hpp"

#include "idp/base/ascii.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tunnus {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int address_bits = 128;
constexpr int mapped_bits = 96;

constexpr std::array special_v4{
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
};
constexpr std::string_view global_v6 = "2000::/3";
constexpr std::array special_in_global_v6{
    "2001::/23",      // IETF protocol assignments, Teredo and ORCHID among them
    "2001:db8::/32",  // documentation
    "2002::/16",      // 6to4
    "3fff::/20",      // documentation
};

bool is_in(IpAddress const& address, std::string_view block) {
    auto const network = IpNetwork::parse(block);
    return network && network->contains(address);
}

std::optional<int> parse_prefix_bits(std::string_view text) {
    int bits = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    bool const whole = error == std::errc() && end == text.data() + text.size();
    bool const one_spelling =
        !text.empty() && is_digit(text.front()) && (text.size() == 1 || text.front() != '0');
    if (!whole || !one_spelling) return std::nullopt;
    return bits;
}

/// The byte at `index` with the bits behind the prefix cleared.
std::uint8_t masked_byte(IpAddress const& address, std::size_t index, int prefix_bits) {
    int const kept = std::clamp(prefix_bits - static_cast<int>(index) * 8, 0, 8);
    return static_cast<std::uint8_t>(address.bytes()[index] & (0xff00U >> kept));
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    std::string const terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    std::array<std::uint8_t, 4> v4{};
    if (::inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) return from_v4(v4);
    Bytes v6{};
    if (::inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return from_v6(v6);
    return std::nullopt;
}

IpAddress IpAddress::from_v4(std::array<std::uint8_t, 4> const& bytes) {
    Bytes mapped{};
    std::ranges::copy(mapped_prefix, mapped.begin());
    std::ranges::copy(bytes, mapped.begin() + mapped_prefix.size());
    return IpAddress(mapped);
}

IpAddress IpAddress::block() const {
    if (is_v4()) return *this;
    constexpr std::size_t subscriber_bytes = 8;
    Bytes network{};
    std::copy_n(bytes_.begin(), subscriber_bytes, network.begin());
    return IpAddress(network);
}

std::string client_block(std::string_view address) {
    auto const parsed = IpAddress::parse(address);
    return parsed ? parsed->block().to_string() : std::string(address);
}

bool IpAddress::is_v4() const {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes_.begin());
}

std::string IpAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_v4())
        ::inet_ntop(AF_INET, bytes_.data() + mapped_prefix.size(), text.data(), text.size());
    else
        ::inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

bool IpAddress::is_public() const {
    auto const holds = [&](std::string_view block) { return is_in(*this, block); };
    if (is_v4()) return std::ranges::none_of(special_v4, holds);
    return holds(global_v6) && std::ranges::none_of(special_in_global_v6, holds);
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
    auto const slash = text.find('/');
    auto const base = IpAddress::parse(text.substr(0, slash));
    if (!base) return std::nullopt;
    int prefix_bits = address_bits;
    if (slash != std::string_view::npos) {
        bool const v4_text = text.find(':') == std::string_view::npos;
        auto const bits = parse_prefix_bits(text.substr(slash + 1));
        if (!bits || *bits > (v4_text ? address_bits - mapped_bits : address_bits))
            return std::nullopt;
        prefix_bits = *bits + (v4_text ? mapped_bits : 0);
    }
    for (std::size_t i = 0; i < base->bytes().size(); ++i)
        if (masked_byte(*base, i, prefix_bits) != base->bytes()[i]) return std::nullopt;
    return IpNetwork(*base, prefix_bits);
}

bool IpNetwork::contains(IpAddress const& address) const {
    for (std::size_t i = 0; i < address.bytes().size(); ++i)
        if (masked_byte(address, i, prefix_bits_) != base_.bytes()[i]) return false;
    return true;
}

}  // namespace tunnus
