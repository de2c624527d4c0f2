// SPDX-License-Identifier: MIT
#include "plugins/mandates/dialogue_state.hpp"

#include "plugins/mandates/session_state.hpp"

#include <stdexcept>

namespace tunnus::plugin::mandates {
namespace {

using boost::json::array;
using boost::json::object;

std::string text_of(object const& from, char const* name) {
    return std::string(from.at(name).as_string());
}

object as_json(Choosing const& state) {
    return {{"phase", "choosing"}, {"unavailable", state.unavailable}};
}

object as_json(Away const& state) {
    return {{"phase", "away"}, {"session", to_json(state.session)}, {"delegate", state.delegate}};
}

object as_json(Back const& state) {
    array principals;
    for (auto const& one : state.principals)
        principals.push_back(
            object{{"identifier", one.identifier}, {"name", one.name}, {"complete", one.complete}});
    return {{"phase", "back"},
            {"session", to_json(state.session)},
            {"delegate", state.delegate},
            {"principals", std::move(principals)}};
}

std::vector<Principal> principals_from(array const& stored) {
    std::vector<Principal> principals;
    for (auto const& value : stored) {
        auto const& one = value.as_object();
        principals.push_back({.identifier = text_of(one, "identifier"),
                              .name = text_of(one, "name"),
                              .complete = one.at("complete").as_bool()});
    }
    return principals;
}

}  // namespace

object to_json(DialogueState const& state) {
    return std::visit([](auto const& one) { return as_json(one); }, state);
}

DialogueState state_from(object const& stored) {
    auto const phase = text_of(stored, "phase");
    if (phase == "choosing") return Choosing{stored.at("unavailable").as_bool()};
    auto session = session_from(stored.at("session").as_object());
    auto delegate = text_of(stored, "delegate");
    if (phase == "away") return Away{std::move(session), std::move(delegate)};
    if (phase != "back") throw std::logic_error("mandates: no phase " + phase);
    return Back{std::move(session), std::move(delegate),
                principals_from(stored.at("principals").as_array())};
}

WebSession const* session_of(DialogueState const& state) {
    if (auto const* away = std::get_if<Away>(&state)) return &away->session;
    if (auto const* back = std::get_if<Back>(&state)) return &back->session;
    return nullptr;
}

}  // namespace tunnus::plugin::mandates
