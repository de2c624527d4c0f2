// SPDX-License-Identifier: MIT
#include "oidc/protocol/confirmation.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {

boost::json::object Confirmation::to_object() const {
    boost::json::object object;
    if (!jkt.empty()) object["jkt"] = jkt;
    if (!x5t_s256.empty()) object["x5t#S256"] = x5t_s256;
    return object;
}

std::string Confirmation::to_json() const {
    return binds() ? boost::json::serialize(to_object()) : std::string();
}

Result<Confirmation> Confirmation::from_json(std::string_view stored) {
    if (stored.empty()) return Confirmation();
    auto const object = parse_json_object(stored);
    if (!object) return object.error();
    Confirmation confirmation{std::string(find_string(*object, "jkt").value_or("")),
                              std::string(find_string(*object, "x5t#S256").value_or(""))};
    // A binding that we cannot read must not become none.
    if (!confirmation.binds()) return Error(BaseErrc::malformed, "a stored confirmation");
    return confirmation;
}

std::string certificate_thumbprint(std::string_view der) {
    return encode_base64url(sha256(der));
}

}  // namespace tunnus::oidc
