// SPDX-License-Identifier: MIT
// Somebody acts for a person who has never signed in: what becomes of the account that waits for
// them (threats.md 3.3, citizen-services.md 8.5 and design line 7).
#include "tests/flow/acting.hpp"

namespace tunnus::flow {
namespace {

class ActingAccount : public ActingFlow {
  protected:
    ActingAccount() : ActingAccount(ActingSetup{}) {}
    explicit ActingAccount(ActingSetup const& setup) : ActingFlow(acting_configuration(setup)) {}

    /// A strong login of the adult for whom Maija acts, up to the first page of ours.
    Page principal_comes(Browser& with) { return identify(with, kiosk, person(adult)); }
    std::int64_t unclaimed() {
        return product.count("SELECT COUNT(*) FROM users WHERE unclaimed = 1");
    }
};

TEST_F(ActingAccount, BothHaveOneAndThePrincipalIsToldAtTheirFirstLogin) {
    tokens(act_for(browser, adult));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
    EXPECT_EQ(unclaimed(), 1);
    Browser of_principal(product);
    auto page = principal_comes(of_principal);
    ASSERT_TRUE(page.shows("id=\"acted-for\"")) << page.body;
    EXPECT_EQ(unclaimed(), 1) << "who leaves now is told the next time";
    page = of_principal.submit(page, {});
    EXPECT_FALSE(page.parameter("code").empty()) << page.body;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2) << "they claimed what was there";
    EXPECT_EQ(unclaimed(), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM audit_events WHERE kind = 'account.linked' "
                            "AND fields LIKE '%\"claimed\":true%'"),
              1);
    Browser later(product);
    EXPECT_FALSE(principal_comes(later).parameter("code").empty()) << "told once";
}

TEST_F(ActingAccount, IsTheSameForTheServiceBeforeAndAfterThePersonHasCome) {
    auto const sub = claims(tokens(act_for(browser, adult))).at("on_behalf_of").at("sub");
    Browser of_principal(product);
    of_principal.submit(principal_comes(of_principal), {});
    EXPECT_EQ(claims(tokens(act_for(browser, adult))).at("on_behalf_of").at("sub"), sub);
}

TEST_F(ActingAccount, IsClaimedOnceWhenTwoOfTheirLoginsMeet) {
    tokens(act_for(browser, adult));
    Browser first(product);
    Browser second(product);
    auto const page = principal_comes(first);
    auto const other = principal_comes(second);
    product.before_commit = [&] {
        product.before_commit = nullptr;
        EXPECT_FALSE(second.submit(other, {}).parameter("code").empty());
    };
    auto const late = first.submit(page, {});
    EXPECT_EQ(late.status, 409) << late.left_for;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
    EXPECT_EQ(unclaimed(), 0);
    EXPECT_FALSE(principal_comes(first).parameter("code").empty()) << "and signs in as usual";
}

// threats.md S-107: what an administrator has closed stays closed for who would claim it.
TEST_F(ActingAccount, OneThatIsDisabledIsClaimedByNobody) {
    tokens(act_for(browser, adult));
    auto const row =
        product.database->find({"SELECT id FROM users WHERE unclaimed = 1", {}, {}}).value();
    product.disable_user(row->text(0));
    Browser of_principal(product);
    EXPECT_EQ(principal_comes(of_principal).parameter("error"), "access_denied");
    EXPECT_EQ(unclaimed(), 1);
}

// ---- Where the person has a light account, which the first strong login asks for

class ActingJoin : public ActingAccount {
  protected:
    ActingJoin() : ActingAccount(ActingSetup{.first_strong = true}) {
        // Maija's own first login asks for her address, too.
        auto page = make_light_account(browser, identify(browser, kiosk), "maija@example.org");
        EXPECT_FALSE(page.parameter("code").empty()) << page.body;
        antti = product.add_user(email, password);
        tokens(act_for(browser, adult));
        EXPECT_EQ(unclaimed(), 1);
    }
    /// The strong login up to where the address turns out to be an account's.
    Page until_owned(Browser& with) {
        auto page = principal_comes(with);
        EXPECT_TRUE(page.shows("name=\"email\"")) << page.status << page.body;
        page = with.submit(page, {{"email", email}});
        return with.submit(page, {{"code", code_from_mailbox()}});
    }
    Page prove(Browser& with, Page const& owned, std::string const& typed) {
        return with.submit(with.submit(owned, {{"step", "merge"}}), {{"password", typed}});
    }
    bool has_strong_identity() {
        return product.database
            ->find({"SELECT user_id FROM identities WHERE authenticator = 'suomifi' "
                    "AND user_id = ?",
                    {sql::value(antti)},
                    {}})
            .value()
            .has_value();
    }

    static inline std::string const email = "antti@example.org";
    std::string antti;
};

TEST_F(ActingJoin, L31_TheAccountThatWaitedBecomesOneWithTheLightOneThatThePersonProves) {
    auto const waited = product.database->find({"SELECT id FROM users WHERE unclaimed = 1", {}, {}})
                            .value()
                            ->text(0);
    Browser with_light_session(product);
    sign_in_lightly(with_light_session, kiosk, email);
    Browser of_principal(product);
    auto page = prove(of_principal, until_owned(of_principal), password);
    ASSERT_TRUE(page.shows("id=\"acted-for\"")) << page.status << page.body;
    EXPECT_EQ(unclaimed(), 1) << "nothing is joined before the login is finished";
    auto const token = id_token(kiosk, of_principal.submit(page, {}));
    EXPECT_EQ(token.at("sub").as_string(), antti) << "what services know of the person stays";
    EXPECT_EQ(token.at("acr").as_string(), loa2);
    EXPECT_TRUE(has_strong_identity());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2) << "Maija and Antti";
    EXPECT_EQ(unclaimed(), 0);
    // The trail of both tells it.
    for (auto const& [user, field] : Fields{{antti, "joined"}, {waited, "into"}}) {
        auto const row = product.database
                             ->find({"SELECT fields FROM audit_events WHERE user_id = ? AND "
                                     "kind = 'account.linked' AND fields LIKE '%suomifi%'",
                                     {sql::value(user)},
                                     {}})
                             .value();
        ASSERT_TRUE(row) << user;
        EXPECT_NE(row->text(0).find('"' + field + '"'), std::string::npos) << row->text(0);
    }
    // Acting for them goes on, for the same person.
    auto const acted = claims(tokens(act_for(browser, adult))).at("on_behalf_of").as_object();
    EXPECT_EQ(text(acted, "name"), "Aikuinen Antti");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
}

// The clean control of the two below: who proves nothing joins nothing.
TEST_F(ActingJoin, L30_AWrongPasswordOrAnAddressAloneJoinsNothing) {
    Browser of_principal(product);
    auto const owned = until_owned(of_principal);
    EXPECT_TRUE(owned.shows("value=\"merge\"")) << owned.body;
    auto const wrong = prove(of_principal, owned, "not-the-password-of-antti");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(unclaimed(), 1);
    EXPECT_FALSE(has_strong_identity());
    // Another address: an account of its own, which is the one that waited.
    auto page = of_principal.submit(wrong, {{"step", "signup"}});
    page = of_principal.submit(page, {{"email", "antti.toinen@example.org"}});
    page = of_principal.submit(page, {{"code", code_from_mailbox()}});
    page = of_principal.submit(page, {{"new_password", password + "-2"}});
    page = of_principal.submit(page, {});
    EXPECT_FALSE(page.parameter("code").empty()) << page.body;
    EXPECT_FALSE(has_strong_identity());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 3);
    EXPECT_EQ(unclaimed(), 0);
}

// An attacker with a verified address of theirs signs the victim in to nothing: whoever proves the
// strong identity of another joins it only to an account whose password they type.
TEST_F(ActingJoin, L33_WhoKnewTheLightAccountIsSignedOutWhenItIsJoined) {
    Browser attacker(product);
    auto const held = sign_in_lightly(attacker, kiosk, email);
    EXPECT_TRUE(attacker.get("/profile/signin").shows("logout-everywhere")) << held.status;
    Browser of_principal(product);
    auto const page = prove(of_principal, until_owned(of_principal), password);
    of_principal.submit(page, {});
    EXPECT_FALSE(attacker.get("/profile/signin").shows("logout-everywhere"));
}

TEST_F(ActingJoin, L36_AnAccountThatHasAStrongIdentityTakesNoSecondOne) {
    // Antti's light account has been joined to somebody else's identity before.
    Browser somebody(product);
    auto page = identify(somebody, kiosk, person("020250-934X"));
    page = somebody.submit(page, {{"email", email}});
    page = somebody.submit(page, {{"code", code_from_mailbox()}});
    page = prove(somebody, page, password);
    EXPECT_FALSE(page.parameter("code").empty()) << page.status << page.body;
    Browser of_principal(product);
    page = prove(of_principal, until_owned(of_principal), password);
    if (page.shows("id=\"acted-for\"")) page = of_principal.submit(page, {});
    EXPECT_EQ(page.parameter("error"), "access_denied") << page.status << page.body;
    EXPECT_EQ(unclaimed(), 1) << "it still waits";
}

TEST_F(ActingJoin, IsJoinedOnceWhenTwoOfTheirLoginsMeet) {
    Browser first(product);
    Browser second(product);
    auto const joining = prove(first, until_owned(first), password);
    auto const other = make_light_account(second, principal_comes(second), "toinen@example.org");
    product.before_commit = [&] {
        product.before_commit = nullptr;
        EXPECT_FALSE(second.submit(other, {}).parameter("code").empty());
    };
    EXPECT_EQ(first.submit(joining, {}).status, 409);
    EXPECT_FALSE(has_strong_identity());
    EXPECT_EQ(unclaimed(), 0);
}

}  // namespace
}  // namespace tunnus::flow
