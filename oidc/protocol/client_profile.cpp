// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_profile.hpp"

#include "oidc/protocol/client.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;
using Words = std::initializer_list<std::string_view>;

/// FAPI 2.0 Security Profile §5.3.2.1.
constexpr seconds fapi_code_lifetime{60};

/// Writes out what a profile demands, and keeps the first contradiction.
class Preset {
  public:
    explicit Preset(json::object metadata) : metadata_(std::move(metadata)) {}

    void contradict(std::string_view member, std::string_view what) {
        if (!error_)
            error_ = Error(MetadataErrc::invalid_client_metadata,
                           std::string(member).append(": the profile demands ").append(what));
    }
    [[nodiscard]] bool has(std::string_view member) const { return metadata_.contains(member); }
    [[nodiscard]] bool is_true(std::string_view member) const {
        auto const* value = metadata_.if_contains(member);
        return value != nullptr && value->is_bool() && value->get_bool();
    }
    [[nodiscard]] json::value const* find(std::string_view member) const {
        return metadata_.if_contains(member);
    }

    void demand_true(std::string_view member) {
        if (!has(member)) metadata_[member] = true;
        if (!is_true(member)) contradict(member, "true");
    }
    /// One of `words`; the first where the registration says nothing.
    void demand_word(std::string_view member, Words words) {
        if (!has(member)) metadata_[member] = *words.begin();
        auto const word = find_string(metadata_, member);
        if (!word || std::ranges::find(words, *word) == words.end())
            contradict(member, "another value");
    }
    /// Absent, or one of the algorithms that FAPI lets through.
    void permit_fapi_algorithm(std::string_view member) {
        if (!has(member)) return;
        auto const algorithm = jose::find_algorithm(find_string(metadata_, member).value_or(""));
        if (!algorithm || !fapi_algorithms.contains(*algorithm))
            contradict(member, "PS256, ES256 or EdDSA");
    }
    void demand_fapi_algorithm(std::string_view member) {
        if (!has(member)) metadata_[member] = "ES256";
        permit_fapi_algorithm(member);
    }
    void put(std::string_view member, std::string_view word) { metadata_[member] = word; }

    [[nodiscard]] Result<json::object> finish() && {
        if (error_) return *error_;
        return std::move(metadata_);
    }

  private:
    json::object metadata_;
    std::optional<Error> error_;
};

/// No token through the browser (FAPI 2.0 Security Profile §5.3.2.2).
void demand_code_alone(Preset& preset) {
    auto const only_code = [](json::value const& element) { return element == "code"; };
    auto const* types = preset.find("response_types");
    if (types != nullptr && types->is_array() &&
        !std::ranges::all_of(types->get_array(), only_code))
        preset.contradict("response_types", "code alone");
    auto const* grants = preset.find("grant_types");
    if (grants == nullptr || !grants->is_array()) return;
    for (auto const& grant : grants->get_array())
        if (grant == "implicit") preset.contradict("grant_types", "no implicit");
}

/// §5.3.2.2: https, but for a native application's loopback.
void demand_https(Preset& preset) {
    auto const* uris = preset.find("redirect_uris");
    auto const* type = preset.find("application_type");
    if (uris == nullptr || !uris->is_array() || (type != nullptr && *type == "native")) return;
    for (auto const& uri : uris->get_array())
        if (uri.is_string() && !std::string_view(uri.get_string()).starts_with("https:"))
            preset.contradict("redirect_uris", "https");
}

/// FAPI-CIBA §5.2.2: what asks a person without a browser is signed.
void demand_signed_questions(Preset& preset) {
    auto const* grants = preset.find("grant_types");
    if (grants == nullptr || !grants->is_array()) return;
    auto const asks = [](json::value const& grant) {
        return grant == "urn:openid:params:grant-type:ciba";
    };
    if (std::ranges::any_of(grants->get_array(), asks))
        preset.demand_fapi_algorithm("backchannel_authentication_request_signing_alg");
}

void apply_fapi2(Preset& preset) {
    preset.demand_word("token_endpoint_auth_method",
                       {"private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"});
    preset.demand_true("strict_assertion_audience");
    preset.demand_true("require_pushed_authorization_requests");
    preset.demand_true("require_pkce");
    if (!preset.is_true("tls_client_certificate_bound_access_tokens"))
        preset.demand_true("dpop_bound_access_tokens");
    demand_code_alone(preset);
    demand_https(preset);
    demand_signed_questions(preset);
    for (std::string_view const kind : {"id_token", "authorization", "introspection"})
        preset.demand_fapi_algorithm(std::string(kind) + "_signed_response_alg");
    for (std::string_view const member :
         {"token_endpoint_auth_signing_alg", "request_object_signing_alg",
          "userinfo_signed_response_alg", "backchannel_authentication_request_signing_alg"})
        preset.permit_fapi_algorithm(member);
}

void apply_message_signing(Preset& preset) {
    apply_fapi2(preset);
    preset.demand_true("require_signed_request_object");
}

/// The key management for the first key of the registration that is one to encrypt to; empty
/// without such a key.
std::string_view encryption_of(Preset const& preset) {
    auto const* jwks = preset.find("jwks");
    auto const* keys =
        jwks != nullptr && jwks->is_object() ? jwks->get_object().if_contains("keys") : nullptr;
    if (keys == nullptr || !keys->is_array()) return {};
    for (auto const& key : keys->get_array()) {
        if (!key.is_object() || find_string(key.get_object(), "use") != "enc") continue;
        auto const alg = find_string(key.get_object(), "alg");
        if (alg && jose::find_key_management(*alg)) return *alg;
        return find_string(key.get_object(), "kty") == "RSA" ? "RSA-OAEP-256" : "ECDH-ES";
    }
    return {};
}

void apply_ftn(Preset& preset) {
    preset.demand_word("token_endpoint_auth_method", {"private_key_jwt"});
    if (preset.has("jwks_uri")) preset.contradict("jwks_uri", "keys exchanged as jwks");
    if (!preset.is_true("require_pushed_authorization_requests"))
        preset.demand_true("require_signed_request_object");
    auto const encryption = std::string(encryption_of(preset));
    for (std::string_view const kind : {"id_token", "userinfo"}) {
        auto const alg = std::string(kind) + "_encrypted_response_alg";
        auto const enc = std::string(kind) + "_encrypted_response_enc";
        if (!preset.has(alg) && encryption.empty()) preset.contradict("jwks", "a key with use enc");
        if (!preset.has(alg)) preset.put(alg, encryption);
        if (!preset.has(enc)) preset.put(enc, "A256GCM");
    }
    if (preset.has("userinfo_signed_response_alg")) return;
    auto const* id_token = preset.find("id_token_signed_response_alg");
    preset.put("userinfo_signed_response_alg",
               id_token != nullptr && id_token->is_string() ? id_token->get_string() : "RS256");
}

}  // namespace

Result<json::object> apply_client_profile(json::object metadata) {
    auto const* value = metadata.if_contains("profile");
    if (value == nullptr) return metadata;
    auto const profile = value->is_string() ? std::string(value->get_string()) : std::string();
    Preset preset(std::move(metadata));
    if (profile == "fapi2")
        apply_fapi2(preset);
    else if (profile == "fapi2-message-signing")
        apply_message_signing(preset);
    else if (profile == "ftn")
        apply_ftn(preset);
    else
        return Error(MetadataErrc::invalid_client_metadata, "profile: unknown value");
    return std::move(preset).finish();
}

bool is_fapi(std::string_view profile) {
    return profile == "fapi2" || profile == "fapi2-message-signing";
}

bool profile_permits(std::string_view profile, jose::Algorithm algorithm) {
    return !is_fapi(profile) || fapi_algorithms.contains(algorithm);
}

bool profile_rotates_refresh_tokens(std::string_view profile) {
    return !is_fapi(profile);
}

bool profile_demands_kid(std::string_view profile) {
    return profile == "ftn";
}

seconds profile_code_lifetime(std::string_view profile, seconds configured) {
    return is_fapi(profile) ? std::min(configured, fapi_code_lifetime) : configured;
}

}  // namespace tunnus::oidc
