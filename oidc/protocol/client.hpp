// SPDX-License-Identifier: MIT
// A registered client, in the names of RFC 7591 and OpenID Connect Dynamic Client Registration.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

enum class TokenEndpointAuthMethod { none, client_secret_basic, client_secret_post };
enum class SubjectType { public_, pairwise };
enum class ApplicationType { web, native };

/// Immutable once made; parse_client is the only maker, so what stands here is well-formed and
/// consistent.
struct Client {
    std::string client_id;
    std::map<std::string, std::string> client_name;  ///< by language; "" is the untagged one
    std::vector<std::string> redirect_uris;          ///< compared as bytes
    std::vector<std::string> post_logout_redirect_uris;
    std::vector<std::string> grant_types;     ///< default authorization_code
    std::vector<std::string> response_types;  ///< default code
    /// The scopes it may ask for; default those of OpenID Connect Core §5.4 and offline_access.
    std::vector<std::string> scope;
    TokenEndpointAuthMethod token_endpoint_auth_method =
        TokenEndpointAuthMethod::client_secret_basic;
    std::optional<Secret> client_secret;
    ApplicationType application_type = ApplicationType::web;
    SubjectType subject_type = SubjectType::public_;
    std::string sector_identifier;  ///< host for pairwise subjects
    std::string id_token_signed_response_alg = "RS256";
    std::vector<std::string>
        default_acr_values;  ///< its registered minimum: a login below is stepped up
    std::optional<seconds> default_max_age;
    bool require_auth_time = false;
    bool require_pkce =
        true;  ///< our own metadata `require_pkce`; false only where the registration says so
    std::string backchannel_logout_uri;
    bool backchannel_logout_session_required = false;
    std::vector<std::string>
        allowed_origins;  ///< for CORS; defaults to the origins of the redirect_uris
    std::string client_uri;
    std::string policy_uri;
    std::string tos_uri;
    std::string logo_uri;
    bool skip_consent =
        false;  ///< our own `skip_consent`: the operator vouches (a first-party service)
    std::string consent_version = "1";  ///< our own: a new text asks again
    bool disabled = false;

    [[nodiscard]] bool allows_grant(std::string_view grant_type) const;
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
                                          Limits const& limits = Limits(),
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

}  // namespace tunnus::oidc

template <>
struct boost::system::is_error_code_enum<tunnus::oidc::MetadataErrc> : std::true_type {};
