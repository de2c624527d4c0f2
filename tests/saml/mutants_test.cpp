// SPDX-License-Identifier: MIT
// threats.md S-10: documents by the thousand, of which none may say what was not signed.
// `./dev fuzz` makes as many more as there is time for (tests/fuzz/saml_mutants_fuzz.cpp).
#include "tests/saml/mutants.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <random>
#include <set>

namespace tunnus::saml {
namespace {

using namespace test;

TEST(Mutants, TheGenuineOnesAreAcceptedAndRead) {
    auto const worlds = mutant_worlds();
    EXPECT_EQ(worlds[1].word(genuine().response), "accepted");
    EXPECT_EQ(worlds[1].word(genuine().encrypted_response), "accepted");
    EXPECT_EQ(worlds[0].word(genuine().signed_response), "accepted");
    EXPECT_EQ(fault_of(worlds[0].read_text(genuine().signed_response)), "");
}

TEST(Mutants, AFaultWouldBeSeen) {
    auto const genuine_outcome = mutant_worlds()[1].read_text(genuine().response);
    ASSERT_EQ(fault_of(genuine_outcome), "");
    auto const with = [&](auto change) {
        auto outcome = genuine_outcome;
        change(std::get<AuthenticatedSubject>(outcome));
        return !fault_of(outcome).empty();
    };
    EXPECT_TRUE(with([](auto& subject) { subject.session_index = "_elsewhere"; }));
    EXPECT_TRUE(with([](auto& subject) { subject.session_index = "_s"; })) << "a part of a value";
    EXPECT_TRUE(with([](auto& subject) { subject.session_index = "_s2"; })) << "the other's";
    EXPECT_TRUE(with([](auto& subject) { subject.name_id.format.clear(); }));
    EXPECT_TRUE(with([](auto& subject) { subject.attributes.pop_back(); }));
    EXPECT_TRUE(with([](auto& subject) { subject.attributes.at(0).values.at(0) = "Demo"; }))
        << "a value of another attribute";
    EXPECT_TRUE(with([](auto& subject) { subject.attributes.at(0).values.push_back("Demo"); }));
}

TEST(Mutants, TheGeneratorsOwnOpinionOfADocument) {
    EXPECT_TRUE(is_balanced(genuine().signed_response));
    EXPECT_TRUE(is_balanced("<a><!-- </b> --><b/><![CDATA[<]]><?x <?></a>"));
    for (auto const* text : {"", "<a>", "<a></b>", "<a></a><b></b>", "<a></a>x", "<a><b></a></b>"})
        EXPECT_FALSE(is_balanced(text)) << text;
    EXPECT_TRUE(binds_every_prefix(genuine().signed_response));
    EXPECT_FALSE(binds_every_prefix("<saml:Issuer>x</saml:Issuer>"));
    EXPECT_EQ(expected_of(genuine().signed_response), "");
    EXPECT_EQ(expected_of("<a><?x y?><!-- --></a>"), "xml_instruction");
}

/// Reasons that a document which passes every rule of the whole may be refused for: its signatures,
/// its structure, or what it says.
bool is_of_content(std::string const& word) {
    static std::set<std::string> const words{
        "accepted",  "unexpected_element", "missing_element",   "missing_attribute",
        "bad_value", "assertion_count",    "decryption_failed", "wrong_issuer"};
    return words.contains(word) || word.starts_with("encryption_") ||
           (word.starts_with("signature_") && word != "signature_no_key");
}

TEST(Mutants, S10NoneOf2000SaysWhatWasNotSigned) {
    std::mt19937_64 random(20'300'102);
    Mutator mutator([&](std::size_t below) { return static_cast<std::size_t>(random() % below); });
    auto const worlds = mutant_worlds();
    std::set<std::string> documents;
    std::map<std::string, int> outcomes;
    while (documents.size() < 2'000) {
        auto const text = mutator.make();
        if (!documents.insert(text).second) continue;
        ASSERT_TRUE(is_balanced(text)) << text;
        auto const expected = std::string(expected_of(text));
        for (auto const& world : worlds) {
            auto const outcome = world.read_text(text);
            ASSERT_EQ(fault_of(outcome), "") << text;
            auto const word = word_of(outcome);
            if (expected.empty())
                ASSERT_TRUE(is_of_content(word)) << word << "\n" << text;
            else
                ASSERT_EQ(word, expected) << text;
            ++outcomes[word];
        }
    }
    for (auto const& [word, count] : outcomes)
        std::cout << "    " << word << ": " << count << '\n';
    EXPECT_LT(outcomes["accepted"], 600) << "harmless changes, and the other person's own message";
    for (auto const& [reason, least] : {std::pair{"accepted", 10},
                                        {"assertion_count", 500},
                                        {"signature_missing", 50},
                                        {"signature_reference", 15},
                                        {"signature_invalid", 50},
                                        {"signature_shape", 20},
                                        {"signature_repeated", 10},
                                        {"unexpected_element", 10},
                                        {"missing_element", 20},
                                        {"xml_id", 50},
                                        {"xml_comment", 20},
                                        {"xml_instruction", 20},
                                        {"xml_cdata", 20},
                                        {"xml_malformed", 20}})
        EXPECT_GE(outcomes[reason], least) << reason << ": the generator reaches this check";
}

}  // namespace
}  // namespace tunnus::saml
