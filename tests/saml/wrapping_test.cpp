// SPDX-License-Identifier: MIT
// threats.md 1.1: signature wrapping. The named forms by number, then a generator (S-10) and random
// mutation. All of them run where wrapping could work at all: assertions in plain and, where the
// assertion is the target, a response without signature. The attacker's copy says another person.
#include "tests/saml/service_provider_world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace tunnus::saml {
namespace {

using namespace test;

constexpr std::string_view victim = "210281-9988";
constexpr std::string_view attacker = "010280-952L";

/// Signed assertion in plain; the response around it signed or not.
struct Parts {
    std::string response;   ///< the whole good message
    std::string assertion;  ///< its signed assertion
    std::string signature;  ///< the assertion's ds:Signature
    std::string forged;     ///< the assertion without signature, another ID, another person
};
Parts make_parts(bool response_signed) {
    Message message;
    message.encrypted = false;
    message.response_signature.present = response_signed;
    Parts parts;
    parts.response = fake_idp().response(message);
    parts.assertion = fake_idp().signed_assertion(message);
    parts.signature = make_signature(FakeIdp::unsigned_assertion(message), fake_idp().signing, {});
    message.assertion_id = "_evil";
    parts.forged = FakeIdp::unsigned_assertion(message);
    replace(parts.forged, victim, attacker);
    return parts;
}
World open_world() {
    World world;
    world.settings.require_encryption = false;
    world.settings.require_response_signature = false;
    return world;
}

/// Whose identity code the outcome holds; the reason when it holds none.
std::string person_in(ResponseOutcome const& outcome) {
    if (auto const* subject = std::get_if<AuthenticatedSubject>(&outcome))
        return subject->attributes.at(0).values.at(0);
    return word_of(outcome);
}
std::string person_after(std::string from, std::string to) {
    auto const parts = make_parts(false);
    auto text = parts.response;
    replace(text, from, to);
    return person_in(open_world().read_text(text));
}

std::string before_end(std::string text, std::string_view end_tag, std::string_view inserted) {
    return text.insert(text.rfind(end_tag), inserted);
}

class Wrapping : public testing::Test {
  protected:
    Parts const parts_ = make_parts(false);
    std::string const original_ = [this] {
        auto text = parts_.assertion;
        replace(text, parts_.signature, "");
        return text;
    }();
};

TEST_F(Wrapping, TheGoodFormLogsIn) {
    EXPECT_EQ(person_in(open_world().read_text(parts_.response)), victim);
    EXPECT_EQ(person_in(open_world().read_text(make_parts(true).response)), victim);
}

TEST_F(Wrapping, S01S02AForgedResponseAroundTheSignedOne) {
    Message message;
    message.encrypted = false;
    auto const good = fake_idp().response(message);
    auto const unsigned_good =
        FakeIdp::unsigned_response(message, fake_idp().signed_assertion(message));
    auto const signature = make_signature(unsigned_good, fake_idp().signing, {});
    ASSERT_EQ(good, with_signature(unsigned_good, signature));
    message.response_id = "_evil";
    auto const forged = FakeIdp::unsigned_response(message, parts_.forged);
    auto const with_object =
        before_end(signature, "</ds:Signature>", tag("ds:Object", "", unsigned_good));
    for (auto const& text :
         {with_signature(forged, with_object),                // XSW1
          with_signature(forged, unsigned_good + signature),  // XSW2
          before_end(forged, "</samlp:Response>", good),      //
          before_end(with_signature(forged, signature), "</samlp:Response>", unsigned_good)})
        EXPECT_NE(person_in(open_world().read_text(text)), attacker);
}

TEST_F(Wrapping, S03AForgedAssertionBefore) {
    EXPECT_EQ(person_after(parts_.assertion, parts_.forged + parts_.assertion), "assertion_count");
    EXPECT_EQ(person_after(parts_.assertion, parts_.assertion + parts_.forged), "assertion_count");
}

TEST_F(Wrapping, S04TheOriginalInsideTheForged) {
    EXPECT_EQ(person_after(parts_.assertion,
                           before_end(parts_.forged, "</saml:Assertion>", parts_.assertion)),
              "assertion_count");
}

TEST_F(Wrapping, S05S06TheForgedKeepsTheSignature) {
    auto const forged = with_signature(parts_.forged, parts_.signature);
    EXPECT_EQ(person_after(parts_.assertion, forged + original_), "assertion_count");
    auto const inside = before_end(parts_.signature, "</ds:Signature>", original_);
    EXPECT_EQ(person_after(parts_.assertion, with_signature(parts_.forged, inside)),
              "assertion_count");
    EXPECT_EQ(person_after(parts_.assertion, forged), "signature_reference");
}

TEST_F(Wrapping, S07TheForgedInsideExtensions) {
    EXPECT_EQ(person_after("<samlp:Status>",
                           tag("samlp:Extensions", "", parts_.forged) + "<samlp:Status>"),
              "assertion_count");
}

TEST_F(Wrapping, S08TheOriginalInsideAnObjectOfTheSignature) {
    auto const object =
        before_end(parts_.signature, "</ds:Signature>", tag("ds:Object", "", original_));
    EXPECT_EQ(person_after(parts_.assertion, with_signature(parts_.forged, object)),
              "assertion_count");
}

TEST_F(Wrapping, S09AForgedPlainAssertionBesideTheEncryptedOne) {
    auto const encrypted = fake_idp().encrypted_assertion(parts_.assertion);
    EXPECT_EQ(person_after(parts_.assertion, encrypted), victim);
    EXPECT_EQ(person_after(parts_.assertion, encrypted + parts_.forged), "assertion_count");
    EXPECT_EQ(person_after(parts_.assertion, parts_.forged + encrypted), "assertion_count");
    EXPECT_EQ(person_after(parts_.assertion, encrypted + encrypted), "assertion_count");
}

TEST_F(Wrapping, S11TwoAssertionsThatAreBothSigned) {
    Message second;
    second.assertion_id = "_a2";
    second.attributes[0].second = attacker;
    auto const other = fake_idp().signed_assertion(second);
    EXPECT_EQ(person_after(parts_.assertion, other), attacker) << "each alone is good";
    EXPECT_EQ(person_after(parts_.assertion, parts_.assertion + other), "assertion_count");
    EXPECT_EQ(person_after(parts_.assertion, other + parts_.assertion), "assertion_count");
}

// ---- S-10: the generator

enum class Place {
    before,
    after,
    inside_first,
    inside_last,
    inside_signature,
    inside_key_info,
    ancestor,
    ancestor_in_signature,
};
enum class Id { kept, changed, removed };
enum class SignatureAt { original, moved, both };
constexpr std::array wrappers{"samlp:Extensions", "x:w", "saml:Advice", "ds:Object"};

struct Recipe {
    bool response_is_target;
    Place place;
    Id id;
    SignatureAt signature;
    int depth;
    std::size_t wrapper;
    bool renamed;  ///< the copy is no Assertion or Response to a counter of names
};

std::string wrap(std::string text, Recipe const& recipe) {
    constexpr std::array namespaces{xml::ns::protocol, std::string_view("urn:x"),
                                    xml::ns::assertion, xml::ns::signature};
    std::string const name = wrappers[recipe.wrapper];
    auto const declaration =
        test::attribute("xmlns:" + name.substr(0, name.find(':')), namespaces[recipe.wrapper]);
    for (int level = 1; level < recipe.depth; ++level)
        text = tag(name, declaration, text);
    return text;
}

/// The attacker's copy of the signed element.
std::string make_copy(std::string text, std::string const& signature, Recipe const& recipe) {
    replace(text, victim, attacker);
    auto const id = " ID=\"" + id_of(text) + "\"";
    if (recipe.id == Id::changed) replace(text, id, R"( ID="_evil")");
    if (recipe.id == Id::removed) replace(text, id, "");
    if (recipe.signature != SignatureAt::original) text = with_signature(text, signature);
    return text;
}

std::string rename(std::string text, std::string_view name) {
    replace(text, "<" + std::string(name) + " ", "<" + std::string(name) + "x ");
    auto const end = "</" + std::string(name) + ">";
    return text.replace(text.rfind(end), end.size(), "</" + std::string(name) + "x>");
}

/// What stands where the signed element stood: the copy and the original, in the recipe's order.
std::string arrange(std::string const& element, std::string const& signature,
                    std::string const& end_tag, Recipe const& recipe) {
    auto original =
        recipe.signature == SignatureAt::moved ? element : with_signature(element, signature);
    auto copy = make_copy(element, signature, recipe);
    auto const name = end_tag.substr(2, end_tag.size() - 3);
    bool const copy_is_outer =
        recipe.place == Place::ancestor || recipe.place == Place::ancestor_in_signature;
    if (recipe.renamed && copy_is_outer) original = rename(original, name);
    if (recipe.renamed && !copy_is_outer) copy = rename(copy, name);
    auto const into = [&](std::string outer, std::string_view point, std::string const& inner) {
        auto const at = outer.find(point);
        return at == std::string::npos ? before_end(outer, end_tag, inner)
                                       : outer.insert(at, inner);
    };
    switch (recipe.place) {
        case Place::before:
            return wrap(copy, recipe) + original;
        case Place::after:
            return original + wrap(copy, recipe);
        case Place::inside_first:
            return original.insert(original.find('>') + 1, wrap(copy, recipe));
        case Place::inside_last:
            return before_end(original, end_tag, wrap(copy, recipe));
        case Place::inside_signature:
            return into(original, "</ds:Signature>", wrap(copy, recipe));
        case Place::inside_key_info:
            return into(original, "</ds:Signature>", tag("ds:KeyInfo", "", wrap(copy, recipe)));
        case Place::ancestor:
            return before_end(copy, end_tag, wrap(original, recipe));
        case Place::ancestor_in_signature:
            return into(copy, "</ds:Signature>", tag("ds:KeyInfo", "", wrap(original, recipe)));
    }
    return {};
}

std::string make_mutant(Recipe const& recipe) {
    Message message;
    auto const assertion = FakeIdp::unsigned_assertion(message);
    auto const assertion_signature = make_signature(assertion, fake_idp().signing, {});
    if (!recipe.response_is_target)
        return FakeIdp::unsigned_response(
            message, arrange(assertion, assertion_signature, "</saml:Assertion>", recipe));
    auto const response =
        FakeIdp::unsigned_response(message, with_signature(assertion, assertion_signature));
    static auto const signature = make_signature(response, fake_idp().signing, {});
    return arrange(response, signature, "</samlp:Response>", recipe);
}

std::vector<Recipe> all_recipes() {
    std::vector<Recipe> recipes;
    for (bool const response : {false, true})
        for (int place = 0; place < 8; ++place)
            for (auto const id : {Id::kept, Id::changed, Id::removed})
                for (auto const signature :
                     {SignatureAt::original, SignatureAt::moved, SignatureAt::both})
                    for (int depth = 1; depth <= 4; ++depth)
                        for (std::size_t wrapper = 0; wrapper < wrappers.size(); ++wrapper)
                            for (bool const renamed : {false, true})
                                recipes.push_back({response, static_cast<Place>(place), id,
                                                   signature, depth, wrapper, renamed});
    return recipes;
}

TEST(WrappingGenerator, S10AcceptsNoForgedPersonIn2000Documents) {
    auto recipes = all_recipes();
    std::shuffle(recipes.begin(), recipes.end(), std::mt19937(20'300'102));
    World const open = open_world();
    World strict = open_world();
    strict.settings.require_response_signature = true;
    std::set<std::string> documents;
    std::map<std::string, int> outcomes;
    for (auto const& recipe : recipes) {
        auto const text = make_mutant(recipe);
        if (!documents.insert(text).second) continue;
        auto const& world = recipe.response_is_target ? strict : open;
        ++outcomes[person_in(world.read_text(text))];
        if (documents.size() == 2'000) break;
    }
    EXPECT_EQ(documents.size(), 2'000U);
    EXPECT_EQ(outcomes[std::string(attacker)], 0);
    EXPECT_EQ(outcomes[std::string(victim)], 0) << "a wrapped message is refused as a whole";
    for (auto const* reason :
         {"assertion_count", "xml_id", "signature_reference", "signature_missing",
          "signature_invalid", "signature_shape", "unexpected_element"})
        EXPECT_GT(outcomes[reason], 0) << reason << ": the generator reaches this check";
}

/// One layer down, without any rule of the protocol: whatever document verifies, the element it
/// gives is the one that the identity provider signed.
TEST(WrappingGenerator, TheVerifiedElementIsTheSignedOneWhateverTheDocument) {
    auto const signed_element = content_of(FakeIdp::unsigned_assertion({}));
    std::vector<xml::Certificate> const keys{fake_idp().signing.certificate()};
    auto recipes = all_recipes();
    std::shuffle(recipes.begin(), recipes.end(), std::mt19937(7));
    int verified = 0;
    for (std::size_t i = 0; i < 400; ++i) {
        auto recipe = recipes[i];
        recipe.response_is_target = false;
        auto const document = xml::Document::parse(library(), make_mutant(recipe));
        if (!document) continue;
        for (auto const& child : document->root().children()) {
            auto const result = xml::verify_signature(*document, child, keys);
            if (!result) continue;
            ++verified;
            EXPECT_EQ(content_of(result->element()), signed_element);
        }
    }
    EXPECT_GT(verified, 10) << "the original is still found beside a copy";
}

/// Every value of an accepted message lies in the signed bytes, under random damage.
TEST(WrappingGenerator, RandomDamageNeverChangesWhatIsRead) {
    auto const parts = make_parts(false);
    auto const world = open_world();
    std::mt19937 random(42);
    auto const pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    std::array<std::string, 6> const pieces{"<!-- -->",     parts.forged,
                                            "&#x31;",       "</saml:NameID>",
                                            R"( ID="_a1")", "<saml:Advice></saml:Advice>"};
    int accepted = 0;
    for (int round = 0; round < 2'000; ++round) {
        auto text = parts.response;
        auto const position = pick(text.size());
        switch (pick(5)) {
            case 0:
                text[position] = static_cast<char>(pick(256));
                break;
            case 1:
                text.erase(position, pick(40));
                break;
            case 2:
                text.insert(position, text.substr(pick(text.size()), pick(400)));
                break;
            case 3:
                text.insert(position, pieces[pick(pieces.size())]);
                break;
            default:
                std::swap(text[position], text[pick(text.size())]);
        }
        auto const outcome = world.read_text(text);
        auto const* subject = std::get_if<AuthenticatedSubject>(&outcome);
        if (subject == nullptr) continue;
        ++accepted;
        std::string values = subject->name_id.value + subject->session_index + subject->level +
                             subject->assertion_id;
        for (auto const& attribute : subject->attributes)
            values += attribute.name + attribute.values.at(0);
        static std::string const genuine = values;  // of the first accepted one
        EXPECT_EQ(values, genuine) << text;
        EXPECT_EQ(subject->attributes[0].values[0], victim);
    }
    EXPECT_GT(accepted, 0) << "damage outside the signed bytes is harmless";
    EXPECT_LT(accepted, 400);
}

TEST(WrappingGenerator, S75TellsTheCallerNothingAboutTheStage) {
    // The refusals differ in the reason for the audit record alone; there is one type of outcome
    // and the plugin turns all of it into one answer (plugins/suomifi tests).
    World const world = open_world();
    auto const tampered = [&](auto change) {
        Message message;
        message.response_signature.present = false;
        change(message);
        return world.read_text(fake_idp().response(message));
    };
    auto const unwrap = tampered([](Message& message) {
        message.encryption.edit_content_key = [](std::string& key) { key.resize(15); };
    });
    auto const content = tampered([](Message& message) {
        message.encryption.edit_cipher = [](std::string& cipher) { cipher.back() ^= 1; };
    });
    auto const inner = tampered([](Message& message) {
        message.edit_signed_assertion = [](std::string& text) { text.pop_back(); };
    });
    EXPECT_EQ(word_of(unwrap), "decryption_failed");
    EXPECT_EQ(word_of(content), "decryption_failed");
    EXPECT_EQ(word_of(inner), "xml_malformed");
}

}  // namespace
}  // namespace tunnus::saml
