// SPDX-License-Identifier: MIT
// What every endpoint of the provider is built from, and the facts of the installation that they
// state.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/clock.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/http_client.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/log.hpp"
#include "idp/base/outcome.hpp"
#include "idp/base/pages.hpp"
#include "idp/base/random.hpp"
#include "oidc/key_ring.hpp"
#include "oidc/protocol/account_action.hpp"
#include "oidc/protocol/assertion_grant.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/client_certificate.hpp"
#include "oidc/protocol/dpop.hpp"
#include "storage/decoupled_requests.hpp"
#include "storage/grants.hpp"
#include "storage/logins.hpp"
#include "storage/pushed_requests.hpp"
#include "storage/sessions.hpp"
#include "storage/users.hpp"

#include <string>
#include <vector>

namespace tunnus::oidc {

struct Lifetimes {
    seconds code{60};
    seconds access_token{300};
    seconds id_token{300};
    seconds refresh_token{30 * 24 * 3600};  ///< absolute, from the login
    seconds refresh_token_idle{7 * 24 * 3600};
    seconds logout_token{120};
};

/// References live as long as the process. Copy it freely: it is only a list of who is there.
struct Provider {
    std::string issuer;
    Lifetimes lifetimes;
    Limits const& limits;
    Clients const& clients;
    ClientKeySource& client_keys;
    CertificatePolicy const& certificates;
    DpopNonces const& dpop_nonces;
    ClaimsProvider& claims;
    KeyRing& keys;
    storage::Grants& grants;
    storage::DecoupledRequests& decoupled_requests;
    storage::Sessions& sessions;
    storage::Users& users;
    Committer& committer;
    Audit& audit;
    Pages const& pages;
    Clock const& clock;
    Random& random;
    Log& log;
    Secret pairwise_salt;
    storage::PushedRequests& pushed_requests;
    Sealer const& sealer;
    HttpClient& http;  ///< blocks: only on Lane::outbound or in a job
    storage::Consents& consents;
    std::vector<AssertionIssuer> assertion_issuers = {};
    bool require_pushed_authorization_requests = false;  ///< of every client (RFC 9126 §5)
    std::vector<AccountAction> account_actions = {};
    bool registers_clients = false;  ///< RFC 7591: the configuration opens POST /register
};

/// The addresses under which a path of ours is known: below the issuer, and below the
/// mtls_endpoint_aliases where there are any.
[[nodiscard]] std::vector<std::string> addresses_of(Provider const& provider,
                                                    std::string_view path);

/// The `sub` that this client sees for this user: the user's id, or a keyed digest per sector
/// (OpenID Connect Core §8.1).
[[nodiscard]] std::string subject_for(Provider const& provider, Client const& client,
                                      std::string_view user_id);

/// The pairwise identifier of the client's sector for this user, whatever its subject_type; a
/// client without a sector is one of its own.
[[nodiscard]] std::string pairwise_subject(Provider const& provider, Client const& client,
                                           std::string_view user_id);

/// What this browser holds, for scripts to read, while the session lives (OpenID Connect Session
/// Management 1.0 §3.2). It tells nothing of the session to who does not know it.
[[nodiscard]] std::string browser_state_of(Provider const& provider, std::string_view session_id);

}  // namespace tunnus::oidc
