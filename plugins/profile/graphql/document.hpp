// SPDX-License-Identifier: MIT
// An executable document (GraphQL, October 2021, section 2): the operations and fragments of a
// request, as they are written. Type system definitions are not part of it and are refused.
//
// The tree is plain data whose texts point into the document, which therefore never moves. It is
// immutable once parsed: any number of threads may read it.
#pragma once

#include "plugins/profile/graphql/bounds.hpp"
#include "plugins/profile/graphql/error_entry.hpp"
#include "plugins/profile/graphql/wrapping.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::graphql {

/// Where something begins, in bytes from the start of the document.
using Offset = std::uint32_t;

struct Argument;
/// 2.9 Input values.
struct Value {
    enum class Kind {
        null,
        boolean,  ///< `text` is `true` or `false`
        integer,  ///< `text` as written, of any size
        floating,
        string,       ///< `text` is its value: without quotation marks, escapes and indentation
        enumeration,  ///< `text` is the name
        variable,     ///< `text` is the name, without `$`
        list,
        object,
    };
    Kind kind = Kind::null;
    Offset at = 0;
    std::string_view text;
    std::vector<Value> items;
    std::vector<Argument> fields;  ///< of an object, repeated names included
};
/// 2.6 Arguments; also a field of an object value.
struct Argument {
    std::string_view name;
    Offset at = 0;
    Value value;
};
/// 2.12 Directives.
struct Directive {
    std::string_view name;
    Offset at = 0;
    std::vector<Argument> arguments;
};

struct Fragment;
/// 2.4 Selection sets: a field, `...Name` or `... on Type {…}`.
struct Selection {
    enum class Kind { field, fragment_spread, inline_fragment };
    Kind kind = Kind::field;
    Offset at = 0;
    std::string_view name;   ///< the field's, the fragment's, or the type condition (may be empty)
    std::string_view alias;  ///< as written; empty when there is none
    std::vector<Argument> arguments;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
    std::uint32_t index = 0;             ///< counts the document's selections from 0
    Fragment const* fragment = nullptr;  ///< of a spread; null when the document has none such

    /// 2.7 The name under which a field stands in the response.
    [[nodiscard]] std::string_view response_key() const { return alias.empty() ? name : alias; }
};
/// 2.8 Fragments.
struct Fragment {
    std::string_view name;
    Offset at = 0;
    std::string_view type_condition;
    Offset type_at = 0;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
    std::uint32_t index = 0;  ///< in Document::fragments
};
/// 2.10 Variables.
struct VariableDefinition {
    std::string_view name;
    Offset at = 0;
    std::string_view type_name;
    Offset type_at = 0;
    Wrapping wrapping;
    std::optional<Value> default_value;
    std::vector<Directive> directives;
};
enum class OperationType { query, mutation, subscription };
/// 2.3 Operations.
struct Operation {
    OperationType type = OperationType::query;
    Offset at = 0;
    std::string_view name;  ///< empty when anonymous
    std::vector<VariableDefinition> variables;
    std::vector<Directive> directives;
    std::vector<Selection> selections;
};

class Document {
  public:
    Document(Document const&) = delete;
    Document& operator=(Document const&) = delete;
    ~Document() = default;

    std::vector<Operation> operations;
    std::vector<Fragment> fragments;

    [[nodiscard]] std::string const& text() const { return text_; }
    [[nodiscard]] std::size_t selection_count() const { return selection_count_; }
    [[nodiscard]] Location location(Offset at) const;

  private:
    friend Checked<std::unique_ptr<Document const>> parse_document(std::string text,
                                                                   Bounds const& bounds);
    friend class DocumentBuilder;
    explicit Document(std::string text) : text_(std::move(text)) {}

    std::string const text_;
    std::uint32_t selection_count_ = 0;
    std::deque<std::string> made_;  ///< strings whose value is not in the text as it is
};

/// Parses the whole text. Bounds: `bytes`, `tokens`, `nesting`; ErrorKind::limit beyond them, else
/// ErrorKind::syntax with the place where the text stops following the grammar. Takes time in
/// proportion to the text, and stack in proportion to `nesting`.
[[nodiscard]] Checked<std::unique_ptr<Document const>> parse_document(std::string text,
                                                                      Bounds const& bounds = {});

}  // namespace tunnus::graphql
