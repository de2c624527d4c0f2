// SPDX-License-Identifier: MIT
// The same documents in npm `graphql`, the reference implementation, which shares nothing with
// ours. Needs node and the root's node_modules; without them it is skipped.
#include "plugins/profile/graphql/document_generator.hpp"
#include "plugins/profile/graphql/pets.hpp"
#include "plugins/profile/graphql/sdl.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace tunnus::graphql::tests {
namespace {

namespace json = boost::json;

/// What `node cross_check.mjs` prints for this.
json::object ask_node(json::object const& asked) {
    std::filesystem::path const file = TUNNUS_BINARY_DIR "/graphql_cross_check.json";
    std::ofstream(file) << asked;
    std::string const command =
        "node " TUNNUS_SOURCE_DIR "/plugins/profile/graphql/cross_check.mjs " + file.string();
    std::string output;
    auto* const pipe = popen(command.c_str(), "r");
    std::array<char, 65'536> chunk{};
    for (std::size_t size = 0; (size = fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
        output.append(chunk.data(), size);
    EXPECT_EQ(pclose(pipe), 0);
    std::filesystem::remove(file);
    return json::parse(output).as_object();
}

bool node_is_ready() {
    return std::filesystem::exists(TUNNUS_SOURCE_DIR "/node_modules/graphql");
}

/// Only what the grammar and the schema say is compared.
Bounds wide() {
    Bounds bounds;
    bounds.depth = bounds.nesting = 100;
    bounds.fields = bounds.aliases = bounds.root_fields = bounds.variable_uses = 100'000;
    bounds.cost = bounds.merge_steps = 1'000'000;
    bounds.errors = 1'000;
    return bounds;
}

/// What both sides can say of one document.
json::object judge(std::string const& query, json::object const& variables) {
    auto const& schema = pets_schema();
    auto const bounds = wide();
    json::object verdict{{"parsed", false}, {"valid", false}, {"response", nullptr}};
    auto const document = parse_document(query, bounds);
    if (!document) return verdict;
    verdict["parsed"] = true;
    if (!validate(schema, **document, bounds).empty()) return verdict;
    verdict["valid"] = true;
    // Resolvers stand aside: npm `graphql` has none.
    class Plain : public RootContext {
      public:
        using RootContext::RootContext;
        std::optional<FieldError> permit(Visit const&) override { return std::nullopt; }
    } context(animals());
    auto const operation = find_operation(**document, "");
    if (!operation) return verdict;
    auto const response = execute(schema, **document, **operation, variables, context, bounds);
    auto const body = json::parse(response.body).as_object();
    json::array errors;
    for (auto const& entry : response.errors) {
        auto const sent = to_json(entry);
        errors.push_back(json::object{
            {"path", entry.path},
            {"locations", entry.path.empty() ? json::array() : sent.at("locations").as_array()}});
    }
    verdict["response"] = {
        {"data", body.contains("data") ? json::serialize(body.at("data")) : "no data"},
        {"errors", std::move(errors)}};
    return verdict;
}

/// Numbers are written differently by both sides.
std::string normal(json::value const& response) {
    if (response.is_null()) return "null";
    auto copy = response.as_object();
    auto const data = std::string(copy.at("data").as_string());
    if (data != "no data") copy["data"] = json::serialize(json::parse(data));
    return json::serialize(copy);
}

TEST(CrossCheck, AgreesWithNpmGraphqlOnSeededDocuments) {
    if (!node_is_ready()) GTEST_SKIP() << "npm ci has not run";
    auto const& schema = pets_schema();
    json::array cases;
    for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
        DocumentGenerator generator(schema, seed);
        auto query = generator.document();
        auto variables = generator.variables();
        if (seed % 3 == 0) query = generator.spoil(query);
        cases.push_back(json::object{{"query", query}, {"variables", std::move(variables)}});
    }
    auto root = animals().as_object();
    root["echo"] = "the same";
    auto const theirs = ask_node({{"sdl", print_sdl(schema)}, {"root", root}, {"cases", cases}})
                            .at("cases")
                            .as_array();
    ASSERT_EQ(theirs.size(), cases.size());
    std::size_t valid = 0;
    std::size_t spoilt = 0;
    std::size_t with_errors = 0;
    std::size_t failures = 0;
    for (std::size_t i = 0; i < cases.size() && failures < 10; ++i) {
        auto const& asked = cases[i].as_object();
        std::string const query(asked.at("query").as_string());
        auto const ours = judge(query, asked.at("variables").as_object());
        auto const& other = theirs[i].as_object();
        bool const other_valid =
            other.at("parsed").as_bool() && other.at("problems").as_array().empty();
        bool const agree = ours.at("parsed") == other.at("parsed") &&
                           ours.at("valid").as_bool() == other_valid &&
                           (!other_valid || query.find("echo") != std::string::npos ||
                            normal(ours.at("response")) == normal(other.at("response")));
        EXPECT_TRUE(agree) << "seed " << i + 1 << "\n"
                           << query << "\n"
                           << asked.at("variables") << "\nours:   " << ours
                           << "\ntheirs: " << theirs[i];
        failures += agree ? 0 : 1;
        valid += other_valid ? 1 : 0;
        spoilt += other.at("parsed").as_bool() ? 0 : 1;
        if (other_valid && !other.at("response").at("errors").as_array().empty()) ++with_errors;
    }
    // The generator is worth something only while all kinds come out of it.
    EXPECT_GT(valid, 500U);
    EXPECT_GT(spoilt, 200U);
    EXPECT_GT(with_errors, 100U);
    EXPECT_LT(valid + spoilt, 2'800U);
}

/// One of GraphQL's own: each side describes it in words of its own.
bool is_built_in(json::value const& type) {
    auto const* const known = pets_schema().find_type(type.at("name").as_string());
    return known && known->built_in != BuiltIn::none;
}

/// Sorted by name, without what is younger than October 2021 and what every schema has.
json::object comparable(json::object schema) {
    auto const by_name = [](json::value const& a, json::value const& b) {
        return a.at("name").as_string() < b.at("name").as_string();
    };
    json::array types;
    for (auto& type : schema.at("types").as_array()) {
        type.as_object().erase("isOneOf");
        if (!type.at("name").as_string().starts_with("__")) types.push_back(type);
        for (auto const* const list : {"possibleTypes", "interfaces"})
            if (auto* const array = type.as_object()[list].if_array())
                std::sort(array->begin(), array->end(), by_name);
    }
    std::sort(types.begin(), types.end(), by_name);
    schema["types"] = std::move(types);
    schema.erase("directives");
    return schema;
}

TEST(CrossCheck, DescribesTheSchemaAsNpmGraphqlReadsOurSdl) {
    if (!node_is_ready()) GTEST_SKIP() << "npm ci has not run";
    auto const query = R"(query IntrospectionQuery { __schema { description
        queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType } } }
      fragment FullType on __Type { kind name description specifiedByURL
        fields(includeDeprecated: true) { name description args { ...InputValue }
            type { ...TypeRef } isDeprecated deprecationReason }
        inputFields { ...InputValue } interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
        possibleTypes { ...TypeRef } }
      fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
      fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType {
        kind name ofType { kind name } } } } })";
    auto const ours = ask(query);
    ASSERT_TRUE(ours.errors.empty());
    auto theirs = ask_node({{"sdl", print_sdl(pets_schema())},
                            {"root", nullptr},
                            {"cases", json::array{json::object{{"query", query}}}}});
    auto const& response = theirs.at("cases").as_array().at(0).at("response").at("data");
    auto const normal_form = [](json::value const& data) {
        return comparable(data.at("__schema").as_object());
    };
    auto const a = normal_form(json::parse(ours.body).at("data"));
    auto const b = normal_form(json::parse(response.as_string()));
    ASSERT_EQ(a.at("types").as_array().size(), b.at("types").as_array().size());
    for (std::size_t i = 0; i < a.at("types").as_array().size(); ++i) {
        auto const& type = b.at("types").as_array()[i];
        if (is_built_in(type)) continue;
        EXPECT_EQ(json::serialize(a.at("types").as_array()[i]), json::serialize(type));
    }
}

}  // namespace
}  // namespace tunnus::graphql::tests
