// SPDX-License-Identifier: MIT
// The Web API of Suomi.fi-valtuudet (suomifi.md part 7): register, selection, token, query,
// unregister, for persons (HPA) and organisations (YPA), and the check without a user's session.
// Every call has a deadline of its own. Identity codes stand in its addresses: no address is ever
// logged.
#pragma once

#include "plugins/mandates/settings.hpp"

#include <boost/system/result.hpp>

namespace tunnus::plugin::mandates {

/// Why a call has no result (suomifi.md 7.6).
struct CallFailure {
    enum class Kind {
        unavailable,   ///< no answer in time, 5xx, or an answer that cannot be read
        session_over,  ///< 401: the person must choose anew
        refused,       ///< 403 and every other 4xx: not this person, not this service
        code_spent,    ///< the code was used or has expired
    } kind{};
    int status = 0;      ///< 0: there was no answer
    std::string reason;  ///< a word of ours or a number of theirs, for log and audit
};
[[noreturn]] void throw_exception_from_error(CallFailure const& failure,
                                             boost::source_location const& where);
[[nodiscard]] std::string_view to_string(CallFailure::Kind kind);
template <class T>
using Called = boost::system::result<T, CallFailure>;

enum class Kind { person, organisation };

/// A session of one person at the register, in which they choose for whom they act. Keep it on the
/// server's side.
struct WebSession {
    Kind kind = Kind::person;
    std::string session_id;
    std::string user_id;       ///< by which the browser names it there
    std::string request_id;    ///< one for all calls of it
    std::string delegate;      ///< whose it is: their identity code
    std::string access_token;  ///< empty before the token call
    TimePoint expires_at{};    ///< of the access token
};
struct Principal {
    std::string identifier;  ///< identity code or business id
    std::string name;
    std::vector<std::string> roles = {};  ///< of an organisation
    bool complete = true;  ///< false: a source of the register failed; the roles say nothing
};

/// Any thread may call; calls block.
class WebApi {
  public:
    WebApi(Host& host, Settings const& settings) : host_(host), settings_(settings) {}

    [[nodiscard]] Called<WebSession> register_user(Kind kind, PersonalIdentityCode const& delegate);
    /// Where the browser goes to choose. It comes back to Settings::return_uri with `code` or
    /// `error`, and `state`.
    [[nodiscard]] std::string authorize_url(WebSession const& session, std::string_view state,
                                            std::string_view locale) const;
    /// Sets the session's access token.
    [[nodiscard]] Called<WebSession> redeem(WebSession session, std::string_view code);
    /// The persons whom the person chose (HPA).
    [[nodiscard]] Called<std::vector<Principal>> delegates(WebSession const& session);
    /// The person's roles towards the principal: `ALL`, `GUARDIAN`, theme URIs; empty: no right.
    [[nodiscard]] Called<std::vector<std::string>> authorization_list(
        WebSession const& session, PersonalIdentityCode const& principal,
        std::vector<std::string> const& themes);
    /// All organisations that the person chose (YPA), or one of them.
    [[nodiscard]] Called<std::vector<Principal>> organisation_roles(
        WebSession const& session, std::string_view organisation_id = {});
    /// Best effort: the register forgets the session by itself before long. Nothing is asked where
    /// there is none.
    void unregister(WebSession const& session);
    /// suomifi.md 7.4, of persons: whether the theme, or without one the law, allows it now,
    /// without a session; DISALLOWED, UNKNOWN and whatever else is a no. `end_user` is a label for
    /// the register's log.
    [[nodiscard]] Called<bool> authorization_without_session(PersonalIdentityCode const& delegate,
                                                             PersonalIdentityCode const& principal,
                                                             std::string_view theme,
                                                             std::string_view end_user);

  private:
    using Headers = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] Called<boost::json::value> get(std::string_view call, std::string const& path,
                                                 Secret const& key, Headers headers);
    [[nodiscard]] Called<boost::json::value> get(std::string_view call, std::string const& path,
                                                 WebSession const& session);
    /// A question about a right: in the form that the register signs, where we have its key.
    /// `rest` follows the name of the call, `principal` is the person it is about, if one.
    [[nodiscard]] Called<boost::json::value> ask(AnswerKind kind, std::string const& rest,
                                                 std::string_view principal,
                                                 WebSession const& session);
    [[nodiscard]] OutboundRequest signed_request(std::string const& path, Secret const& key,
                                                 Headers headers) const;
    [[nodiscard]] Called<std::string> fetch(std::string_view call, OutboundRequest const& request);
    [[nodiscard]] Called<boost::json::value> fetch_json(std::string_view call,
                                                        OutboundRequest const& request);
    CallFailure failed(std::string_view call, CallFailure failure);

    Host& host_;
    Settings const& settings_;
};

}  // namespace tunnus::plugin::mandates
