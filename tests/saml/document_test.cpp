// SPDX-License-Identifier: MIT
// threats.md 1.4, and the parts of 1.2 and 1.3 that a document is refused for before any crypto.
#include "saml/xml/document.hpp"

#include "tests/saml/expect.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace tunnus::saml {
namespace {

using test::cpu_ms;
using test::library;
using test::outcome_of;

std::string parse(std::string_view bytes) {
    return outcome_of(xml::Document::parse(library(), bytes));
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += "<a>";
    for (std::size_t i = 0; i < depth; ++i)
        text += "</a>";
    return text;
}

std::string with_attributes(std::size_t count) {
    std::string text = "<a";
    for (std::size_t i = 0; i < count; ++i)
        text += " a" + std::to_string(i) + "=''";
    return text + "/>";
}

TEST(Document, CopiesElementsAttributesAndText) {
    auto const document = xml::Document::parse(
        library(),
        R"(<?xml version="1.0" encoding="UTF-8"?>)"
        "\n<p:a xmlns:p='urn:p' xmlns='urn:d' x='1 &amp; 2' p:x='3'> t <b>&lt;ä</b>u</p:a>\n");
    ASSERT_TRUE(document) << document.error().text();
    auto const& root = document->root();
    EXPECT_TRUE(root.is("urn:p", "a"));
    EXPECT_EQ(root.attribute("x"), "1 & 2");
    EXPECT_EQ(root.attribute("urn:p", "x"), "3");
    EXPECT_EQ(root.attribute("y"), std::nullopt);
    EXPECT_EQ(root.text(), " t u");
    EXPECT_EQ(root.trimmed_text(), "t u");
    ASSERT_EQ(root.children().size(), 1U);
    EXPECT_TRUE(root.children()[0].is("urn:d", "b"));
    EXPECT_EQ(root.children()[0].text(), "<ä");
    EXPECT_EQ(root.count_named("b"), 1U);
}

TEST(Document, S14S15RefusesACommentAnywhere) {
    EXPECT_EQ(parse("<a>alice</a>"), "accepted");
    EXPECT_EQ(parse("<a>ali<!-- -->ce</a>"), "xml_comment");
    EXPECT_EQ(parse("<!-- --><a/>"), "xml_comment");
    EXPECT_EQ(parse("<a/><!-- -->"), "xml_comment");
}

TEST(Document, S16S59RefusesAProcessingInstruction) {
    EXPECT_EQ(parse("<a>ali<?x?>ce</a>"), "xml_instruction");
    EXPECT_EQ(parse("<?xml version=\"1.0\"?><?xml-stylesheet href='http://127.0.0.1/'?><a/>"),
              "xml_instruction");
    EXPECT_EQ(parse("<?oasis-xml-catalog catalog='file:///tmp/c'?><a/>"), "xml_declaration");
}

TEST(Document, S17RefusesACdataSection) {
    EXPECT_EQ(parse("<a><![CDATA[alice]]></a>"), "xml_cdata");
}

TEST(Document, S18S54S55S57S58RefusesAnyDocumentType) {
    for (auto const* text :
         {"<!DOCTYPE r><r/>", "<!DOCTYPE r []><r/>", "<!doctype r><r/>",
          "<!DOCTYPE r [<!ENTITY e 'x'>]><r>&e;</r>",
          "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><r>&b;</r>",
          "<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1/x'>%p;]><r/>",
          "<!DOCTYPE r SYSTEM 'http://127.0.0.1/x.dtd'><r/>",
          "<!DOCTYPE r [<!ATTLIST r ID ID #IMPLIED>]><r ID='_a'/>"})
        EXPECT_EQ(parse(text), "xml_doctype") << text;
    EXPECT_EQ(parse("<a>&undeclared;</a>"), "xml_malformed");
}

TEST(Document, S56S59OpensNothing) {
    auto const before = xml::Library::denied_loads();
    auto const bait = std::filesystem::path(testing::TempDir()) / "tunnus_saml_bait.xml";
    std::ofstream(bait) << "<bait/>";
    EXPECT_EQ(parse("<!DOCTYPE r [<!ENTITY e SYSTEM 'file://" + bait.string() + "'>]><r>&e;</r>"),
              "xml_doctype");
    auto const include = xml::Document::parse(
        library(), "<r xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='file://" +
                       bait.string() + "'/></r>");
    ASSERT_TRUE(include);  // an element like any other: the protocol has no place for it
    EXPECT_EQ(include->root().count_named("bait"), 0U);
    EXPECT_EQ(xml::Library::denied_loads(), before) << "nothing even asked";
    std::filesystem::remove(bait);
}

TEST(Document, S60BoundsTheDepth) {
    EXPECT_EQ(parse(nested(40)), "accepted");
    EXPECT_EQ(parse(nested(41)), "xml_too_deep");
    EXPECT_EQ(parse(nested(257)), "xml_too_deep");
    EXPECT_EQ(parse(nested(300)), "xml_malformed") << "libxml2 stops first";
    EXPECT_EQ(parse(nested(10'000)), "xml_too_many_tags");
}

TEST(Document, S61RefusesAttributeFloodsInLinearTime) {
    EXPECT_EQ(parse(with_attributes(64)), "accepted");
    EXPECT_EQ(parse(with_attributes(65)), "xml_too_many_attributes");
    auto const flood = with_attributes(9'000);
    EXPECT_EQ(parse(flood), "xml_tag_too_long");
    EXPECT_LE(cpu_ms([&] { (void)parse(flood); }), 5.0);
}

TEST(Document, S62BoundsNamespaceDeclarations) {
    std::string many;
    for (int i = 0; i < 513; ++i)
        many += "<a xmlns:p" + std::to_string(i) + "='urn:p'/>";
    EXPECT_EQ(parse("<r>" + many + "</r>"), "xml_too_many_attributes");
}

TEST(Document, S63BoundsTheSize) {
    std::string const text(98'304 - 7, 'x');
    EXPECT_EQ(parse("<a>" + text + "</a>"), "accepted");
    EXPECT_EQ(parse("<a>" + text + "x</a>"), "message_too_large");
}

TEST(Document, S63BoundsTagsAndTheirLength) {
    std::string tags;
    for (int i = 0; i < 1'999; ++i)
        tags += "<a/>";
    EXPECT_EQ(parse("<r>" + tags + "</r>"), "xml_too_many_tags");
    EXPECT_EQ(parse("<a x='" + std::string(9'000, 'x') + "'/>"), "xml_tag_too_long");
    EXPECT_EQ(parse("<a>" + std::string(60'000, 'A') + "</a>"), "accepted") << "a CipherValue";
}

TEST(Document, S64RefusesEveryEncodingButUtf8) {
    EXPECT_EQ(parse("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), "xml_declaration");
    EXPECT_EQ(parse("<?xml version='1.0' encoding='UTF-7'?><a/>"), "xml_declaration");
    EXPECT_EQ(parse(std::string("\xFF\xFE<\0a\0/\0>\0", 10)), "xml_not_utf8");
    EXPECT_EQ(parse(std::string("\0<\0a\0/\0>", 8)), "xml_not_utf8");
    EXPECT_EQ(parse(std::string("<\0a\0/\0>\0", 8)), "xml_not_utf8");
    EXPECT_EQ(parse("\xEF\xBB\xBF<a/>"), "xml_not_utf8");
    EXPECT_EQ(parse("\x4C\x6F\xA7\x94"), "xml_not_utf8");
}

TEST(Document, S65RefusesWhatIsNotACharacter) {
    EXPECT_EQ(parse("<a>\xC0\xBC</a>"), "xml_not_utf8") << "overlong";
    EXPECT_EQ(parse("<a>\xFF</a>"), "xml_not_utf8");
    EXPECT_EQ(parse(std::string("<a>\0</a>", 8)), "xml_not_utf8");
    EXPECT_EQ(parse("<a>\xED\xA0\x80</a>"), "xml_not_utf8") << "a surrogate";
    EXPECT_EQ(parse("<a>\xEF\xBF\xBE</a>"), "xml_malformed") << "U+FFFE";
    EXPECT_EQ(parse("<a>&#xD800;</a>"), "xml_malformed");
    EXPECT_EQ(parse("<a>&#0;</a>"), "xml_malformed");
    EXPECT_EQ(parse("<a>\x01</a>"), "xml_malformed");
}

TEST(Document, S66RefusesOtherVersionsAndAnythingBesideTheRoot) {
    EXPECT_EQ(parse("<?xml version='1.1'?><a/>"), "xml_declaration");
    EXPECT_EQ(parse("<?xml version='1.0' standalone='yes'?><a/>"), "xml_declaration");
    EXPECT_EQ(parse("<?xml version='1.0'?><?xml version='1.0'?><a/>"), "xml_instruction");
    EXPECT_EQ(parse("<a/>text"), "xml_malformed");
    EXPECT_EQ(parse("<a/><b/>"), "xml_malformed");
    EXPECT_EQ(parse(""), "xml_not_utf8");
    EXPECT_EQ(parse("<"), "xml_malformed");
    EXPECT_EQ(parse("<?xml version='1.0'?>"), "xml_malformed");
}

TEST(Document, S67RefusesPollutedNamespaces) {
    EXPECT_EQ(parse("<a xmlns:p='urn:p' xmlns:q='urn:q' p:x='1' q:x='2'/>"), "accepted");
    EXPECT_EQ(parse("<a xmlns:p='urn:p' xmlns:q='urn:p' p:x='1' q:x='2'/>"), "xml_malformed");
    EXPECT_EQ(parse("<p:a/>"), "xml_malformed");
    EXPECT_EQ(parse("<a p:x='1'/>"), "xml_malformed");
}

TEST(Document, S50RefusesARelativeNamespaceName) {
    EXPECT_EQ(parse("<a xmlns:p='urn:p' xmlns='http://d'><b xmlns=''/></a>"), "accepted");
    EXPECT_EQ(parse("<a xmlns:p='relative'/>"), "xml_malformed");
    EXPECT_EQ(parse("<a xmlns='../relative:1'/>"), "xml_malformed");
}

TEST(Document, S34S35RefusesARepeatedOrUnusualIdentifier) {
    EXPECT_EQ(parse("<a ID='_1'><b ID='_2'/></a>"), "accepted");
    for (auto const* other : {"ID", "Id", "id", "xml:id", "AssertionID"})
        EXPECT_EQ(parse("<a ID='_1'><b " + std::string(other) + "='_1'/></a>"), "xml_id") << other;
    EXPECT_EQ(parse("<a ID=''/>"), "xml_id");
    EXPECT_EQ(parse("<a ID='1'/>"), "xml_id");
    EXPECT_EQ(parse("<a ID=\"x') or id('y\"/>"), "xml_id") << "S-32";
    EXPECT_EQ(parse("<a ID='" + std::string(128, 'i') + "'/>"), "accepted");
    EXPECT_EQ(parse("<a ID='" + std::string(129, 'i') + "'/>"), "xml_id") << "S-105";
}

TEST(Document, S71HasTheOnlyParserCallOfTheTree) {
    std::regex const call(
        R"((xml(Ctxt)?Read\w+|xmlParse[A-Z]\w+|xmlSecParse(File|Memory)\w*|xmlSAXUserParse\w+|)"
        R"(xmlNewTextReader\w*|xmlReaderFor\w+|xmlCreatePushParserCtxt|html(Ctxt)?Read\w+)\()");
    std::vector<std::string> callers;
    for (auto const* room : {"idp", "oidc", "saml", "storage", "plugins"})
        for (auto const& entry : std::filesystem::recursive_directory_iterator(
                 std::filesystem::path(TUNNUS_SOURCE_DIR) / room)) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
            std::ifstream file(entry.path());
            std::string const text(std::istreambuf_iterator<char>(file), {});
            for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at)
                callers.push_back(entry.path().filename().string());
        }
    EXPECT_EQ(callers, std::vector<std::string>{"document.cpp"});
}

TEST(Document, LibrariesOfXmlAreIncludedInOneFolderOnly) {
    for (auto const* room : {"idp", "oidc", "saml", "storage", "plugins"})
        for (auto const& entry : std::filesystem::recursive_directory_iterator(
                 std::filesystem::path(TUNNUS_SOURCE_DIR) / room)) {
            if (!entry.is_regular_file() || entry.path().parent_path().filename() == "xml")
                continue;
            std::ifstream file(entry.path());
            std::string const text(std::istreambuf_iterator<char>(file), {});
            EXPECT_EQ(text.find("#include <libxml/"), std::string::npos) << entry.path();
            EXPECT_EQ(text.find("#include <xmlsec/"), std::string::npos) << entry.path();
        }
}

/// I9: whatever 96 KiB hold, refusing or accepting them is cheap.
TEST(Document, I9CostsLittleWhateverTheBytes) {
    std::string wide = "<r>";
    while (wide.size() < 98'000 && std::count(wide.begin(), wide.end(), '<') < 1'990)
        wide += "<a b='1' c='2' d='3' e='4' f='5'/>";
    wide += "</r>";
    std::string scoped = "<r";
    for (int i = 0; i < 60; ++i)
        scoped += " xmlns:p" + std::to_string(i) + "='urn:p" + std::to_string(i) + "'";
    scoped += ">";
    while (std::count(scoped.begin(), scoped.end(), '<') < 1'990)
        scoped += "<p59:a p59:b='' p58:c='' p57:d=''/>";
    scoped += "</r>";
    for (auto const& text : {wide, scoped, nested(990), std::string(98'304, '<'),
                             "<a>" + std::string(98'000, '&') + "</a>"}) {
        auto const took = cpu_ms([&] { (void)parse(text); });
        EXPECT_LE(took, 50.0) << parse(text) << " for " << text.substr(0, 40);
    }
}

}  // namespace
}  // namespace tunnus::saml
