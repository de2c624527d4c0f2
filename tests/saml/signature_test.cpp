// SPDX-License-Identifier: MIT
// threats.md 1.3: the structure of a signature. Each spoilt form stands beside the good one.
#include "saml/xml/signature.hpp"

#include "saml/xml/namespaces.hpp"
#include "tests/saml/expect.hpp"
#include "tests/saml/fake_idp.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;
using xml::Certificate;

std::string const element = FakeIdp::unsigned_assertion({});

Result<xml::Verified> verify_text(std::string_view text, std::vector<Certificate> const& keys,
                                  xml::ReferenceTo reference_to = xml::ReferenceTo::id) {
    auto const document = xml::Document::parse(library(), text);
    if (!document) return document.error();
    return verify_signature(*document, document->root(), keys, reference_to);
}
std::vector<Certificate> idp_keys() {
    return {fake_idp().signing.certificate()};
}
std::string verify(std::string_view text) {
    return outcome_of(verify_text(text, idp_keys()));
}
std::string verify(SignatureRecipe const& recipe) {
    return verify(test::sign(element, fake_idp().signing, recipe));
}
template <class Change>
std::string verify_changed(Change change) {
    SignatureRecipe recipe;
    change(recipe);
    return verify(recipe);
}
std::string verify_edited(Edit edit) {
    return verify_changed(
        [&](SignatureRecipe& recipe) { recipe.edit_signature = std::move(edit); });
}

TEST(Signature, HoldsAndGivesExactlyTheSignedElement) {
    auto const verified = verify_text(test::sign(element, fake_idp().signing), idp_keys());
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_EQ(content_of(verified->element()), content_of(element));
    EXPECT_TRUE(verified->element().is(xml::ns::assertion, "Assertion"));
    EXPECT_EQ(verified->element().count_named("Signature"), 0U);
}

TEST(Signature, S24RefusesNoneAndAnEmptyOne) {
    EXPECT_EQ(verify(element), "signature_missing");
    EXPECT_EQ(verify(with_signature(
                  element, tag("ds:Signature", attribute("xmlns:ds", xml::ns::signature), ""))),
              "signature_shape");
}

TEST(Signature, S25RefusesWithoutAKey) {
    EXPECT_EQ(outcome_of(verify_text(test::sign(element, fake_idp().signing), {})),
              "signature_no_key");
}

TEST(Signature, S27RefusesAReferenceToAnotherElement) {
    auto text = element;
    replace(text, "<saml:Subject>", R"(<saml:Subject ID="_s">)");
    EXPECT_EQ(verify(test::sign(text, fake_idp().signing)), "accepted");
    SignatureRecipe recipe;
    recipe.uri_attribute = R"( URI="#_s")";
    EXPECT_EQ(verify(test::sign(text, fake_idp().signing, recipe)), "signature_reference");
}

TEST(Signature, S28RefusesTwoReferences) {
    EXPECT_EQ(verify_changed([](SignatureRecipe& recipe) {
                  recipe.second_reference = make_reference(element, SignatureRecipe{});
              }),
              "signature_shape");
}

TEST(Signature, S29RefusesASecondOrAMovedSignedInfo) {
    auto const signed_info = [](std::string const& text) {
        auto const end = text.find("</ds:SignedInfo>") + 16;
        auto const at = text.find("<ds:SignedInfo>");
        return text.substr(at, end - at);
    };
    EXPECT_EQ(verify_edited([&](std::string& text) {
                  replace(text, "<ds:SignatureValue>", signed_info(text) + "<ds:SignatureValue>");
              }),
              "signature_shape");
    EXPECT_EQ(verify_edited([&](std::string& text) {
                  auto const info = signed_info(text);
                  replace(text, info, "");
                  replace(text, "</ds:Signature>", info + "</ds:Signature>");
              }),
              "signature_shape");
}

TEST(Signature, S30RefusesTwoSignatures) {
    auto const& idp = fake_idp();
    auto const good = make_signature(element, idp.signing, {});
    auto const forged = make_signature(element, idp.stranger, {});
    EXPECT_EQ(verify(with_signature(element, good)), "accepted");
    EXPECT_EQ(verify(with_signature(element, good + forged)), "signature_repeated");
    EXPECT_EQ(verify(with_signature(element, forged + good)), "signature_repeated");
}

TEST(Signature, S31RefusesEveryOtherSpellingOfAReference) {
    for (auto const* uri :
         {"", R"( URI="")", R"( URI="#")", " URI=\"#xpointer(/)\"", R"( URI="_a1")",
          " URI=\"#xpointer(id('_a1'))\"", R"( URI="# _a1")", R"( URI="#_a1 ")"})
        EXPECT_EQ(verify_changed([&](SignatureRecipe& recipe) { recipe.uri_attribute = uri; }),
                  "signature_reference")
            << uri;
}

TEST(Signature, S33RefusesAReferenceOutsideAndOpensNothing) {
    auto const before = xml::Library::denied_loads();
    for (auto const* uri :
         {R"( URI="http://127.0.0.1:9/")", R"( URI="file:///etc/hostname")", R"( URI="ftp://x/")"})
        EXPECT_EQ(verify_changed([&](SignatureRecipe& recipe) { recipe.uri_attribute = uri; }),
                  "signature_reference");
    EXPECT_EQ(xml::Library::denied_loads(), before);
}

TEST(Signature, S36RefusesEveryOtherListOfTransforms) {
    auto const transform = [](std::string_view algorithm, std::string_view body = {}) {
        return SignatureRecipe::transform(algorithm, body);
    };
    auto const enveloped = transform(xml::algorithm::enveloped_signature);
    auto const c14n = transform(xml::algorithm::exclusive_c14n);
    EXPECT_EQ(verify_changed([&](SignatureRecipe& r) { r.transforms = enveloped + c14n; }),
              "accepted");
    auto const xslt = transform("http://www.w3.org/TR/1999/REC-xslt-19991116");
    auto const xpath = transform("http://www.w3.org/TR/1999/REC-xpath-19991116",
                                 "<ds:XPath>not(self::NameID)</ds:XPath>");
    auto const xpath2 = transform("http://www.w3.org/2002/06/xmldsig-filter2");
    auto const base64 = transform("http://www.w3.org/2000/09/xmldsig#base64");
    auto const with_comments = transform("http://www.w3.org/2001/10/xml-exc-c14n#WithComments");
    auto const inclusive = transform("http://www.w3.org/TR/2001/REC-xml-c14n-20010315");
    for (auto const& list : {xslt + c14n, enveloped + xslt, enveloped + xpath, xpath2 + c14n,
                             base64 + c14n, enveloped + with_comments, enveloped + inclusive,
                             std::string(), enveloped, c14n, enveloped + enveloped, c14n + c14n,
                             c14n + enveloped, enveloped + c14n + c14n, enveloped + xpath + c14n})
        EXPECT_EQ(verify_changed([&](SignatureRecipe& r) { r.transforms = list; }),
                  "signature_transform")
            << list;
}

TEST(Signature, S36RefusesAnotherCanonicalizationOfSignedInfo) {
    EXPECT_EQ(verify_changed([](SignatureRecipe& recipe) {
                  recipe.c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
              }),
              "signature_transform");
}

TEST(Signature, S37TakesAShortPrefixListAndRefusesALongOne) {
    auto const list = [](std::string const& prefixes) {
        return SignatureRecipe::transform(xml::algorithm::enveloped_signature) +
               SignatureRecipe::transform(xml::algorithm::exclusive_c14n,
                                          tag("ec:InclusiveNamespaces",
                                              attribute("xmlns:ec", xml::ns::exclusive_c14n) + " " +
                                                  attribute("PrefixList", prefixes),
                                              ""));
    };
    std::string many;
    for (int i = 0; i < 1'000; ++i)
        many += "p" + std::to_string(i) + " ";
    EXPECT_EQ(verify_changed([&](SignatureRecipe& r) { r.transforms = list("xsd"); }), "accepted");
    EXPECT_EQ(verify_changed([&](SignatureRecipe& r) { r.transforms = list(many); }),
              "signature_transform");
    EXPECT_EQ(verify_changed([&](SignatureRecipe& r) {
                  r.edit_signed_info = [](std::string& text) {
                      replace(text, "</ds:CanonicalizationMethod>",
                              tag("ec:InclusiveNamespaces",
                                  attribute("xmlns:ec", xml::ns::exclusive_c14n) + " " +
                                      attribute("PrefixList", "ds"),
                                  "") +
                                  "</ds:CanonicalizationMethod>");
                  };
              }),
              "signature_transform")
        << "SignedInfo has nothing to keep";
}

TEST(Signature, S38TakesRsaWithSha2AndNothingElse) {
    auto const with = [](std::string_view method, EVP_MD const* digest) {
        return verify_changed([&](SignatureRecipe& recipe) {
            recipe.method = method;
            recipe.method_digest = digest;
        });
    };
    EXPECT_EQ(with(xml::algorithm::rsa_sha384, EVP_sha384()), "accepted");
    EXPECT_EQ(with(xml::algorithm::rsa_sha512, EVP_sha512()), "accepted");
    for (auto const* method :
         {"http://www.w3.org/2000/09/xmldsig#rsa-sha1",
          "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
          "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
          "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "urn:unknown", ""})
        EXPECT_EQ(with(method, EVP_sha256()), "signature_algorithm") << method;
    EXPECT_EQ(
        verify_edited(replacing(
            R"(<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>)",
            "")),
        "signature_shape");
}

TEST(Signature, S39S40RefusesAnHmacWithThePublicKeyAndTruncatedOutput) {
    // The shape refuses both before any key is looked at.
    EXPECT_EQ(verify_edited(replacing("xmldsig-more#rsa-sha256\"></ds:SignatureMethod>",
                                      "xmldsig-more#hmac-sha256\"><ds:HMACOutputLength>8"
                                      "</ds:HMACOutputLength></ds:SignatureMethod>")),
              "signature_algorithm");
    EXPECT_EQ(verify_edited(replacing("xmldsig-more#rsa-sha256\"></ds:SignatureMethod>",
                                      "xmldsig-more#rsa-sha256\"><ds:HMACOutputLength>80"
                                      "</ds:HMACOutputLength></ds:SignatureMethod>")),
              "signature_algorithm");
}

TEST(Signature, S41TakesSha2DigestsAndNothingElse) {
    auto const with = [](std::string_view method, EVP_MD const* digest) {
        return verify_changed([&](SignatureRecipe& recipe) {
            recipe.digest_method = method;
            recipe.digest = digest;
        });
    };
    EXPECT_EQ(with(xml::algorithm::sha384, EVP_sha384()), "accepted");
    EXPECT_EQ(with(xml::algorithm::sha512, EVP_sha512()), "accepted");
    EXPECT_EQ(with(xml::algorithm::sha1, EVP_sha1()), "signature_algorithm");
    EXPECT_EQ(with("http://www.w3.org/2001/04/xmldsig-more#md5", EVP_md5()), "signature_algorithm");
    EXPECT_EQ(with("", EVP_sha256()), "signature_algorithm");
}

std::string x509_key_info(TestKey const& key) {
    return tag("ds:KeyInfo", "",
               tag("ds:X509Data", "",
                   tag("ds:X509Certificate", "", encode_base64(key.certificate_der()))));
}

TEST(Signature, S42S43RefusesAStrangerWhoBringsHisKeyAlong) {
    auto const& idp = fake_idp();
    SignatureRecipe recipe;
    recipe.key_info = x509_key_info(idp.stranger);
    EXPECT_EQ(verify(test::sign(element, idp.signing, recipe)), "accepted") << "KeyInfo is ignored";
    EXPECT_EQ(verify(test::sign(element, idp.stranger, recipe)), "signature_invalid");
    std::string modulus(256, 'm');
    recipe.key_info = tag(
        "ds:KeyInfo", "",
        tag("ds:KeyValue", "",
            tag("ds:RSAKeyValue", "",
                tag("ds:Modulus", "", encode_base64(modulus)) + tag("ds:Exponent", "", "AQAB"))));
    EXPECT_EQ(verify(test::sign(element, idp.stranger, recipe)), "signature_invalid");
}

TEST(Signature, S44RefusesTheRightCertificateOverAnotherKey) {
    auto const& idp = fake_idp();
    SignatureRecipe recipe;
    recipe.key_info = x509_key_info(idp.signing);
    EXPECT_EQ(verify(test::sign(element, idp.stranger, recipe)), "signature_invalid");
}

TEST(Signature, S45NeverReadsKeyInfo) {
    auto const before = xml::Library::denied_loads();
    for (auto const* body :
         {R"(<ds:RetrievalMethod URI="http://127.0.0.1:9/key"></ds:RetrievalMethod>)",
          "<ds:KeyName>other</ds:KeyName>", "<ds:PGPData></ds:PGPData>", "",
          "<ds:X509Data><ds:X509IssuerSerial></ds:X509IssuerSerial></ds:X509Data>",
          "<ds:X509Data><ds:X509Certificate>!!</ds:X509Certificate></ds:X509Data>"})
        EXPECT_EQ(verify_changed([&](SignatureRecipe& recipe) {
                      recipe.key_info = tag("ds:KeyInfo", "", body);
                  }),
                  "accepted")
            << body;
    EXPECT_EQ(xml::Library::denied_loads(), before);
}

TEST(Signature, S46S48RefusesAnotherKeyOfOurWorld) {
    EXPECT_EQ(verify(test::sign(element, fake_idp().sp)), "signature_invalid");
}

TEST(Signature, S47AcceptsTheSecondKeyDuringARollOver) {
    auto const& idp = fake_idp();
    std::vector<Certificate> const keys{idp.stranger.certificate(), idp.signing.certificate()};
    EXPECT_EQ(outcome_of(verify_text(test::sign(element, idp.signing), keys)), "accepted");
    std::vector<Certificate> fifth(4, idp.stranger.certificate());
    fifth.push_back(idp.signing.certificate());
    EXPECT_EQ(outcome_of(verify_text(test::sign(element, idp.signing), fifth)), "signature_invalid")
        << "four keys are tried";
}

// A context serves one message: verify_signature() is a function, and what it gives can be neither
// made nor changed by anybody else.
TEST(Signature, S53RemembersNothingOfTheMessageBefore) {
    auto const good = test::sign(element, fake_idp().signing);
    auto const bad = test::sign(element, fake_idp().stranger);
    auto const document = xml::Document::parse(library(), good);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(verify(good), "accepted");
        EXPECT_EQ(verify(bad), "signature_invalid");
        EXPECT_EQ(outcome_of(verify_signature(*document, document->root(), idp_keys(),
                                              xml::ReferenceTo::id)),
                  "accepted")
            << "also of one document again";
    }
    static_assert(!std::is_default_constructible_v<xml::Verified>);
}

TEST(Signature, S49RefusesAnObject) {
    EXPECT_EQ(verify_changed([](SignatureRecipe& recipe) {
                  recipe.object = tag("ds:Object", "", tag("ds:Manifest", "", ""));
              }),
              "signature_shape");
}

TEST(Signature, S51CountsOnlyTheOneGoodEnd) {
    constexpr int unknown = 0;
    constexpr int succeeded = 1;
    constexpr int invalid = 2;
    EXPECT_TRUE(xml::signature_holds(0, succeeded, 1));
    EXPECT_FALSE(xml::signature_holds(0, unknown, 1));
    EXPECT_FALSE(xml::signature_holds(0, invalid, 1));
    EXPECT_FALSE(xml::signature_holds(0, 3, 1));
    EXPECT_FALSE(xml::signature_holds(-1, succeeded, 1));
    EXPECT_FALSE(xml::signature_holds(0, succeeded, 0));
    EXPECT_FALSE(xml::signature_holds(0, succeeded, 2));
}

TEST(Signature, S52RefusesValuesThatAreNoSignatureOrDigest) {
    auto const with_value = [](std::string const& name, std::string const& value) {
        return verify_edited([&](std::string& text) {
            auto const at = text.find("<ds:" + name + ">") + name.size() + 5;
            text.replace(at, text.find('<', at) - at, value);
        });
    };
    for (auto const& value :
         {std::string(), std::string("AA=="), encode_base64(std::string(256, '\0')),
          encode_base64(std::string(60'000, 'x')), std::string("!!")})
        EXPECT_EQ(with_value("SignatureValue", value), "signature_invalid");
    for (auto const& value :
         {std::string(), std::string("AA=="), encode_base64(std::string(32, '\0')),
          encode_base64(std::string(33, 'x'))})
        EXPECT_EQ(with_value("DigestValue", value), "signature_invalid");
}

TEST(Signature, RefusesAMisplacedSignature) {
    auto text = element;
    replace(text, "</saml:Assertion>",
            make_signature(element, fake_idp().signing, {}) + "</saml:Assertion>");
    EXPECT_EQ(verify(text), "signature_misplaced");
}

TEST(Signature, RefusesChangedContent) {
    auto text = test::sign(element, fake_idp().signing);
    replace(text, "210281-9988", "010280-952L");
    EXPECT_EQ(verify(text), "signature_invalid");
}

TEST(Signature, RefusesAnElementOfAnotherDocument) {
    auto const one = xml::Document::parse(library(), test::sign(element, fake_idp().signing));
    auto const other = xml::Document::parse(library(), test::sign(element, fake_idp().signing));
    EXPECT_EQ(outcome_of(xml::verify_signature(*one, other->root(), idp_keys())),
              "signature_reference");
}

TEST(Signature, SignsWhatItVerifies) {
    auto const& key = fake_idp().sp;
    auto const text = xml::sign(library(), element, key.private_key(), key.certificate());
    ASSERT_TRUE(text) << text.error().text();
    auto const verified = verify_text(*text, {key.certificate()});
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_EQ(content_of(verified->element()), content_of(element));
    EXPECT_EQ(outcome_of(xml::sign(library(), element, key.private_key(),
                                   fake_idp().stranger.certificate())),
              "signing_failed");
    EXPECT_EQ(outcome_of(xml::sign(library(), "<a/>", key.private_key(), key.certificate())),
              "signing_failed");
}

TEST(Signature, TakesAWholeDocumentReferenceForMetadataWithoutAnId) {
    std::string const metadata =
        tag("md:EntityDescriptor",
            attribute("xmlns:md", xml::ns::metadata) + " " + attribute("entityID", "urn:x"), "");
    SignatureRecipe recipe;
    recipe.uri_attribute = R"( URI="")";
    auto const text = test::sign(metadata, fake_idp().signing, recipe);
    EXPECT_EQ(outcome_of(verify_text(text, idp_keys(), xml::ReferenceTo::id_or_whole_document)),
              "accepted");
    EXPECT_EQ(outcome_of(verify_text(text, idp_keys())), "signature_reference");
}

/// References are digested before the signature value is checked, so a stranger's document makes us
/// canonicalize it: that must stay cheap (I9).
TEST(Signature, I9CostsLittleToRefuse) {
    std::string body;
    for (int i = 0; i < 55; ++i)
        body += R"(<p)" + std::to_string(i) + ":x xmlns:p" + std::to_string(i) + R"(="urn:p">)" +
                std::string(1'000, 'x') + "</p" + std::to_string(i) + ":x>";
    for (int i = 0; i < 800; ++i)
        body += "<y></y>";
    auto text = element;
    replace(text, "</saml:Assertion>", body + "</saml:Assertion>");
    SignatureRecipe recipe;
    std::string const forged = test::sign(text, fake_idp().stranger, recipe);
    EXPECT_EQ(verify(forged), "signature_invalid");
    EXPECT_LE(cpu_ms([&] { (void)verify(forged); }), 50.0);
}

}  // namespace
}  // namespace tunnus::saml
