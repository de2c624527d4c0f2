// SPDX-License-Identifier: MIT
#include "oidc/grants/grant_body.hpp"

#include "oidc/protocol/stored_json.hpp"

namespace tunnus::oidc {

boost::json::object GrantBody::to_json() const {
    boost::json::object object{{"redirect_uri", redirect_uri},
                               {"auth_time", to_unix_ms(auth_time)},
                               {"acr", acr},
                               {"locale", locale}};
    stored::put(object, "code_challenge", code_challenge);
    stored::put(object, "dpop_jkt", dpop_jkt);
    stored::put(object, "nonce", nonce);
    stored::put(object, "scope", scope);
    if (!id_token_claims.empty())
        object["id_token_claims"] = claim_requests_to_json(id_token_claims);
    if (!userinfo_claims.empty())
        object["userinfo_claims"] = claim_requests_to_json(userinfo_claims);
    if (!id_token_verified.empty())
        object["id_token_verified"] = verified_claims_to_json(id_token_verified);
    if (!userinfo_verified.empty())
        object["userinfo_verified"] = verified_claims_to_json(userinfo_verified);
    stored::put(object, "amr", amr);
    stored::put(object, "resources", resources);
    if (!authorization_details.empty()) object["authorization_details"] = authorization_details;
    if (!acting_for.empty()) object["acting_for"] = acting_for;
    return object;
}

Result<GrantBody> GrantBody::from_json(boost::json::object const& object) {
    auto redirect_uri = stored::text(object, "redirect_uri");
    auto const auth_time = stored::number(object, "auth_time");
    if (!redirect_uri || !auth_time)
        return Error(BaseErrc::malformed, "a stored grant without redirect_uri or auth_time");
    GrantBody body;
    body.redirect_uri = std::move(*redirect_uri);
    body.code_challenge = stored::text(object, "code_challenge");
    body.dpop_jkt = stored::text(object, "dpop_jkt");
    body.nonce = stored::text(object, "nonce");
    body.scope = stored::texts(object, "scope");
    body.id_token_claims = read_claim_requests(object, "id_token_claims");
    body.userinfo_claims = read_claim_requests(object, "userinfo_claims");
    body.id_token_verified = read_verified_claims(object, "id_token_verified");
    body.userinfo_verified = read_verified_claims(object, "userinfo_verified");
    body.acr = stored::text(object, "acr").value_or("");
    body.amr = stored::texts(object, "amr");
    body.auth_time = from_unix_ms(*auth_time);
    body.resources = stored::texts(object, "resources");
    if (auto const* details = object.if_contains("authorization_details"))
        body.authorization_details = details->as_array();
    body.acting_for = stored::text(object, "acting_for").value_or("");
    body.locale = stored::text(object, "locale").value_or("");
    return body;
}

}  // namespace tunnus::oidc
