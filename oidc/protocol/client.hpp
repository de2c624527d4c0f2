// SPDX-License-Identifier: MIT
// A registered client, in the names of RFC 7591 and OpenID Connect Dynamic Client Registration.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {
struct RegisteredService;
}

namespace tunnus::oidc {

/// OpenID Connect Core §9, RFC 8705 §2.
enum class TokenEndpointAuthMethod {
    none,
    client_secret_basic,
    client_secret_post,
    client_secret_jwt,
    private_key_jwt,
    tls_client_auth,
    self_signed_tls_client_auth,
};
enum class SubjectType { public_, pairwise };
enum class ApplicationType { web, native };
enum class AccessTokenFormat { opaque, jwt };
/// OpenID CIBA Core §5.
enum class DeliveryMode { poll, ping };

/// `…_signed_response_alg`, `…_encrypted_response_alg`, `…_encrypted_response_enc` of one kind of
/// token. Unset: plain.
struct ResponseProtection {
    std::optional<jose::Algorithm> signed_alg;
    std::optional<jose::KeyManagement> encrypted_alg;
    jose::ContentEncryption encrypted_enc = jose::ContentEncryption::A128CBC_HS256;
};

/// A client's public keys, from `jwks` or fetched from `jwks_uri`.
struct ClientKeys {
    jose::JwkSet verification;  ///< to check its signatures with
    std::vector<boost::json::object>
        all;  ///< every public key as it stands, to choose one to encrypt to
};
/// Errors as JwkSet::parse.
[[nodiscard]] Result<ClientKeys> parse_client_keys(boost::json::object const& jwks,
                                                   Limits const& limits);

/// RFC 8705 §2.1.2: the one name of the certificate's subject that a `tls_client_auth` client
/// registered.
struct CertificateSubject {
    enum class Kind { dn, san_dns, san_uri, san_ip, san_email } kind = Kind::dn;
    std::string value;  ///< dn: RFC 4514
};

/// Immutable once made; parse_client is the only maker, so what stands here is well-formed and
/// consistent. Members have the names of their registrations: RFC 7591 §2, OpenID Connect Dynamic
/// Client Registration §2, the logout specifications, RFC 8705, 9101, 9126, 9396, 9449, 9701, JARM,
/// CIBA. "Ours" marks what no specification has.
struct Client {
    std::string client_id;
    std::map<std::string, std::string> client_name;  ///< by language; "" is the untagged one
    ApplicationType application_type = ApplicationType::web;

    // Where it may be answered
    std::vector<std::string> redirect_uris;  ///< compared as bytes
    std::vector<std::string> post_logout_redirect_uris;
    std::vector<std::string> request_uris;  ///< request objects may be fetched from these alone,
                                            ///< compared without fragment
    std::vector<std::string>
        allowed_origins;  ///< ours, for CORS; default the origins of the redirect_uris
    std::string initiate_login_uri;
    bool self_registered = false;  ///< over the network (RFC 7591), not by the operator

    // What it may ask for
    std::vector<std::string> grant_types;  ///< default authorization_code
    /// Each with its words in alphabetical order; default `code`. Those that give out tokens by the
    /// browser only where registered.
    std::vector<std::string> response_types;
    /// The scopes it may ask for; default those of OpenID Connect Core §5.4 and offline_access.
    std::vector<std::string> scope;
    std::vector<std::string> authorization_details_types;  ///< RFC 9396 §10
    /// Ours: the resource indicators (RFC 8707) and audiences (RFC 8693) it may ask tokens for.
    /// Absolute URIs or client_ids.
    std::vector<std::string> resources;
    /// Ours: the resources (RFC 8707) that it is itself, beside its client_id: it may introspect
    /// the access tokens for them. Absolute URIs; nobody registers them for himself.
    std::vector<std::string> protected_resources;

    // How it proves who it is
    TokenEndpointAuthMethod token_endpoint_auth_method =
        TokenEndpointAuthMethod::client_secret_basic;
    std::optional<jose::Algorithm>
        token_endpoint_auth_signing_alg;  ///< unset: any that suits the method
    std::optional<Secret> client_secret;
    std::shared_ptr<ClientKeys const> jwks;  ///< null: none, or by jwks_uri
    std::string jwks_uri;
    std::optional<CertificateSubject> tls_client_auth_subject;
    /// Ours: what a client assertion may name as `aud`. Strict is the issuer alone, as one text.
    bool strict_assertion_audience = false;

    // How its requests come
    bool require_pkce = true;  ///< ours; false only where the registration says so
    bool require_pushed_authorization_requests = false;
    bool require_signed_request_object = false;
    std::optional<jose::Algorithm>
        request_object_signing_alg;  ///< unset: any asymmetric one, or HMAC with its secret
    /// Where set, what its encrypted request objects use. It may leave them unencrypted.
    jose::AllowedEncryption request_object_encryption;

    // What its tokens are like
    SubjectType subject_type = SubjectType::public_;
    std::string sector_identifier;  ///< host for pairwise subjects
    std::string sector_identifier_uri;
    AccessTokenFormat access_token_format = AccessTokenFormat::opaque;  ///< ours
    std::vector<std::string> access_token_claims;  ///< ours: of the person, in JWT access tokens
    bool dpop_bound_access_tokens = false;
    bool tls_client_certificate_bound_access_tokens = false;
    ResponseProtection id_token;  ///< signed_alg is always set; default RS256
    ResponseProtection userinfo;
    ResponseProtection introspection;  ///< signed_alg unset: RS256 where a JWT is asked for
    ResponseProtection authorization;  ///< JARM; signed_alg is always set; default RS256
    bool require_auth_time = false;

    // How people sign in for it
    std::vector<std::string>
        default_acr_values;  ///< its registered minimum: a login below is stepped up
    std::optional<seconds> default_max_age;
    bool skip_consent = false;          ///< ours: the operator vouches (a first-party service)
    std::string consent_version = "1";  ///< ours: a new text asks again
    std::string client_uri;
    std::string policy_uri;
    std::string tos_uri;
    std::string logo_uri;

    // How it hears of a logout
    std::string backchannel_logout_uri;
    bool backchannel_logout_session_required = false;
    std::string frontchannel_logout_uri;
    bool frontchannel_logout_session_required = false;

    // CIBA
    DeliveryMode backchannel_token_delivery_mode = DeliveryMode::poll;
    std::string backchannel_client_notification_endpoint;
    std::optional<jose::Algorithm> backchannel_authentication_request_signing_alg;
    bool backchannel_user_code_parameter = false;

    /// Ours: what it belongs to as citizens see it; null: nothing that is registered. Set by the
    /// registry (in_service), never by a registration.
    std::shared_ptr<RegisteredService const> service;

    std::string profile;    ///< ours: the preset applied, empty for none
    bool disabled = false;  ///< ours

    [[nodiscard]] bool allows_grant(std::string_view grant_type) const;
    /// `response_type` with its words in alphabetical order.
    [[nodiscard]] bool allows_response_type(std::string_view response_type) const;
    /// Whether something that it gets is encrypted to a key of its.
    [[nodiscard]] bool is_encrypted_to() const;
    [[nodiscard]] bool is_public() const {
        return token_endpoint_auth_method == TokenEndpointAuthMethod::none;
    }
    [[nodiscard]] std::string name(
        std::string_view locale) const;  ///< falls back to untagged, then client_id
};

/// What parse_client refuses with, named as in RFC 7591 §3.2.2.
enum class MetadataErrc {
    invalid_redirect_uri = 1,
    invalid_client_metadata,
};
boost::system::error_code make_error_code(MetadataErrc code);

/// From an RFC 7591 object; `client_secret` may be a text or a `{"file"|"env": …}` reference. The
/// error's detail names the member. A member that we do not know is an error, but for those that
/// only inform (`contacts`, `software_id`, …), so that a misspelt one cannot pass for a setting.
/// `folder` is where a relative `file` starts.
[[nodiscard]] Result<Client> parse_client(boost::json::object const& metadata,
                                          Limits const& limits = standard_limits(),
                                          std::string const& folder = ".");

/// Where clients are found: the configuration's, then those in storage. Any thread may call.
class Clients {
  public:
    virtual ~Clients() = default;
    /// Null when unknown or disabled.
    [[nodiscard]] virtual std::shared_ptr<Client const> find(std::string_view client_id) const = 0;
    /// Whether some enabled client has this origin among its allowed_origins. A CORS preflight
    /// does not say whose it is (threats.md O-76).
    [[nodiscard]] virtual bool allows_origin(std::string_view origin) const = 0;
};

/// Where clients' public keys are found, whether registered by value or by jwks_uri. Any thread may
/// call.
class ClientKeySource {
  public:
    virtual ~ClientKeySource() = default;
    struct Found {
        std::shared_ptr<ClientKeys const> keys;  ///< null: none, or none yet
        /// They are by jwks_uri and not there, too old, or without this kid: fetch() on
        /// Lane::outbound and look again. False soon after a fetch that did not help, so that
        /// nobody can use us to hammer a client's server.
        bool must_fetch = false;
    };
    /// From memory. `kid` is that of the token to be verified, where it names one.
    [[nodiscard]] virtual Found find(Client const& client,
                                     std::optional<std::string_view> kid) const = 0;
    /// Blocks until they have been fetched, unless another caller did it meanwhile. A failure is
    /// logged, and find() gives what there was before.
    virtual void fetch(Client const& client, std::optional<std::string_view> kid) = 0;
};

}  // namespace tunnus::oidc

template <>
struct boost::system::is_error_code_enum<tunnus::oidc::MetadataErrc> : std::true_type {};
