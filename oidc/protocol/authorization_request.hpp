// SPDX-License-Identifier: MIT
// The authorization request of RFC 6749 §4.1.1 and OpenID Connect Core §3.1.2.1, parsed once into a
// value that can only hold what was accepted.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/protocol/account_action.hpp"
#include "oidc/protocol/authorization_details.hpp"
#include "oidc/protocol/claims_parameter.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/prompt.hpp"
#include "oidc/protocol/redirect_uri.hpp"
#include "oidc/protocol/refusal.hpp"
#include "oidc/protocol/response_mode.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tunnus::oidc {

struct AuthorizationRequest {
    AuthorizationRequest(std::string id, RegisteredRedirectUri uri)
        : client_id(std::move(id)), redirect_uri(std::move(uri)) {}

    std::string client_id;
    RegisteredRedirectUri redirect_uri;
    ResponseType response_type{.code = true};
    ResponseWay response_way;
    std::vector<std::string> scope;    ///< in the order asked, without repeats and unknown ones
    std::optional<std::string> state;  ///< echoed byte for byte
    std::optional<std::string> nonce;
    std::optional<std::string> code_challenge;  ///< S256
    std::optional<std::string> dpop_jkt;        ///< RFC 9449 §10: the code is for this key alone
    Prompt prompt;
    std::optional<seconds> max_age;
    std::vector<std::string> acr_values;  ///< any of these satisfies; in order of preference
    bool acr_essential = false;           ///< asked as an essential claim: no lower level will do
    ClaimsParameter claims;
    std::string login_hint;
    std::vector<std::string> ui_locales;
    /// Only this person will do: `sub` of a genuine id_token_hint, or the value of a `sub` claims
    /// request (OpenID Connect Core §5.5.1).
    std::optional<std::string> hinted_subject;
    std::vector<std::string> resources;        ///< RFC 8707
    boost::json::array authorization_details;  ///< RFC 9396, as they came
    /// The id of the pushed request it is, which the end of the login spends; empty for others.
    std::string pushed_request;
    /// The id of the stored request that it answers when no browser brought it (RFC 8628, OpenID
    /// CIBA); empty for others. There is no redirect_uri then.
    std::string decoupled_request;
    std::string account_action = {};  ///< AccountAction::name; empty: none
    std::string binding_message;      ///< what both devices show: the user code, or CIBA's own

    [[nodiscard]] bool has_scope(std::string_view name) const;
    /// For the stored login transaction.
    [[nodiscard]] boost::json::object to_json() const;
    [[nodiscard]] static Result<AuthorizationRequest> from_json(boost::json::object const& stored);
};

/// What the checks compare a request with. References are to what outlives the call.
struct AuthorizationContext {
    [[nodiscard]] static std::vector<AuthorizationDetailsType> const& no_types() {
        static std::vector<AuthorizationDetailsType> const none;
        return none;
    }

    std::string_view issuer;
    Limits const& limits;
    Clients const& clients;
    std::vector<ScopeInfo> const& scopes;
    std::vector<std::string> const& claims_supported;
    std::vector<std::string> const& acr_values_supported;
    jose::JwkSet const& keys;  ///< our own: id_token_hint is checked with them
    TimePoint now{};
    std::vector<AuthorizationDetailsType> const& authorization_details_types = no_types();
    /// The client pushes it (RFC 9126): it has authenticated, and there is no redirect yet.
    bool pushed = false;
    bool require_pushed = false;  ///< of every client
    /// For request objects; null: only keys registered by value.
    ClientKeySource const* client_keys = nullptr;
    std::span<jose::DecryptionKey const> decryption = {};  ///< ours: for request objects
    /// Whether a key of ours signs by it now; empty: by all.
    std::function<bool(jose::Algorithm)> signs = {};
    std::vector<std::string> const* verified_claims = nullptr;  ///< VerifiedClaimsOffer::claims
    std::span<AccountAction const> account_actions = {};
};

struct AcceptedAuthorization {
    std::shared_ptr<Client const> client;
    AuthorizationRequest request;
};
struct RefusedAuthorization {
    Refusal refusal;
    /// How to answer: set when, and only when, the refusal's delivery is redirect. Holds what was
    /// accepted before the refusal, redirect_uri among it.
    std::optional<AuthorizationRequest> request;
};
using CheckedAuthorization = std::variant<AcceptedAuthorization, RefusedAuthorization>;

/// Checks a request in the order of the list in the .cpp: client and redirect_uri by page, then how
/// to answer, then everything else by redirect. A request object is read first, and what is wrong
/// with it answered at a registered redirect_uri outside of it, else by page. `parsed` is a form
/// without malformed parts; repeated fields are this function's to judge (RFC 6749 §3.1).
[[nodiscard]] CheckedAuthorization check_authorization_request(ParsedForm const& parsed,
                                                               AuthorizationContext const& context);

}  // namespace tunnus::oidc
