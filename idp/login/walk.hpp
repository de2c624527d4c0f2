// SPDX-License-Identifier: MIT
// One request's walk through a login: performs what decide() says until there is an answer. For
// this folder's .cpp files; each says in its name which part of the walk it has.
#pragma once

#include "idp/login/browser.hpp"
#include "idp/login/decide.hpp"
#include "idp/login/transaction.hpp"

#include <memory>
#include <optional>
#include <string>

namespace tunnus::login {

/// Lives as long as its request.
class Walk {
  public:
    Walk(Parts const& parts, HttpRequest const& request, Browser browser,
         LoginTransaction transaction, std::shared_ptr<oidc::Client const> client)
        : parts_(parts),
          provider_(parts.provider),
          request_(request),
          browser_(std::move(browser)),
          transaction_(std::move(transaction)),
          client_(std::move(client)),
          needed_(oidc::consent_needed(provider_, *client_, transaction_.request)),
          now_(provider_.clock.now()) {}

    /// Performs steps until there is an answer.
    Outcome advance();

    /// Shows the present step again.
    Outcome show_again();

    /// `kind`: whether it is the first proof of the login, or the one that a link still needs.
    Outcome take(plugin::Ran<plugin::Identity> ran, std::string const& authenticator,
                 Running::Kind kind = Running::Kind::authenticator);
    Outcome take(plugin::Ran<plugin::LoginStep::Settled> ran, std::string const& step);
    Outcome take(plugin::Ran<plugin::Acting> ran, std::string const& source);
    /// The plugin that has the browser is asked on.
    Outcome resume(plugin::BrowserRequest const& browser);

    Outcome give_up();
    [[nodiscard]] plugin::LoginView view() const;

    LoginTransaction& transaction() { return transaction_; }
    Browser const& browser() const { return browser_; }
    /// Reads the session; an answer when that fails.
    std::optional<HttpResponse> read_standing();
    /// Where the session cookie stayed behind (a cross-site POST), the session that the login began
    /// in, if it still lives: the login cookie has named this browser already.
    std::optional<HttpResponse> recall_session();

  private:
    // Performing one step: flow.cpp, login.cpp, consent.cpp
    [[nodiscard]] std::optional<HttpResponse> read_consent(std::string const& user_id);
    /// The ways to sign in of the session's account, for a login that links: once.
    [[nodiscard]] std::optional<HttpResponse> read_session_methods();
    /// Nothing where the login does not need the step.
    std::optional<Outcome> run_step(std::string const& name);
    Outcome ask_method(ChooseMethod const& step, std::string_view notice_key = {});
    Outcome ask_consent(AskConsent const& step);
    [[nodiscard]] boost::json::array consent_items(AskConsent const& step) const;
    Outcome refuse(oidc::Refusal const& refusal);
    [[nodiscard]] bool is_denial(oidc::Refusal const& refusal) const;

    // Linking: linking.cpp
    Outcome prove_account(std::string const& authenticator);
    Outcome accept_second(Proof second);
    Outcome ask_merge();
    Outcome refuse_link(std::string_view text);

    // What a plugin answered: plugin_answer.cpp
    Outcome accept(plugin::Identity identity, std::string const& authenticator, Running::Kind kind);
    Outcome act(plugin::Acting acting, std::string const& source);
    /// Blocks: the register is asked.
    Outcome recheck_mandate(std::string const& source);
    /// The login ends; a mandate that was chosen in it is of no use any more.
    Outcome let_go_and_refuse(oidc::Refusal const& refusal);
    Outcome end_without_mandate(plugin::Deny const& deny, std::string const& source);
    Outcome settle(plugin::LoginStep::Settled settled, std::string const& step);
    template <class T>
    Outcome take_other(plugin::Answer<T> answer, Running::Kind kind, std::string const& plugin);
    Outcome send_away(plugin::Redirect redirect, Running::Kind kind, std::string const& plugin);
    Outcome show(plugin::Page page, Running::Kind kind, std::string const& plugin);
    Outcome deny(plugin::Deny const& deny, std::string const& plugin);
    Outcome reject(plugin::Deny const& deny, std::string const& plugin);
    Outcome offer_methods_again();
    Outcome fail(plugin::Failure const& failure);

    // Pages of ours: login_page.cpp
    [[nodiscard]] boost::json::object model(std::string_view action) const;
    [[nodiscard]] HttpResponse page(int status, std::string_view name,
                                    boost::json::object const& model) const;
    [[nodiscard]] HttpResponse plugin_page(Running const& running, int status) const;
    [[nodiscard]] HttpResponse error_page(int status, std::string_view error,
                                          std::string_view text) const;
    /// The answer, sent once the transaction is stored.
    Outcome stored(HttpResponse response);

    Parts const& parts_;
    oidc::Provider const& provider_;
    HttpRequest const& request_;
    Browser browser_;
    LoginTransaction transaction_;
    std::shared_ptr<oidc::Client const> client_;
    oidc::ConsentNeeded needed_;
    TimePoint now_;
    std::optional<storage::Session> session_;
    std::optional<storage::Consent> consent_;
    bool showing_again_ = false;  ///< a GET of a login under way: our own pages store nothing
    std::optional<std::vector<std::string>> session_methods_;
    std::string standing_of_;  ///< the user that consent_ was read for
};

}  // namespace tunnus::login
