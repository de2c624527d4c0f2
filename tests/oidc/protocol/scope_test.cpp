// SPDX-License-Identifier: MIT
#include "oidc/protocol/scope.hpp"

#include "idp/base/limits.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using Words = std::vector<std::string>;

std::vector<ScopeInfo> const known{{"profile", {"name"}, true, ""}, {"hetu", {"hetu"}, true, ""}};
Limits const limits;

template <class T>
OAuthError error_of(Checked<T> const& checked) {
    return checked ? OAuthError::server_error : checked.error().error;
}

Checked<Words> asked(std::string_view text, boost::json::object const& more = {}) {
    return check_user_scope(tests::client(more), text, known, limits);
}

TEST(Scope, KeepsTheOrderAndDropsRepeats) {
    EXPECT_EQ(*parse_scope("b a b", limits), (Words{"b", "a"}));
    EXPECT_EQ(format_scope({"b", "a"}), "b a");
    EXPECT_TRUE(parse_scope("", limits)->empty());
}

TEST(Scope, RefusesBytesOutsideTheGrammar_O24) {
    for (auto const* text :
         {"a\"b", "a\\b", "a\tb", "a\nb", "\xc3\xa4", "a  b", " a", "a ", "\x7f"})
        EXPECT_EQ(error_of(parse_scope(text, limits)), OAuthError::invalid_scope) << text;
    EXPECT_EQ(error_of(parse_scope(std::string(10'240, 'a'), limits)), OAuthError::invalid_scope);
}

TEST(Scope, PassesOverWhatIsUnknownOrNotRegistered_O24) {
    EXPECT_EQ(*asked("openid profile"), (Words{"openid", "profile"}));
    EXPECT_EQ(*asked("openid nonsense hetu email"), (Words{"openid"}));
}

TEST(Scope, IsPlainOAuthWithoutOpenid_O24) {
    EXPECT_EQ(*asked("profile"), (Words{"profile"}));
}

TEST(Scope, RefusesWhenNothingIsLeft_O24) {
    EXPECT_EQ(error_of(asked("")), OAuthError::invalid_scope);
    EXPECT_EQ(error_of(asked("hetu nonsense")), OAuthError::invalid_scope);
}

TEST(Scope, GivesOfflineAccessToClientsWithRefreshTokensOnly) {
    EXPECT_EQ(*asked("openid offline_access"), (Words{"openid"}));
    boost::json::object const refreshes{{"grant_types", {"authorization_code", "refresh_token"}}};
    EXPECT_EQ(*asked("openid offline_access", refreshes), (Words{"openid", "offline_access"}));
}

TEST(Scope, OfAClientItselfHoldsNothingAboutPeople_O60) {
    auto const client = tests::client();
    EXPECT_EQ(*check_client_scope(client, "api", known, limits), (Words{"api"}));
    EXPECT_EQ(*check_client_scope(client, "", known, limits), (Words{"api"}));
    for (auto const* text :
         {"openid", "profile", "api openid", "offline_access", "email", "hetu", "other"})
        EXPECT_EQ(error_of(check_client_scope(client, text, known, limits)),
                  OAuthError::invalid_scope)
            << text;
}

TEST(Scope, CanOnlyBeNarrowedOnRefresh_O66) {
    Words const granted{"openid", "profile"};
    EXPECT_EQ(*narrow_scope(granted, "", limits), granted);
    EXPECT_EQ(*narrow_scope(granted, "openid", limits), (Words{"openid"}));
    EXPECT_EQ(error_of(narrow_scope(granted, "openid email", limits)), OAuthError::invalid_scope);
}

}  // namespace
}  // namespace tunnus::oidc
