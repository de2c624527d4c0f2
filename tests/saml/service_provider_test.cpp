// SPDX-License-Identifier: MIT
// threats.md 1.2, 1.5 and 1.6 at the whole sequence; wrapping is in wrapping_test.cpp. Every case
// stands beside the message that logs in, and names the one reason it must be refused for.
#include "saml/service_provider.hpp"

#include "tests/saml/service_provider_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;

// threats.md S-78 and S-82 where the response is not signed: anybody who has begun a login can
// make us use the private keys.
TEST(ServiceProvider, S78AStrangersMessageUsesPrivateKeysTwiceAtMost) {
    auto const& idp = fake_idp();
    World world;
    world.settings.require_response_signature = false;
    world.settings.decryption_keys = {idp.sp_older.private_key(), idp.sp.private_key()};
    Message message;
    message.response_signature.present = false;
    EXPECT_EQ(world.word(message), "accepted") << "both keys are tried";
    message.encryption.more_keys_before = make_encrypted_key(idp.stranger, {});
    EXPECT_EQ(world.word(message), "decryption_failed");
    message.response_signature.present = true;
    EXPECT_EQ(world.word(message), "accepted") << "the identity provider may use more of our time";
}

TEST(ServiceProvider, ReadsAGoodResponse) {
    World const world;
    auto const outcome = world.read_text(fake_idp().response({}));
    ASSERT_EQ(word_of(outcome), "accepted");
    auto const& subject = std::get<AuthenticatedSubject>(outcome);
    EXPECT_EQ(subject.name_id, (NameId{"AAdzZWNyZXQx-opaque", std::string(idp_entity_id),
                                       std::string(sp_entity_id)}));
    EXPECT_EQ(subject.session_index, "_s1");
    EXPECT_EQ(subject.authn_instant, at("2030-01-02T03:04:02Z"));
    EXPECT_EQ(subject.level, loa2);
    EXPECT_EQ(subject.assertion_id, "_a1");
    ASSERT_EQ(subject.attributes.size(), 5U);
    EXPECT_EQ(subject.attributes[0].name, "urn:oid:1.2.246.21");
    EXPECT_EQ(subject.attributes[0].values, std::vector<std::string>{"210281-9988"});
}

// ---- 1.2 Reading what was signed

TEST(ServiceProvider, S13RefusesAnAssertionLiftedIntoAnotherEnvelope) {
    World world;
    world.settings.require_response_signature = false;
    Message message;
    message.response_signature.present = false;
    EXPECT_EQ(world.word(message), "accepted");
    world.pending.id = "_r2";
    message.edit_signed_response = replacing(R"(InResponseTo="_r1")", R"(InResponseTo="_r2")");
    EXPECT_EQ(world.word(message), "wrong_in_response_to") << "also S-86";
}

TEST(ServiceProvider, S14S16S18RefusesMarkupPutInAfterSigning) {
    World world;
    world.settings.require_encryption = false;
    Message message;
    message.encrypted = false;
    EXPECT_EQ(world.word(message), "accepted");
    auto const spoilt = [&](std::string from, std::string to) {
        message.edit_signed_response = replacing(std::move(from), std::move(to));
        return world.word(message);
    };
    EXPECT_EQ(spoilt("210281-", "210281<!-- -->-"), "xml_comment");
    EXPECT_EQ(spoilt("AAdz", "AA<!-- -->dz"), "xml_comment");
    EXPECT_EQ(spoilt("<ds:DigestValue>", "<ds:DigestValue><!-- -->"), "xml_comment");
    EXPECT_EQ(spoilt("AAdz", "AA<?x?>dz"), "xml_instruction");
    EXPECT_EQ(spoilt("<samlp:Response", "<?x?><samlp:Response"), "xml_declaration");
    EXPECT_EQ(spoilt("<samlp:Response", "<!DOCTYPE r><samlp:Response"), "xml_doctype");
    EXPECT_EQ(spoilt("AAdz", "<![CDATA[AA]]>dz"), "xml_cdata");
}

TEST(ServiceProvider, S19RefusesAnAttributeNameTwice) {
    EXPECT_EQ(after([](Message& message) {
                  message.attributes.push_back({"urn:oid:1.2.246.21", "010280-952L"});
              }),
              "repeated_attribute");
    Message message;
    message.edit_assertion =
        replacing("</saml:AttributeValue>",
                  "</saml:AttributeValue>" + FakeIdp::attribute_value("010280-952L"));
    auto const outcome = World().read_text(fake_idp().response(message));
    ASSERT_EQ(word_of(outcome), "accepted");  // whoever wants one value sees that there are two
    EXPECT_EQ(std::get<AuthenticatedSubject>(outcome).attributes[0].values.size(), 2U);
}

TEST(ServiceProvider, S21RefusesValuesThatAreNotStrings) {
    EXPECT_EQ(with_assertion_edit("210281-9988", "<b>210281-9988</b>"), "bad_attribute_value");
    EXPECT_EQ(with_assertion_edit(R"(xsi:type="xs:string")", R"(xsi:nil="true")"),
              "bad_attribute_value");
    EXPECT_EQ(with_assertion_edit(R"("xs:string")", R"("xs:integer")"), "bad_attribute_value");
    EXPECT_EQ(with_assertion_edit(R"("xs:string")", R"("xsd:string")"), "accepted");
}

TEST(ServiceProvider, S22TrimsXmlWhiteSpaceAlone) {
    Message message;
    message.attributes[0].second = "\n 210281-9988 \t";
    message.attributes[1].second =
        "\xC2\xA0"
        "Demo";
    auto const outcome = World().read_text(fake_idp().response(message));
    ASSERT_EQ(word_of(outcome), "accepted");
    auto const& attributes = std::get<AuthenticatedSubject>(outcome).attributes;
    EXPECT_EQ(attributes[0].values[0], "210281-9988");
    EXPECT_EQ(attributes[1].values[0],
              "\xC2\xA0"
              "Demo");
}

// ---- 1.3 What must be signed, and by whom

TEST(ServiceProvider, S26DemandsBothSignatures) {
    auto const with = [](bool response, bool assertion, World const& world = {}) {
        return after(
            [&](Message& message) {
                message.response_signature.present = response;
                message.assertion_signature.present = assertion;
            },
            world);
    };
    EXPECT_EQ(with(true, true), "accepted");
    EXPECT_EQ(with(false, true), "signature_missing");
    EXPECT_EQ(with(true, false), "signature_missing") << "S-80";
    EXPECT_EQ(with(false, false), "signature_missing");
    World waived;
    waived.settings.require_response_signature = false;
    EXPECT_EQ(with(true, true, waived), "accepted");
    EXPECT_EQ(with(false, true, waived), "accepted");
    EXPECT_EQ(with(true, false, waived), "signature_missing") << "S-80";
    EXPECT_EQ(with(false, false, waived), "signature_missing");
}

TEST(ServiceProvider, S26ASignatureThatIsThereMustHoldEvenWhereItIsWaived) {
    World waived;
    waived.settings.require_response_signature = false;
    EXPECT_EQ(after(
                  [](Message& message) {
                      message.edit_signed_response =
                          replacing("2030-01-02T03:04:05.000Z", "2030-01-02T03:04:06.000Z");
                  },
                  waived),
              "signature_invalid");
}

TEST(ServiceProvider, S26DoesNotDecryptForAStranger) {
    World world;
    world.settings.decryption_keys.clear();  // decrypting would be refused for another reason
    auto const& idp = fake_idp();
    auto const forged = sign(FakeIdp::unsigned_response({}, idp.assertion_part({})), idp.stranger);
    EXPECT_EQ(world.word(forged), "signature_invalid");
    EXPECT_EQ(world.word(), "decryption_failed");
}

TEST(ServiceProvider, S48RefusesOtherSigners) {
    auto const& idp = fake_idp();
    auto const envelope = FakeIdp::unsigned_response({}, idp.assertion_part({}));
    World const world;
    EXPECT_EQ(world.word(sign(envelope, idp.signing)), "accepted");
    EXPECT_EQ(world.word(sign(envelope, idp.sp)), "signature_invalid");
    auto const self_made =
        idp.encrypted_assertion(sign(FakeIdp::unsigned_assertion({}), idp.stranger));
    EXPECT_EQ(world.word(sign(FakeIdp::unsigned_response({}, self_made), idp.signing)),
              "signature_invalid");
}

TEST(ServiceProvider, S47AcceptsEitherKeyOfARollOver) {
    World world;
    world.settings.idp.signing_certificates.insert(world.settings.idp.signing_certificates.begin(),
                                                   fake_idp().stranger.certificate());
    EXPECT_EQ(world.word(), "accepted");
    world.settings.idp.signing_certificates.pop_back();
    EXPECT_EQ(world.word(), "signature_invalid") << "S-46: removed from the metadata";
    world.settings.idp.signing_certificates.clear();
    EXPECT_EQ(world.word(), "signature_no_key") << "S-25";
}

// ---- 1.4 Structure of the message

TEST(ServiceProvider, S68RefusesOtherNamespaces) {
    EXPECT_EQ(with_assertion_edit("SAML:2.0:assertion\"", "SAML:1.0:assertion\""),
              "assertion_count");
    EXPECT_EQ(with_assertion_edit("SAML:2.0:assertion\"", "SAML:2.0:Assertion\""),
              "assertion_count");
    EXPECT_EQ(with_response_edit("SAML:2.0:protocol\"", "SAML:2.0:Protocol\""),
              "unexpected_element");
    EXPECT_EQ(World().word("<Response/>"), "signature_missing");
}

TEST(ServiceProvider, S69RefusesUnknownElementsAndReadsNoExtensions) {
    std::string const strange = R"(<x:y xmlns:x="urn:x"></x:y>)";
    EXPECT_EQ(with_response_edit("<samlp:Status>", strange + "<samlp:Status>"), "missing_element");
    EXPECT_EQ(with_response_edit("</samlp:Response>", strange + "</samlp:Response>"),
              "unexpected_element");
    for (std::string const end :
         {"</saml:Assertion>", "</saml:Subject>", "</saml:Conditions>",
          "</saml:SubjectConfirmationData>", "</saml:AuthnStatement>", "</saml:AuthnContext>",
          "</saml:Attribute>", "</saml:AttributeStatement>", "</saml:Issuer>", "</saml:NameID>",
          "</saml:AudienceRestriction>"})
        EXPECT_EQ(with_assertion_edit(end, strange + end), "unexpected_element") << end;
    EXPECT_EQ(with_response_edit("<samlp:Status>", "<samlp:Extensions>" + strange +
                                                       "</samlp:Extensions>"
                                                       "<samlp:Status>"),
              "accepted");
    EXPECT_EQ(with_assertion_edit("<saml:AuthnStatement",
                                  "<saml:Advice>" + strange + "</saml:Advice><saml:AuthnStatement"),
              "accepted");
}

TEST(ServiceProvider, S70RefusesDisorderAndRepetition) {
    auto const issuer = tag("saml:Issuer", "", idp_entity_id);
    EXPECT_EQ(with_assertion_edit(issuer, issuer + issuer), "missing_element");
    EXPECT_EQ(
        with_assertion_edit("</saml:Conditions>", "</saml:Conditions>" + FakeIdp::conditions({})),
        "unexpected_element");
    EXPECT_EQ(with_assertion_edit("<saml:AttributeStatement>",
                                  FakeIdp::authn_statement({}) + "<saml:AttributeStatement>"),
              "unexpected_element");
    EXPECT_EQ(with_assertion_edit("<saml:AttributeStatement>",
                                  "<saml:AttributeStatement></saml:AttributeStatement>"
                                  "<saml:AttributeStatement>"),
              "unexpected_element");
    EXPECT_EQ(after([](Message& message) {
                  message.edit_assertion = [](std::string& text) {
                      auto const conditions = FakeIdp::conditions({});
                      replace(text, conditions, "");
                      replace(text, "<saml:Subject>", conditions + "<saml:Subject>");
                  };
              }),
              "missing_element");
    EXPECT_EQ(after([](Message& message) {
                  message.edit_response = [](std::string& text) {
                      auto const at = text.find("<samlp:Status>");
                      auto const end = text.find("</samlp:Status>") + 15;
                      auto const status = text.substr(at, end - at);
                      replace(text, status, "");
                      replace(text, "</samlp:Response>", status + "</samlp:Response>");
                  };
              }),
              "missing_element");
    EXPECT_EQ(with_response_edit("Version=\"2.0\"", "Version=\"2.1\""), "wrong_version");
    EXPECT_EQ(with_assertion_edit("Version=\"2.0\"", "Version=\"1.1\""), "wrong_version");
}

// ---- 1.5 Encrypted assertions

TEST(ServiceProvider, S73CbcNeedsConfigurationAndASignedResponse) {
    Message message;
    message.encryption.content = xml::algorithm::aes128_cbc;
    message.encryption.cipher = EVP_aes_128_cbc();
    World world;
    EXPECT_EQ(world.word(message), "encryption_algorithm");
    world.settings.allow_cbc = true;
    EXPECT_EQ(world.word(message), "accepted");
    world.settings.require_response_signature = false;
    message.response_signature.present = false;
    EXPECT_EQ(world.word(message), "encryption_algorithm");
}

TEST(ServiceProvider, S79RefusesWhateverElseDecrypts) {
    auto const& idp = fake_idp();
    auto const decrypting_to = [&](std::string const& plain) {
        auto const response =
            sign(FakeIdp::unsigned_response({}, idp.encrypted_assertion(plain)), idp.signing);
        return World().word(response);
    };
    auto const good = idp.signed_assertion({});
    EXPECT_EQ(decrypting_to(good), "accepted");
    EXPECT_EQ(decrypting_to(" "), "xml_not_utf8");
    EXPECT_EQ(decrypting_to("plain text"), "xml_not_utf8");
    EXPECT_EQ(decrypting_to(good + good), "xml_malformed");
    EXPECT_EQ(decrypting_to("<a>" + good + "</a>"), "assertion_count");
    EXPECT_EQ(decrypting_to(idp.encrypted_assertion(good)), "assertion_count");
    EXPECT_EQ(decrypting_to(idp.response({})), "assertion_count");
    EXPECT_EQ(decrypting_to("<!DOCTYPE a>" + good), "xml_doctype");
    EXPECT_EQ(decrypting_to("<saml:Assertion/>"), "xml_malformed");
    EXPECT_EQ(decrypting_to(good.substr(0, good.size() - 1)), "xml_malformed");
}

TEST(ServiceProvider, S80RefusesAnUnsignedAssertionThatAnybodyCouldEncrypt) {
    EXPECT_EQ(after([](Message& message) { message.assertion_signature.present = false; }),
              "signature_missing");
}

TEST(ServiceProvider, S81RefusesEncryptedPartsInside) {
    EXPECT_EQ(after([&](Message& message) {
                  message.edit_assertion = [](std::string& text) {
                      auto const at = text.find("<saml:NameID");
                      auto const end = text.find("</saml:NameID>") + 14;
                      text.replace(at, end - at,
                                   tag("saml:EncryptedID", "", encrypt("<a/>", fake_idp().sp)));
                  };
              }),
              "missing_element");
    EXPECT_EQ(
        with_assertion_edit("</saml:AttributeStatement>",
                            tag("saml:EncryptedAttribute", "", encrypt("<a/>", fake_idp().sp)) +
                                "</saml:AttributeStatement>"),
        "unexpected_element");
}

TEST(ServiceProvider, S82DecryptsWithEveryConfiguredKey) {
    Message message;
    message.encryption.to = &fake_idp().sp_older;
    World world;
    EXPECT_EQ(world.word(message), "decryption_failed");
    world.settings.decryption_keys.push_back(fake_idp().sp_older.private_key());
    EXPECT_EQ(world.word(message), "accepted");
}

TEST(ServiceProvider, RefusesAPlainAssertionWhereEncryptionIsDemanded) {
    Message message;
    message.encrypted = false;
    World world;
    EXPECT_EQ(world.word(message), "assertion_not_encrypted");
    world.settings.require_encryption = false;
    EXPECT_EQ(world.word(message), "accepted");
}

// ---- 1.6 Conditions, correlation, replay

TEST(ServiceProvider, S83OtherStatusesEndWithoutASubject) {
    auto const with = [](std::string_view top, std::string_view second, bool assertion) {
        Message message;
        message.status = top;
        message.second_status = second;
        auto const part = assertion ? fake_idp().assertion_part(message) : std::string();
        return World().word(sign(FakeIdp::unsigned_response(message, part), fake_idp().signing));
    };
    for (bool const assertion : {false, true}) {
        EXPECT_EQ(with(status_code::requester, status_code::authn_failed, assertion),
                  "not completed");
        EXPECT_EQ(with(status_code::requester, status_code::no_authn_context, assertion),
                  "not completed");
        EXPECT_EQ(with(status_code::responder, "", assertion), "not completed");
    }
    EXPECT_EQ(with("urn:oasis:names:tc:SAML:2.0:status:success", "", true), "bad_value");
    EXPECT_EQ(with("", "", true), "bad_value");
    EXPECT_EQ(with(status_code::success, "", false), "assertion_count") << "S-12";
    EXPECT_EQ(after([](Message& message) {
                  message.status = status_code::requester;
                  message.response_signature.present = false;
              }),
              "signature_missing");
}

TEST(ServiceProvider, S83TellsWhichStatus) {
    Message message;
    message.status = status_code::requester;
    message.second_status = status_code::authn_failed;
    auto const outcome = World().read_text(fake_idp().response(message));
    ASSERT_EQ(word_of(outcome), "not completed");
    EXPECT_EQ(std::get<NotCompleted>(outcome).status.second, status_code::authn_failed);
}

TEST(ServiceProvider, S84S85RefusesUnsolicitedAndOtherRequests) {
    EXPECT_EQ(with_response_edit(R"( InResponseTo="_r1")", ""), "wrong_in_response_to");
    EXPECT_EQ(after([](Message& message) { message.request_id = "_r2"; }), "wrong_in_response_to");
    World none;
    none.pending.id = "";
    EXPECT_EQ(after(
                  [](Message& message) {
                      message.edit_response = replacing(R"( InResponseTo="_r1")", "");
                      message.edit_assertion = replacing(R"( InResponseTo="_r1")", "");
                  },
                  none),
              "wrong_in_response_to");
    World late;
    late.now = at("2030-01-02T03:18:00Z");
    auto const fresh = [](Message& message) {
        message.issue_instant = message.not_before = "2030-01-02T03:17:59.000Z";
        message.not_on_or_after = "2030-01-02T03:23:00.000Z";
    };
    EXPECT_EQ(after(fresh, late), "accepted") << "900 s after the request";
    late.now += seconds(1);
    EXPECT_EQ(after(fresh, late), "wrong_in_response_to");
}

TEST(ServiceProvider, S86S87RequestIdMustBeInTheSignedAssertion) {
    EXPECT_EQ(with_assertion_edit(R"(InResponseTo="_r1")", R"(InResponseTo="_r2")"),
              "wrong_in_response_to");
    EXPECT_EQ(with_assertion_edit(R"( InResponseTo="_r1")", ""), "wrong_in_response_to");
}

TEST(ServiceProvider, S89RefusesOtherIssuers) {
    auto const issuer = std::string(idp_entity_id);
    for (auto const& other : {issuer + "/", std::string("https://IDP.example/idp1"),
                              std::string("https://other.example/idp1")}) {
        EXPECT_EQ(with_response_edit(">" + issuer + "<", ">" + other + "<"), "wrong_issuer");
        EXPECT_EQ(with_assertion_edit(">" + issuer + "<", ">" + other + "<"), "wrong_issuer");
    }
    EXPECT_EQ(with_response_edit(">" + issuer + "<", "><"), "bad_value");
    EXPECT_EQ(with_assertion_edit(tag("saml:Issuer", "", issuer), ""), "signature_misplaced");
}

TEST(ServiceProvider, S90ComparesDestinationByteByByte) {
    auto const acs = std::string(acs_url);
    EXPECT_EQ(with_response_edit(" Destination=\"" + acs + "\"", ""), "wrong_destination");
    for (auto const* other :
         {"https://other.example/suomifi/acs", "http://tunnus.example/suomifi/acs",
          "https://tunnus.example/suomifi/slo", "https://tunnus.example/suomifi/acs?x=1",
          "https://TUNNUS.example/suomifi/acs", "https://tunnus.example:443/suomifi/acs",
          "https://tunnus.example/suomifi/acs/", ""})
        EXPECT_EQ(with_response_edit("Destination=\"" + acs, "Destination=\"" + std::string(other)),
                  "wrong_destination")
            << other;
}

TEST(ServiceProvider, S91RefusesAnotherRecipient) {
    auto const recipient = " Recipient=\"" + std::string(acs_url) + "\"";
    EXPECT_EQ(with_assertion_edit(recipient, ""), "no_valid_confirmation");
    EXPECT_EQ(with_assertion_edit(recipient, R"( Recipient="https://other.example/acs")"),
              "no_valid_confirmation");
}

TEST(ServiceProvider, S92S93ChecksEveryAudienceRestriction) {
    auto const audience = [](std::string_view name) { return tag("saml:Audience", "", name); };
    auto const restriction = [](std::string const& body) {
        return tag("saml:AudienceRestriction", "", body);
    };
    auto const ours = std::string(sp_entity_id);
    auto const good = restriction(audience(ours));
    EXPECT_EQ(with_assertion_edit(good, ""), "wrong_audience");
    EXPECT_EQ(with_assertion_edit(good, restriction("")), "wrong_audience");
    for (auto const& other :
         {std::string("https://other.example/sp"), ours + "x", "x" + ours,
          ours.substr(0, ours.size() - 1), std::string("https://tunnus.example/suomifi/SP")})
        EXPECT_EQ(with_assertion_edit(audience(ours), audience(other)), "wrong_audience") << other;
    EXPECT_EQ(with_assertion_edit(good, good + restriction(audience("https://other"))),
              "wrong_audience");
    EXPECT_EQ(with_assertion_edit(good, restriction(audience("https://other") + audience(ours))),
              "accepted");
    EXPECT_EQ(with_assertion_edit(good, good + good), "accepted");
}

TEST(ServiceProvider, S94S95ToleratesSkewToTheSecond) {
    World world;
    world.settings.skew = seconds(180);
    auto const not_before = [&](std::string time) {
        return after([&](Message& message) { message.not_before = std::move(time); }, world);
    };
    EXPECT_EQ(not_before("2030-01-02T03:05:06Z"), "accepted");
    EXPECT_EQ(not_before("2030-01-02T03:07:04Z"), "accepted");
    EXPECT_EQ(not_before("2030-01-02T03:07:06Z"), "not_yet_valid");
    auto const ended = [&](std::string time) {
        return after(
            [&](Message& message) {
                message.not_before = "2030-01-02T02:00:00Z";
                message.not_on_or_after = std::move(time);
            },
            world);
    };
    EXPECT_EQ(ended("2030-01-02T03:01:06Z"), "accepted");
    EXPECT_EQ(ended("2030-01-02T03:01:05Z"), "expired");
    EXPECT_EQ(ended("2030-01-02T03:01:04Z"), "expired");
    auto const limit = R"( NotOnOrAfter="2030-01-02T03:09:05.000Z" Recipient)";
    EXPECT_EQ(with_assertion_edit(limit, " Recipient"), "no_valid_confirmation");
    EXPECT_EQ(with_assertion_edit(limit, R"( NotOnOrAfter="2030-01-02T03:00:00Z" Recipient)"),
              "expired");
}

TEST(ServiceProvider, ConditionsHaveBothTimes) {
    EXPECT_EQ(with_assertion_edit(R"( NotBefore="2030-01-02T03:04:05.000Z")", ""),
              "missing_attribute");
    EXPECT_EQ(with_assertion_edit(R"(.000Z" NotOnOrAfter="2030-01-02T03:09:05.000Z"><saml:Aud)",
                                  R"(.000Z"><saml:Aud)"),
              "missing_attribute");
}

TEST(ServiceProvider, S96RefusesAWindowOfMoreThanADay) {
    auto const until = [](std::string time) {
        return after([&](Message& message) { message.not_on_or_after = std::move(time); });
    };
    EXPECT_EQ(until("2030-01-03T03:04:05Z"), "accepted");
    EXPECT_EQ(until("2030-01-03T03:04:06Z"), "window_too_long");
    EXPECT_EQ(until("9999-12-31T23:59:59Z"), "window_too_long");
    // Either place by itself.
    EXPECT_EQ(with_assertion_edit(R"(03:09:05.000Z"><saml:Aud)", R"(04:00:00.000Z"><saml:Aud)"),
              "accepted");
    EXPECT_EQ(with_assertion_edit(R"("2030-01-02T03:09:05.000Z"><saml:Aud)",
                                  R"("2030-01-03T03:04:06.000Z"><saml:Aud)"),
              "window_too_long");
    EXPECT_EQ(with_assertion_edit(R"("2030-01-02T03:09:05.000Z" Recipient)",
                                  R"("2030-01-03T03:04:06.000Z" Recipient)"),
              "window_too_long");
}

TEST(ServiceProvider, S97RefusesOtherTimes) {
    for (auto const* time : {"2030-01-02T03:04:05", "2030-01-02T05:04:05+02:00",
                             "2030-01-02T03:04:60Z", "2030-01-02T03:04:05.123456789012Z"}) {
        EXPECT_EQ(after([&](Message& message) { message.not_before = time; }), "bad_time");
        EXPECT_EQ(after([&](Message& message) { message.authn_instant = time; }), "bad_time");
        EXPECT_EQ(after([&](Message& message) { message.issue_instant = time; }), "bad_time");
    }
}

TEST(ServiceProvider, RefusesMessagesIssuedAtAnotherTime) {
    auto const issued = [](std::string time) {
        return after([&](Message& message) { message.issue_instant = std::move(time); });
    };
    EXPECT_EQ(issued("2030-01-02T03:05:05Z"), "accepted");
    EXPECT_EQ(issued("2030-01-02T03:05:06Z"), "wrong_issue_instant");
    EXPECT_EQ(issued("2030-01-02T03:02:00Z"), "accepted");
    EXPECT_EQ(issued("2030-01-02T03:01:59Z"), "wrong_issue_instant") << "before our request";
}

TEST(ServiceProvider, S98RefusesAnOldProofWhereAFreshOneWasDemanded) {
    auto const proven = [](std::string time, World const& world) {
        return after([&](Message& message) { message.authn_instant = std::move(time); }, world);
    };
    World world;
    EXPECT_EQ(proven("2030-01-02T02:04:05Z", world), "accepted") << "an SSO session there";
    EXPECT_EQ(proven("2030-01-02T03:05:06Z", world), "wrong_authn_instant") << "in the future";
    world.pending.force_authn = true;
    EXPECT_EQ(proven("2030-01-02T02:04:05Z", world), "wrong_authn_instant");
    EXPECT_EQ(proven("2030-01-02T03:03:30Z", world), "accepted");
}

TEST(ServiceProvider, RefusesAnEndedSessionAtTheIdentityProvider) {
    EXPECT_EQ(with_assertion_edit(" SessionIndex=",
                                  R"( SessionNotOnOrAfter="2030-01-02T03:00:00Z" SessionIndex=)"),
              "signature_invalid")
        << "not canonical: the order of attributes";
    EXPECT_EQ(
        with_assertion_edit(R"( SessionIndex="_s1")",
                            R"( SessionIndex="_s1" SessionNotOnOrAfter="2030-01-02T11:00:00Z")"),
        "accepted");
    EXPECT_EQ(
        with_assertion_edit(R"( SessionIndex="_s1")",
                            R"( SessionIndex="_s1" SessionNotOnOrAfter="2030-01-02T03:00:00Z")"),
        "expired");
    EXPECT_EQ(with_assertion_edit(R"( SessionIndex="_s1")", ""), "missing_attribute");
}

TEST(ServiceProvider, S99WantsOneBearerThatHolds) {
    auto const good = FakeIdp::subject_confirmation({});
    auto const of_method = [&](std::string_view method) {
        auto text = good;
        replace(text, "cm:bearer", method);
        return text;
    };
    auto bad = good;
    replace(bad, "_r1", "_r2");
    EXPECT_EQ(with_assertion_edit(good, ""), "no_valid_confirmation");
    EXPECT_EQ(with_assertion_edit(good, of_method("cm:holder-of-key")), "no_valid_confirmation");
    EXPECT_EQ(with_assertion_edit(good, of_method("cm:sender-vouches")), "no_valid_confirmation");
    EXPECT_EQ(with_assertion_edit(good, bad + good), "accepted");
    EXPECT_EQ(with_assertion_edit(good, good + bad), "accepted");
    EXPECT_EQ(with_assertion_edit(good, bad + bad), "wrong_in_response_to");
    EXPECT_EQ(
        with_assertion_edit(good, tag("saml:SubjectConfirmation",
                                      R"(Method="urn:oasis:names:tc:SAML:2.0:cm:bearer")", "")),
        "no_valid_confirmation");
    EXPECT_EQ(with_assertion_edit(R"( NotOnOrAfter="2030-01-02T03:09:05.000Z" Recipient)",
                                  R"( NotBefore="2030-01-02T03:00:00Z")"
                                  R"( NotOnOrAfter="2030-01-02T03:09:05.000Z" Recipient)"),
              "no_valid_confirmation");
}

TEST(ServiceProvider, S100NeverGuessesALevel) {
    auto const class_ref = tag("saml:AuthnContextClassRef", "", loa2);
    EXPECT_EQ(with_assertion_edit(class_ref, ""), "missing_element");
    EXPECT_EQ(with_assertion_edit(class_ref, class_ref + class_ref), "unexpected_element");
    auto const reached = [](std::string_view level, World const& world = {}) {
        return after([&](Message& message) { message.level = level; }, world);
    };
    EXPECT_EQ(reached(loa3), "accepted");
    EXPECT_EQ(reached("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"), "wrong_level");
    EXPECT_EQ(reached("urn:oid:1.2.246.517.3002.110.999"), "wrong_level");
    EXPECT_EQ(reached("http://ftn.ficora.fi/2017/LOA2"), "wrong_level");
    World high;
    high.pending.acceptable_levels = {std::string(loa3)};
    EXPECT_EQ(reached(loa2, high), "wrong_level");
    EXPECT_EQ(reached(loa3, high), "accepted");
}

TEST(ServiceProvider, S105RefusesUnusualIdentifiers) {
    for (auto const& id : {std::string("a'b"), std::string("a;b"), std::string(10'000, 'i'),
                           std::string("1"), std::string()})
        EXPECT_NE(after([&](Message& message) { message.assertion_id = id; }), "accepted") << id;
}

TEST(ServiceProvider, S106KnowsTwoConditionsMore) {
    auto const with = [](std::string const& condition) {
        return with_assertion_edit("</saml:Conditions>", condition + "</saml:Conditions>");
    };
    EXPECT_EQ(with(tag("saml:OneTimeUse", "", "")), "accepted");
    EXPECT_EQ(with(tag("saml:ProxyRestriction", R"(Count="0")", "")), "accepted");
    EXPECT_EQ(with(tag("saml:Condition", "", "")), "unexpected_element");
    EXPECT_EQ(with(R"(<x:c xmlns:x="urn:x"></x:c>)"), "unexpected_element");
}

TEST(ServiceProvider, S108TakesRelayStateForTheHandleItIs) {
    World const world;
    ServiceProvider const provider(library(), world.settings);
    auto const with = [&](std::string_view relay_state) {
        return word_of(provider.read_response(posted(fake_idp().response({}), relay_state),
                                              world.pending, world.now));
    };
    EXPECT_EQ(with("handle"), "accepted");
    for (auto const* other : {"", "Handle", "handle ", "https://evil/", "//evil", "javascript:x"})
        EXPECT_EQ(with(other), "relay_state_mismatch") << other;
    EXPECT_EQ(with(std::string(81, 'x')), "form_field");
    World no_handle;
    no_handle.pending.relay_state = "";
    EXPECT_EQ(word_of(provider.read_response(posted(fake_idp().response({}), ""), no_handle.pending,
                                             world.now)),
              "relay_state_mismatch");
}

TEST(ServiceProvider, RefusesANameIdOfAnotherKindOrParty) {
    EXPECT_EQ(with_assertion_edit("nameid-format:transient", "nameid-format:persistent"),
              "wrong_name_id");
    EXPECT_EQ(with_assertion_edit("SPNameQualifier=\"" + std::string(sp_entity_id),
                                  "SPNameQualifier=\"https://other.example/sp"),
              "wrong_name_id");
    EXPECT_EQ(with_assertion_edit(" NameQualifier=\"" + std::string(idp_entity_id),
                                  " NameQualifier=\"https://other.example/idp"),
              "wrong_name_id");
}

/// A message wrong in two ways is refused for what is checked first.
TEST(ServiceProvider, ChecksInTheOrderOfSuomifiPartSix) {
    EXPECT_EQ(after([](Message& message) {
                  message.edit_response = replacing("/suomifi/acs", "/other");
                  message.request_id = "_r2";
              }),
              "wrong_destination");
    EXPECT_EQ(after([](Message& message) {
                  message.request_id = "_r2";
                  message.encryption.edit_cipher = [](std::string& cipher) { cipher[20] ^= 1; };
              }),
              "wrong_in_response_to");
    EXPECT_EQ(after([](Message& message) {
                  message.level = "urn:unknown";
                  message.edit_assertion = replacing("_r1", "_r2");
              }),
              "wrong_in_response_to");
}

}  // namespace
}  // namespace tunnus::saml
