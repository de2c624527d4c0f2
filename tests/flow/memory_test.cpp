// SPDX-License-Identifier: MIT
// Memory that runs out in the middle of the work (threats.md F-34): an error, no crash, no half
// state, and above all nothing accepted that is refused otherwise.
#include "idp/base/encoding.hpp"
#include "tests/fakes/failing_memory.hpp"
#include "tests/flow/story.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <functional>
#include <new>
#include <tuple>

#if !defined(__SANITIZE_ADDRESS__)  // a sanitizer brings its own memory

namespace tunnus::flow {
namespace {

using fakes::FailingMemory;

/// Runs `use` with ever more memory until it has enough: each of the first allocations is once the
/// one that fails, then every thirteenth, since what comes late is mostly the same lines again.
/// Returns how often it ran out.
int starve(std::function<void()> const& use) {
    constexpr std::int64_t first = 400;
    constexpr std::int64_t stride = 13;
    constexpr std::int64_t too_many = 200'000;
    int starved = 0;
    for (std::int64_t after = 0; after < too_many; after += after < first ? 1 : stride) {
        FailingMemory memory(after);
        try {
            use();
        } catch (std::bad_alloc const&) {
            // What the edge answers by 500 (Exchange::fail).
        }
        memory.end();
        if (!memory.failed()) return starved;
        ++starved;
    }
    ADD_FAILURE() << "it never has enough";
    return starved;
}

TEST(StarvedSaml, F34_AcceptsWhatIsRightAndNothingElse) {
    using saml::test::fake_idp;
    saml::test::World const world;
    auto const good = fake_idp().response({});
    ASSERT_EQ(world.word(good), "accepted");
    saml::test::Message other_person;
    other_person.edit_signed_assertion = saml::test::replacing("210281-9988", "010280-952L");
    saml::test::Message other_request;
    other_request.edit_signed_response = saml::test::replacing("_r1", "_r2");

    int accepted = 0;
    auto const read = [&](std::string const& xml) {
        auto const outcome = world.read_text(xml);
        if (std::holds_alternative<saml::AuthenticatedSubject>(outcome)) ++accepted;
    };
    EXPECT_GT(starve([&] { read(good); }), 400);
    EXPECT_GT(accepted, 0);
    accepted = 0;
    for (auto const& bad : {other_person, other_request})
        starve([&, xml = fake_idp().response(bad)] { read(xml); });
    EXPECT_EQ(accepted, 0);
    EXPECT_EQ(world.word(good), "accepted") << "and it has not forgotten how";
}

using Starved = Story;

TEST_F(Starved, F34_AWrongVerifierOrSecretRedeemsNothing) {
    auto const code = code_of_a_login(library);
    int redeemed = 0;
    std::string const other = "https-wrong.example-and-long-enough-to-be-a-verifier";
    auto const redeem = [&](std::string const& secret, std::string const& redirect_uri,
                            std::string const& verifier) {
        Headers headers;
        headers.add("Authorization", "Basic " + encode_base64("library:" + secret));
        auto const answer = post_form(product, "/token",
                                      {{"grant_type", "authorization_code"},
                                       {"code", code},
                                       {"redirect_uri", redirect_uri},
                                       {"code_verifier", verifier}},
                                      std::move(headers));
        if (answer.status == 200) ++redeemed;
    };
    std::string const secret = "client-secret-for-tests";
    std::string const address = "https://library.example/cb";
    std::string const verifier(Service::verifier);
    starve([&] { redeem(other, address, verifier); });
    starve([&] { redeem(secret, other, verifier); });
    starve([&] { redeem(secret, address, other); });
    EXPECT_EQ(redeemed, 0);
    redeem(secret, address, verifier);
    EXPECT_EQ(redeemed, 1) << "it was live all along";
}

TEST_F(Starved, F34_ACodeIsRedeemedOnceOrNotAtAll) {
    code_of_a_login(library);
    auto const silent = library.authorize({{"prompt", "none"}});
    std::string code;
    auto const starved = starve([&] {
        code.clear();
        code = browser.get_from_elsewhere(silent).parameter("code");
        if (!code.empty()) std::ignore = library.redeem(code);
    });
    EXPECT_GT(starved, 400);
    EXPECT_NE(library.redeem(code).status, 200) << "the last one was redeemed";
    EXPECT_EQ(product.audited("code.reused"), 1) << "and no other twice";
    EXPECT_TRUE(is_signed_in(browser)) << "the session came through";
}

TEST_F(Starved, F34_ARevokedTokenOpensNothing) {
    auto const tokens = json_of(library.redeem(code_of_a_login(library)));
    auto const token = std::string(tokens.at("access_token").as_string());
    ASSERT_EQ(library.userinfo(token).status, 200);
    product.disable_user(user_id);
    int opened = 0;
    starve([&] {
        if (library.userinfo(token).status == 200) ++opened;
    });
    EXPECT_EQ(opened, 0);
}

TEST_F(Starved, F34_AHintThatWasTamperedWithEndsNoSession) {
    auto const tokens = json_of(library.redeem(code_of_a_login(library)));
    auto hint = std::string(tokens.at("id_token").as_string());
    auto& in_signature = hint[hint.size() - 20];
    in_signature = in_signature == 'A' ? 'B' : 'A';
    starve([&] { browser.get_from_elsewhere("/logout?id_token_hint=" + hint); });
    EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace tunnus::flow

#endif
