// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/document.hpp"

#include "idp/base/encoding.hpp"
#include "plugins/profile/graphql/grammar.hpp"
#include "plugins/profile/graphql/string_value.hpp"

#include <algorithm>

namespace tunnus::graphql {
namespace {

/// Ends the parse; never leaves this file.
struct Stop {
    ErrorKind kind;
    char const* message;
    char const* at;
};

}  // namespace

/// Turns the grammar's events into the tree. What is open is pointed at, which is safe: a list does
/// not grow while its last element is still open.
class DocumentBuilder {
  public:
    DocumentBuilder(Document& document, Bounds const& bounds)
        : document_(document), bounds_(bounds), begin_(document.text_.data()) {}

    [[nodiscard]] Offset at(char const* where) const { return static_cast<Offset>(where - begin_); }

    void count_token(char const* where) {
        if (++tokens_ > bounds_.tokens)
            throw Stop{ErrorKind::limit, "the document has too many tokens", where};
    }
    void enter(char const* where) {
        if (++nesting_ > bounds_.nesting)
            throw Stop{ErrorKind::limit, "the document is nested too deeply", where};
    }
    void leave() { --nesting_; }

    // Definitions
    void begin_operation(OperationType type, char const* where) {
        auto& operation = document_.operations.emplace_back();
        operation.type = type;
        operation.at = at(where);
        open_.assign(1, &operation.selections);
        directives_ = &operation.directives;
    }
    void name_operation(std::string_view name) { document_.operations.back().name = name; }
    void begin_fragment(char const* where) {
        auto& fragment = document_.fragments.emplace_back();
        fragment.at = at(where);
        fragment.index = static_cast<std::uint32_t>(document_.fragments.size() - 1);
        open_.assign(1, &fragment.selections);
        directives_ = &fragment.directives;
    }
    void name_fragment(std::string_view name) { document_.fragments.back().name = name; }
    void fragment_type(std::string_view name) {
        document_.fragments.back().type_condition = name;
        document_.fragments.back().type_at = at(name.data());
    }

    // Variables
    void begin_variable(std::string_view name) {
        auto& variable = document_.operations.back().variables.emplace_back();
        variable.name = name;
        variable.at = at(name.data());
        directives_ = &variable.directives;
    }
    void end_variables() { directives_ = &document_.operations.back().directives; }
    void type_name(std::string_view name) {
        variable().type_name = name;
        variable().type_at = at(name.data());
    }
    void type_list(char const* where) {
        if (variable().wrapping.lists == Wrapping::most_lists)
            throw Stop{ErrorKind::limit, "the document is nested too deeply", where};
        ++variable().wrapping.lists;
    }
    void type_not_null() { variable().wrapping.not_null |= 1U << variable().wrapping.lists; }
    void begin_default() { value_ = &variable().default_value.emplace(); }

    // Selections
    void begin_field(std::string_view name) {
        begin_selection(Selection::Kind::field, name, name.data());
    }
    void second_name(std::string_view name) {
        auto& field = open_.back()->back();
        field.alias = field.name;
        field.name = name;
    }
    void ellipsis(char const* where) { ellipsis_ = where; }
    void begin_spread(Selection::Kind kind, std::string_view name) {
        begin_selection(kind, name, ellipsis_);
    }
    void open_selections(char const* where) {
        enter(where);
        // The operation's or fragment's own set is open from the start.
        if (entered_)
            open_.push_back(&open_.back()->back().selections);
        else
            entered_ = true;
    }
    void close_selections() {
        leave();
        if (open_.size() > 1)
            open_.pop_back();
        else
            entered_ = false;
    }

    // Directives, arguments and values
    void begin_directive(std::string_view name) {
        auto& directive = directives_->emplace_back();
        directive.name = name;
        directive.at = at(name.data());
        arguments_ = &directive.arguments;
    }
    void begin_argument(std::string_view name) { value_ = &named(*arguments_, name).value; }
    void begin_object_field(std::string_view name) { named(containers_.back()->fields, name); }
    void open_container(Value::Kind kind, char const* where) {
        enter(where);
        containers_.push_back(&place(kind, where));
    }
    void close_container() {
        leave();
        containers_.pop_back();
    }
    Value& place(Value::Kind kind, char const* where, std::string_view text = {}) {
        auto& value = slot();
        value.kind = kind;
        value.at = at(where);
        value.text = text;
        return value;
    }
    void place_word(std::string_view text) {
        auto const kind = text == "null"                      ? Value::Kind::null
                          : text == "true" || text == "false" ? Value::Kind::boolean
                                                              : Value::Kind::enumeration;
        place(kind, text.data(), text);
    }
    void place_number(std::string_view text) {
        bool const integer = text.find_first_of(".eE") == std::string_view::npos;
        place(integer ? Value::Kind::integer : Value::Kind::floating, text.data(), text);
    }
    void place_string(std::string_view raw) {
        auto& value = place(Value::Kind::string, raw.data() - 1, raw);
        if (raw.find('\\') == std::string_view::npos) return;
        auto made = string_value(raw);
        if (!made)
            throw Stop{ErrorKind::syntax, "an escape in a string names no character", raw.data()};
        value.text = document_.made_.emplace_back(std::move(*made));
    }
    void place_block_string(std::string_view raw) {
        auto& value = place(Value::Kind::string, raw.data() - 3);
        value.text = document_.made_.emplace_back(block_string_value(raw));
    }

    /// Spreads point at their fragments; names are looked up once.
    void link() {
        for (auto& operation : document_.operations)
            link(operation.selections);
        for (auto& fragment : document_.fragments)
            link(fragment.selections);
    }

  private:
    VariableDefinition& variable() { return document_.operations.back().variables.back(); }

    void begin_selection(Selection::Kind kind, std::string_view name, char const* where) {
        auto& selection = open_.back()->emplace_back();
        selection.kind = kind;
        selection.name = name;
        selection.at = at(where);
        selection.index = document_.selection_count_++;
        arguments_ = &selection.arguments;
        directives_ = &selection.directives;
    }
    Argument& named(std::vector<Argument>& arguments, std::string_view name) {
        auto& argument = arguments.emplace_back();
        argument.name = name;
        argument.at = at(name.data());
        return argument;
    }
    /// Where the next value goes.
    Value& slot() {
        if (containers_.empty()) return *value_;
        auto& container = *containers_.back();
        if (container.kind == Value::Kind::list) return container.items.emplace_back();
        return container.fields.back().value;
    }
    void link(std::vector<Selection>& selections) {
        for (auto& selection : selections) {
            if (selection.kind == Selection::Kind::fragment_spread)
                selection.fragment = find(selection.name);
            link(selection.selections);
        }
    }
    Fragment const* find(std::string_view name) {
        if (by_name_.empty()) {
            for (auto const& fragment : document_.fragments)
                by_name_.push_back(&fragment);
            std::ranges::stable_sort(by_name_, {}, &Fragment::name);
        }
        auto const found = std::ranges::lower_bound(by_name_, name, {}, &Fragment::name);
        return found != by_name_.end() && (*found)->name == name ? *found : nullptr;
    }

    Document& document_;
    Bounds const& bounds_;
    char const* begin_;
    std::size_t tokens_ = 0;
    std::size_t nesting_ = 0;
    std::vector<std::vector<Selection>*> open_;  ///< selection sets, innermost last
    bool entered_ = false;                       ///< the definition's own set is open
    std::vector<Argument>* arguments_ = nullptr;
    std::vector<Directive>* directives_ = nullptr;
    Value* value_ = nullptr;          ///< for the next value outside of lists and objects
    std::vector<Value*> containers_;  ///< open lists and objects, innermost last
    char const* ellipsis_ = nullptr;
    std::vector<Fragment const*> by_name_;
};

namespace {

namespace g = grammar;

template <class Rule>
struct Action : g::pegtl::nothing<Rule> {};

/// An action that gets the matched text.
#define TUNNUS_ON_TEXT(rule, call)                                     \
    template <>                                                        \
    struct Action<rule> {                                              \
        template <class Input>                                         \
        static void apply(Input const& in, DocumentBuilder& builder) { \
            std::string_view const text(in.begin(), in.size());        \
            builder.call;                                              \
        }                                                              \
    }
/// An action that does not look at the text.
#define TUNNUS_ON(rule, call)                                          \
    template <>                                                        \
    struct Action<rule> {                                              \
        static void apply0(DocumentBuilder& builder) { builder.call; } \
    }

OperationType operation_type(std::string_view word) {
    return word == "query"      ? OperationType::query
           : word == "mutation" ? OperationType::mutation
                                : OperationType::subscription;
}

TUNNUS_ON_TEXT(g::anonymous_begin, begin_operation(OperationType::query, text.data()));
TUNNUS_ON_TEXT(g::operation_type, begin_operation(operation_type(text), text.data()));
TUNNUS_ON_TEXT(g::operation_name, name_operation(text));
TUNNUS_ON_TEXT(g::fragment_word, begin_fragment(text.data()));
TUNNUS_ON_TEXT(g::fragment_name, name_fragment(text));
TUNNUS_ON_TEXT(g::fragment_type, fragment_type(text));

TUNNUS_ON_TEXT(g::defined_variable, begin_variable(text));
TUNNUS_ON(g::variables_end, end_variables());
TUNNUS_ON_TEXT(g::type_name, type_name(text));
TUNNUS_ON_TEXT(g::type_list_open, enter(text.data()));
TUNNUS_ON(g::type_list_close, leave());
TUNNUS_ON_TEXT(g::type_list, type_list(text.data()));
TUNNUS_ON(g::not_null, type_not_null());
TUNNUS_ON(g::punctuator<'='>, begin_default());

TUNNUS_ON_TEXT(g::first_name, begin_field(text));
TUNNUS_ON_TEXT(g::second_name, second_name(text));
TUNNUS_ON_TEXT(g::ellipsis, ellipsis(text.data()));
TUNNUS_ON_TEXT(g::spread_name, begin_spread(Selection::Kind::fragment_spread, text));
TUNNUS_ON_TEXT(g::type_condition_name, begin_spread(Selection::Kind::inline_fragment, text));
TUNNUS_ON(g::inline_begin, begin_spread(Selection::Kind::inline_fragment, {}));
TUNNUS_ON_TEXT(g::selections_open, open_selections(text.data()));
TUNNUS_ON(g::selections_close, close_selections());

TUNNUS_ON_TEXT(g::directive_name, begin_directive(text));
TUNNUS_ON_TEXT(g::argument_name, begin_argument(text));
TUNNUS_ON_TEXT(g::object_field_name, begin_object_field(text));
TUNNUS_ON_TEXT(g::list_open, open_container(Value::Kind::list, text.data()));
TUNNUS_ON(g::list_close, close_container());
TUNNUS_ON_TEXT(g::object_open, open_container(Value::Kind::object, text.data()));
TUNNUS_ON(g::object_close, close_container());
TUNNUS_ON_TEXT(g::name_value_text, place_word(text));
TUNNUS_ON_TEXT(g::number_text, place_number(text));
TUNNUS_ON_TEXT(g::string_text, place_string(text));
TUNNUS_ON_TEXT(g::block_text, place_block_string(text));
TUNNUS_ON_TEXT(g::variable_name, place(Value::Kind::variable, text.data(), text));

#undef TUNNUS_ON
#undef TUNNUS_ON_TEXT

// What is missing where a rule must match and does not.
template <class Rule>
constexpr char const* expected = "a name was expected";
template <>
constexpr char const* expected<g::definition> = "an operation or a fragment was expected";
template <>
constexpr char const* expected<g::selection_set> = "a selection in braces was expected";
template <>
constexpr char const* expected<g::selection_list> = "a field or a fragment was expected";
template <>
constexpr char const* expected<g::selections_close> = "a field, a fragment or } was expected";
template <>
constexpr char const* expected<g::spread_rest> = "a fragment's name, on or { was expected";
template <>
constexpr char const* expected<g::inline_rest> = "a selection in braces was expected";
template <>
constexpr char const* expected<g::token<g::on>> = "on was expected";
template <bool Const>
constexpr char const* expected<g::value<Const>> = "a value was expected";
template <>
constexpr char const* expected<g::list_close> = "a value or ] was expected";
template <>
constexpr char const* expected<g::object_close> = "a field's name or } was expected";
template <bool Const>
constexpr char const* expected<g::argument_list<Const>> = "an argument was expected";
template <>
constexpr char const* expected<g::arguments_close> = "an argument or ) was expected";
template <>
constexpr char const* expected<g::punctuator<':'>> = "a colon was expected";
template <>
constexpr char const* expected<g::type> = "a type was expected";
template <>
constexpr char const* expected<g::type_list_close> = "] was expected";
template <>
constexpr char const* expected<g::variable_list> = "a variable was expected";
template <>
constexpr char const* expected<g::variables_close> = "a variable or ) was expected";
template <>
constexpr char const* expected<g::digits> = "a digit was expected";
template <>
constexpr char const* expected<g::number_text> = "a digit was expected";
template <>
constexpr char const* expected<g::number_end> = "a number goes on in a way it may not";
template <>
constexpr char const* expected<g::escape_sequence> = "an escape in a string is not known";
template <>
constexpr char const* expected<g::string_end> = "a string does not end";
template <>
constexpr char const* expected<g::block_end> = "a block string does not end";

template <class Rule>
constexpr bool is_token = requires(Rule const* rule) {
    []<class... Rules>(g::token<Rules...> const*) {}(rule);
};

template <class Rule>
struct Control : g::pegtl::normal<Rule> {
    template <class Input>
    [[noreturn]] static void raise(Input const& in, DocumentBuilder&) {
        throw Stop{ErrorKind::syntax, expected<Rule>, in.current()};
    }
    template <class Input>
    static void success(Input const& in, DocumentBuilder& builder) {
        if constexpr (is_token<Rule>) builder.count_token(in.current());
    }
};

ErrorEntry entry_of(ErrorKind kind, std::string_view message, std::vector<Location> locations) {
    ErrorEntry entry;
    entry.kind = kind;
    entry.message = message;
    entry.locations = std::move(locations);
    return entry;
}

}  // namespace

Location Document::location(Offset at) const {
    Location location;
    for (Offset i = 0; i < at && i < text_.size(); ++i) {
        char const c = text_[i];
        bool const line_ends = c == '\n' || (c == '\r' && (i + 1 >= at || text_[i + 1] != '\n'));
        if (line_ends) {
            ++location.line;
            location.column = 1;
        } else if (c != '\r' && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            ++location.column;
        }
    }
    return location;
}

Checked<std::unique_ptr<Document const>> parse_document(std::string text, Bounds const& bounds) {
    if (text.size() > bounds.bytes)
        return entry_of(ErrorKind::limit, "the document is too large", {});
    if (!is_valid_utf8(text)) return entry_of(ErrorKind::syntax, "the document is not UTF-8", {});
    std::unique_ptr<Document> document(new Document(std::move(text)));
    DocumentBuilder builder(*document, bounds);
    using Input = g::pegtl::memory_input<g::pegtl::tracking_mode::lazy>;
    Input in(document->text_.data(), document->text_.data() + document->text_.size(), "");
    try {
        g::pegtl::parse<g::document, Action, Control>(in, builder);
    } catch (Stop const& stop) {
        return entry_of(stop.kind, stop.message, {document->location(builder.at(stop.at))});
    }
    builder.link();
    return std::unique_ptr<Document const>(std::move(document));
}

}  // namespace tunnus::graphql
