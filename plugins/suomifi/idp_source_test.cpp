// SPDX-License-Identifier: MIT
// The identity provider's metadata in the background: what is believed, and what stays when its
// source fails (threats.md S-121, S-122, S-25).
#include "plugins/suomifi/idp_source.hpp"

#include "idp/base/limits.hpp"
#include "tests/saml/suomifi_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::plugin::suomifi {
namespace {

using namespace saml::test;
using saml::test::attribute;

struct Described {
    std::vector<TestKey const*> keys{&fake_idp().signing};
    std::string sso{idp_sso_url};
    std::string attributes = R"( ID="_m1")";
    std::string extensions = {};
    bool in_list = false;
};
std::string entity(Described const& described) {
    std::string parts;
    for (auto const* key : described.keys)
        parts +=
            tag("md:KeyDescriptor", R"(use="signing")",
                tag("ds:KeyInfo", attribute("xmlns:ds", saml::xml::ns::signature),
                    tag("ds:X509Data", "",
                        tag("ds:X509Certificate", "", encode_base64(key->certificate_der())))));
    parts += tag("md:SingleSignOnService",
                 R"(Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" )" +
                     attribute("Location", described.sso),
                 "");
    return tag("md:EntityDescriptor",
               attribute("xmlns:md", saml::xml::ns::metadata) +
                   (described.in_list ? "" : described.attributes) + " " +
                   attribute("entityID", idp_entity_id),
               described.extensions +
                   tag("md:IDPSSODescriptor",
                       attribute("protocolSupportEnumeration", saml::xml::ns::protocol), parts));
}
std::string document(Described const& described, TestKey const& signer = fake_idp().stranger) {
    auto text = entity(described);
    if (described.in_list)
        text = tag("md:EntitiesDescriptor",
                   attribute("xmlns:md", saml::xml::ns::metadata) + described.attributes, text);
    return saml::xml::sign(library(), text, signer.private_key(), signer.certificate()).value();
}
std::string document() {
    return document(Described());
}

constexpr std::string_view plugin_name = "suomifi";
constexpr Tables tables = tables_of<plugin_name>();

/// Metadata from an address; signed by the key that is called `stranger` elsewhere.
class Source : public testing::Test {
  protected:
    Source() {
        auto& idp = world_.host.config["idp"].as_object();
        idp = {{"entity_id", idp_entity_id},
               {"metadata_url", "https://static.idp.example/metadata.xml"},
               {"metadata_certificate_files", {"signer.pem"}}};
        world_.host.config["allow_test_identity_codes"] = true;
        world_.host.files["signer.pem"] = fake_idp().stranger.certificate_pem();
        serve(document());
    }
    void serve(std::string text, int status = 200) {
        world_.host.fake_http.set_server(
            [text = std::move(text), status](OutboundRequest const&) -> Result<OutboundResponse> {
                OutboundResponse response;
                response.status = status;
                response.body = text;
                return response;
            });
    }
    void fail() {
        world_.host.fake_http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
            return Error(BaseErrc::unavailable, "down");
        });
    }
    Result<> refresh() { return world_.plugin().jobs().at(1)->run(); }
    std::string begun() {
        auto const answer = world_.plugin().authenticator()->begin(world_.login);
        return word_of(answer);
    }
    std::string word(Message const& message = {}) { return word_of(world_.log_in(message)); }
    /// What operators are told when the job that watches runs; empty: nothing.
    std::string alarm() {
        auto& lines = world_.host.recording_log;
        auto const before = lines.lines().size();
        EXPECT_TRUE(world_.plugin().jobs().at(2)->run());
        auto const after = lines.lines();
        if (after.size() == before) return {};
        EXPECT_EQ(after.back().level, Level::error);
        return after.back().event;
    }
    /// What becomes of this document when it is served next.
    std::string refreshed(std::string text) {
        serve(std::move(text));
        auto const done = refresh();
        EXPECT_EQ(begun(), "redirect") << "something good is known in any case";
        return done ? "taken" : std::string(to_string(saml::reason_of(done.error())));
    }
    Message signed_by(TestKey const& key, std::string id) {
        Message message;
        message.assertion_id = std::move(id);
        message.signer = &key;
        return message;
    }

    SuomifiWorld world_;
};

TEST_F(Source, FetchesWhatItDoesNotKnowWhenTheFirstLoginBegins) {
    EXPECT_EQ(word(), "identity");
    EXPECT_EQ(world_.host.fake_http.requests().size(), 1U);
    EXPECT_EQ(world_.host.fake_http.requests()[0].url, "https://static.idp.example/metadata.xml");
}

TEST_F(Source, S121AsksAnAddressThatDoesNotAnswerOnceAMinuteAndSaysThatItIsNotAvailable) {
    fail();
    EXPECT_EQ(begun(), "unavailable: metadata_expired");
    EXPECT_EQ(begun(), "unavailable: metadata_expired");
    EXPECT_EQ(world_.host.fake_http.requests().size(), 1U);
    serve(document());
    world_.host.manual_clock.advance(seconds(61));
    EXPECT_EQ(begun(), "redirect");
}

TEST_F(Source, S121KeepsWhatItKnowsWhenANewDocumentDoesNotHold) {
    ASSERT_TRUE(refresh());
    auto const refused = [&](std::string text) { return refreshed(std::move(text)); };
    EXPECT_EQ(refused(document({}, fake_idp().signing)), "signature_invalid");
    EXPECT_EQ(refused(entity({})), "signature_missing");
    auto other = document();
    replace(other, idp_sso_url, "https://idp.example/ssp");
    EXPECT_EQ(refused(other), "signature_invalid");
    Described without_keys;
    without_keys.keys.clear();
    EXPECT_EQ(refused(document(without_keys)), "metadata_no_key") << "S-25";
    Described plain;
    plain.sso = "http://idp.example/sso";
    EXPECT_EQ(refused(document(plain)), "metadata_location") << "S-122";
    Described elsewhere;
    elsewhere.sso = "https://evil.example/sso";
    EXPECT_EQ(refused(document(elsewhere)), "metadata_location") << "S-122";
    Described old;
    old.attributes = R"( ID="_m1" validUntil="2030-01-02T03:00:00Z")";
    EXPECT_EQ(refused(document(old)), "metadata_expired");
    EXPECT_EQ(refused("<!DOCTYPE x>" + document()), "xml_doctype");
    std::string blanks;
    blanks.resize(50'000'000, ' ');
    EXPECT_EQ(refused(blanks), "message_too_large");
    EXPECT_EQ(refused(document()), "taken") << "the clean form";
    serve("gone", 404);
    EXPECT_FALSE(refresh());
    fail();
    EXPECT_FALSE(refresh());
    EXPECT_EQ(begun(), "redirect");
}

TEST_F(Source, S121GoesOnUntilItExpiresAndTellsOperatorsBefore) {
    Described limited;
    limited.attributes = R"( ID="_m1" validUntil="2030-01-09T00:00:00Z")";
    serve(document(limited));
    ASSERT_TRUE(refresh());
    fail();
    EXPECT_FALSE(refresh());
    EXPECT_EQ(alarm(), "");
    world_.host.manual_clock.step_wall_clock(std::chrono::hours(24 * 5));
    EXPECT_FALSE(refresh());
    EXPECT_EQ(alarm(), "saml.metadata_expires");
    EXPECT_EQ(alarm(), "saml.metadata_expires") << "again and again";
    EXPECT_EQ(begun(), "redirect");
    world_.host.manual_clock.step_wall_clock(std::chrono::hours(24 * 2));
    EXPECT_EQ(alarm(), "saml.metadata_expired");
    EXPECT_EQ(begun(), "unavailable: metadata_expired");
    serve(document());
    world_.host.manual_clock.advance(seconds(61));
    EXPECT_EQ(begun(), "redirect") << "and comes back by itself";
}

TEST_F(Source, S121WithoutAnEndOfItsOwnItIsGoodForTheConfiguredTimeAfterItWasLastVerified) {
    ASSERT_TRUE(refresh());
    auto& clock = world_.host.manual_clock;
    clock.step_wall_clock(std::chrono::hours(24 * 10));
    ASSERT_TRUE(refresh()) << "counts from here on";
    fail();
    clock.step_wall_clock(std::chrono::hours(24 * 11));
    EXPECT_EQ(alarm(), "");
    clock.step_wall_clock(std::chrono::hours(24 * 2));
    EXPECT_EQ(alarm(), "saml.metadata_expires");
    EXPECT_EQ(begun(), "redirect");
    auto const settings = read_settings(world_.host, library());
    IdpSource next(world_.host, library(), settings, tables);
    EXPECT_TRUE(next.current()->usable(clock.now())) << "also after a restart";
    clock.step_wall_clock(std::chrono::hours(24));
    EXPECT_EQ(alarm(), "saml.metadata_expired");
    EXPECT_EQ(begun(), "unavailable: metadata_expired");
    EXPECT_FALSE(next.current()->usable(clock.now()));
    serve(document());
    ASSERT_TRUE(refresh());
    EXPECT_EQ(begun(), "redirect");
}

TEST_F(Source, TellsOperatorsThatNothingIsKnown) {
    fail();
    EXPECT_EQ(alarm(), "saml.metadata_missing");
    EXPECT_EQ(alarm(), "saml.metadata_missing");
    serve(document());
    ASSERT_TRUE(refresh());
    EXPECT_EQ(alarm(), "");
}

// Suomi.fi's own documents say neither when they were made nor until when they hold.
TEST_F(Source, S121IsNotTurnedBackToADocumentThatAnotherHasFollowed) {
    Described next;
    next.keys = {&fake_idp().signing, &fake_idp().sp_older};
    next.attributes = R"( ID="_m2")";
    EXPECT_EQ(refreshed(document()), "taken");
    EXPECT_EQ(refreshed(document()), "taken") << "the same one as often as it is served";
    EXPECT_EQ(refreshed(document(next)), "taken");
    EXPECT_EQ(refreshed(document()), "metadata_older");
    auto dressed_up = document();
    auto const info = dressed_up.find("<ds:KeyInfo>");
    auto const end = dressed_up.find("</ds:Signature>");
    ASSERT_LT(info, end);
    dressed_up.erase(info, end - info);  // which no signature covers
    EXPECT_EQ(refreshed(dressed_up), "metadata_older");
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a1")), "identity") << "the newer one stays";
    EXPECT_EQ(refreshed(document(next)), "taken");
    next.attributes = R"( ID="_m3")";
    EXPECT_EQ(refreshed(document(next)), "taken");
    auto const settings = read_settings(world_.host, library());
    IdpSource restarted(world_.host, library(), settings, tables);
    serve(document());
    EXPECT_EQ(saml::reason_of(restarted.refresh().error()), saml::Reason::metadata_older);
}

TEST_F(Source, S121IsNotTurnedBackToADocumentThatSaysThatItIsOlder) {
    auto const until = [](std::string const& day) {
        Described described;
        described.attributes = " ID=\"_u" + day + "\" validUntil=\"2030-02-" + day + "T00:00:00Z\"";
        return document(described);
    };
    EXPECT_EQ(refreshed(until("10")), "taken");
    EXPECT_EQ(refreshed(until("12")), "taken");
    EXPECT_EQ(refreshed(until("11")), "metadata_older") << "never seen before";
    EXPECT_EQ(refreshed(until("13")), "taken");
    auto const made = [](std::string const& day, std::string const& more = {}) {
        Described described;
        described.attributes = " ID=\"_c" + day + "\"" + more;
        described.extensions =
            tag("md:Extensions", "",
                tag("mdrpi:PublicationInfo",
                    attribute("xmlns:mdrpi", saml::xml::ns::metadata_publication) +
                        R"( publisher="x" creationInstant="2030-01-)" + day + R"(T00:00:00Z")",
                    ""));
        return document(described);
    };
    EXPECT_EQ(refreshed(made("05")), "taken");
    EXPECT_EQ(refreshed(made("06", R"( validUntil="2030-01-20T00:00:00Z")")), "taken");
    EXPECT_EQ(refreshed(made("04", R"( validUntil="2030-01-30T00:00:00Z")")), "metadata_older");
    EXPECT_EQ(refreshed(made("07")), "taken");
}

TEST_F(Source, ANodeGoesOnFromWhatAnotherHasStored) {
    ASSERT_TRUE(refresh());
    Described second;
    second.attributes = R"( ID="_m2")";
    Described third;
    third.attributes = R"( ID="_m3")";
    auto const settings = read_settings(world_.host, library());
    IdpSource other(world_.host, library(), settings, tables);
    int asked = 0;
    world_.host.fake_http.set_server([&](OutboundRequest const&) -> Result<OutboundResponse> {
        OutboundResponse response;
        response.status = 200;
        response.body = document(asked++ == 0 ? second : third);
        return response;
    });
    ASSERT_TRUE(refresh());
    ASSERT_TRUE(other.refresh()) << "it has seen what the first one wrote";
    auto const rows =
        world_.host.database().query({"SELECT digest FROM suomifi_past_metadata", {}, {}});
    EXPECT_EQ(rows->size(), 2U);
}

TEST_F(Source, S46S47FollowsTheRollOverOfTheSigningKey) {
    ASSERT_TRUE(refresh());
    EXPECT_EQ(word(signed_by(fake_idp().signing, "_a1")), "identity");
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a2")), "rejected: signature_invalid");
    Described both;
    both.keys = {&fake_idp().signing, &fake_idp().sp_older};
    serve(document(both));
    ASSERT_TRUE(refresh());
    EXPECT_EQ(word(signed_by(fake_idp().signing, "_a3")), "identity");
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a4")), "identity");
    both.keys = {&fake_idp().sp_older};
    serve(document(both));
    ASSERT_TRUE(refresh());
    EXPECT_EQ(word(signed_by(fake_idp().signing, "_a5")), "rejected: signature_invalid");
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a6")), "identity");
}

TEST_F(Source, FindsTheEntityInASignedList) {
    Described listed;
    listed.in_list = true;
    serve(document(listed));
    ASSERT_TRUE(refresh());
    EXPECT_EQ(word(), "identity");
}

TEST_F(Source, BeginsWithWhatWasStoredWhenTheAddressIsDown) {
    ASSERT_TRUE(refresh());
    fail();
    auto const settings = read_settings(world_.host, library());
    IdpSource next(world_.host, library(), settings, tables);
    EXPECT_TRUE(next.current()) << "another process on the same database";
}

TEST_F(Source, SeesWhatAnotherNodeHasFetchedWithinAMinute) {
    auto const settings = read_settings(world_.host, library());
    ASSERT_TRUE(world_.plugin().authenticator());
    IdpSource other(world_.host, library(), settings, tables);
    EXPECT_FALSE(other.current());
    ASSERT_TRUE(refresh());
    EXPECT_FALSE(other.current());
    world_.host.manual_clock.advance(seconds(61));
    EXPECT_TRUE(other.current());
}

TEST_F(Source, ReadsAFileAgain) {
    auto& idp = world_.host.config["idp"].as_object();
    idp.erase("metadata_url");
    idp["metadata_file"] = "idp.xml";
    world_.host.files["idp.xml"] = document();
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a1")), "rejected: signature_invalid");
    Described next;
    next.keys = {&fake_idp().sp_older};
    world_.host.files["idp.xml"] = document(next);
    ASSERT_TRUE(refresh());
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a2")), "identity");
    world_.host.files.erase("idp.xml");
    EXPECT_FALSE(refresh());
    EXPECT_EQ(word(signed_by(fake_idp().sp_older, "_a3")), "identity");
}

TEST_F(Source, AnAddressNeedsAPinnedSigner) {
    world_.host.config["idp"].as_object().erase("metadata_certificate_files");
    EXPECT_THROW((void)world_.plugin(), std::runtime_error);
}

}  // namespace
}  // namespace tunnus::plugin::suomifi
