// SPDX-License-Identifier: MIT
// GET and POST /suomifi/slo, and the way out (SAML profiles §4.4, suomifi.md 2.4). Suomi.fi calls
// it in a hidden frame to which the browser gives no cookies, so sessions are found by what
// Suomi.fi called them. Ours ends first; the answer says what really happened.
#pragma once

#include "plugins/suomifi/family.hpp"
#include "plugins/suomifi/idp_source.hpp"
#include "plugins/suomifi/proofs.hpp"
#include "saml/single_logout.hpp"

namespace tunnus::plugin::suomifi {

/// Any thread may call. What it is given outlives it.
class SingleLogoutService {
  public:
    SingleLogoutService(Host& host, IdpSource& idp, Proofs& proofs, Family const& family)
        : host_(host), idp_(idp), proofs_(proofs), family_(family) {}

    [[nodiscard]] std::vector<RouteSource::PluginRoute> routes();

    /// The signed LogoutRequest for a session that ends here; nothing when the identity provider
    /// cannot be asked, which is logged.
    [[nodiscard]] std::optional<Redirect> leave(SingleLogout::Ending const& ending);

  private:
    using Provider = saml::ServiceProvider;

    [[nodiscard]] Outcome receive(saml::IncomingLogout const& incoming, HttpRequest const& request,
                                  Caller const& caller);
    [[nodiscard]] Outcome end(std::shared_ptr<Provider const> const& provider,
                              saml::ReceivedLogoutRequest const& received,
                              HttpRequest const& request, Caller const& caller);
    [[nodiscard]] HttpResponse return_from(saml::LogoutResponse const& response,
                                           HttpRequest const& request, Caller const& caller);
    /// Waits for services to hear of it, limits.saml_logout_wait at most, and answers.
    [[nodiscard]] HttpResponse answer_when_told(Provider const& provider,
                                                saml::ReceivedLogoutRequest const& received,
                                                std::vector<std::string> const& session_ids,
                                                Caller const& caller);
    [[nodiscard]] HttpResponse answer(Provider const& provider,
                                      saml::ReceivedLogoutRequest const& received,
                                      saml::Status status, Caller const& caller);
    /// The same for the person, where the identity provider takes no answers.
    [[nodiscard]] HttpResponse tell_person(saml::Status const& status, Caller const& caller);
    /// Answer class S-REJ (threats.md 0.2): nobody is logged out.
    [[nodiscard]] HttpResponse reject(std::string_view reason, std::string_view detail,
                                      HttpRequest const& request, Caller const& caller);
    [[nodiscard]] bool may_record(MonotonicPoint now);

    Host& host_;
    IdpSource& idp_;
    Proofs& proofs_;
    Family const& family_;
    std::mutex mutex_;  ///< guards everything below
    MonotonicPoint minute_ends_{};
    std::size_t recorded_ = 0;  ///< refusals in this minute
};

}  // namespace tunnus::plugin::suomifi
