// SPDX-License-Identifier: MIT
// What the person is asked: for whom they act (our page), who that is (the register's page), and
// where they named several, for which of them now (our page). Whatever the register cannot answer
// is said on our first page, from which everything can be tried again: nothing is lost.
#pragma once

#include "plugins/mandates/web_api.hpp"

namespace tunnus::plugin::mandates {

/// Any thread may call; calls block, as long as those of WebApi.
class Dialogue {
  public:
    Dialogue(Host& host, Settings const& settings, WebApi& api)
        : host_(host), settings_(settings), api_(api) {}

    [[nodiscard]] Answer<Acting> begin(LoginView const& login, MandateRequest const& request);
    [[nodiscard]] Answer<Acting> resume(LoginView const& login, MandateRequest const& request,
                                        boost::json::object const& state,
                                        BrowserRequest const& browser);

  private:
    struct Turn;
    [[nodiscard]] Answer<Acting> ask(Turn const& turn, std::string_view notice = {}) const;
    [[nodiscard]] Answer<Acting> take_choice(Turn const& turn, std::string_view choice);
    [[nodiscard]] Answer<Acting> send_away(Turn const& turn, Kind kind);
    [[nodiscard]] Answer<Acting> receive(Turn const& turn, boost::json::object const& state,
                                         BrowserRequest const& browser);
    [[nodiscard]] Answer<Acting> find_principals(Turn const& turn, WebSession const& session);
    [[nodiscard]] Answer<Acting> ask_which(Turn const& turn, WebSession const& session,
                                           std::vector<Principal> const& principals) const;
    [[nodiscard]] Answer<Acting> take_which(Turn const& turn, boost::json::object const& state,
                                            BrowserRequest const& browser);
    [[nodiscard]] Answer<Acting> check(Turn const& turn, WebSession const& session,
                                       Principal const& principal);
    [[nodiscard]] Answer<Acting> check_person(Turn const& turn, WebSession const& session,
                                              Principal const& principal);
    [[nodiscard]] Answer<Acting> check_organisation(Turn const& turn, WebSession const& session,
                                                    Principal const& principal);
    [[nodiscard]] Acting act(Turn const& turn, WebSession const& session,
                             Principal const& principal, std::vector<std::string> roles,
                             boost::json::object recheck) const;
    [[nodiscard]] Answer<Acting> give_up(Turn const& turn, WebSession const& session,
                                         std::string_view notice);
    /// threats.md M-05: what was not given is refused, and that is recorded before it is said.
    [[nodiscard]] Result<> record(Turn const& turn, std::string_view reason) const;
    [[nodiscard]] Answer<Acting> failed(Turn const& turn, CallFailure const& failure) const;

    Host& host_;
    Settings const& settings_;
    WebApi& api_;
};

}  // namespace tunnus::plugin::mandates
