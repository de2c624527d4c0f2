// SPDX-License-Identifier: MIT
// threats.md S-10: documents by the thousand, of which none may say what was not signed.
// `./dev fuzz` makes as many more as there is time for (tests/fuzz/saml_mutants_fuzz.cpp).
#include "tests/saml/mutants.hpp"

#include <gtest/gtest.h>

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
    auto outcome = mutant_worlds()[1].read_text(genuine().response);
    auto& subject = std::get<AuthenticatedSubject>(outcome);
    subject.session_index = "_elsewhere";
    EXPECT_EQ(fault_of(outcome), "not signed: _elsewhere");
    outcome = mutant_worlds()[1].read_text(genuine().response);
    std::get<AuthenticatedSubject>(outcome).attributes.at(0).values.at(0) = "Demo";
    EXPECT_EQ(fault_of(outcome), "another person");
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
        for (auto const& world : worlds) {
            auto const outcome = world.read_text(text);
            ASSERT_EQ(fault_of(outcome), "") << text;
            ++outcomes[word_of(outcome)];
        }
    }
    EXPECT_GT(outcomes["accepted"], 0) << "what changes nothing that was signed is harmless";
    EXPECT_LT(outcomes["accepted"], 400);
    for (auto const* reason :
         {"assertion_count", "xml_id", "signature_missing", "signature_reference",
          "signature_invalid", "signature_shape", "signature_repeated", "unexpected_element",
          "missing_element", "xml_comment", "xml_instruction", "xml_cdata", "xml_malformed"})
        EXPECT_GT(outcomes[reason], 0) << reason << ": the generator reaches this check";
}

}  // namespace
}  // namespace tunnus::saml
