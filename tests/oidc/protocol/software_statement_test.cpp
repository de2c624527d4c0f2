// SPDX-License-Identifier: MIT
#include "oidc/protocol/software_statement.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using tests::es256_key;
using Object = boost::json::object;

constexpr TimePoint now{std::chrono::seconds(1'800'000'000)};

Object claims(Object const& more = {}) {
    Object object{{"iss", "https://authority.example"},
                  {"iat", 1'799'999'000},
                  {"jti", "1"},
                  {"client_name", "Library"}};
    for (auto const& member : more)
        object[member.key()] = member.value();
    return object;
}
std::string statement(Object const& more = {}, jose::SigningKey const& key = es256_key(),
                      std::string_view typ = "JWT") {
    return jose::sign_jws(key, typ, boost::json::serialize(claims(more)));
}
Checked<Object> read(std::string_view text) {
    static std::vector<SoftwareStatementIssuer> const issuers{
        {"https://authority.example", tests::our_keys()}};
    static Limits const limits;
    return read_software_statement(
        text, {issuers, {"https://id.example", "https://id.example/register"}, now, limits});
}
std::string_view refused(std::string_view text) {
    auto const result = read(text);
    return result ? "fine" : to_string(result.error().error);
}

TEST(SoftwareStatement, GivesWhatItSaysOfTheClientAndNothingOfItself) {
    EXPECT_EQ(read(statement({{"exp", 1'800'000'100}, {"aud", "https://id.example"}})).value(),
              (Object{{"client_name", "Library"}}));
}

TEST(SoftwareStatement, IsOfAnIssuerThatTheOperatorBelieves) {
    EXPECT_EQ(refused(statement({{"iss", "https://other.example"}})),
              "unapproved_software_statement");
    EXPECT_EQ(refused(statement({{"iss", nullptr}})), "unapproved_software_statement");
}

TEST(SoftwareStatement, IsSignedByItsIssuer) {
    EXPECT_EQ(refused(statement()), "fine");
    EXPECT_EQ(refused(statement({}, tests::strangers_key())), "invalid_software_statement");
    EXPECT_EQ(refused("eyJhbGciOiJub25lIn0.e30."), "invalid_software_statement");
    EXPECT_EQ(refused("no token"), "invalid_software_statement");
    EXPECT_EQ(refused(""), "invalid_software_statement");
}

TEST(SoftwareStatement, IsForUsWhereItSaysForWhom_Rfc7519_4_1_3) {
    for (auto const& us : {boost::json::value("https://id.example"),
                           boost::json::value("https://id.example/register"),
                           boost::json::value({"https://other.example", "https://id.example"})})
        EXPECT_EQ(refused(statement({{"aud", us}})), "fine") << us;
    for (auto const& others :
         {boost::json::value("https://other.example"), boost::json::value("https://id.example/"),
          boost::json::value("https://id.example/token"), boost::json::value(""),
          boost::json::value(nullptr), boost::json::value(1),
          boost::json::value(boost::json::array{}),
          boost::json::value({"https://other.example", 1})})
        EXPECT_EQ(refused(statement({{"aud", others}})), "invalid_software_statement") << others;
}

TEST(SoftwareStatement, IsNoTokenOfAnotherKind_J16) {
    for (std::string_view const typ : {"at+jwt", "logout+jwt", "dpop+jwt"})
        EXPECT_EQ(refused(statement({}, es256_key(), typ)), "invalid_software_statement") << typ;
}

TEST(SoftwareStatement, HasNotExpired_J14) {
    EXPECT_EQ(refused(statement({{"exp", 1'799'999'100}})), "invalid_software_statement");
    EXPECT_EQ(refused(statement({{"exp", "tomorrow"}})), "invalid_software_statement");
    EXPECT_EQ(refused(statement({{"iat", 1'800'000'600}})), "invalid_software_statement");
}

}  // namespace
}  // namespace tunnus::oidc
