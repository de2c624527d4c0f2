// SPDX-License-Identifier: MIT
// What the person is asked: for whom they act (our page), who that is (the register's page), and
// where they named several, for which of them now (our page). Whatever the register cannot answer
// is said on our first page, from which everything can be tried again: nothing is lost. A session
// at the register that is of no use any more is ended there.
#pragma once

#include "plugins/mandates/dialogue_state.hpp"

namespace tunnus::plugin::mandates {

/// Any thread may call; calls block, as long as those of WebApi.
class Dialogue {
  public:
    Dialogue(Host& host, Settings const& settings, WebApi& api)
        : host_(host), settings_(settings), api_(api) {}

    [[nodiscard]] Answer<Acting> begin(LoginView const& login, MandateRequest const& request);
    /// `stored`: the state of the answer before.
    [[nodiscard]] Answer<Acting> resume(LoginView const& login, MandateRequest const& request,
                                        boost::json::object const& stored,
                                        BrowserRequest const& browser);

  private:
    struct Turn;
    /// What the first page says above the choice; a name of its model's `notice`.
    enum class Notice {
        none,
        choose_one,
        unavailable,
        incomplete,
        refused,
        session_over,
        none_chosen,
        no_mandate,
        ended,
        no_identity_code,
    };
    [[nodiscard]] static std::string_view name_of(Notice notice);

    [[nodiscard]] Answer<Acting> ask(Turn const& turn, Notice notice = Notice::none) const;
    [[nodiscard]] Answer<Acting> take_choice(Turn const& turn, std::string_view choice);
    [[nodiscard]] Answer<Acting> send_away(Turn const& turn, Kind kind);
    [[nodiscard]] Answer<Acting> receive(Turn const& turn, WebSession const& session,
                                         BrowserRequest const& browser);
    [[nodiscard]] Answer<Acting> find_principals(Turn const& turn, WebSession const& session);
    [[nodiscard]] Answer<Acting> ask_which(Turn const& turn, WebSession const& session,
                                           std::vector<Principal> const& principals) const;
    [[nodiscard]] Answer<Acting> take_which(Turn const& turn, Back const& state,
                                            BrowserRequest const& browser);
    [[nodiscard]] Answer<Acting> check(Turn const& turn, WebSession const& session,
                                       Principal const& principal);
    [[nodiscard]] Answer<Acting> check_person(Turn const& turn, WebSession const& session,
                                              Principal const& principal);
    [[nodiscard]] Answer<Acting> check_organisation(Turn const& turn, WebSession const& session,
                                                    Principal const& principal);
    [[nodiscard]] Answer<Acting> act(Turn const& turn, WebSession const& session,
                                     Principal const& principal, std::vector<std::string> roles);
    /// The session at the register ends, and the person is asked again.
    [[nodiscard]] Answer<Acting> give_up(Turn const& turn, WebSession const& session,
                                         Notice notice);
    /// threats.md M-05: what was not given is refused, and that is recorded before it is said.
    [[nodiscard]] Result<> record(Turn const& turn, std::string_view reason) const;
    [[nodiscard]] Answer<Acting> failed(Turn const& turn, WebSession const& session,
                                        CallFailure const& failure);

    Host& host_;
    Settings const& settings_;
    WebApi& api_;
};

}  // namespace tunnus::plugin::mandates
