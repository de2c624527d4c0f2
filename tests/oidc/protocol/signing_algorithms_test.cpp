// SPDX-License-Identifier: MIT
#include "oidc/protocol/signing_algorithms.hpp"

#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

TEST(SigningAlgorithms, NameTheFirstMemberThatNobodySigns) {
    auto const only_es256 = [](std::string_view alg) { return alg == "ES256"; };
    auto const reason = [&](boost::json::object const& more) {
        return reject_unsigned(tests::client(more), only_es256);
    };
    EXPECT_EQ(reason({{"id_token_signed_response_alg", "ES256"}}), "");
    EXPECT_EQ(reason({}), "id_token_signed_response_alg: no key here signs by RS256");
    for (std::string const member :
         {"userinfo_signed_response_alg", "introspection_signed_response_alg",
          "authorization_signed_response_alg"}) {
        EXPECT_EQ(reason({{"id_token_signed_response_alg", "ES256"}, {member, "ES256"}}), "");
        EXPECT_EQ(reason({{"id_token_signed_response_alg", "ES256"}, {member, "PS384"}}),
                  member + ": no key here signs by PS384");
    }
}

}  // namespace
}  // namespace tunnus::oidc
