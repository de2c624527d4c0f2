// SPDX-License-Identifier: MIT
// threats.md S-112 to S-116.
#include "saml/protocol/redirect_binding.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "tests/saml/expect.hpp"
#include "tests/saml/fake_idp.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace tunnus::saml {
namespace {

using namespace test;

std::string const message = "<samlp:LogoutRequest/>";
std::string const good =
    build_redirect_query(MessageKind::request, message, "a b+c", fake_idp().signing.private_key());

std::string read(std::string_view query, MessageKind kind = MessageKind::request) {
    std::vector<xml::Certificate> const keys{fake_idp().signing.certificate()};
    return outcome_of(parse_redirect_query(kind, query, keys, Limits()));
}
std::string read_edited(std::string_view from, std::string_view to) {
    auto query = good;
    replace(query, from, to);
    return read(query);
}
std::string parameter(std::string_view name) {
    auto const start = good.find(std::string(name) + "=");
    return good.substr(start, good.find('&', start) - start);
}
/// A query with this message, signed rightly whatever it is.
std::string signed_query(std::string_view stream) {
    std::string query = "SAMLRequest=" + percent_encode(encode_base64(stream)) +
                        "&SigAlg=" + percent_encode(xml::algorithm::rsa_sha256);
    auto const signature = fake_idp().signing.sign(query, EVP_sha256());
    return query + "&Signature=" + percent_encode(encode_base64(signature));
}
std::string wrapped(std::string_view bytes, int window) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    std::string out(bytes.size() + 200, '\0');
    std::string in(bytes);
    stream.next_in = octets(in);
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = octets(out);
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(RedirectBinding, ReadsWhatItWrites) {
    std::vector<xml::Certificate> const keys{fake_idp().stranger.certificate(),
                                             fake_idp().signing.certificate()};
    auto const read_back = parse_redirect_query(MessageKind::request, good, keys, Limits());
    ASSERT_TRUE(read_back) << read_back.error().text();
    EXPECT_EQ(read_back->xml, message);
    EXPECT_EQ(read_back->relay_state, "a b+c");
    EXPECT_EQ(read(signed_query(saml::deflate(message))), "accepted") << "without RelayState";
}

TEST(RedirectBinding, S112StopsAtTheBound) {
    auto const bomb = saml::deflate(std::string(10'000'000, 'x'));
    EXPECT_EQ(read(signed_query(bomb)), "message_too_large");
    EXPECT_LE(cpu_ms([&] { (void)saml::inflate(bomb, Limits().xml_bytes); }), 10.0);
    EXPECT_EQ(outcome_of(saml::inflate(saml::deflate(std::string(100, 'x')), 100)), "accepted");
    EXPECT_EQ(outcome_of(saml::inflate(saml::deflate(std::string(101, 'x')), 100)),
              "message_too_large");
}

TEST(RedirectBinding, S113RefusesAnotherWrappingOrATail) {
    auto const stream = saml::deflate(message);
    EXPECT_EQ(read(signed_query(stream)), "accepted");
    EXPECT_EQ(read(signed_query(stream + "x")), "bad_deflate");
    EXPECT_EQ(read(signed_query(stream.substr(0, stream.size() - 1))), "bad_deflate");
    EXPECT_EQ(read(signed_query(wrapped(message, 15))), "bad_deflate") << "zlib";
    EXPECT_EQ(read(signed_query(wrapped(message, 31))), "bad_deflate") << "gzip";
    EXPECT_EQ(read(signed_query("")), "form_field");
    EXPECT_EQ(read(signed_query("\xff\xff")), "bad_deflate");
}

TEST(RedirectBinding, S114VerifiesTheOctetsAsReceived) {
    EXPECT_EQ(read(good), "accepted");
    EXPECT_EQ(read_edited("RelayState=a%20b", "RelayState=a+b"), "query_signature_invalid");
    EXPECT_EQ(read_edited("%2Bc", "%2bc"), "query_signature_invalid");
}

TEST(RedirectBinding, S115RefusesParametersTwiceUnknownOrEscaped) {
    EXPECT_EQ(read(good + "&" + parameter("SAMLRequest")), "form_field");
    EXPECT_EQ(read(parameter("RelayState") + "&" + good), "form_field");
    EXPECT_EQ(read(good + "&SAMLResponse=x"), "form_field");
    EXPECT_EQ(read_edited("SAMLRequest=", "SAML%52equest="), "form_field");
    EXPECT_EQ(read(good + "&other=x"), "form_field");
    EXPECT_EQ(read(good + "&"), "accepted");
    EXPECT_EQ(read("&" + good), "form_field");
    EXPECT_EQ(read(good, MessageKind::response), "form_field");
    EXPECT_EQ(read(""), "form_field");
}

TEST(RedirectBinding, S116RefusesWithoutAGoodSignature) {
    EXPECT_EQ(read_edited("&" + parameter("Signature"), ""), "query_signature_absent");
    EXPECT_EQ(read_edited(parameter("SigAlg") + "&", ""), "query_signature_absent");
    EXPECT_EQ(read_edited(parameter("Signature"), "Signature="), "query_signature_invalid");
    EXPECT_EQ(read_edited(parameter("SigAlg"), "SigAlg="), "signature_algorithm");
    EXPECT_EQ(read_edited(parameter("SigAlg"),
                          "SigAlg=" + percent_encode("http://www.w3.org/2000/09/xmldsig#rsa-sha1")),
              "signature_algorithm");
    EXPECT_EQ(read_edited("&" + parameter("RelayState"), ""), "query_signature_invalid");
    EXPECT_EQ(read_edited(parameter("RelayState"), "RelayState=other"), "query_signature_invalid");
    EXPECT_EQ(outcome_of(parse_redirect_query(MessageKind::request, good, {}, Limits())),
              "query_signature_invalid");
    EXPECT_EQ(read(build_redirect_query(MessageKind::request, message, "",
                                        fake_idp().stranger.private_key())),
              "query_signature_invalid");
}

TEST(RedirectBinding, BoundsRelayState) {
    auto const with = [](std::size_t size) {
        return read(build_redirect_query(MessageKind::request, message, std::string(size, 'x'),
                                         fake_idp().signing.private_key()));
    };
    EXPECT_EQ(with(80), "accepted");
    EXPECT_EQ(with(81), "form_field");
}

}  // namespace
}  // namespace tunnus::saml
