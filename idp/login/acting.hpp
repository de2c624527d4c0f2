// SPDX-License-Identifier: MIT
// Acting for another in a login: who is asked, what they are told, and what becomes of it.
#pragma once

#include "idp/login/parts.hpp"

namespace tunnus::login {

/// The first source that the request asks, by a scope or an object of authorization_details; null
/// when it asks none.
[[nodiscard]] Policy::MandateSource const* asked_mandate_source(
    oidc::AuthorizationRequest const& request, Policy const& policy);

/// Services that let people act for others demand a strong login of everybody (citizen-services.md
/// H44): the request then asks for one of the strong levels, and no lower one will do.
void demand_strong(oidc::AuthorizationRequest& request, oidc::Client const& client,
                   Policy const& policy);

/// Whether the session remembers who the person is for a source. One that began before the source
/// was configured does not.
[[nodiscard]] bool knows_identity(storage::Session const& session);

/// What the source hears. The person is known by the proof of this login, or else by the proofs of
/// the session.
[[nodiscard]] plugin::MandateRequest mandate_request(LoginTransaction const& transaction,
                                                     storage::Session const* session,
                                                     Policy const& policy);

/// Whether so much is left of the mandate that the service can do anything with it.
[[nodiscard]] bool lasts_long_enough(plugin::Mandate const& mandate, Policy const& policy,
                                     TimePoint now);

/// What the grant holds of the choice, and what must be written with it: the principal's account,
/// where they have none yet, and the audit event.
struct ActingSettled {
    std::optional<oidc::ActingFor> acting;
    std::optional<storage::User> new_principal;
    std::vector<storage::IdentityLink> new_identities;
    std::vector<AuditEvent> audit;
};
/// Nothing where the person acts in their own matter. Refuses for an account that is disabled.
[[nodiscard]] oidc::Checked<ActingSettled> settle_acting(Parts const& parts,
                                                         LoginTransaction const& transaction,
                                                         std::string_view user_id, TimePoint now);

/// What of the request's scope and authorization_details is granted: what asks for a mandate only
/// with one.
void narrow_to_mandate(LoginTransaction const& transaction, Policy const& policy,
                       oidc::Authenticated& authenticated);

}  // namespace tunnus::login
