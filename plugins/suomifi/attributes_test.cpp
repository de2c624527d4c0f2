// SPDX-License-Identifier: MIT
// threats.md S-19 to S-23 and suomifi.md parts 4 and 5.
#include "plugins/suomifi/attributes.hpp"

#include "saml/reason.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tunnus::plugin::suomifi {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

LevelOfAssurance const finnish{"http://ftn.ficora.fi/2017/loa2", "substantial"};
LevelOfAssurance const european{"http://eidas.europa.eu/LoA/high", "high"};
std::string const hetu = "urn:oid:1.2.246.21";
std::string const eidas_id = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier";

Result<Person> read(Pairs const& pairs, LevelOfAssurance const& level = finnish,
                    PersonPolicy const& policy = {}) {
    std::vector<saml::AttributeValues> attributes;
    for (auto const& [name, value] : pairs)
        attributes.push_back({name, {value}});
    return read_person(attributes, level, policy);
}
std::string word(Pairs const& pairs, LevelOfAssurance const& level = finnish,
                 PersonPolicy const& policy = {}) {
    auto const person = read(pairs, level, policy);
    return person ? "accepted" : person.error().code.message();
}
/// A good person with one attribute more.
std::string with(std::string const& name, std::string const& value) {
    return word({{hetu, "210281-9988"}, {name, value}}, finnish, {true});
}

TEST(Attributes, BecomeJsonUnderPlainNames) {
    auto const person = read({{hetu, "010594Y9021"},
                              {"urn:oid:2.5.4.4", "Korhonen"},
                              {"urn:oid:1.2.246.517.2002.2.18", "091"},
                              {"urn:oid:1.2.246.517.2002.2.6", ""},
                              {"urn:oid:1.2.246.517.2002.2.27", "1"},
                              {"urn:oid:1.2.246.517.3002.111.2", "true"},
                              {"urn:oid:unknown", "<whatever>"}},
                             finnish, {true});
    ASSERT_TRUE(person) << person.error().text();
    EXPECT_EQ(person->subject.reveal(), "010594Y9021");
    EXPECT_EQ(person->attributes,
              (boost::json::object{{"national_identification_number", "010594Y9021"},
                                   {"family_name", "Korhonen"},
                                   {"home_municipality_number", "091"},
                                   {"non_disclosure_order", true},
                                   {"population_register_checked", true}}));
}

TEST(Attributes, EveryNameIsThereOnce) {
    std::set<std::string_view> names;
    std::set<std::string_view> plain_names;
    for (auto const& definition : attribute_definitions()) {
        EXPECT_TRUE(names.insert(definition.name).second) << definition.name;
        EXPECT_TRUE(plain_names.insert(definition.plain_name).second) << definition.plain_name;
        EXPECT_EQ(find_by_plain_name(definition.plain_name), &definition);
    }
    EXPECT_EQ(find_by_plain_name("other"), nullptr);
}

TEST(Attributes, S19RefusesTwoValues) {
    std::vector<saml::AttributeValues> const attributes{{hetu, {"210281-9988", "010280-952L"}}};
    EXPECT_EQ(read_person(attributes, finnish, {true}).error().code.message(),
              "repeated_attribute");
    std::vector<saml::AttributeValues> const same{{hetu, {"210281-9988", "210281-9988"}}};
    EXPECT_EQ(read_person(same, finnish, {true}).error().code.message(), "repeated_attribute");
}

TEST(Attributes, S20KnowsOnlyTheExactName) {
    EXPECT_EQ(word({{hetu, "210281-9988"}}, finnish, {true}), "accepted");
    EXPECT_EQ(word({{"URN:OID:1.2.246.21", "210281-9988"}}), "missing_attribute_value");
    EXPECT_EQ(word({{"nationalIdentificationNumber", "210281-9988"}}), "missing_attribute_value");
    EXPECT_EQ(word({{hetu, ""}}), "missing_attribute_value");
    EXPECT_EQ(word({}), "missing_attribute_value");
}

TEST(Attributes, S22RefusesWhatIsOutsideTheGrammar) {
    std::string const name = "urn:oid:2.5.4.4";
    EXPECT_EQ(with(name, "Åström-von der Öhe, O'Neill (née) Ñ Ж 李"), "accepted");
    for (auto const* value : {"a\xC2\xA0"
                              "b",  // no-break space
                              "a\xE2\x80\x8B"
                              "b",  // zero width space
                              "a\xE2\x80\xAE"
                              "b",  // right-to-left override
                              "a\xE2\x80\xA8"
                              "b",  // line separator
                              "a\nb", "a\tb",
                              "a\x7f"
                              "b",
                              "\xEF\xBB\xBF"
                              "a",               // byte order mark
                              "a\xEE\x80\x80"})  // private use
        EXPECT_EQ(with(name, value), "bad_attribute_value") << value;
    EXPECT_EQ(with(name, std::string(1'024, 'x')), "accepted");
    EXPECT_EQ(with(name, std::string(1'025, 'x')), "bad_attribute_value");
    EXPECT_EQ(with(name, std::string(100'000, 'x')), "bad_attribute_value");
}

TEST(Attributes, S22ChecksEachFieldsGrammar) {
    std::string const municipality = "urn:oid:1.2.246.517.2002.2.18";
    std::string const postal_code = "urn:oid:1.2.246.517.2002.2.6";
    std::string const satu = "urn:oid:1.2.246.22";
    std::string const order = "urn:oid:1.2.246.517.2002.2.27";
    std::string const checked = "urn:oid:1.2.246.517.3002.111.2";
    std::string const born = "http://eidas.europa.eu/attributes/naturalperson/DateOfBirth";
    for (auto const& [name, value] : Pairs{{municipality, "091"},
                                           {municipality, ""},
                                           {postal_code, "00100"},
                                           {satu, "12345678K"},
                                           {order, "0"},
                                           {checked, "false"},
                                           {born, "1964-02-29"}})
        EXPECT_EQ(with(name, value), "accepted") << name << value;
    for (auto const& [name, value] : Pairs{{municipality, "91"},
                                           {municipality, "0911"},
                                           {postal_code, "0010O"},
                                           {satu, "12345678"},
                                           {satu, "12345678k"},
                                           {order, "2"},
                                           {order, "true"},
                                           {checked, "TRUE"},
                                           {born, "1965-02-29"},
                                           {born, "29.2.1964"}})
        EXPECT_EQ(with(name, value), "bad_attribute_value") << name << value;
}

TEST(Attributes, S23ChecksTheIdentityCode) {
    for (auto const* code :
         {"010280-952L", "010594Y9021", "020594X903P", "030594W903B", "040594V9030", "050594U903M",
          "010516B903X", "020516C903K", "030516D9037", "010501E9032", "020503F9037"})
        EXPECT_EQ(word({{hetu, code}}, finnish, {true}), "accepted") << code;
    for (auto const* code : {"210281-9989", "310202-9999", "010594Z9021", "210281 9988",
                             "210281-998", "010594y9021", "0102801952L"})
        EXPECT_EQ(word({{hetu, code}}, finnish, {true}), "bad_attribute_value") << code;
}

TEST(Attributes, RefusesTestIdentityCodesUnlessAllowed) {
    EXPECT_EQ(word({{hetu, "010280-952L"}}), "test_identity_code");
    EXPECT_EQ(word({{hetu, "010280-952L"}}, finnish, {true}), "accepted");
    EXPECT_EQ(word({{hetu, "131052-308T"}}), "accepted");
}

TEST(Attributes, AnEidasLevelNeedsAnEidasIdentity) {
    auto const person =
        read({{eidas_id, "SE/FI/abc-1"},
              {"http://eidas.europa.eu/attributes/naturalperson/DateOfBirth", "1964-12-31"}},
             european);
    ASSERT_TRUE(person) << person.error().text();
    EXPECT_EQ(person->subject.reveal(), "eidas:SE/FI/abc-1");
    EXPECT_EQ(person->attributes.at("eidas_identifier"), "SE/FI/abc-1");
    EXPECT_EQ(word({}, european), "missing_attribute_value");
    EXPECT_EQ(word({{hetu, "131052-308T"}}, european), "missing_attribute_value");
    EXPECT_EQ(word({{eidas_id, "SE/FI/abc-1"}, {hetu, "131052-308T"}}, european),
              "bad_attribute_value");
    EXPECT_EQ(word({{eidas_id, "SE/FI/abc-1"}}), "missing_attribute_value")
        << "S-101: nothing lower is made of it";
}

/// What comes of the Finnish Authenticator (suomifi.md part 4).
Pairs const foreigners{
    {"urn:oid:1.2.246.517.3002.111.17", "7000791435"},
    {"urn:oid:1.2.246.517.3002.111.17.1", "basic"},
    {"urn:oid:2.5.4.4", "Nguyen"},
    {"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName", "Thi Mai"},
    {"http://eidas.europa.eu/attributes/naturalperson/DateOfBirth", "1999-12-31"},
    {"urn:oid:1.2.246.517.3002.111.2", "false"}};
LevelOfAssurance const authenticator{"urn:oid:1.2.246.517.3002.110.7", "app"};

TEST(Attributes, TheFinnishAuthenticatorProvesSomebodyOfItsOwnKind) {
    auto const person = read(foreigners, authenticator);
    ASSERT_TRUE(person) << person.error().text();
    EXPECT_EQ(person->subject.reveal(), "uid:7000791435");
    EXPECT_EQ(person->method_reference, "finnish_authenticator");
    EXPECT_EQ(person->attributes, (boost::json::object{{"foreign_person_identifier", "7000791435"},
                                                       {"identity_assurance_level", "basic"},
                                                       {"family_name", "Nguyen"},
                                                       {"first_names", "Thi Mai"},
                                                       {"date_of_birth", "1999-12-31"},
                                                       {"population_register_checked", false},
                                                       {"given_name", "Thi Mai"}}));
    EXPECT_EQ(read({{hetu, "131052-308T"}})->method_reference, "") << "that of the family";
}

TEST(Attributes, TheFinnishAuthenticatorVouchesForNoOtherIdentifier) {
    auto const with_more = [](std::string const& name, std::string const& value) {
        auto pairs = foreigners;
        pairs.emplace_back(name, value);
        return word(pairs, authenticator);
    };
    EXPECT_EQ(with_more("urn:oid:2.5.4.42", "Mai"), "accepted");
    EXPECT_EQ(with_more(hetu, "131052-308T"), "bad_attribute_value");
    EXPECT_EQ(word({{hetu, "131052-308T"}}, authenticator), "missing_attribute_value");
    EXPECT_EQ(word({{eidas_id, "SE/FI/abc-1"}}, authenticator), "missing_attribute_value");
    EXPECT_EQ(word(foreigners, finnish), "missing_attribute_value");
    EXPECT_EQ(word(foreigners, european), "missing_attribute_value");
}

TEST(Attributes, S22ChecksTheNumberOfTheFinnishAuthenticator) {
    auto const uid = [](std::string const& value) {
        return word({{"urn:oid:1.2.246.517.3002.111.17", value}}, authenticator);
    };
    for (auto const* good : {"7000791435", "700020880P"})
        EXPECT_EQ(uid(good), "accepted") << good;
    for (auto const* bad : {"7000791436", "700020880p", "70007914355", "700079143", "7000 91435"})
        EXPECT_EQ(uid(bad), "bad_attribute_value") << bad;
}

}  // namespace
}  // namespace tunnus::plugin::suomifi
