// SPDX-License-Identifier: MIT
#include "oidc/protocol/request_object.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/claims.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/object_parameters.hpp"
#include "oidc/protocol/response_type.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/validity.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::string_view request_object_type = "oauth-authz-req+jwt";

Refusal refused(std::string detail) {
    return {OAuthError::invalid_request_object, "the request object is not valid",
            std::move(detail), Delivery::redirect};
}

/// The type of key decides what it may have signed (threats.md J-02).
Result<jose::VerifiedJwt> verify(jose::UnverifiedJws const& token, Client const& client,
                                 RequestObjectContext const& context) {
    auto const alg = token.algorithm();
    bool const permitted = client.request_object_signing_alg
                               ? alg == *client.request_object_signing_alg
                               : profile_permits(client.profile, alg);
    if (!permitted)
        return Error(jose::JoseErrc::refused_algorithm, std::string(jose::name_of(alg)));
    if (jose::shape_for(alg).type == jose::KeyType::oct) {
        if (!client.client_secret) return Error(jose::JoseErrc::unknown_key, "no secret");
        auto const key = jose::VerificationKey::from_secret(*client.client_secret, alg);
        if (!key) return key.error();
        return jose::VerifiedJwt::verify(token, *key, alg, context.limits);
    }
    if (context.keys == nullptr) return Error(jose::JoseErrc::unknown_key, "no keys");
    return jose::VerifiedJwt::verify(token, context.keys->verification, jose::asymmetric_algorithms,
                                     context.limits);
}

/// Which of the two specifications' rules hold, and how strictly.
struct Rules {
    bool alone = false;   ///< RFC 9101
    bool strict = false;  ///< FAPI 2.0 Message Signing
};

Checked<> check_lifetime(json::object const& claims, Rules rules,
                         RequestObjectContext const& context) {
    using Claim = jose::LifetimeRules::Claim;
    jose::LifetimeRules lifetime;
    lifetime.exp = rules.alone ? Claim::required : Claim::optional;
    lifetime.leeway = clock_skew;
    lifetime.longest_remaining = context.limits.request_object_lifetime;
    if (rules.strict) lifetime.longest_from_nbf = context.limits.request_object_lifetime;
    if (auto const sane = jose::check_lifetime(claims, lifetime, context.now); !sane)
        return refused(sane.error().text());
    return {};
}

Checked<> check_registered_claims(json::object const& claims, Client const& client, Rules rules,
                                  RequestObjectContext const& context) {
    std::array<std::string_view, 1> const audience{context.issuer};
    if (rules.strict || claims.contains("aud"))
        if (auto const aimed =
                jose::check_audience(claims, audience, jose::AudienceForm::text_or_members);
            !aimed)
            return refused(aimed.error().text());
    if (claims.contains("iss") && find_string(claims, "iss") != client.client_id)
        return refused("iss is not the client");
    if (find_string(claims, "sub") == client.client_id) return refused("sub is the client");
    if ((rules.alone || claims.contains("client_id")) &&
        find_string(claims, "client_id") != client.client_id)
        return refused("client_id is not the client");
    for (std::string_view const name : {"request", "request_uri"})
        if (claims.contains(name)) return refused(std::string(name) + " inside");
    return check_lifetime(claims, rules, context);
}

/// OpenID Connect Core §6.1: what is inside supersedes what is outside.
Checked<ParsedForm> merge(Form const& inner, ParsedForm const& outer) {
    auto const outside = outer.form.get("response_type");
    auto const inside = inner.find("response_type");
    if (outside.empty() || (inside && sorted_words(*inside) != sorted_words(outside)))
        return Refusal{OAuthError::invalid_request,
                       "response_type must stand outside of the request object too",
                       {},
                       Delivery::redirect};
    ParsedForm merged{inner, {}, {}};
    for (auto const& [name, value] : outer.form.fields())
        if (name != "request" && !inner.find(name)) merged.form.add(name, value);
    for (auto const& name : outer.repeated)
        if (!inner.find(name)) merged.repeated.push_back(name);
    return merged;
}

}  // namespace

Checked<ParsedForm> read_request_object(std::string_view request_object, ParsedForm const& outer,
                                        Client const& client, RequestObjectContext const& context) {
    if (jose::is_encrypted(request_object)) {
        auto const inside = jose::decrypt(request_object, context.decryption,
                                          client.request_object_encryption, context.limits);
        if (!inside) return refused(inside.error().text());
        // Who encrypts an encrypted object again has nothing good in mind.
        if (jose::is_encrypted(*inside)) return refused("encrypted twice");
        return read_request_object(*inside, outer, client, context);
    }
    auto const unverified = jose::UnverifiedJws::parse(request_object, context.limits);
    if (!unverified) return refused(unverified.error().text());
    auto const token = verify(*unverified, client, context);
    if (!token) return refused(token.error().text());
    // RFC 9101 §10.8; an object of OpenID Connect says JWT, or nothing.
    if (auto const type = jose::check_type(*token, {request_object_type, jose::typ::jwt, ""});
        !type)
        return refused(type.error().text());
    Rules rules;
    rules.strict = client.require_signed_request_object;
    rules.alone = rules.strict || context.pushed ||
                  jose::check_type(*token, {request_object_type}).has_value();
    auto const& claims = token->claims();
    if (auto const checked = check_registered_claims(claims, client, rules, context); !checked)
        return checked.error();
    auto inner = parameters_of(claims);
    if (!inner) return inner.error();
    if (!rules.alone) return merge(*inner, outer);
    return ParsedForm{std::move(*inner), {}, {}};
}

}  // namespace tunnus::oidc
