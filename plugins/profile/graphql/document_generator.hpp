// SPDX-License-Identifier: MIT
// For tests: documents from a seed. Most are valid against the schema or nearly so; some are then
// spoilt, token by token.
#pragma once

#include "plugins/profile/graphql/schema.hpp"

#include <algorithm>
#include <cctype>
#include <random>

namespace tunnus::graphql::tests {

class DocumentGenerator {
  public:
    DocumentGenerator(Schema const& schema, std::uint64_t seed) : schema_(schema), engine_(seed) {}

    std::size_t below(std::size_t bound) { return engine_() % bound; }
    bool chance(std::size_t one_in) { return below(one_in) == 0; }
    template <class Element>
    Element pick(std::vector<Element> const& elements) {
        return elements[below(elements.size())];
    }

    /// One operation with its fragments.
    std::string document() {
        fragments_.clear();
        variables_.clear();
        open_fragments_.clear();
        std::string const body = selections(schema_.query(), 4);
        std::string text;
        if (variables_.empty() && chance(2)) {
            text = body;
        } else {
            text = chance(2) ? "query" : "query Q";
            std::string definitions;
            for (auto const& [name, type] : variables_)
                definitions.append(definitions.empty() ? "$" : ", $")
                    .append(name)
                    .append(": ")
                    .append(type);
            if (!definitions.empty()) text += "(" + definitions + ")";
            text += " " + body;
        }
        for (auto const& [name, fragment] : fragments_)
            text += "\n" + fragment;
        return text;
    }

    /// The same with a token left out, doubled, exchanged or put in.
    std::string spoil(std::string const& text) {
        auto tokens = split(text);
        for (auto times = 1 + below(2); times > 0 && !tokens.empty(); --times) {
            auto const at = below(tokens.size());
            auto const from = below(tokens.size());
            auto const here = tokens.begin() + static_cast<std::ptrdiff_t>(at);
            switch (below(5)) {
                case 0:
                    tokens.erase(here);
                    break;
                case 1:
                    tokens.insert(here, tokens[from]);
                    break;
                case 2:
                    std::swap(tokens[at], tokens[from]);
                    break;
                case 3:
                    tokens[at] = tokens[from];
                    break;
                default:
                    tokens.insert(here, pick(stray()));
                    break;
            }
        }
        std::string spoilt;
        for (auto const& token : tokens)
            spoilt += token + (chance(20) ? "#x\n" : " ");
        return spoilt;
    }

    boost::json::object variables() {
        boost::json::object given;
        for (auto const& [name, type] : variables_)
            if (!chance(4)) given[name] = json_value(type, 3);
        return given;
    }

  private:
    static std::vector<std::string> const& stray() {
        static std::vector<std::string> const tokens{"{",
                                                     "}",
                                                     "(",
                                                     ")",
                                                     "[",
                                                     "]",
                                                     ":",
                                                     "!",
                                                     "=",
                                                     "@",
                                                     "$",
                                                     "...",
                                                     "on",
                                                     "null",
                                                     "true",
                                                     "query",
                                                     "name",
                                                     "fragment",
                                                     "1",
                                                     "-1",
                                                     "0.5",
                                                     "1e3",
                                                     "\"s\"",
                                                     "SIT",
                                                     "$v0",
                                                     "F0",
                                                     "@skip(if: true)",
                                                     "\"\"\"b\"\"\"",
                                                     "01",
                                                     "1.",
                                                     "\"\\x\"",
                                                     "\"\\uD83D\\uDE00\"",
                                                     "\"\\uD83D\"",
                                                     "\"\\u{1F600}\"",
                                                     "|",
                                                     "&",
                                                     "mutation",
                                                     "-",
                                                     "\"open",
                                                     "__typename",
                                                     "...F0",
                                                     "Dog",
                                                     "dog",
                                                     "é"};
        return tokens;
    }

    std::string selections(Type const& type, std::size_t depth) {
        std::string text = "{";
        for (auto count = 1 + below(4); count > 0; --count)
            text += " " + selection(type, depth);
        return text + " }";
    }

    std::string selection(Type const& type, std::size_t depth) {
        if (depth > 0 && chance(6)) return inline_fragment(type, depth);
        if (depth > 0 && chance(6)) return spread(type, depth);
        if (chance(10) || type.fields.empty()) return maybe_alias() + "__typename" + directives();
        // Few fields, so that names meet.
        auto const& field = type.fields[below(type.fields.size())];
        if (depth == 0 && !field.type.type->is_leaf()) return "__typename";
        std::string text = maybe_alias() + field.name + arguments(field) + directives();
        if (!field.type.type->is_leaf()) text += " " + selections(*field.type.type, depth - 1);
        return text;
    }

    /// Often a type that fits, sometimes any.
    Type const& other_type(Type const& type) {
        for (int tries = 0; tries < 8; ++tries) {
            auto const& other = schema_.types()[below(schema_.types().size())];
            if (other.is_composite() && !other.introspection &&
                (other.overlaps(type) || chance(30)))
                return other;
        }
        return type;
    }
    std::string inline_fragment(Type const& type, std::size_t depth) {
        if (chance(4)) return "..." + directives() + selections(type, depth - 1);
        auto const& other = other_type(type);
        return "... on " + other.name + directives() + " " + selections(other, depth - 1);
    }
    std::string spread(Type const& type, std::size_t depth) {
        auto const& other = other_type(type);
        auto const name = "F" + std::to_string(below(4)) + other.name;
        if (std::find(open_fragments_.begin(), open_fragments_.end(), name) !=
                open_fragments_.end() &&
            !chance(30))
            return "__typename";
        if (!fragments_.contains(name)) {
            fragments_[name];
            open_fragments_.push_back(name);
            auto text =
                "fragment " + name + " on " + other.name + " " + selections(other, depth - 1);
            fragments_[name] = std::move(text);
            open_fragments_.pop_back();
        }
        return "..." + name + directives();
    }

    std::string maybe_alias() {
        static std::vector<std::string> const names{"a", "b", "name", "dog"};
        return chance(4) ? pick(names) + ": " : "";
    }
    std::string directives() {
        if (!chance(8)) return "";
        return std::string(chance(2) ? " @skip" : " @include") +
               "(if: " + literal({schema_.find_type("Boolean"), {0, 1}}, 1, false) + ")";
    }
    std::string arguments(Field const& field) {
        std::string text;
        for (auto const& argument : field.arguments) {
            if (argument.required() ? chance(40) : chance(3)) continue;
            text += (text.empty() ? "(" : ", ") + argument.name + ": " +
                    literal(argument.type, 3, false);
        }
        return text.empty() ? "" : text + ")";
    }

    std::string variable(TypeReference type) {
        if (chance(6)) type.wrapping = type.wrapping.nullable();
        auto const name = "v" + std::to_string(variables_.size());
        auto definition = type.text();
        if (chance(4)) definition += " = " + literal(type, 2, true);
        if (chance(40)) definition = "Int";
        variables_[name] = definition;
        return "$" + name;
    }

    std::string literal(TypeReference const& type, std::size_t depth, bool constant) {
        if (!constant && chance(5)) return variable(type);
        if (!type.wrapping.is_not_null() ? chance(10) : chance(60)) return "null";
        if (type.wrapping.is_list()) {
            if (chance(5)) return literal(type.item(), depth, constant);
            std::string text = "[";
            for (auto count = below(3); count > 0; --count)
                text += literal(type.item(), depth, constant) + " ";
            return text + "]";
        }
        if (chance(60)) return pick(std::vector<std::string>{"1", "\"s\"", "SIT", "1.5", "{}"});
        auto const& named = *type.type;
        if (named.kind == TypeKind::enumeration) return pick(named.values).name;
        if (named.kind == TypeKind::input_object) return object(named, depth, constant);
        switch (named.built_in) {
            case BuiltIn::integer:
                return pick(std::vector<std::string>{"0", "-7", "2147483647", "2147483648"});
            case BuiltIn::floating:
                return pick(std::vector<std::string>{"0", "1.5", "-2e3", "1E-2"});
            case BuiltIn::boolean:
                return chance(2) ? "true" : "false";
            case BuiltIn::id:
                return chance(2) ? "17" : "\"id\"";
            case BuiltIn::string:
                return strings();
            case BuiltIn::none:
                break;
        }
        return pick(std::vector<std::string>{"1", "{a: [SIT, \"x\"]}", "null", "[1.5, {}]"});
    }
    std::string strings() {
        return pick(std::vector<std::string>{
            R"("")", R"("plain")", R"("\u00e4\n\"\\\/")", R"("\ud83d\ude00")", R"("\u{1F600}é")",
            "\"\"\"\n    a\n      b\r\n\n   c \n  \"\"\"", R"("""x \""" y""")", R"("""""")"});
    }
    std::string object(Type const& type, std::size_t depth, bool constant) {
        std::string text = "{";
        for (auto const& field : type.input_fields) {
            if (field.required() ? chance(30) : (depth == 0 || chance(2))) continue;
            text += field.name + ": " + literal(field.type, depth - 1, constant) + ", ";
        }
        return text + "}";
    }

    /// For the type as a variable's definition writes it; its default value is looked past.
    boost::json::value json_value(std::string const& definition, std::size_t depth) {
        namespace json = boost::json;
        auto const name_at = definition.find_first_not_of('[');
        auto const name =
            definition.substr(name_at, definition.find_first_of("!] =", name_at) - name_at);
        if (chance(8)) return nullptr;
        if (name_at > 0 && !chance(4)) {
            json::array list;
            for (auto count = below(3); count > 0; --count)
                list.push_back(json_value(definition.substr(1), depth));
            return list;
        }
        if (chance(12)) return pick(std::vector<json::value>{1, 1.5, "SIT", true, json::object{}});
        auto const& type = *schema_.find_type(name);
        if (type.kind == TypeKind::enumeration) return json::string(pick(type.values).name);
        if (type.kind == TypeKind::input_object) {
            json::object object;
            for (auto const& field : type.input_fields)
                if (field.required() ? !chance(20) : (depth > 0 && chance(2)))
                    object[field.name] = json_value(field.type.text(), depth - 1);
            if (chance(20)) object["unknown"] = 1;
            return object;
        }
        switch (type.built_in) {
            case BuiltIn::integer:
                return pick(std::vector<json::value>{1, 2.0, -5, 2147483648});
            case BuiltIn::floating:
                return pick(std::vector<json::value>{1, 2.5});
            case BuiltIn::boolean:
                return chance(2);
            case BuiltIn::id:
                return pick(std::vector<json::value>{"x", 7});
            case BuiltIn::string:
                return "text";
            case BuiltIn::none:
                break;
        }
        return {{"any", {1, nullptr}}};
    }

    static std::vector<std::string> split(std::string const& text) {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < text.size();) {
            std::size_t length = 1;
            if (text.compare(i, 3, "\"\"\"") == 0) {
                auto end = text.find("\"\"\"", i + 3);
                while (text[end - 1] == '\\')
                    end = text.find("\"\"\"", end + 3);
                length = end + 3 - i;
            } else if (text[i] == '"') {
                auto end = i + 1;
                while (text[end] != '"')
                    end += text[end] == '\\' ? 2 : 1;
                length = end + 1 - i;
            } else if (text.compare(i, 3, "...") == 0) {
                length = 3;
            } else if (word(text[i])) {
                while (i + length < text.size() && word(text[i + length]))
                    ++length;
            }
            if (length > 1 || !isspace(static_cast<unsigned char>(text[i])))
                tokens.push_back(text.substr(i, length));
            i += length;
        }
        return tokens;
    }
    static bool word(char c) {
        return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    }

    Schema const& schema_;
    std::mt19937_64 engine_;
    std::map<std::string, std::string> fragments_;
    std::map<std::string, std::string> variables_;
    std::vector<std::string> open_fragments_;
};

}  // namespace tunnus::graphql::tests
