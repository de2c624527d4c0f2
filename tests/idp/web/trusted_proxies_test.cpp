// SPDX-License-Identifier: MIT
#include "idp/web/trusted_proxies.hpp"

#include "idp/base/encoding.hpp"

#include <gtest/gtest.h>

namespace tunnus::web {
namespace {

TrustedProxies const& proxies() {
    static auto const parsed =
        TrustedProxies::parse({"10.0.0.0/8", "127.0.0.1", "fd00::/8"}).value();
    return parsed;
}

std::string client(std::string const& peer, std::vector<std::string> const& forwarded_for) {
    Headers headers;
    for (auto const& line : forwarded_for)
        headers.add("X-Forwarded-For", line);
    return proxies().client(IpAddress::parse(peer).value(), headers).to_string();
}

TEST(TrustedProxies, RefusesWhatIsNoBlock) {
    for (auto const* text :
         {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8 ", "fd00::/129"})
        EXPECT_FALSE(TrustedProxies::parse({text})) << text;
}

TEST(TrustedProxies, TakesTheRightmostUntrustedHop) {  // H-19
    EXPECT_EQ(client("127.0.0.1", {"192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("127.0.0.1", {"198.51.100.9, 192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("127.0.0.1", {"198.51.100.9, 192.0.2.1, 10.1.2.3, fd00::1"}), "192.0.2.1");
    EXPECT_EQ(client("::ffff:127.0.0.1", {"198.51.100.9", "192.0.2.1"}), "192.0.2.1");
}

TEST(TrustedProxies, ReadsPortsAndBrackets) {  // H-19
    EXPECT_EQ(client("127.0.0.1", {"192.0.2.1:4711"}), "192.0.2.1");
    EXPECT_EQ(client("127.0.0.1", {"[2001:db8::1]:4711"}), "2001:db8::1");
    EXPECT_EQ(client("127.0.0.1", {"[2001:db8::1]"}), "2001:db8::1");
    EXPECT_EQ(client("127.0.0.1", {"2001:db8::1"}), "2001:db8::1");
}

TEST(TrustedProxies, FallsBackToThePeer) {  // H-19
    for (auto const* line : {"unknown", "192.0.2.1, unknown", "_hidden", "", ",", "10.0.0.1",
                             "192.0.2.1:", "[::1", "1.2.3.4:x"})
        EXPECT_EQ(client("127.0.0.1", {line}), "127.0.0.1") << line;
    EXPECT_EQ(client("127.0.0.1", {}), "127.0.0.1");
}

TEST(TrustedProxies, ReadsAListOfAThousand) {  // H-19
    std::string list = "192.0.2.1";
    for (int i = 0; i < 1'000; ++i)
        list += ",10.0.0.1";
    EXPECT_EQ(client("127.0.0.1", {list}), "192.0.2.1");
}

TEST(TrustedProxies, IgnoreEverybodyElse) {  // H-18
    EXPECT_EQ(client("192.0.2.7", {"198.51.100.9"}), "192.0.2.7");
}

TEST(ForwardedProto, MeansTlsOnlyAsOneValue) {
    Headers headers;
    EXPECT_FALSE(forwarded_over_tls(headers));
    headers.add("X-Forwarded-Proto", "https");
    EXPECT_TRUE(forwarded_over_tls(headers));
    headers.add("X-Forwarded-Proto", "http");
    EXPECT_FALSE(forwarded_over_tls(headers));
}

TEST(ForwardedCertificate, IsReadInTheFormsProxiesSend) {
    std::string const der = "\x30\x03\x01\x02\xff";
    auto const base64 = encode_base64(der);
    auto const pem =
        percent_encode("-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    for (auto const& value :
         {":" + base64 + ":", base64, pem, "Hash=ab;Cert=\"" + pem + "\";Subject=\"\""}) {
        Headers headers;
        headers.add("Client-Cert", value);
        EXPECT_EQ(forwarded_certificate(headers, "client-cert"), der) << value;
    }
}

TEST(ForwardedCertificate, IsEmptyWhenUnreadableOrRepeated) {
    Headers headers;
    EXPECT_EQ(forwarded_certificate(headers, "Client-Cert"), "");
    headers.add("Client-Cert", "no certificate");
    EXPECT_EQ(forwarded_certificate(headers, "Client-Cert"), "");
    headers.set("Client-Cert", ":MAMBAv8=:");
    headers.add("Client-Cert", ":MAMBAv8=:");
    EXPECT_EQ(forwarded_certificate(headers, "Client-Cert"), "");
}

TEST(ForwardingFields, AreKnownWithoutCase) {
    EXPECT_TRUE(is_forwarding_field("x-forwarded-FOR"));
    EXPECT_TRUE(is_forwarding_field("X-HTTP-Method-Override"));
    EXPECT_FALSE(is_forwarding_field("Host"));
}

}  // namespace
}  // namespace tunnus::web
