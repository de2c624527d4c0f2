// SPDX-License-Identifier: MIT
// The grammar of executable documents (October 2021, appendix B) as PEGTL rules; beyond it, what
// later editions allow in strings: any Unicode scalar value, and `\u{…}`. For document.cpp alone,
// which gives rules their actions.
//
// Every rule decides by what comes next and never goes back over a token.
#pragma once

#include <tao/pegtl.hpp>

namespace tunnus::graphql::grammar {

namespace pegtl = tao::pegtl;
using pegtl::if_must;
using pegtl::must;
using pegtl::not_at;
using pegtl::one;
using pegtl::opt;
using pegtl::plus;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;

// clang-format off

// 2.1 Source text and what is ignored between tokens.
struct source_character : pegtl::utf8::ranges<0x09, 0x0A, 0x0D, 0x0D, 0x20, 0x10FFFF> {};
struct line_character : seq<not_at<one<'\n', '\r'>>, source_character> {};
struct comment : seq<one<'#'>, star<line_character>> {};
struct byte_order_mark : pegtl::utf8::one<0xFEFF> {};
struct ignored : star<sor<one<' ', '\n', '\t', ',', '\r'>, comment, byte_order_mark>> {};

template <class... Rules> struct token : seq<Rules..., ignored> {};
template <char C> struct punctuator : token<one<C>> {};
struct name_ : pegtl::identifier {};
template <char... C> struct word : seq<pegtl::string<C...>, not_at<pegtl::identifier_other>> {};

// What opens and closes nested parts; each opening counts for Bounds::nesting.
struct selections_open : punctuator<'{'> {};
struct selections_close : punctuator<'}'> {};
struct list_open : punctuator<'['> {};
struct list_close : punctuator<']'> {};
struct object_open : punctuator<'{'> {};
struct object_close : punctuator<'}'> {};
struct type_list_open : punctuator<'['> {};
struct type_list_close : punctuator<']'> {};
struct arguments_close : punctuator<')'> {};
struct variables_close : punctuator<')'> {};

// 2.9 Values. Const: where variables may not stand.
struct digits : plus<pegtl::digit> {};
struct integer_part : seq<opt<one<'-'>>, sor<one<'0'>, seq<pegtl::range<'1', '9'>, star<pegtl::digit>>>> {};
struct number_text : seq<integer_part, opt<if_must<one<'.'>, digits>>, opt<if_must<one<'e', 'E'>, opt<one<'+', '-'>>, digits>>> {};
struct number_end : not_at<sor<one<'.'>, pegtl::identifier_other>> {};
struct number_begin : pegtl::at<sor<one<'-'>, pegtl::digit>> {};
struct number : token<if_must<number_begin, number_text, number_end>> {};

struct four_digits : pegtl::rep<4, pegtl::xdigit> {};
struct escape_sequence : sor<one<'"', '\\', '/', 'b', 'f', 'n', 'r', 't'>,
    seq<one<'u'>, sor<four_digits, seq<one<'{'>, plus<pegtl::xdigit>, one<'}'>>>>> {};
struct string_character : sor<if_must<one<'\\'>, escape_sequence>, seq<not_at<one<'"'>>, line_character>> {};
struct string_text : star<string_character> {};
struct string_end : one<'"'> {};
struct string : token<if_must<one<'"'>, string_text, string_end>> {};
struct block_mark : pegtl::string<'"', '"', '"'> {};
struct block_end : block_mark {};
struct block_character : sor<pegtl::string<'\\', '"', '"', '"'>, seq<not_at<block_mark>, source_character>> {};
struct block_text : star<block_character> {};
struct block_string : token<if_must<block_mark, block_text, block_end>> {};

struct variable_name : name_ {};
struct variable : token<if_must<punctuator<'$'>, variable_name>> {};
struct name_value_text : name_ {};
struct name_value : token<name_value_text> {};  // true, false, null, or an enumeration's value
template <bool Const> struct value;
template <bool Const> struct list : if_must<list_open, star<not_at<one<']'>>, value<Const>>, list_close> {};
struct object_field_name : name_ {};
template <bool Const> struct object_field : if_must<token<object_field_name>, punctuator<':'>, value<Const>> {};
template <bool Const> struct object : if_must<object_open, star<object_field<Const>>, object_close> {};
template <bool Const> struct any_value : sor<name_value, number, block_string, string, list<Const>, object<Const>, variable> {};
template <> struct any_value<true> : sor<name_value, number, block_string, string, list<true>, object<true>> {};
template <bool Const> struct value : any_value<Const> {};

// 2.6 and 2.12 Arguments and directives.
struct argument_name : name_ {};
template <bool Const> struct argument : if_must<token<argument_name>, punctuator<':'>, value<Const>> {};
template <bool Const> struct argument_list : plus<argument<Const>> {};
template <bool Const> struct arguments : if_must<punctuator<'('>, argument_list<Const>, arguments_close> {};
struct directive_name : name_ {};
template <bool Const> struct directive : seq<if_must<punctuator<'@'>, token<directive_name>>, opt<arguments<Const>>> {};
template <bool Const> struct directives : star<directive<Const>> {};

// 2.4 to 2.8 Selections.
struct selection_set;
struct first_name : name_ {};   // the field's name, or its alias when a colon follows
struct second_name : name_ {};  // the field's name behind an alias
struct field : seq<token<first_name>, opt<if_must<punctuator<':'>, token<second_name>>>, opt<arguments<false>>,
    directives<false>, opt<selection_set>> {};
struct on : word<'o', 'n'> {};
struct spread_name : seq<not_at<on>, name_> {};
struct type_condition_name : name_ {};
struct inline_type : if_must<token<on>, token<type_condition_name>> {};
struct inline_begin : pegtl::at<one<'{', '@'>> {};
struct inline_rest : seq<directives<false>, must<selection_set>> {};
struct spread_rest : sor<seq<token<spread_name>, directives<false>>, seq<inline_type, inline_rest>, seq<inline_begin, inline_rest>> {};
struct ellipsis : pegtl::string<'.', '.', '.'> {};
struct spread : if_must<token<ellipsis>, spread_rest> {};
struct selection : sor<field, spread> {};
struct selection_list : plus<selection> {};
struct selection_set : if_must<selections_open, selection_list, selections_close> {};

// 2.10 and 2.11 Variables and type references.
struct type;
struct type_name : name_ {};
struct type_list : if_must<type_list_open, type, type_list_close> {};
struct not_null : punctuator<'!'> {};
struct type : seq<sor<token<type_name>, type_list>, opt<not_null>> {};
struct defined_variable : name_ {};
struct default_value : if_must<punctuator<'='>, value<true>> {};
struct variable_definition : if_must<punctuator<'$'>, token<defined_variable>, punctuator<':'>, type, opt<default_value>, directives<true>> {};
struct variable_list : plus<variable_definition> {};
struct variable_definitions : if_must<punctuator<'('>, variable_list, variables_close> {};

// 2.2 and 2.3 The document.
struct operation_type : sor<word<'q', 'u', 'e', 'r', 'y'>, word<'m', 'u', 't', 'a', 't', 'i', 'o', 'n'>,
    word<'s', 'u', 'b', 's', 'c', 'r', 'i', 'p', 't', 'i', 'o', 'n'>> {};
struct operation_name : name_ {};
struct variables_end : pegtl::success {};  // what follows belongs to the operation again
struct operation : if_must<token<operation_type>, opt<token<operation_name>>, opt<variable_definitions>, variables_end,
    directives<false>, selection_set> {};
struct anonymous_begin : pegtl::at<one<'{'>> {};
struct anonymous : seq<anonymous_begin, must<selection_set>> {};
struct fragment_word : word<'f', 'r', 'a', 'g', 'm', 'e', 'n', 't'> {};
struct fragment_name : seq<not_at<on>, name_> {};
struct fragment_type : name_ {};
struct fragment : if_must<token<fragment_word>, token<fragment_name>, token<on>, token<fragment_type>, directives<false>, selection_set> {};
struct definition : sor<anonymous, operation, fragment> {};
struct document : seq<ignored, must<definition>, star<not_at<pegtl::eof>, must<definition>>> {};
// clang-format on

}  // namespace tunnus::graphql::grammar
