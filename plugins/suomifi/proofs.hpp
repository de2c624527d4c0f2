// SPDX-License-Identifier: MIT
// What happens once, and what may have to end: requests and assertions that were used, on whatever
// node, also after a restart and when the clock steps back (threats.md S-102 to S-104); the proofs
// that they made, by which the identity provider names what it wants ended (S-118); and the logout
// requests of ours that wait for answers (S-119).
#pragma once

#include "plugins/suomifi/tables.hpp"
#include "saml/service_provider.hpp"

#include <optional>
#include <vector>

namespace tunnus::plugin::suomifi {

/// Any thread may call. What it is given outlives it.
class Proofs {
  public:
    Proofs(Host& host, Tables const& tables) : host_(host), tables_(tables) {}

    /// How Identity::logout names a proof.
    [[nodiscard]] static std::string name_of(saml::AuthenticatedSubject const& subject);

    /// Uses request and assertion up and remembers the proof, together. False: one of them was used
    /// before, and nothing has changed. An error: whether they are used is unknown, so they count
    /// as used.
    [[nodiscard]] Result<bool> use_up(std::string_view request_id,
                                      saml::AuthenticatedSubject const& subject);
    /// Remembers a proof of which nothing came here: the identity provider has begun a session all
    /// the same, and may ask to end it (suomifi.md 2.4).
    [[nodiscard]] Result<> remember(saml::AuthenticatedSubject const& subject);
    /// Joins the proof of this name to the session that its login makes. Fails the login's write
    /// when the identity provider has ended the proof meanwhile.
    [[nodiscard]] sql::Statement joining(std::string_view name, std::string_view session_id) const;

    struct Known {
        std::string id;
        std::string session_index;  ///< its keyed digest
    };
    [[nodiscard]] Result<std::vector<Known>> find(std::string_view name_id);
    [[nodiscard]] bool is_of(Known const& known, std::string_view session_index) const;
    /// Uses the request up and ends these proofs, together; from then on no login finishes with
    /// one. The sessions of ours that rest on them; nothing when the request was used before.
    [[nodiscard]] Result<std::optional<std::vector<std::string>>> end(
        std::string_view logout_request_id, std::vector<Known> const& proofs);

    /// Remembers where a request of ours leads back to.
    [[nodiscard]] Result<> await_logout(std::string_view request_id, std::string_view return_to);
    /// Where, once; nothing when no such request waits.
    [[nodiscard]] Result<std::optional<std::string>> finish_logout(std::string_view request_id);

  private:
    [[nodiscard]] sql::Statement use(std::string_view kind, std::string_view id) const;
    [[nodiscard]] sql::Statement insertion(saml::AuthenticatedSubject const& subject) const;

    Host& host_;
    Tables const& tables_;
};

}  // namespace tunnus::plugin::suomifi
