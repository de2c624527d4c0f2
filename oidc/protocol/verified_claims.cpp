// SPDX-License-Identifier: MIT
#include "oidc/protocol/verified_claims.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

Refusal malformed(std::string const& detail) {
    return {OAuthError::invalid_request, "claims is malformed", "verified_claims: " + detail,
            Delivery::redirect};
}

// ---- The shape of a request

constexpr std::array<std::string_view, 4> demand_members{"essential", "value", "values", "max_age"};

bool is_demand_member(std::string_view name) {
    return std::ranges::find(demand_members, name) != demand_members.end();
}

/// null, or an object that says no more than what the value must be.
bool is_leaf(json::value const& asked) {
    if (asked.is_null()) return true;
    auto const* object = asked.if_object();
    return object && std::ranges::all_of(*object, [](auto const& member) {
               return is_demand_member(member.key());
           });
}

bool is_age(json::value const& value) {
    if (auto const* number = value.if_double()) return *number >= 0;
    return value.is_uint64() || (value.is_int64() && value.get_int64() >= 0);
}

bool is_texts(json::value const& value) {
    auto const* array = value.if_array();
    return array && !array->empty() &&
           std::ranges::all_of(*array, [](auto const& one) { return one.is_string(); });
}

/// A member of `verification` at any depth: null, an object, or a list of objects.
bool is_template(json::value const& asked) {
    if (asked.is_null()) return true;
    if (auto const* array = asked.if_array())
        return !array->empty() && std::ranges::all_of(*array, [](auto const& one) {
            return one.is_object() && is_template(one);
        });
    auto const* object = asked.if_object();
    return object && std::ranges::all_of(*object, [](auto const& member) {
               std::string_view const name = member.key();
               auto const& value = member.value();
               if (name == "essential") return value.is_bool();
               if (name == "value") return value.is_string();
               if (name == "values") return is_texts(value);
               if (name == "max_age") return is_age(value);
               return is_template(value);
           });
}

/// §5.4: of which type the evidence is to be is always said, and by one value.
bool is_evidence(json::value const& asked) {
    auto const* array = asked.if_array();
    return array && is_template(asked) && std::ranges::all_of(*array, [](auto const& one) {
               auto const* type = one.get_object().if_contains("type");
               auto const* object = type ? type->if_object() : nullptr;
               if (!object || !object->contains("value") || object->contains("values"))
                   return false;
               auto const* checks = one.get_object().if_contains("check_details");
               auto const* details = checks ? checks->if_array() : nullptr;
               return !details || std::ranges::all_of(*details, [](auto const& check) {
                   return check.get_object().contains("check_method");
               });
           });
}

bool is_known_member(std::string_view name) {
    static constexpr std::array<std::string_view, 5> names{
        "trust_framework", "assurance_level", "assurance_process", "time", "verification_process"};
    return std::ranges::find(names, name) != names.end();
}

Checked<> check_verification(json::object const& verification) {
    if (!verification.contains("trust_framework")) return malformed("without trust_framework");
    for (auto const& member : verification) {
        std::string_view const name = member.key();
        bool const known = is_known_member(name);
        if (known && !is_template(member.value())) return malformed(std::string(name));
        bool const single = known && name != "assurance_process";
        if (single && !is_leaf(member.value())) return malformed(std::string(name));
        if (name == "evidence" && !is_evidence(member.value())) return malformed("evidence");
    }
    return {};
}

/// As OpenID Connect Core §5.5.1 has it: a value may be of any type.
bool is_claim_request(json::value const& asked) {
    if (asked.is_null()) return true;
    auto const* object = asked.if_object();
    if (!object) return false;
    auto const* essential = object->if_contains("essential");
    auto const* values = object->if_contains("values");
    auto const* age = object->if_contains("max_age");
    return (!essential || essential->is_bool()) && (!values || values->is_array()) &&
           (!age || is_age(*age));
}

Checked<VerifiedClaimsRequest> parse_element(json::value const& value) {
    auto const* element = value.if_object();
    if (!element) return malformed("an element is not an object");
    VerifiedClaimsRequest request;
    for (auto const& member : *element) {
        auto const* object = member.value().if_object();
        bool const is_verification = member.key() == "verification";
        if (!is_verification && member.key() != "claims")
            return malformed("an element has another member");
        if (!object) return malformed(std::string(member.key()) + " is not an object");
        (is_verification ? request.verification : request.claims) = *object;
    }
    if (auto checked = check_verification(request.verification); !checked) return checked.error();
    if (request.claims.empty()) return malformed("claims names none");
    for (auto const& claim : request.claims)
        if (!is_claim_request(claim.value()))
            return malformed("a claim is neither null nor an object");
    return request;
}

// ---- What answers it

std::optional<int> read_digits(std::string_view text) {
    int number = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, number);
    bool const digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || !digits || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

/// `Z`, or `+02:00`.
std::optional<std::chrono::minutes> read_zone(std::string_view text) {
    if (text == "Z") return std::chrono::minutes(0);
    if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-'))
        return std::nullopt;
    auto const hours = read_digits(text.substr(1, 2));
    auto const minutes = read_digits(text.substr(4, 2));
    if (!hours || !minutes) return std::nullopt;
    auto const offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return text[0] == '-' ? -offset : offset;
}

/// ISO 8601: a date, which counts from its last second (§5.5.2), or a date and time with a zone.
std::optional<TimePoint> read_time(std::string_view text) {
    using namespace std::chrono;  // NOLINT(google-build-using-namespace)
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto const y = read_digits(text.substr(0, 4));
    auto const m = read_digits(text.substr(5, 2));
    auto const d = read_digits(text.substr(8, 2));
    if (!y || !m || !d) return std::nullopt;
    auto const date = year(*y) / month(static_cast<unsigned>(*m)) / day(static_cast<unsigned>(*d));
    if (!date.ok()) return std::nullopt;
    if (text.size() == 10) return TimePoint(sys_days(date)) + days(1) - tunnus::seconds(1);
    if (text.size() < 17 || text[10] != 'T' || text[13] != ':') return std::nullopt;
    auto const hour = read_digits(text.substr(11, 2));
    auto const minute = read_digits(text.substr(14, 2));
    auto const zone = read_zone(text.substr(std::min(text.find_first_of("Z+-", 16), text.size())));
    if (!hour || !minute || !zone) return std::nullopt;
    auto const second = text[16] == ':' ? read_digits(text.substr(17, 2)) : std::optional(0);
    if (!second) return std::nullopt;
    return TimePoint(sys_days(date)) + hours(*hour) + minutes(*minute) + tunnus::seconds(*second) -
           *zone;
}

bool is_young_enough(json::value const& max_age, json::value const& actual, TimePoint now) {
    auto const* text = actual.if_string();
    auto const time = text ? read_time({text->data(), text->size()}) : std::nullopt;
    if (!time) return false;
    auto const age = std::chrono::duration<double>(now - *time).count();
    return age <= max_age.to_number<double>();
}

/// A value against `value`, `values` and `max_age`.
bool meets(json::value const& asked, json::value const& actual, TimePoint now) {
    auto const* demands = asked.if_object();
    if (!demands) return true;
    auto const* value = demands->if_contains("value");
    auto const* values = demands->if_contains("values");
    bool const any = !value && (!values || values->get_array().empty());
    bool const is_value = value && *value == actual;
    bool const is_one =
        values && std::ranges::find(values->get_array(), actual) != values->get_array().end();
    auto const* max_age = demands->if_contains("max_age");
    return (any || is_value || is_one) && (!max_age || is_young_enough(*max_age, actual, now));
}

/// Whether it demands something, so that what is not there does not meet it.
bool demands_something(json::value const& asked) {
    if (auto const* array = asked.if_array()) return std::ranges::any_of(*array, demands_something);
    auto const* object = asked.if_object();
    return object && std::ranges::any_of(*object, [](auto const& member) {
               std::string_view const name = member.key();
               return (is_demand_member(name) && name != "essential") ||
                      demands_something(member.value());
           });
}

std::optional<json::value> select(json::value const& asked, json::value const& actual,
                                  TimePoint now);

bool is_hollow(json::value const& value) {
    return value.is_object() && value.get_object().empty();
}

/// Nothing where a demand is not met.
std::optional<json::value> select_members(json::object const& asked, json::object const& actual,
                                          TimePoint now) {
    json::object selected;
    for (auto const& member : asked) {
        std::string_view const name = member.key();
        auto const* value = actual.if_contains(name);
        if (!value) {
            if (demands_something(member.value())) return std::nullopt;
            continue;
        }
        // §5.4: asked for, these come with all that they have, and what is asked of them is no
        // filter.
        auto part = name == "assurance_details" ? std::optional(*value)
                                                : select(member.value(), *value, now);
        if (!part) return std::nullopt;
        if (!is_hollow(*part)) selected[name] = std::move(*part);
    }
    // Without these an answer is not valid.
    for (auto const* required : {"type", "check_method"})
        if (auto const* value = actual.if_contains(required)) selected.emplace(required, *value);
    return selected;
}

/// §5.4: the elements of the list are alternatives; each entry is given as the first one that it
/// meets asks for it.
std::optional<json::value> select_entries(json::array const& asked, json::array const& actual,
                                          TimePoint now) {
    json::array selected;
    for (auto const& entry : actual)
        for (auto const& alternative : asked)
            if (auto part = select(alternative, entry, now)) {
                selected.push_back(std::move(*part));
                break;
            }
    if (selected.empty()) return std::nullopt;
    return selected;
}

/// What of a member of the verification was asked for.
std::optional<json::value> select(json::value const& asked, json::value const& actual,
                                  TimePoint now) {
    if (is_leaf(asked)) return meets(asked, actual, now) ? std::optional(actual) : std::nullopt;
    if (asked.is_object() && actual.is_object())
        return select_members(asked.get_object(), actual.get_object(), now);
    if (asked.is_array() && actual.is_array())
        return select_entries(asked.get_array(), actual.get_array(), now);
    return std::nullopt;
}

json::object select_claims(json::object const& asked, json::object const& actual, TimePoint now) {
    json::object selected;
    for (auto const& claim : asked) {
        auto const* value = actual.if_contains(claim.key());
        if (value && meets(claim.value(), *value, now)) selected[claim.key()] = *value;
    }
    return selected;
}

}  // namespace

Checked<std::vector<VerifiedClaimsRequest>> parse_verified_claims(json::value const& value,
                                                                  Limits const& limits) {
    std::vector<VerifiedClaimsRequest> requests;
    std::size_t names = 0;
    auto const add = [&](json::value const& element) -> Checked<> {
        auto request = parse_element(element);
        if (!request) return request.error();
        names += request->claims.size();
        if (names > limits.claim_names) return malformed("too many claims");
        requests.push_back(std::move(*request));
        return {};
    };
    auto const* elements = value.if_array();
    if (!elements) {
        if (auto added = add(value); !added) return added.error();
        return requests;
    }
    for (auto const& element : *elements)
        if (auto added = add(element); !added) return added.error();
    return requests;
}

std::optional<json::object> answer_verified_claims(VerifiedClaimsRequest const& request,
                                                   json::object const& attestation, TimePoint now) {
    auto const& actual = attestation.at("verification").as_object();
    auto verification = select_members(request.verification, actual, now);
    if (!verification || !verification->get_object().contains("trust_framework"))
        return std::nullopt;
    auto claims = select_claims(request.claims, attestation.at("claims").as_object(), now);
    if (claims.empty()) return std::nullopt;
    return json::object{{"verification", std::move(*verification)}, {"claims", std::move(claims)}};
}

std::vector<std::string> verified_claim_names(std::vector<VerifiedClaimsRequest> const& requests) {
    std::vector<std::string> names;
    for (auto const& request : requests)
        for (auto const& claim : request.claims)
            if (!contains(names, claim.key())) names.emplace_back(claim.key());
    return names;
}

json::array verified_claims_to_json(std::vector<VerifiedClaimsRequest> const& requests) {
    json::array array;
    for (auto const& request : requests)
        array.push_back(
            json::object{{"verification", request.verification}, {"claims", request.claims}});
    return array;
}

std::vector<VerifiedClaimsRequest> read_verified_claims(json::object const& stored,
                                                        std::string_view name) {
    std::vector<VerifiedClaimsRequest> requests;
    auto const* value = stored.if_contains(name);
    if (value == nullptr) return requests;
    for (auto const& element : value->as_array())
        requests.push_back(
            {element.at("verification").as_object(), element.at("claims").as_object()});
    return requests;
}

}  // namespace tunnus::oidc
