// SPDX-License-Identifier: MIT
#include "oidc/protocol/response_jwt.hpp"

#include "oidc/protocol/json_writer.hpp"

namespace tunnus::oidc {

std::string response_jwt_payload(ResponseFields const& fields, std::string_view issuer,
                                 std::string_view client_id, TimePoint exp) {
    JsonWriter json;
    json.member("iss", issuer).member("aud", client_id).member("exp", to_unix_s(exp));
    for (auto const& [name, value] : fields)
        if (name != "iss") json.member(name, value);
    return std::move(json).finish();
}

}  // namespace tunnus::oidc
