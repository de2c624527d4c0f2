// SPDX-License-Identifier: MIT
// One login under way: everything known of it, as a value. It is stored sealed between two requests
// of the browser.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/result.hpp"
#include "oidc/protocol/authorization_request.hpp"
#include "plugins/api/plugin.hpp"
#include "storage/logins.hpp"
#include "storage/sessions.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tunnus::login {

/// An identity that an authenticator has proven in this login.
struct Proof {
    std::string authenticator;
    Secret subject;  ///< in the authenticator's name space; sealed with the rest at rest
    /// The account it belongs to; empty: it has none yet, or one that nobody has claimed
    /// (storage::User::unclaimed).
    std::string user_id;
    std::string acr;
    std::vector<std::string> amr;
    TimePoint auth_time{};
    boost::json::object attributes;
    boost::json::object logout;
    std::optional<TimePoint> unclaimed_since = {};  ///< how long such an account has waited
};

/// The plugin that has the browser now, and what it wants to find again.
struct Running {
    /// `proving`: an authenticator, for the second proof of a login that links.
    enum class Kind { authenticator, login_step, mandate, proving } kind = Kind::authenticator;
    std::string plugin;
    boost::json::object state;
    /// The page it shows, to show it again in another language; an empty name: the browser is
    /// elsewhere.
    std::string template_name;
    boost::json::object model;
};

/// What the person was asked to permit, and the answer. The decision covers exactly what was shown
/// (threats.md W-18).
struct ConsentAsked {
    std::string user_id;  ///< who was asked; empty: a person whose account is yet to be made
    std::vector<std::string> scopes;
    std::vector<std::string> claims;
    std::optional<bool> allowed;
    bool operator==(ConsentAsked const&) const = default;
};

/// For whom the person acts, as they chose in this login.
struct ActingChoice {
    std::string source;   ///< the plugin that asked them
    std::string user_id;  ///< who chose; empty: a person whose account is yet to be made
    std::optional<plugin::Mandate> mandate;  ///< empty: in their own matter
};

/// What the person was told of two accounts that become one, and whether they said yes. As with a
/// permission, the answer covers exactly what was shown.
struct MergeAsked {
    std::string from;
    std::string into;
    std::vector<std::string> moved;    ///< authenticators, by name
    std::vector<std::string> dropped;  ///< of the account that goes, since the other has its own
    bool confirmed = false;
    [[nodiscard]] bool is_same_question(MergeAsked const& other) const {
        return from == other.from && into == other.into && moved == other.moved &&
               dropped == other.dropped;
    }
};

struct LoginTransaction {
    storage::Id id;
    std::int64_t version = 0;
    oidc::AuthorizationRequest request;
    std::string locale;
    std::string event_id;
    std::optional<Proof> proof;
    /// A second identity, proven by a login step or for a link, that is to be of the same account.
    std::optional<Proof> also;
    std::string chosen;  ///< the authenticator the person chose; empty: none yet
    bool cancelled =
        false;  ///< an authenticator was tried and left: offer the choice again, also of one
    std::optional<Running> running;
    std::vector<std::string> settled_steps;  ///< login steps that are done or not needed
    std::optional<ActingChoice> acting;
    std::optional<ConsentAsked> consent;
    storage::Id session_id;       ///< the session that was live when the login began; empty without
    std::string session_user_id;  ///< and whose it was
    /// The OAuth error that the service gets if the person now gives up; empty: access_denied.
    std::string given_up_as;
    std::optional<MergeAsked> merge = {};
    std::size_t rounds = 0;  ///< plugin answers so far, bounded by limits.plugin_rounds
    TimePoint created_at{};

    /// The account that this login is known to belong to: of its proof, of the second identity that
    /// a step proved, or of the session; empty while that is nobody's.
    [[nodiscard]] std::string known_user(storage::Session const* session) const;
    /// Whether the account of the session is among what was proven.
    [[nodiscard]] bool has_proven_session_user() const;
    /// The text that forms, return URLs and plugins name this login by.
    [[nodiscard]] std::string handle() const;
    [[nodiscard]] boost::json::object to_json() const;
};
[[nodiscard]] Result<LoginTransaction> transaction_from(storage::LoginRecord const& record);

}  // namespace tunnus::login
