// SPDX-License-Identifier: MIT
#include "oidc/protocol/backchannel_authentication.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/showable.hpp"
#include "oidc/jose/claims.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/object_parameters.hpp"
#include "oidc/protocol/validity.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tunnus::oidc {
namespace {

Refusal invalid_request(std::string description, std::string detail = {}) {
    return {OAuthError::invalid_request, std::move(description), std::move(detail)};
}

Refusal bad_object(std::string detail) {
    return invalid_request("the request object is not valid", std::move(detail));
}

// ---- The signed request ------------------------------------------------------------------------

/// What may stand beside a signed request: who asks, and the object itself.
constexpr std::array<std::string_view, 5> beside_the_object = {
    "request", "client_id", "client_secret", "client_assertion", "client_assertion_type"};

Checked<> check_nothing_beside(Form const& form) {
    for (auto const& [name, value] : form.fields())
        if (std::ranges::find(beside_the_object, name) == beside_the_object.end())
            return invalid_request("a parameter stands beside the request object", name);
    return {};
}

/// §7.1.1 names every one of these; FAPI-CIBA §5.2.2 bounds them.
Result<> check_object_lifetime(boost::json::object const& claims,
                               AuthenticationRequestContext const& context) {
    using Claim = jose::LifetimeRules::Claim;
    auto const longest = context.limits.request_object_lifetime;
    return jose::check_lifetime(claims,
                                {.exp = Claim::required,
                                 .iat = Claim::required,
                                 .leeway = clock_skew,
                                 .longest_age = longest,
                                 .longest_remaining = longest,
                                 .longest_from_nbf = longest},
                                context.now);
}

Result<> check_object_claims(jose::VerifiedJwt const& token, Client const& client,
                             AuthenticationRequestContext const& context) {
    if (auto typed = jose::check_type(token, {"", jose::typ::jwt, "oauth-authz-req+jwt"}); !typed)
        return typed;
    auto const& claims = token.claims();
    if (auto issued = jose::check_issuer(claims, client.client_id); !issued) return issued;
    std::array<std::string_view, 1> const audience{context.issuer};
    if (auto ours = jose::check_audience(claims, audience, jose::AudienceForm::text_or_members);
        !ours)
        return ours;
    if (find_string(claims, "jti").value_or("").empty())
        return Error(jose::JoseErrc::bad_claim, "jti");
    return check_object_lifetime(claims, context);
}

Checked<AuthenticationParameters> read_object(std::string_view object, Client const& client,
                                              AuthenticationRequestContext const& context) {
    auto const unverified = jose::UnverifiedJws::parse(object, context.limits);
    if (!unverified) return bad_object(unverified.error().text());
    if (context.keys == nullptr) return bad_object("the client has no keys");
    auto const token = jose::VerifiedJwt::verify(
        *unverified, context.keys->verification,
        {*client.backchannel_authentication_request_signing_alg}, context.limits);
    if (!token) return bad_object(token.error().text());
    auto const& claims = token->claims();
    if (auto const checked = check_object_claims(*token, client, context); !checked)
        return bad_object(checked.error().text());
    auto form = parameters_of(claims);
    if (!form) return bad_object(form.error().detail);
    return AuthenticationParameters{
        std::move(*form),
        SignedRequestId{std::string(*find_string(claims, "jti")),
                        jose::find_numeric_date(claims, "exp").value().value() + clock_skew}};
}

// ---- The parameters ----------------------------------------------------------------------------

/// §7.1: exactly one hint. Nobody makes a login_hint_token for us.
Checked<> read_hint(Form const& form, Limits const& limits, BackchannelAuthentication& asked) {
    asked.login_hint = form.get("login_hint");
    asked.id_token_hint = form.get("id_token_hint");
    auto const count = int(!asked.login_hint.empty()) + int(!asked.id_token_hint.empty()) +
                       int(!form.get("login_hint_token").empty());
    if (count != 1) return invalid_request("exactly one hint says who is asked");
    if (asked.login_hint.empty() && asked.id_token_hint.empty())
        return invalid_request("login_hint_token is not supported");
    if (asked.login_hint.size() > limits.login_hint_bytes)
        return invalid_request("login_hint is too long");
    return {};
}

/// RFC 6750 §2.1: what we shall send as a bearer token.
bool is_b64token(std::string_view text) {
    static constexpr std::string_view signs =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
    auto const padding = std::min(text.find('='), text.size());
    return padding > 0 && text.substr(0, padding).find_first_not_of(signs) == text.npos &&
           text.substr(padding).find_first_not_of('=') == text.npos;
}

Checked<> read_notification_token(Client const& client, Form const& form, Limits const& limits,
                                  BackchannelAuthentication& asked) {
    if (client.backchannel_token_delivery_mode != DeliveryMode::ping) return {};
    asked.client_notification_token = form.get("client_notification_token");
    if (asked.client_notification_token.size() > limits.notification_token_bytes ||
        !is_b64token(asked.client_notification_token))
        return invalid_request("client_notification_token must be a bearer token");
    return {};
}

/// FAPI-CIBA §5.2.2: something of this one request that the person sees.
Checked<> read_binding_message(Client const& client, Form const& form, Limits const& limits,
                               BackchannelAuthentication& asked) {
    asked.binding_message = form.get("binding_message");
    if (asked.binding_message.empty()) {
        if (is_fapi(client.profile) && form.get("authorization_details").empty())
            return invalid_request("binding_message is missing");
        return {};
    }
    if (!is_showable(asked.binding_message, limits.binding_message_characters))
        return Refusal{OAuthError::invalid_binding_message,
                       "binding_message is too long or cannot be shown",
                       {}};
    return {};
}

Checked<> read_user_code(Client const& client, Form const& form, Limits const& limits,
                         BackchannelAuthentication& asked) {
    asked.user_code = form.get("user_code");
    if (!asked.user_code.empty() && !client.backchannel_user_code_parameter)
        return invalid_request("this client registered no user_code");
    if (asked.user_code.size() > limits.approval_code_bytes)
        return invalid_request("user_code is too long");
    return {};
}

Checked<> read_expiry(Form const& form, Limits const& limits, BackchannelAuthentication& asked) {
    asked.lifetime = limits.ciba_request_lifetime;
    auto const text = form.get("requested_expiry");
    if (text.empty()) return {};
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_number = error == std::errc() && end == text.data() + text.size();
    if (!is_number || number <= 0)
        return invalid_request("requested_expiry must be a positive number of seconds");
    asked.lifetime = std::min(seconds(number), limits.ciba_longest_request_lifetime);
    return {};
}

}  // namespace

Checked<AuthenticationParameters> read_authentication_parameters(
    Form const& form, Client const& client, AuthenticationRequestContext const& context) {
    auto const object = form.get("request");
    bool const must_be_signed = client.backchannel_authentication_request_signing_alg.has_value();
    if (must_be_signed != !object.empty())
        return invalid_request(must_be_signed ? "the request must be signed"
                                              : "this client registered no signed requests");
    if (form.find("request_uri")) return invalid_request("request_uri is not for this endpoint");
    if (!must_be_signed) return AuthenticationParameters{form, std::nullopt};
    if (auto const checked = check_nothing_beside(form); !checked) return checked.error();
    return read_object(object, client, context);
}

Checked<BackchannelAuthentication> parse_backchannel_authentication(Client const& client,
                                                                    Form const& form,
                                                                    Limits const& limits) {
    BackchannelAuthentication asked;
    if (auto const read = read_hint(form, limits, asked); !read) return read.error();
    if (auto const read = read_notification_token(client, form, limits, asked); !read)
        return read.error();
    if (auto const read = read_binding_message(client, form, limits, asked); !read)
        return read.error();
    if (auto const read = read_user_code(client, form, limits, asked); !read) return read.error();
    if (auto const read = read_expiry(form, limits, asked); !read) return read.error();
    return asked;
}

}  // namespace tunnus::oidc
