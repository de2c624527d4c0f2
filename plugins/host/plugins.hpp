// SPDX-License-Identifier: MIT
// The configured plugins: loaded through one door, limited, and asked. Everything that idp/login
// and idp/app need of plugins goes through here; nobody else holds a plugin::Plugin.
#pragma once

#include "idp/base/crypto.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/pages.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/host/builtin.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tunnus::plugin {

/// One entry of the configuration's `plugins`.
struct PluginSettings {
    std::string name;
    std::string library;  ///< path of a shared object; empty: compiled in
    bool required = true;
    std::string amr = {};  ///< what Identity::amr is to begin with; empty: as the plugin says
    boost::json::object config;
    std::string folder;  ///< holds `pages/` and `texts/` of the plugin, if it has any
};

/// What the host lends to plugins. References live as long as `owner`, or as the process where it
/// owns nothing.
struct Services {
    std::string issuer;
    std::string configuration_folder;  ///< where relative paths of secrets start
    Limits const& limits;
    sql::Database& database;
    Sealer const& sealer;
    Pages& pages;
    Log& log;
    Audit& audit;
    Clock& clock;
    Random& random;
    HttpClient& http;
    Mailer& mailer;
    Accounts& accounts;
    ServiceDirectory const& directory;
    Permissions& permissions;
    AuditTrail& audit_trail;
    GdprTokens& gdpr_tokens;
    /// Held by every plugin and every call into one, so that a call which outlives a reload still
    /// finds all of this.
    std::shared_ptr<void const> owner = nullptr;
};

/// What login runs: an answer, or why there is none. A Failure ends the login with server_error (or
/// temporarily_unavailable when the plugin's lane is overdrawn) and has been audited as
/// plugin_failed.
struct Failure {
    enum class Kind {
        exception,
        deadline,
        oversized,  ///< more than limits.plugin_answer_bytes, or nested deeper than
                    ///< limits.json_depth
        malformed,  ///< not UTF-8, or something the plugin has not declared (a level, another's
                    ///< name)
        overdrawn,  ///< its workers are all taken, or its circuit is open
        missing,    ///< no such plugin: the configuration changed since the login began
    } kind{};
    std::string plugin;
};
template <class Result>
using Ran = std::variant<Answer<Result>, Failure>;

/// Any thread may call. Every call into a plugin has the deadline limits.plugin_deadline
/// (threats.md X-08) and a bound on how many run at once; an exception, a late or an oversized
/// answer becomes a Failure. How: plugins/host/runner.hpp.
///
/// A LoginStep may set up identities of its own plugin's authenticator alone, and an Authenticator
/// may state only levels that it has declared.
class Plugins {
  public:
    /// Loads, checks and creates every configured plugin, in order. The error's detail begins with
    /// the configuration's path, `plugins[2].config.port: must be an integer`, and names the value
    /// that differs: the caller exits 78. A plugin with `required: false` may be missing, unfit or
    /// unwilling; a wrong configuration and a clash of names, scopes or claims always end the
    /// start.
    [[nodiscard]] static Result<std::unique_ptr<Plugins>> load(
        std::vector<PluginSettings> const& settings, std::span<EntryFunction const> builtin,
        Services const& services);
    virtual ~Plugins() = default;

    struct Named {
        std::string name;
        std::string version;
        bool loaded_from_file = false;
        std::vector<std::string> interfaces;
    };
    [[nodiscard]] virtual std::vector<Named> list() const = 0;
    /// Plugins with `required: false` that could not load: /readyz says degraded.
    [[nodiscard]] virtual std::vector<std::string> missing() const = 0;

    // Authenticators, in the order of the configuration.
    struct AuthenticatorInfo {
        std::string name;
        Text label;
        std::vector<std::string> acr_values;
        std::vector<Assurance> assurances;  ///< of acr_values, in their order
        Lane lane;
        std::vector<Authenticator::ReturnPath> return_paths;
        AuditKind rejection;
        std::vector<std::string> account_actions = {};
    };
    [[nodiscard]] virtual std::vector<AuthenticatorInfo> const& authenticators() const = 0;
    [[nodiscard]] virtual Ran<Identity> begin_authenticator(std::string_view name,
                                                            LoginView const& login) = 0;
    [[nodiscard]] virtual Ran<Identity> resume_authenticator(std::string_view name,
                                                             LoginView const& login,
                                                             boost::json::object const& state,
                                                             BrowserRequest const& request) = 0;

    /// Whether this plugin may want the browser elsewhere when a session that it proved ends.
    [[nodiscard]] virtual bool logs_out_elsewhere(std::string_view name) const = 0;
    /// SingleLogout::leave within bounds. A plugin that fails is recorded, and nothing more: the
    /// session ends here in any case.
    [[nodiscard]] virtual std::optional<Redirect> leave(std::string_view name,
                                                        SingleLogout::Ending const& ending) = 0;

    // Login steps, in the order of the configuration.
    [[nodiscard]] virtual std::vector<std::string> const& login_steps() const = 0;
    [[nodiscard]] virtual Lane login_step_lane(std::string_view name) const = 0;
    /// An error is the plugin's own: something behind it is down.
    [[nodiscard]] virtual std::variant<Result<bool>, Failure> step_needed(std::string_view name,
                                                                          LoginView const& login,
                                                                          std::string_view method,
                                                                          std::string_view acr) = 0;
    [[nodiscard]] virtual Ran<LoginStep::Settled> begin_step(std::string_view name,
                                                             LoginView const& login) = 0;
    [[nodiscard]] virtual Ran<LoginStep::Settled> resume_step(std::string_view name,
                                                              LoginView const& login,
                                                              boost::json::object const& state,
                                                              BrowserRequest const& request) = 0;

    // Mandate sources, in the order of the configuration.
    struct MandateSourceInfo {
        std::string name;
        std::vector<std::string> scopes;
        std::vector<std::string> details_types;
        std::vector<Authenticator::ReturnPath> return_paths;
    };
    [[nodiscard]] virtual std::vector<MandateSourceInfo> const& mandate_sources() const = 0;
    [[nodiscard]] virtual Ran<Acting> begin_mandate(std::string_view name, LoginView const& login,
                                                    MandateRequest const& request) = 0;
    [[nodiscard]] virtual Ran<Acting> resume_mandate(std::string_view name, LoginView const& login,
                                                     MandateRequest const& request,
                                                     boost::json::object const& state,
                                                     BrowserRequest const& browser) = 0;
    /// An error where it cannot be told, also for a source that is gone.
    [[nodiscard]] virtual Result<bool> mandate_stands(std::string_view name,
                                                      boost::json::object const& recheck) = 0;
    /// MandateSource::let_go within bounds; a source that fails is recorded, and nothing more.
    virtual void let_mandate_go(std::string_view name, boost::json::object const& recheck) = 0;

    // Claims and scopes of all plugins together. The provider's own claim names are dropped and
    // audited. Two plugins that declare one scope or one claim stop the start.
    [[nodiscard]] virtual std::vector<Scope> const& scopes() const = 0;
    [[nodiscard]] virtual std::vector<AuthorizationDetailsType> const& authorization_details_types()
        const = 0;
    [[nodiscard]] virtual std::vector<DataField> const& data_fields() const = 0;
    [[nodiscard]] virtual std::vector<std::string> const& claims_supported() const = 0;
    [[nodiscard]] virtual std::map<std::string, Text> const& claim_titles() const = 0;
    /// What any of them vouches for.
    [[nodiscard]] virtual VerifiedClaimsOffer const& verified_claims_offer() const = 0;
    /// Of one person, an object for each query in their order: every source is asked once.
    [[nodiscard]] virtual Result<std::vector<boost::json::object>> claims_of_each(
        std::span<ClaimsQuery const> queries) = 0;
    [[nodiscard]] Result<boost::json::object> claims(ClaimsQuery const& query) {
        auto each = claims_of_each({&query, 1});
        if (!each) return each.error();
        return std::move(each->front());
    }

    /// What every AccountListener holds of the account, by the plugin's name; the first error ends
    /// it.
    [[nodiscard]] virtual Result<boost::json::object> export_data(std::string_view user_id) = 0;
    /// Every AccountListener erases what it holds. All are asked; the first error is given.
    [[nodiscard]] virtual Result<> erase(std::string_view user_id) = 0;

    /// What every AccountListener wants written with this login; an error of one ends the login.
    [[nodiscard]] virtual Result<Writes> signed_in(SignedIn const& login) = 0;

    /// What every AccountListener wants written when the account loses this way to sign in.
    [[nodiscard]] virtual Result<Writes> method_removed(std::string_view user_id,
                                                        std::string_view authenticator) = 0;
    /// AccountListener::notice_address of each plugin that knows one, by the plugin's name.
    [[nodiscard]] virtual Result<std::vector<std::pair<std::string, std::string>>> notice_addresses(
        std::string_view user_id) = 0;

    /// `tunnus users add`: the identity that `name`'s authenticator will prove.
    [[nodiscard]] virtual Result<Identity> provision(std::string_view name,
                                                     Provisioner::NewSignIn const& sign_in) = 0;

    /// The account that the first PersonFinder names for this hint; empty: none does. An answer
    /// that is no user_id is an error.
    [[nodiscard]] virtual Result<std::string> find_person(std::string_view login_hint) = 0;

    /// Routes of plugins, with their handlers wrapped by deadline and containment: a person meets
    /// the error page where the plugin gave no answer. `find_caller` says who calls or refuses,
    /// also a POST of a session without its csrf token (threats.md W-05); the app gives it.
    using FindCaller = std::function<std::variant<Caller, HttpResponse>(
        HttpRequest const&, RouteSource::PluginRoute const&)>;
    struct CalledRoute {
        Route route;
        bool cross_origin;
    };
    [[nodiscard]] virtual std::vector<CalledRoute> routes(FindCaller find_caller) = 0;

    /// Every job with its plugin's name.
    struct JobInfo {
        std::string plugin;
        std::string name;
        seconds interval;
    };
    [[nodiscard]] virtual std::vector<JobInfo> jobs() const = 0;
    /// Runs it within limits.plugin_job_deadline and contains its exceptions. After a run that is
    /// late, fails at once until the job has come back from it.
    [[nodiscard]] virtual Result<> run_job(std::string_view plugin, std::string_view name) = 0;
    /// The job does not run again; a run under way gets limits.plugin_deadline to end, then
    /// run_job comes back without it.
    virtual void stop_job(std::string_view plugin, std::string_view name) = 0;
};

}  // namespace tunnus::plugin
