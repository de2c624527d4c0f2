// SPDX-License-Identifier: MIT
#include "plugins/mandates/session_state.hpp"

namespace tunnus::plugin::mandates {

boost::json::object to_json(WebSession const& session) {
    return {{"person", session.kind == Kind::person},
            {"session_id", session.session_id},
            {"user_id", session.user_id},
            {"request_id", session.request_id},
            {"delegate", session.delegate},
            {"access_token", session.access_token},
            {"expires_at", to_unix_ms(session.expires_at)}};
}

WebSession session_from(boost::json::object const& stored) {
    auto const text = [&](char const* name) { return std::string(stored.at(name).as_string()); };
    return {.kind = stored.at("person").as_bool() ? Kind::person : Kind::organisation,
            .session_id = text("session_id"),
            .user_id = text("user_id"),
            .request_id = text("request_id"),
            .delegate = text("delegate"),
            .access_token = text("access_token"),
            .expires_at = from_unix_ms(stored.at("expires_at").to_number<std::int64_t>())};
}

}  // namespace tunnus::plugin::mandates
