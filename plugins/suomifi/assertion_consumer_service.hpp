// SPDX-License-Identifier: MIT
// POST /suomifi/acs: what Suomi.fi says about the person (SAML profiles §4.1, suomifi.md part 6).
// The host has already seen to it that the login which RelayState names belongs to this browser
// (threats.md S-88).
#pragma once

#include "plugins/suomifi/family.hpp"
#include "plugins/suomifi/idp_source.hpp"
#include "plugins/suomifi/proofs.hpp"

namespace tunnus::plugin::suomifi {

/// The request under way as the login's state, and back. A state that is not ours is a bug of the
/// host: std::exception.
[[nodiscard]] boost::json::object to_state(saml::PendingRequest const& pending);
[[nodiscard]] saml::PendingRequest from_state(boost::json::object const& state);

/// Any thread may call. What it is given outlives it.
class AssertionConsumerService {
  public:
    AssertionConsumerService(Host& host, IdpSource& idp, Proofs& proofs, Family const& family)
        : host_(host), idp_(idp), proofs_(proofs), family_(family) {}

    /// The identity, or a Deny: `cancelled` when the person turned back at Suomi.fi, `refused` when
    /// the identification did not succeed, `rejected` for a message that is not to be believed,
    /// `unavailable` when the table of used assertions cannot be written.
    [[nodiscard]] Answer<Identity> receive(LoginView const& login, boost::json::object const& state,
                                           BrowserRequest const& request);

  private:
    struct Received {
        LoginView const& login;
        BrowserRequest const& request;
        saml::PendingRequest pending;
    };
    [[nodiscard]] Answer<Identity> accept(Received const& received,
                                          saml::AuthenticatedSubject const& subject);
    /// `detail` is for operators: where in the message the reason lies, never a value of it.
    [[nodiscard]] Deny reject(Received const& received, std::string_view reason,
                              std::string_view detail = {});
    [[nodiscard]] Deny not_completed(saml::Status const& status) const;

    Host& host_;
    IdpSource& idp_;
    Proofs& proofs_;
    Family const& family_;
};

}  // namespace tunnus::plugin::suomifi
