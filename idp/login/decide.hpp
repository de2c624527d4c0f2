// SPDX-License-Identifier: MIT
// What a login still needs. One pure function: the whole order of a login can be read in
// decide.cpp.
#pragma once

#include "idp/login/transaction.hpp"
#include "oidc/endpoints/authorization.hpp"
#include "storage/sessions.hpp"

#include <string>
#include <variant>
#include <vector>

namespace tunnus::login {

/// Let the person choose among these authenticators (one, when an attempt was given up).
struct ChooseMethod {
    std::vector<std::string> authenticators;
    bool step_up = false;  ///< the person is signed in, but not at the level asked
};
struct RunAuthenticator {
    std::string name;
};
/// A login step of a plugin.
struct RunPlugin {
    std::string name;
};
/// The account of the session is proven anew by this authenticator: what the person has just proven
/// is to be linked to it (threats.md L-31).
struct ProveAccount {
    std::string authenticator;
};
/// What was proven belongs to two accounts: they become one if the person says so.
struct ConfirmMerge {};
/// What was proven cannot be linked; `text` is the key of the sentence that says why.
struct RefuseLink {
    std::string_view text;
};
/// The person says for whom they act.
struct RunMandate {
    std::string source;
};
/// They have said it, too long ago for the check of then to count: it is made again.
struct RecheckMandate {
    std::string source;
};
struct AskConsent {
    std::vector<std::string> scopes;
    std::vector<std::string> claims;
    bool more = false;  ///< the person has allowed less before
};
/// Nothing is missing.
struct Finish {};
struct Refuse {
    oidc::Refusal refusal;
};
using Step = std::variant<ChooseMethod, RunAuthenticator, ProveAccount, ConfirmMerge, RefuseLink,
                          RunPlugin, RunMandate, AskConsent, RecheckMandate, Finish, Refuse>;

/// What the installation and the client make of a login. Plain data.
struct Policy {
    struct Method {
        std::string name;
        std::vector<std::string> acr_values;  ///< the levels it can prove
    };
    std::vector<Method> methods;           ///< in the order of the configuration
    std::vector<std::string> levels;       ///< every level, lowest first
    std::vector<std::string> login_steps;  ///< in the order of the configuration
    struct MandateSource {
        std::string name;
        std::vector<std::string> scopes;
        std::vector<std::string> details_types;
    };
    std::vector<MandateSource> mandate_sources = {};  ///< in the order of the configuration
    std::vector<std::string> strong_levels = {};      ///< of `levels`, those of strong methods
    std::vector<oidc::AccountAction> account_actions = {};
    seconds mandate_freshness{60};  ///< how old a check may be at the end

    /// Whether this method proves strong identification.
    [[nodiscard]] bool is_strong_method(std::string_view name) const;
};

/// `idp_link:<authenticator>` is Keycloak's word for an account action: a way to sign in is to be
/// linked to the account of the session.
inline constexpr std::string_view link_action = "idp_link:";
[[nodiscard]] inline bool is_link(oidc::AuthorizationRequest const& request) {
    return request.account_action.starts_with(link_action);
}

/// What is known of the person besides the transaction.
struct Standing {
    storage::Session const* session = nullptr;  ///< the browser's session, live; null without
    storage::Consent const* consent =
        nullptr;          ///< what this person has allowed this service; null without
    std::string subject;  ///< the `sub` this client would see for the person; for id_token_hint
    /// The ways to sign in of LoginTransaction::session_user_id, for a login that links.
    std::vector<std::string> session_methods = {};
};

/// `needed` is what the request asks consent for (oidc::consent_needed).
[[nodiscard]] Step decide(LoginTransaction const& transaction, Standing const& standing,
                          oidc::Client const& client, oidc::ConsentNeeded const& needed,
                          Policy const& policy, TimePoint now);

/// Whether a proof or session of this level satisfies the request: one of acr_values, or a higher
/// level than one of them.
[[nodiscard]] bool satisfies(oidc::AuthorizationRequest const& request, std::string_view acr,
                             Policy const& policy);

/// Whether the session alone may answer the request: the level is enough and neither prompt=login,
/// select_account nor max_age demands a new proof.
[[nodiscard]] bool session_suffices(oidc::AuthorizationRequest const& request,
                                    storage::Session const& session, Policy const& policy,
                                    TimePoint now);

}  // namespace tunnus::login
