// SPDX-License-Identifier: MIT
#include "oidc/protocol/id_token.hpp"

#include "oidc/protocol/json_writer.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {

bool is_protocol_claim(std::string_view name) {
    static constexpr std::array<std::string_view, 25> names = {
        "iss",       "sub",     "aud",          "exp",           "nbf",
        "iat",       "jti",     "nonce",        "acr",           "amr",
        "azp",       "sid",     "cnf",          "auth_time",     "scope",
        "client_id", "at_hash", "c_hash",       "s_hash",        "act",
        "may_act",   "events",  "on_behalf_of", "authorization", "authorization_details"};
    return std::ranges::find(names, name) != names.end();
}

std::string id_token_payload(IdToken const& token) {
    JsonWriter json;
    json.member("iss", token.iss).member("sub", token.sub).member("aud", token.aud);
    json.member("azp", token.aud);
    json.member("iat", to_unix_s(token.iat)).member("exp", to_unix_s(token.exp));
    json.member("auth_time", to_unix_s(token.auth_time));
    if (token.nonce) json.member("nonce", *token.nonce);
    if (!token.acr.empty()) json.member("acr", token.acr);
    if (!token.amr.empty()) json.member("amr", token.amr);
    if (!token.sid.empty()) json.member("sid", token.sid);
    if (!token.at_hash.empty()) json.member("at_hash", token.at_hash);
    if (!token.c_hash.empty()) json.member("c_hash", token.c_hash);
    if (!token.s_hash.empty()) json.member("s_hash", token.s_hash);
    if (!token.act.empty()) json.member("act", boost::json::value(token.act));
    if (!token.on_behalf_of.empty())
        json.member("on_behalf_of", boost::json::value(token.on_behalf_of));
    for (auto const& claim : token.claims)
        if (!is_protocol_claim(claim.key())) json.member(claim.key(), claim.value());
    return std::move(json).finish();
}

}  // namespace tunnus::oidc
