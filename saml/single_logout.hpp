// SPDX-License-Identifier: MIT
// The service provider's side of single logout (profiles §4.4), both ways and by both bindings. It
// keeps nothing: the caller knows which NameIDs live, remembers the requests that it has sent, and
// uses those that come up (threats.md S-117 to S-119).
#pragma once

#include "saml/protocol/logout_request.hpp"
#include "saml/protocol/logout_response.hpp"
#include "saml/service_provider.hpp"

#include <variant>

namespace tunnus::saml {

/// What came to our single logout service: the query as received (a view of the caller's text), or
/// the form of a POST.
struct IncomingLogout {
    Binding binding = Binding::redirect;
    std::string_view raw_query;
    Form form;
};

/// Both were signed by the identity provider, for us, a moment ago.
struct ReceivedLogoutRequest {
    LogoutRequest request;
    std::string relay_state;  ///< goes back unchanged
    Binding binding = Binding::redirect;
};
struct ReceivedLogoutResponse {
    LogoutResponse response;
};
using LogoutMessage = std::variant<ReceivedLogoutRequest, ReceivedLogoutResponse, Rejected>;

/// Which session at the identity provider ends.
struct LogoutSubject {
    NameId name_id;
    std::string session_index;
};

/// A view of the service provider, which outlives it.
class SingleLogout {
  public:
    explicit SingleLogout(ServiceProvider const& service_provider) : provider_(service_provider) {}

    /// Signature, issuer, destination and times; of a request the NameID's qualifiers too.
    [[nodiscard]] LogoutMessage read(IncomingLogout const& incoming, TimePoint now) const;

    /// Whether the identity provider can be asked, now and by any binding we speak.
    [[nodiscard]] bool can_ask(TimePoint now) const;
    /// `language`: fi, sv, en, or empty. Throws std::logic_error when it cannot be asked.
    [[nodiscard]] Outgoing make_request(LogoutSubject const& subject, std::string_view language,
                                        Random& random, TimePoint now) const;
    /// Whether the identity provider takes answers by any binding we speak. One that takes logout
    /// by none of them may still send requests.
    [[nodiscard]] bool can_answer() const;
    /// By the request's own binding where the identity provider takes answers by it. Throws
    /// std::logic_error when it takes none.
    [[nodiscard]] Outgoing make_response(ReceivedLogoutRequest const& received, Status status,
                                         Random& random, TimePoint now) const;

  private:
    ServiceProvider const& provider_;
};

}  // namespace tunnus::saml
