// SPDX-License-Identifier: MIT
// What a plugin's author includes. A plugin is ordinary sequential C++: data in, data out, on a
// worker. It implements any of the small interfaces below; all are optional. plugins/example_claims
// is the smallest whole plugin: start there.
//
// Threads: the host calls one plugin object from several workers at once. Calls may block; each has
// a deadline (limits.plugin_deadline) after which its login ends and its late answer is dropped.
// Ownership: the host owns the plugin object and destroys it last. References given to a call live
// as long as the call, but Host& lives as long as the plugin.
// Names: one class may implement any number of the interfaces; no two of them have a function of
// the same name and other results.
// Errors: Deny ends the login with a reason; an exception, an oversized or an unknown answer ends
// it with an error page and an audit event. No failure ever leads to a weaker token.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/clock.hpp"
#include "idp/base/form.hpp"
#include "idp/base/http.hpp"
#include "idp/base/http_client.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/localized_text.hpp"
#include "idp/base/log.hpp"
#include "idp/base/mailer.hpp"
#include "idp/base/outcome.hpp"
#include "idp/base/random.hpp"
#include "idp/base/registered_service.hpp"
#include "idp/base/result.hpp"
#include "idp/base/route.hpp"
#include "idp/base/secret.hpp"
#include "idp/base/verified_claims_offer.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tunnus::plugin {

/// in() takes LoginView::locale or Caller::locale.
using Text = LocalizedText;

// ---- Answers

/// Send the browser to another server (https, or loopback http in development).
struct Redirect {
    std::string url;
    boost::json::object state;  ///< kept by the host and given back when the browser returns
    /// What the browser posts there (SAML's HTTP-POST binding); empty: it follows the URL.
    std::vector<std::pair<std::string, std::string>> form = {};
};
/// Show a page of the plugin's own and come back with what the person sent.
struct Page {
    /// A file of the plugin's `pages/` folder, without `.html`; see Host::page for what it holds.
    std::string template_name;
    boost::json::object model;  ///< values are escaped; `action` and `csrf` are added by the host
    boost::json::object state;
    int status = 200;        ///< 422 with `errors` in the model; 429 when it is too soon to try
    seconds retry_after{0};  ///< with 429
};
/// End the login. `reason` is a constant for the audit record; `message` is shown to the person.
struct Deny {
    enum class Kind {
        cancelled,    ///< the person chose not to go on: back to the choice of methods
        refused,      ///< the login cannot succeed: RED(access_denied)
        unavailable,  ///< something behind the plugin is down: RED(temporarily_unavailable)
        rejected,     ///< the message was not genuine: answer class S-REJ of threats.md 0.2
    } kind = Kind::refused;
    std::string reason;
    Text message;
    /// What the record of a rejected message says besides the reason, the plugin and the request's
    /// digest: never a value of the message itself. The host makes the one record of it, of the
    /// kind Authenticator::rejection(), before the answer leaves.
    boost::json::object details = {};
};
/// What a step answers: its result, or what must happen first.
template <class Result>
using Answer = std::variant<Result, Redirect, Page, Deny>;

// ---- What the host tells about a login

struct ServiceView {
    std::string client_id;
    Text name;
};

struct LoginView {
    /// Names this login for the plugin's round trips and logs: 22 characters of base64url. Without
    /// the browser's login cookie it is of no use.
    std::string login_id;
    std::string event_id;  ///< for an error page
    std::string request_id;
    std::string locale;  ///< fi, sv or en
    ServiceView service;
    std::string login_hint;  ///< as the service sent it; may be hostile text
    /// Levels that would satisfy this login; empty: any.
    std::vector<std::string> acr_values;
    /// The account that the proof of this login belongs to. Empty before a proof, and after a proof
    /// by an identity that has no account yet: the account is made when the login finishes, or the
    /// identity is linked to the account of Settled::also.
    std::string user_id;
    /// The account of a session that was live in this browser when the login began. It is no proof:
    /// whatever joins something to that account must prove it anew (threats.md L-31).
    std::string session_user_id;
    /// The service demands that the person prove themselves now (prompt=login, max_age).
    bool fresh = false;
    /// Since when an account has been waiting for this person, because others acted for them before
    /// they ever signed in. It is theirs when this login finishes, or becomes one with the account
    /// of Settled::also; until then `user_id` is empty.
    std::optional<TimePoint> unclaimed_since = {};
    /// What the service has the person do about their account in this login: one of
    /// Authenticator::account_actions(), or an action of the host's own; empty: nothing.
    std::string account_action = {};
    /// The `sid` of the session of `session_user_id`.
    std::string session_id = {};
    /// The account that must be proven now, because another way to sign in or another account is to
    /// be joined to it: the page says whose it is (threats.md L-31). Empty: whoever it is.
    std::string proving_user_id = {};
};

/// The browser's request to one of the plugin's steps.
struct BrowserRequest {
    Method method = Method::GET;
    std::string path;   ///< a ReturnPath's as declared, or `/login/return/<plugin>`
    std::string query;  ///< raw
    Form form;          ///< of the body (POST) or the query (GET); already strict
    std::string media_type;
    std::string client_address;
    std::string
        device;  ///< a stable random name of this browser (a cookie), for rate limits per device
};

// ---- The interfaces

/// Who the person is, as an Authenticator has proven it.
struct Identity {
    Secret subject;  ///< the person's lasting key in this authenticator's own name space; the host
                     ///< stores only a keyed digest
    std::string acr;
    std::vector<std::string> amr;
    boost::json::object attributes;  ///< what was learnt; sealed at rest and handed to ClaimsSource
                                     ///< and AccountListener
    boost::json::object logout;      ///< what single logout will need (NameID, SessionIndex)
    /// When the person really proved themselves, where that was before this answer (a session at
    /// the other end): `auth_time` is never newer (threats.md I11). Empty: now.
    std::optional<TimePoint> authenticated_at;
};

/// How much a level is worth: the assurance levels of eIDAS (Implementing Regulation (EU)
/// 2015/1502).
enum class Assurance { low, substantial, high };

/// Proves who the person is.
class Authenticator {
  public:
    virtual ~Authenticator() = default;
    /// What this level of acr_values() is worth. The order of levels among all methods follows from
    /// it, so nothing is more than low that its author does not vouch for.
    [[nodiscard]] virtual Assurance assurance(std::string_view /*acr*/) const {
        return Assurance::low;
    }
    /// Levels this method can prove, lowest first.
    [[nodiscard]] virtual std::vector<std::string> acr_values() const = 0;
    /// The method's name on the page where the person chooses, and its button's id is
    /// `method-<plugin>`.
    [[nodiscard]] virtual Text label() const = 0;
    /// The lane its steps run on; `password` when they hash.
    [[nodiscard]] virtual Lane lane() const { return Lane::plugin; }
    /// A path below `/<plugin>/` to which the browser comes back from elsewhere (`acs`), besides
    /// `/login/return/<plugin>`. The request names its login in the form field `login_field`, where
    /// the plugin has put LoginView::login_id when it sent the browser away (RelayState for SAML,
    /// state for OAuth). The login cookie must belong to that login, or the plugin is not asked and
    /// the answer is that of Deny::rejected.
    struct ReturnPath {
        Method method;
        std::string path;
        std::size_t body_limit;
        std::string login_field;
    };
    [[nodiscard]] virtual std::vector<ReturnPath> return_paths() const { return {}; }
    /// What it does about an account when a service asks for that by `kc_action`, under the names
    /// that Keycloak has: begin() then leads the person there, and the proof is the end of it.
    [[nodiscard]] virtual std::vector<std::string> account_actions() const { return {}; }
    /// As what a message that is rejected, or comes for no login of its browser, is recorded.
    [[nodiscard]] virtual AuditKind rejection() const { return AuditKind::login_refused; }

    [[nodiscard]] virtual Answer<Identity> begin(LoginView const& login) = 0;
    [[nodiscard]] virtual Answer<Identity> resume(LoginView const& login,
                                                  boost::json::object const& state,
                                                  BrowserRequest const& request) = 0;
};

/// Ends at the other end, too, what a proof began there (SAML single logout).
class SingleLogout {
  public:
    virtual ~SingleLogout() = default;
    struct Ending {
        boost::json::object logout;  ///< Identity::logout of the session's newest proof
        std::string return_to;       ///< where the browser goes in the end, as a whole URL
        std::string locale;          ///< fi, sv or en
    };
    /// A session ends here by the wish of its person, whatever comes of this: where to send the
    /// browser, or nothing when there is nobody to ask. Redirect::state is not kept.
    [[nodiscard]] virtual std::optional<Redirect> leave(Ending const& ending) = 0;
};

/// Something to settle with the person between the proof and the answer to the service.
class LoginStep {
  public:
    virtual ~LoginStep() = default;
    struct Settled {
        /// A further way to sign in to the same account that this step has set up: the host links
        /// it.
        std::optional<Identity> also;
        std::string also_authenticator;  ///< the plugin that will prove `also` in later logins
    };
    /// Whether this login needs the step. Called once a login, after every proof, on the worker
    /// that serves the browser (see ClaimsSource::quick): at most a look into the plugin's tables.
    /// An error means that it cannot be told now: the person is asked to try again later.
    [[nodiscard]] virtual Result<bool> needed(LoginView const& login, std::string_view method,
                                              std::string_view acr) = 0;
    [[nodiscard]] virtual Answer<Settled> begin_step(LoginView const& login) = 0;
    [[nodiscard]] virtual Answer<Settled> resume_step(LoginView const& login,
                                                      boost::json::object const& state,
                                                      BrowserRequest const& request) = 0;
    [[nodiscard]] virtual Lane step_lane() const { return Lane::plugin; }
};

/// Where claims are going.
enum class Destination { id_token, userinfo, access_token };

struct ClaimsQuery {
    std::string user_id;
    std::string client_id;
    std::string acr;                  ///< of the login the token comes from
    std::vector<std::string> scopes;  ///< granted
    std::vector<std::string>
        claim_names;  ///< asked by the claims parameter for this destination and permitted
    Destination destination = Destination::userinfo;
    std::string locale;
    /// Asked for within `verified_claims` and permitted: see ClaimsSource::verified_claims_offer().
    std::vector<std::string> verified_names = {};
};

/// Gives claims. The host asks when a granted scope or a claim asked by name covers one of
/// claims_supported(), and drops what the query does not cover, so a source may give all it has.
/// What a scope releases goes to the userinfo endpoint; to the ID token go only claims that the
/// service asked for by name in the claims parameter's `id_token` member (OpenID Connect Core
/// §5.4), which come as `claim_names` of Destination::id_token. Names that the provider itself
/// states (`iss sub aud exp iat nbf jti nonce acr amr auth_time azp sid at_hash c_hash s_hash
/// client_id scope cnf act may_act events on_behalf_of authorization authorization_details
/// verified_claims _claim_names _claim_sources`) are dropped.
class ClaimsSource {
  public:
    virtual ~ClaimsSource() = default;
    /// Every claim it can give, for discovery.
    [[nodiscard]] virtual std::vector<std::string> claims_supported() const = 0;
    [[nodiscard]] virtual Result<boost::json::object> claims(ClaimsQuery const& query) = 0;
    /// Which of those it vouches for, and on what (OpenID Connect for Identity Assurance 1.0, §8).
    /// Where a query has `verified_names`, the answer's member `verified_claims` is a list of
    /// attestations: each an object with `verification`, all that is known and true of how the
    /// claims were verified (`trust_framework`, `assurance_level`, `time` in UTC, `evidence`, …),
    /// and `claims`. What the service did not ask for, or not so, the host takes out. Asked for in
    /// logins with strong identification alone (Assurance). An attestation that has a framework, a
    /// claim, or evidence beyond this offer is dropped. A scope covers a claim, and the person
    /// permits it, the same whether it is verified or not.
    [[nodiscard]] virtual VerifiedClaimsOffer verified_claims_offer() const { return {}; }
    /// What the consent page calls a claim that a service asks for by name; one without a title is
    /// shown by its name. Each title has a text in all three languages.
    [[nodiscard]] virtual std::map<std::string, Text> claim_titles() const { return {}; }
    /// True when claims() never waits for anything but the plugin's own tables. The host then calls
    /// it on the thread that makes the token, which saves two thread switches a login. A quick
    /// source that comes back late loses this right for as long as the process lives.
    [[nodiscard]] virtual bool quick() const { return false; }
    /// What the host calls: several queries about one person, which differ in what they ask for and
    /// in the language, and an object for each in their order. A source that reads what it stores
    /// of the person overrides this too and reads once, since a request reads little.
    [[nodiscard]] virtual Result<std::vector<boost::json::object>> claims_of_each(
        std::span<ClaimsQuery const> queries) {
        std::vector<boost::json::object> each;
        for (auto const& query : queries) {
            auto one = claims(query);
            if (!one) return one.error();
            each.push_back(std::move(*one));
        }
        return each;
    }
};

/// A scope that a plugin declares. Refused when the plugin is loaded: a name that is not a
/// scope-token (RFC 6749 §3.3), longer than 64 characters, reserved (`openid`, `offline_access`) or
/// another plugin's; a title without a text in one of the languages, and a description that has
/// some languages but not all.
struct Scope {
    std::string name;
    Text title;                       ///< on the consent page: what the service gets
    Text description;                 ///< one sentence more; may be left out
    std::vector<std::string> claims;  ///< the claims it releases
    bool ask_consent = true;
    std::string minimum_acr;  ///< released only in a session of at least this level; empty: any
};
/// A type of authorization_details (RFC 9396 §2) that a plugin declares: what a service asks for
/// where a scope says too little.
struct AuthorizationDetailsType {
    std::string name;            ///< the member `type`
    Text title;                  ///< on the consent page, above what the service wrote
    boost::json::object schema;  ///< of one whole object, as idp/base/json_schema.hpp reads it
};
/// A kind of data that a registered service may be allowed to read of a person through the plugin's
/// routes (RegisteredService::data_fields). Refused when the plugin is loaded: a name that is not
/// of a-z, 0-9 and `_` or is another plugin's, and a title without a text in one of the languages.
struct DataField {
    std::string name;
    Text title;  ///< on the consent page, above the service's purpose
};
class ScopeSource {
  public:
    virtual ~ScopeSource() = default;
    [[nodiscard]] virtual std::vector<Scope> scopes() const = 0;
    [[nodiscard]] virtual std::vector<DataField> data_fields() const { return {}; }
    [[nodiscard]] virtual std::vector<AuthorizationDetailsType> authorization_details_types()
        const {
        return {};
    }
};

/// What becomes true together with something of the core's, or not at all: statements for the
/// plugin's own tables, and what is recorded of them. A statement whose expected_rows are not met
/// undoes the whole.
struct Writes {
    std::vector<sql::Statement> steps;
    std::vector<AuditEvent> audit;  ///< event_id and request_id may stay empty
};

/// What a service asks of a MandateSource, and who asks to act.
struct MandateRequest {
    std::vector<std::string> scopes;           ///< those of mandate_scopes() that it asks for
    boost::json::array authorization_details;  ///< its objects of mandate_details_types()
    /// How the person has identified, in this login or in the session that it rests on.
    struct Known {
        std::string authenticator;
        Secret subject;  ///< Identity::subject
    };
    std::vector<Known> known;
    /// What became of the mandate that the person chose before in this login: too long ago to count
    /// unasked, it was asked about again.
    enum class Earlier { none, ended, unknown } earlier = Earlier::none;
};
/// For whom the person acts, as checked a moment ago. The host keeps it sealed with the grant that
/// rests on it, and nowhere else.
struct Mandate {
    enum class Kind { person, organisation } kind = Kind::person;
    /// A person: the subject by which `authenticator` knows them, so that they meet this account at
    /// their first login. An organisation: its lasting name in `authenticator`'s stead.
    Secret principal;
    std::string authenticator;
    std::string name;                ///< for the pages and the service
    std::vector<std::string> roles;  ///< the themes or roles under which, of those asked for
    /// The identity code or business id, where the service may have it; empty otherwise.
    Secret identifier;
    boost::json::array authorization_details;  ///< the objects of the request that it satisfies
    TimePoint checked_at{};
    boost::json::object recheck;  ///< what still_valid() needs
    /// Until when still_valid() can be asked: nothing of the mandate counts longer. Empty: always.
    std::optional<TimePoint> until = {};
};
/// What the person has chosen: nothing means to act in their own matter.
struct Acting {
    std::optional<Mandate> mandate;
};
/// Lets the person act for another. The host asks at every login in which a service wants it,
/// before anything is permitted, and of persons with strong identification alone (Assurance). Its
/// calls run on Lane::outbound, each within limits.mandate_deadline, since the register that it
/// asks is elsewhere. A Deny ends the login with its answer to the service.
class MandateSource {
  public:
    virtual ~MandateSource() = default;
    /// The scopes that ask for acting for another: its ScopeSource declares them as well. A service
    /// that has registered one of them, or of the types, gets strong logins alone.
    [[nodiscard]] virtual std::vector<std::string> mandate_scopes() const = 0;
    [[nodiscard]] virtual std::vector<std::string> mandate_details_types() const { return {}; }
    /// Where the browser comes back from elsewhere.
    [[nodiscard]] virtual std::vector<Authenticator::ReturnPath> mandate_return_paths() const {
        return {};
    }
    [[nodiscard]] virtual Answer<Acting> begin_mandate(LoginView const& login,
                                                       MandateRequest const& request) = 0;
    [[nodiscard]] virtual Answer<Acting> resume_mandate(LoginView const& login,
                                                        MandateRequest const& request,
                                                        boost::json::object const& state,
                                                        BrowserRequest const& browser) = 0;
    /// Whether the mandate stands now. An error means that it cannot be told: nobody gets a token,
    /// and nothing ends.
    [[nodiscard]] virtual Result<bool> still_valid(boost::json::object const& recheck) = 0;
    /// Nothing rests on the mandate any more: the person has stopped or signed out, it has ended,
    /// or its time is over. Told some seconds later, once or more; what is kept of it elsewhere can
    /// go.
    virtual void let_go(boost::json::object const& /*recheck*/) {}
};

/// A call of a plugin's route: who calls, a person with a session or a service with a verified
/// access token, and what the host has read of the request.
struct Caller {
    std::string user_id;  ///< empty: nobody is signed in
    std::string acr;
    std::vector<std::string> amr;
    std::string session_id;  ///< `sid`, also of the session that a token comes from; may be empty
    std::string client_id;   ///< of the access token (`azp`); empty in a session
    /// The token was made of one that the person permitted another service to have (RFC 8693).
    bool handed_on = false;
    std::vector<std::string> scopes;
    /// What the token may do at the route's audience (`authorization.permissions[].scopes`).
    std::vector<std::string> permissions;
    /// The registered service that the token's client belongs to; null: none, or a session.
    std::shared_ptr<RegisteredService const> service;
    /// The data fields of that service that the person permits it now (RegisteredService). Nothing
    /// else about them may be read or changed by this call; a service that is the profile service
    /// has all of a person's own.
    std::vector<std::string> data_fields;
    /// The token that forms of this session must send back in a field named `csrf`, or scripts in
    /// X-CSRF-Token. The host checks it before it asks a route that needs a session, for every
    /// method but GET and HEAD.
    std::string csrf;
    /// fi, sv or en: `?ui_locales=` of this request, which the host also keeps in a cookie, so that
    /// the language links of a page work; else that cookie, else Accept-Language.
    std::string locale;
    std::string path;      ///< of this request with the issuer's path: where a form posts back
    std::string event_id;  ///< for an error page and the log
    Form form;             ///< where the route says `form`; else empty
    /// For whom the person acts now, as the frame of every page shows it; Host::page adds it.
    boost::json::array acting = {};
};
class RouteSource {
  public:
    virtual ~RouteSource() = default;
    /// A GET that needs a session leads a person without one through a login and back; any other
    /// call meets a page of 401. Without a good access token a service gets 401 or 403 by RFC 6750.
    enum class Needs { nothing, session, access_token };
    struct PluginRoute {
        Method method;
        /// Below `/<plugin>/`, without a slash at the begin: `card` of the plugin `library` is
        /// `/library/card`, and the empty path is `/library/`. With a slash at the begin it is an
        /// address of its own, `/graphql/`, for what others have long known. Segments of A-Z a-z
        /// 0-9 `- . _ ~`;
        /// `{name}` stands for any one segment (HttpRequest::path_variables), a last `*` for any
        /// rest. A path that is not so, or a method and path that somebody else has, stops the
        /// start.
        std::string path;
        Needs needs = Needs::session;
        std::size_t body_limit = 65'536;  ///< bytes; more is 413. 0: no body
        /// Runs within limits.plugin_deadline. A PendingCommit is committed by the host. When it
        /// throws or is late, the host answers the product's error page (a service: 503 alone).
        std::function<Outcome(HttpRequest const&, Caller const&)> handler;
        /// The host parses a form into Caller::form, of the body or for GET of the query, and
        /// answers itself: 415 when the body is not application/x-www-form-urlencoded, 400 when it
        /// is malformed or a field comes twice. False: the handler checks and parses what it wants.
        bool form = false;
        /// The level that the caller's login must have: any of these or a higher one; empty: any. A
        /// person is led through a login that reaches it, a service gets the challenge of RFC 9470.
        std::vector<std::string> acr_values = {};
        /// How long ago the login may be, 30 s at least. A service's own token, which is about
        /// nobody, has no level and no time.
        std::optional<seconds> max_age = {};
        /// For whom an access token must be (`aud`), by RFC 8707 or a token exchange. Empty: for
        /// this provider, as a token is that was asked for nothing in particular.
        std::string audience = {};
        /// Scripts of registered origins may call it and read every answer, refusals too
        /// (Client::allowed_origins); the host answers their preflights. With Needs::access_token
        /// alone: a cookie opens nothing for another origin.
        bool cross_origin = false;
        /// What the body of an answer is by which the host refuses a service's call, besides its
        /// status and challenge: JSON, for services that look for a code there. Empty: none.
        std::string refusal_json = {};
    };
    [[nodiscard]] virtual std::vector<PluginRoute> routes() = 0;
};

/// Somebody has signed in: the login is about to be finished.
struct SignedIn {
    std::string user_id;
    bool created = false;  ///< the account is made with this login, or claimed by it
    /// The session that the login makes or raises; for Accounts::end_named_sessions.
    std::string session_id = {};
    struct Proven {
        std::string method;
        Identity identity;
    };
    /// What this login has proven: the person, and a further way to sign in that a step set up.
    std::vector<Proven> proofs;
    /// An account that becomes one with `user_id`, because the person proved both and said so;
    /// empty: none. With this login it is gone: what the plugin keeps of it moves or goes in the
    /// same writes. A way to sign in moves where `user_id` has none of that authenticator, else it
    /// goes.
    std::string merged_user_id = {};
};
/// Hears what happens to accounts and answers for what it stores about a person (GDPR articles 15
/// and 17). user_id is a random UUID in its text form: 36 characters, VARCHAR(36).
class AccountListener {
  public:
    virtual ~AccountListener() = default;
    /// Once a login, before the session exists: what the plugin keeps of it, written in the one
    /// transaction that finishes the login. It may read, and must not write: the login may still be
    /// lost, and then there is no such account.
    [[nodiscard]] virtual Result<Writes> signed_in(SignedIn const& login) = 0;
    /// All that the plugin stores about the person, readable by them; `{}` when nothing. Asked by
    /// `tunnus users export`, where it stands under the plugin's name.
    [[nodiscard]] virtual Result<boost::json::object> export_data(std::string_view user_id) = 0;
    /// Deletes it. Asked by `tunnus users erase`, after the person's sessions have ended and before
    /// the account goes. It may be asked again, also for an account that the plugin never knew, and
    /// that is fine; an error keeps the account, so that erasing can be tried again.
    [[nodiscard]] virtual Result<> erase(std::string_view user_id) = 0;
    /// The account loses this way to sign in: what rests on it goes in the same write.
    [[nodiscard]] virtual Result<Writes> method_removed(std::string_view /*user_id*/,
                                                        std::string_view /*authenticator*/) {
        return Writes{};
    }
    /// An e-mail address that was proven to be the person's, where they hear of what happens to
    /// their account and by which they know it; empty: the plugin knows none.
    [[nodiscard]] virtual Result<std::string> notice_address(std::string_view /*user_id*/) {
        return std::string();
    }
};

/// Makes a way to sign in for a person who is not there: `tunnus users add`.
class Provisioner {
  public:
    virtual ~Provisioner() = default;
    struct NewSignIn {
        std::string email;
        Secret password;
        bool verified = false;  ///< the e-mail address is known to be the person's
    };
    /// The identity that the plugin's authenticator will prove; the host makes its account.
    /// BaseErrc::malformed or denied with a text for the administrator.
    [[nodiscard]] virtual Result<Identity> provision(NewSignIn const& sign_in) = 0;
};

/// Knows people by what a service may know of them: the `login_hint` of a question that comes
/// without a browser (OpenID CIBA).
class PersonFinder {
  public:
    virtual ~PersonFinder() = default;
    /// The user_id of the one person who is meant for certain, by a verified address say; empty
    /// when there is none. `login_hint` is hostile text.
    [[nodiscard]] virtual Result<std::string> find_person(std::string_view login_hint) = 0;
};

/// Periodic work; in a cluster one node at a time. The first run is one interval after the start,
/// each next one an interval after the end of the last; `tunnus plugins run-job` runs it at once. A
/// run has limits.plugin_job_deadline and a thread of its own: a job that hangs keeps that thread
/// alone and is not run again before it comes back. An error is logged (`job.failed`) and changes
/// nothing else.
class Job {
  public:
    virtual ~Job() = default;
    [[nodiscard]] virtual std::string name() const = 0;  ///< [a-z0-9_]+, unique in the plugin
    [[nodiscard]] virtual seconds interval() const = 0;  ///< 1 at least; read once
    [[nodiscard]] virtual Result<> run() = 0;
};

// ---- The plugin and its host

/// A plugin. Each function returns the interface the plugin implements, or null. The pointers live
/// as long as the plugin.
class Plugin {
  public:
    virtual ~Plugin() = default;
    virtual Authenticator* authenticator() { return nullptr; }
    virtual LoginStep* login_step() { return nullptr; }
    virtual ClaimsSource* claims_source() { return nullptr; }
    virtual ScopeSource* scope_source() { return nullptr; }
    virtual MandateSource* mandate_source() { return nullptr; }
    virtual RouteSource* route_source() { return nullptr; }
    virtual AccountListener* account_listener() { return nullptr; }
    virtual Provisioner* provisioner() { return nullptr; }
    virtual std::vector<Job*> jobs() { return {}; }
    /// The templates of its `pages/` folder that it shows, without `.html`: one that is missing
    /// stops the start instead of a login.
    [[nodiscard]] virtual std::vector<std::string> pages() const { return {}; }
    virtual PersonFinder* person_finder() { return nullptr; }
    virtual SingleLogout* single_logout() { return nullptr; }
};

/// What a plugin may have done to an account. Any thread may call.
class Accounts {
  public:
    virtual ~Accounts() = default;
    /// Ends every session of the account and revokes every grant that rests on one, offline ones
    /// too; services hear of it by back-channel logout. Fine when there is none. For a password
    /// that was reset (threats.md L-26).
    [[nodiscard]] virtual Result<> end_sessions(std::string_view user_id,
                                                std::string_view reason) = 0;
    /// The same, but for the session that the person is in (LoginView::session_id, Caller): for a
    /// password that they changed themselves. Empty: none is kept.
    [[nodiscard]] virtual Result<> end_other_sessions(std::string_view user_id,
                                                      std::string_view kept_session_id,
                                                      std::string_view reason) = 0;
    /// Ends those of these sessions (SignedIn::session_id) that still live, and revokes what rests
    /// on them but for offline grants; services hear of it by back-channel logout. How many ended.
    [[nodiscard]] virtual Result<std::size_t> end_named_sessions(
        std::span<std::string const> session_ids, std::string_view reason) = 0;
    /// How many services are yet to hear that these sessions have ended. They are told by a job
    /// within seconds, and again where one does not answer.
    [[nodiscard]] virtual Result<std::size_t> untold_services(
        std::span<std::string const> session_ids) = 0;
    /// A way to sign in that is linked to the account.
    struct SignInMethod {
        std::string authenticator;  ///< the plugin's name
        Text label;
        TimePoint linked_at{};
    };
    [[nodiscard]] virtual Result<std::vector<SignInMethod>> sign_in_methods(
        std::string_view user_id) = 0;
    /// All that is stored about the person here (GDPR article 15): the core's own in `account`,
    /// each AccountListener's in `plugins` under its name. Empty when there is no such account.
    [[nodiscard]] virtual Result<boost::json::object> export_data(std::string_view user_id) = 0;
    /// Deletes the account (GDPR article 17): nobody signs in to it any more and services hear of
    /// the end of its sessions, then every AccountListener erases, then the account goes. An error
    /// leaves it disabled, and the same call goes on where it stopped. Fine when there is none.
    [[nodiscard]] virtual Result<> erase(std::string_view user_id, std::string_view request_id) = 0;
};

/// What has happened to a person's data and account, for their own eyes. Any thread may call.
class AuditTrail {
  public:
    virtual ~AuditTrail() = default;
    struct Piece {
        std::vector<AuditEvent> events;  ///< newest first
        std::string older;  ///< where the events before these begin; empty: there are none
    };
    /// The events about the person from `from` on (Piece::older of another piece; anything else:
    /// the newest), at most `most`. Not what strangers tried (password.failed), which could push
    /// everything else out, nor what failed inside (plugin.failed).
    [[nodiscard]] virtual Result<Piece> about(std::string_view user_id, std::string_view from,
                                              std::size_t most) = 0;
};

/// What a person permits a service, as it stands now.
struct Permission {
    /// RegisteredService::name, or the client_id where the client belongs to none.
    std::string service;
    Text title;
    Text description;
    Text terms_of_use_url;
    Text privacy_policy_url;
    /// What the service gets, and what for, as the consent page said.
    struct Item {
        Text title;
        Text description;  ///< may be empty
        bool operator==(Item const&) const = default;
    };
    std::vector<Item> items;
    std::vector<std::string> data_fields;
    TimePoint given_at{};  ///< the newest, where the service has several clients
};
/// What people permit. Any thread may call.
class Permissions {
  public:
    virtual ~Permissions() = default;
    /// Those that stand, by title. The profile service is not among them.
    [[nodiscard]] virtual Result<std::vector<Permission>> of(std::string_view user_id,
                                                             std::string_view locale) = 0;
    /// What people know this client by: its service's title, or its own name. Empty for a client
    /// that is gone, and for the product's own pages.
    [[nodiscard]] virtual Text title_of(std::string_view client_id) = 0;
    /// Ends it at once: every token and grant of the service's clients about this person is
    /// revoked. Fine when there is none. The service's own data stay (RegisteredService::gdpr).
    [[nodiscard]] virtual Result<> withdraw(std::string_view user_id, std::string_view service,
                                            std::string_view request_id) = 0;
};

/// Tokens that we sign for a service's own API, by which it lets the data that it holds of a person
/// be fetched or erased (RegisteredService::gdpr, citizen-services.md 3.1). Any thread may call.
class GdprTokens {
  public:
    virtual ~GdprTokens() = default;
    enum class Use { query, erase };
    struct Token {
        Secret text;      ///< an access token, a JWT, for limits.gdpr_token_lifetime
        std::string sub;  ///< by which the service knows the person
    };
    /// For the service's audience and the scope of this use, and for nothing of ours; signed as the
    /// ID tokens of the service's first client are. Of `claims` the provider's own names are
    /// dropped. BaseErrc::not_found: the service has no such API, or its client is gone.
    [[nodiscard]] virtual Result<Token> make(RegisteredService const& service, Use use,
                                             std::string_view user_id,
                                             boost::json::object const& claims) = 0;
};

/// What the host gives. Lives as long as the plugin; any thread may call.
class Host {
  public:
    virtual ~Host() = default;
    /// The plugin's `config` object, already valid by the plugin's own schema, secrets still as
    /// references.
    [[nodiscard]] virtual boost::json::object const& configuration() const = 0;
    /// Reads a `{"file": …}` or `{"env": …}` reference of the configuration.
    [[nodiscard]] virtual Result<Secret> secret(boost::json::value const& reference) const = 0;
    /// Reads a public file that the configuration names (a certificate, a metadata document), at
    /// most limits.plugin_file_bytes. A relative path starts from the configuration's folder.
    [[nodiscard]] virtual Result<std::string> read_file(std::string_view path) const = 0;
    [[nodiscard]] virtual std::string const& issuer() const = 0;
    /// Every bound of the product; a plugin names none of its own that is there.
    [[nodiscard]] virtual Limits const& limits() const = 0;
    /// Seals and opens values of the plugin's tables; `context` is prefixed with the plugin's name.
    /// The sealed value is binary, 28 bytes more than the plain one (AES-256-GCM), and different
    /// each time: VARBINARY. open() gives BaseErrc::denied for anything not sealed so.
    [[nodiscard]] virtual std::string seal(std::string_view context, std::string_view plain) = 0;
    [[nodiscard]] virtual Result<std::string> open(std::string_view context,
                                                   std::string_view sealed) = 0;
    /// A keyed digest by which a sealed value can be found, or held unique: 32 bytes, the same each
    /// time for the same context and value, VARBINARY(32).
    [[nodiscard]] virtual std::string blind_index(std::string_view context,
                                                  std::string_view plain) = 0;
    /// Renders a template of the plugin's `pages/` folder (conf/pages/README.md has the rules).
    /// A template is the content of a page alone, from `<h1>` on: the product's frame goes around
    /// it, with the text `<template>_title` in `<title>`. One that begins with `<!DOCTYPE html>` is
    /// a whole page and includes the frame's parts (`{{> head}}`, `{{> top}}`, `{{> bottom}}`)
    /// itself. It is given `model`, `t` (the plugin's texts over the product's), `locale`, `base`,
    /// `theme` and `languages`. `errors` in the model, an object from the name of an input to a
    /// sentence, is listed by `{{> errors}}` with a link to the element of that id; its member
    /// `form` belongs to no input. Throws std::invalid_argument for a template that is not there.
    [[nodiscard]] virtual HttpResponse page(int status, std::string_view template_name,
                                            boost::json::object const& model,
                                            std::string_view locale) = 0;
    /// The same in answer to a call: in the caller's language, with `csrf` and `action`
    /// (Caller::csrf, Caller::path) added where the model has none, and with Caller::acting, so
    /// that people see on every page for whom they act, and stop there. A form then is
    /// `<form method="post" action="{{action}}">` with a hidden field `csrf`.
    [[nodiscard]] HttpResponse page(int status, std::string_view template_name,
                                    boost::json::object model, Caller const& caller) {
        model.emplace("csrf", caller.csrf);
        model.emplace("action", caller.path);
        if (!caller.acting.empty()) model["acting_now"] = caller.acting;
        return page(status, template_name, model, caller.locale);
    }
    /// The product's error page. `error_word` (`not_found`) is shown as `#error`, the caller's
    /// event id as `#event-id`; `message_key` names a text of the plugin, empty for a general one.
    [[nodiscard]] virtual HttpResponse error_page(int status, std::string_view error_word,
                                                  std::string_view message_key,
                                                  Caller const& caller) = 0;
    /// A text of the plugin's `texts/<locale>.json`, by key, or else the product's own of that key.
    /// An unknown key comes back as `<plugin>/<key>`, an unknown locale counts as fi. A plugin
    /// without texts must not ask: std::invalid_argument.
    [[nodiscard]] virtual std::string text(std::string_view locale, std::string_view key) const = 0;
    /// The plugin's tables are named `<plugin>_…`.
    [[nodiscard]] virtual sql::Database& database() = 0;
    [[nodiscard]] virtual Log& log() = 0;
    [[nodiscard]] virtual Audit& audit() = 0;
    [[nodiscard]] virtual Clock& clock() = 0;
    [[nodiscard]] virtual Random& random() = 0;
    [[nodiscard]] virtual HttpClient& http() = 0;
    [[nodiscard]] virtual Mailer& mailer() = 0;
    [[nodiscard]] virtual Accounts& accounts() = 0;
    [[nodiscard]] virtual ServiceDirectory const& services() const = 0;
    [[nodiscard]] virtual Permissions& permissions() = 0;
    [[nodiscard]] virtual AuditTrail& audit_trail() = 0;
    [[nodiscard]] virtual GdprTokens& gdpr_tokens() = 0;
};

}  // namespace tunnus::plugin
