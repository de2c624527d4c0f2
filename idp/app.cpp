// SPDX-License-Identifier: MIT
#include "idp/app.hpp"

#include "idp/assets.hpp"
#include "idp/audit_keeping.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/page_routes.hpp"
#include "idp/base/pages.hpp"
#include "idp/base/time_text.hpp"
#include "idp/clock_keeping.hpp"
#include "idp/login/accessibility.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/acting_now.hpp"
#include "idp/login/approvals.hpp"
#include "idp/login/caller.hpp"
#include "idp/login/device.hpp"
#include "idp/login/flow.hpp"
#include "idp/login/gdpr_tokens.hpp"
#include "idp/login/logout.hpp"
#include "idp/login/own_pages.hpp"
#include "idp/login/permissions.hpp"
#include "idp/login/plugin_answer.hpp"
#include "idp/login/refusal_throttle.hpp"
#include "idp/login/sign_in_methods.hpp"
#include "idp/plugin_claims.hpp"
#include "idp/token_keys.hpp"
#include "idp/web/router.hpp"
#include "idp/web/static_files.hpp"
#include "oidc/endpoints/authorization.hpp"
#include "oidc/endpoints/client_key_cache.hpp"
#include "oidc/endpoints/client_registry.hpp"
#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/ping.hpp"
#include "oidc/endpoints/registration.hpp"
#include "oidc/protocol/service.hpp"
#include "oidc/protocol/signing_algorithms.hpp"
#include "plugins/host/plugins.hpp"
#include "storage/audit_log.hpp"
#include "storage/backup_mark.hpp"
#include "storage/one_time.hpp"
#include "storage/outbox.hpp"
#include "storage/schema.hpp"
#include "storage/sql/open.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tunnus {
namespace {

constexpr seconds mail_interval{2};
constexpr seconds logout_interval{1};
constexpr seconds ping_interval{1};
constexpr seconds acting_interval{5};
constexpr seconds registry_interval{5};
constexpr seconds expiry_interval{60};
constexpr seconds audit_interval{10};
constexpr seconds refusals_interval{60};

/// What plugins are lent. Shared with them: a call that hangs across a reload goes on in what it
/// began with (threats.md X-08), and this goes when the last such call has ended. Members are in
/// the order in which they need one another; destruction goes the other way.
struct Ground {
    Ground(Configuration own_configuration, World own_world,
           std::shared_ptr<sql::Database> own_database, std::unique_ptr<Pages> own_pages,
           Theme own_theme)
        : configuration(std::move(own_configuration)),
          world(std::move(own_world)),
          database(std::move(own_database)),
          sealer(configuration.keys.sealing_key),
          pages(std::move(own_pages)),
          theme(std::move(own_theme)),
          audit(*database, world.random),
          outbox(*database, sealer, world.random, world.clock),
          sessions(*database, sealer),
          accounts(sessions, *database, world.clock, world.random),
          clients(*database, sealer, world.log),
          permissions(clients, *database, world.clock, world.random),
          trail(*database) {}

    Configuration configuration;
    World world;
    std::shared_ptr<sql::Database> database;
    Sealer sealer;
    std::unique_ptr<Pages> pages;
    Theme theme;
    storage::AuditLog audit;
    storage::Outbox outbox;
    storage::Sessions sessions;
    login::AccountSessions accounts;
    oidc::ClientRegistry clients;
    login::AccountPermissions permissions;
    login::AccountTrail trail;
    login::SignedGdprTokens gdpr_tokens;
};

/// Members are in the order in which they need one another, as in Ground.
class BuiltApp final : public App {
  public:
    explicit BuiltApp(std::shared_ptr<Ground> ground)
        : ground_(std::move(ground)),
          users_(*database_),
          logins_(*database_, sealer_),
          consents_(*database_),
          grants_(*database_, configuration_.limits.remembered_tokens),
          pushed_requests_(*database_, sealer_),
          decoupled_requests_(*database_, sealer_),
          keys_(*database_, sealer_),
          logout_deliveries_(*database_),
          key_ring_(keys_, *database_, sealer_, world_.clock, world_.random, world_.log,
                    configuration_.keys.all()),
          client_keys_(*world_.http, world_.clock, world_.log, configuration_.limits),
          dpop_nonces_(Secret(sealer_.blind_index("oidc.dpop", "nonce")),
                       configuration_.limits.dpop_nonce_lifetime,
                       configuration_.dpop_require_nonce ? oidc::DpopNonces::Demand::required
                                                         : oidc::DpopNonces::Demand::optional),
          refusals_(configuration_.limits, world_.clock) {}

    ~BuiltApp() override { ground_->gdpr_tokens.forget(); }
    BuiltApp(BuiltApp const&) = delete;
    BuiltApp& operator=(BuiltApp const&) = delete;

    Result<> start();

    [[nodiscard]] Configuration const& configuration() const override { return configuration_; }
    [[nodiscard]] std::vector<Route> const& routes() const override { return routes_; }
    [[nodiscard]] std::vector<Route> const& admin_routes() const override { return admin_routes_; }
    [[nodiscard]] std::vector<PeriodicJob> const& jobs() const override { return jobs_; }
    [[nodiscard]] Committer& committer() override { return *database_; }
    [[nodiscard]] plugin::Plugins& plugins() override { return *plugins_; }
    [[nodiscard]] Sealer const& sealer() const override { return sealer_; }
    [[nodiscard]] plugin::Accounts& accounts() override { return ground_->accounts; }
    [[nodiscard]] Result<> check_service(RegisteredService const& service) const override;

  private:
    Result<> load_plugins();
    Result<> load_certificate_policy();
    Result<> load_clients();
    Result<std::vector<RegisteredService>> load_services() const;
    Result<std::vector<oidc::AssertionIssuer>> load_assertion_issuers() const;
    Result<> open_registration();
    void list_registration();
    void list_keycloak_routes();
    void list_routes();
    Result<> check_routes() const;
    void list_jobs();
    Outcome ready(HttpRequest const& request);

    std::shared_ptr<Ground> ground_;
    Configuration const& configuration_ = ground_->configuration;
    World const& world_ = ground_->world;
    std::shared_ptr<sql::Database> const& database_ = ground_->database;
    Sealer const& sealer_ = ground_->sealer;
    Pages& pages_ = *ground_->pages;
    storage::AuditLog& audit_ = ground_->audit;
    storage::Outbox& outbox_ = ground_->outbox;
    storage::Sessions& sessions_ = ground_->sessions;
    oidc::ClientRegistry& clients_ = ground_->clients;
    storage::Users users_;
    storage::Logins logins_;
    storage::Consents consents_;
    storage::Grants grants_;
    storage::PushedRequests pushed_requests_;
    storage::DecoupledRequests decoupled_requests_;
    storage::Keys keys_;
    storage::LogoutDeliveries logout_deliveries_;
    oidc::KeyRing key_ring_;
    oidc::ClientKeyCache client_keys_;
    oidc::DpopNonces dpop_nonces_;
    oidc::CertificatePolicy certificates_;
    login::RefusalThrottle refusals_;
    std::shared_ptr<plugin::Plugins> plugins_;
    std::unique_ptr<PluginClaims> claims_;
    std::unique_ptr<oidc::Provider> provider_;
    std::unique_ptr<oidc::ClientRegistration> registration_;  ///< null: closed
    std::unique_ptr<login::Parts> parts_;
    std::unique_ptr<login::LoginFlow> flow_;
    std::unique_ptr<login::DevicePages> device_pages_;
    std::unique_ptr<login::Approvals> approvals_;
    std::unique_ptr<login::Logout> logout_;
    std::unique_ptr<login::SignInMethods> methods_;
    std::unique_ptr<login::AccessibilityPages> accessibility_;
    std::unique_ptr<web::StaticFiles> static_files_;
    std::vector<Route> routes_;
    std::vector<Route> admin_routes_;
    std::vector<PeriodicJob> jobs_;
};

std::string folder_of(Configuration const& configuration) {
    auto const folder = std::filesystem::path(configuration.file).parent_path();
    return folder.empty() ? "." : folder.string();
}

Error configuration_error(Configuration const& configuration, ConfiguredObject const& at,
                          std::string const& what) {
    return {BaseErrc::malformed,
            configuration.file + ":" + std::to_string(at.line) + ": " + at.path + ": " + what};
}

std::vector<IpNetwork> allowed_inside(Configuration const& configuration) {
    std::vector<IpNetwork> networks;
    for (auto const& block : configuration.outbound.allow_addresses)
        if (auto network = IpNetwork::parse(block)) networks.push_back(*network);
    return networks;
}

/// What was used up or withdrawn after a backup was made must not come back by itself (F-42).
Result<> refuse_backup(sql::Database& database) {
    auto const of = storage::find_backup_mark(database);
    if (!of) return of.error();
    if (!*of) return {};
    return Error(BaseErrc::denied, "storage.url: this is a backup of " + rfc3339(**of) +
                                       "; if it is to serve, run `tunnus restore accept`");
}

Result<> BuiltApp::load_clients() {
    auto const& algorithms = configuration_.keys.algorithms;
    auto const signs = [&](std::string_view alg) {
        return std::ranges::find(algorithms, alg) != algorithms.end();
    };
    std::vector<oidc::Client> clients;
    for (auto const& configured : configuration_.clients) {
        auto client =
            oidc::parse_client(configured.object, configuration_.limits, folder_of(configuration_));
        if (!client) return configuration_error(configuration_, configured, client.error().detail);
        if (auto const reason = certificates_.reject(*client); !reason.empty())
            return configuration_error(configuration_, configured, std::string(reason));
        if (auto const reason = oidc::reject_unsigned(*client, signs); !reason.empty())
            return configuration_error(configuration_, configured, reason);
        clients.push_back(std::move(*client));
    }
    auto const* const theme_name = configuration_.pages.theme.if_contains("name");
    auto const own = oidc::parse_client(
        login::own_client(configuration_.issuer, theme_name && theme_name->is_string()
                                                     ? std::string_view(theme_name->get_string())
                                                     : std::string_view("Tunnus")),
        configuration_.limits);
    if (!own) return own.error();
    clients.push_back(*own);
    auto services = load_services();
    if (!services) return services.error();
    if (auto loaded = clients_.load(std::move(clients), std::move(*services)); !loaded)
        return loaded.error();
    return {};
}

/// RFC 8705: whether certificates can arrive, and whom to believe about them.
Result<> BuiltApp::load_certificate_policy() {
    auto const& settings = configuration_.client_certificates;
    certificates_.accepted =
        !settings.proxy_header.empty() ||
        std::ranges::any_of(configuration_.listen, [](ListenSettings const& listen) {
            return listen.tls && listen.tls->request_client_certificate;
        });
    certificates_.url = settings.url;
    if (settings.ca_file.empty()) return {};
    std::ifstream file(settings.ca_file, std::ios::binary);
    std::string const pem{std::istreambuf_iterator<char>(file), {}};
    auto authorities = oidc::CertificateAuthorities::parse(pem);
    if (!authorities)
        return Error(BaseErrc::malformed, configuration_.file + ": client_certificates.ca_file: " +
                                              authorities.error().detail);
    certificates_.authorities =
        std::make_shared<oidc::CertificateAuthorities const>(std::move(*authorities));
    return {};
}

Result<> BuiltApp::open_registration() {
    auto const& settings = configuration_.registration;
    if (settings.mode == RegistrationSettings::Mode::closed) return {};
    std::vector<oidc::SoftwareStatementIssuer> issuers;
    for (auto const& [issuer, jwks] : settings.software_statement_issuers) {
        auto keys = jose::JwkSet::parse(jwks, configuration_.limits);
        if (!keys)
            return Error(BaseErrc::malformed, configuration_.file +
                                                  ": registration.software_statement_issuers: " +
                                                  issuer + ": " + keys.error().text());
        issuers.push_back({issuer, std::move(*keys)});
    }
    registration_ = std::make_unique<oidc::ClientRegistration>(
        oidc::ClientRegistration::Parts{.provider = *provider_,
                                        .registry = clients_,
                                        .database = *database_,
                                        .sealer = sealer_,
                                        .http = *world_.http,
                                        .settings = settings,
                                        .statement_issuers = std::move(issuers),
                                        .inside = allowed_inside(configuration_)});
    return {};
}

Result<std::vector<oidc::AssertionIssuer>> BuiltApp::load_assertion_issuers() const {
    std::vector<oidc::AssertionIssuer> issuers;
    for (auto const& configured : configuration_.assertion_issuers) {
        auto issuer = oidc::parse_assertion_issuer(configured.object, configuration_.limits);
        if (!issuer) return configuration_error(configuration_, configured, issuer.error().detail);
        issuers.push_back(std::move(*issuer));
    }
    return issuers;
}

Result<> BuiltApp::load_plugins() {
    std::string const plugins_folder = find_assets().plugins;
    std::vector<plugin::PluginSettings> settings;
    for (auto const& configured : configuration_.plugins) {
        // The host trusts plain absolute paths alone, and the configuration may be at a relative
        // one. A plugin that is loaded has its pages beside its file.
        std::filesystem::path library(configured.library);
        if (!library.empty()) library = std::filesystem::absolute(library).lexically_normal();
        auto const beside = library.empty() ? plugins_folder : library.parent_path().string();
        settings.push_back({.name = configured.name,
                            .library = library.string(),
                            .required = configured.required,
                            .amr = configured.amr,
                            .config = configured.config.object,
                            .folder = beside + "/" + configured.name});
    }
    auto plugins = plugin::Plugins::load(settings, world_.compiled_in,
                                         {.issuer = configuration_.issuer,
                                          .configuration_folder = folder_of(configuration_),
                                          .limits = configuration_.limits,
                                          .database = *database_,
                                          .sealer = sealer_,
                                          .pages = pages_,
                                          .log = world_.log,
                                          .audit = audit_,
                                          .clock = world_.clock,
                                          .random = world_.random,
                                          .http = *world_.http,
                                          .mailer = outbox_,
                                          .accounts = ground_->accounts,
                                          .directory = ground_->clients,
                                          .permissions = ground_->permissions,
                                          .audit_trail = ground_->trail,
                                          .gdpr_tokens = ground_->gdpr_tokens,
                                          .owner = ground_});
    if (!plugins)
        return Error(BaseErrc::malformed, configuration_.file + ": " + plugins.error().detail);
    plugins_ = std::move(*plugins);
    ground_->accounts.learn(plugins_);
    ground_->permissions.learn(login::ItemTitles(*plugins_, pages_));
    return {};
}

/// The services of the configuration.
Result<std::vector<RegisteredService>> BuiltApp::load_services() const {
    std::vector<RegisteredService> services;
    for (auto const& configured : configuration_.services) {
        auto service = oidc::parse_service(configured.object, configuration_.limits);
        if (!service)
            return configuration_error(configuration_, configured, service.error().detail);
        if (auto const fits = check_service(*service); !fits)
            return configuration_error(configuration_, configured, fits.error().detail);
        services.push_back(std::move(*service));
    }
    return services;
}

Result<> BuiltApp::check_service(RegisteredService const& service) const {
    for (auto const& field : service.data_fields)
        if (std::ranges::find(plugins_->data_fields(), field.name, &plugin::DataField::name) ==
            plugins_->data_fields().end())
            return Error(BaseErrc::malformed,
                         "data_fields: no plugin knows \"" + field.name + "\"");
    auto const& levels = claims_->acr_values_supported();
    if (!service.minimum_acr.empty() &&
        std::ranges::find(levels, service.minimum_acr) == levels.end())
        return Error(BaseErrc::malformed, "minimum_acr: nobody proves this level here");
    if (auto const reason = oidc::reject_gdpr_address(service, allowed_inside(configuration_));
        !reason.empty())
        return Error(BaseErrc::malformed, "gdpr.url: " + reason);
    return {};
}

Result<> BuiltApp::start() {
    if (auto migrated = storage::migrate_core(*database_); !migrated) return migrated.error();
    if (auto fresh = refuse_backup(*database_); !fresh)
        return Error(fresh.error().code, configuration_.file + ": " + fresh.error().detail);
    if (auto settled = settle_clock(world_.clock, *database_, configuration_.limits, world_.log);
        !settled)
        return Error(BaseErrc::denied, configuration_.file + ": " + settled.error().detail);
    if (auto loaded = load_plugins(); !loaded) return loaded.error();
    claims_ = std::make_unique<PluginClaims>(*plugins_);
    if (auto loaded = load_certificate_policy(); !loaded) return loaded.error();
    if (auto loaded = load_clients(); !loaded) return loaded.error();
    auto issuers = load_assertion_issuers();
    if (!issuers) return issuers.error();
    if (auto loaded = key_ring_.load_or_create(open_token_keys(configuration_.keys, world_.log));
        !loaded)
        return loaded.error();
    provider_ = std::make_unique<oidc::Provider>(oidc::Provider{
        .issuer = configuration_.issuer,
        .lifetimes = {.code = configuration_.limits.authorization_code_lifetime,
                      .access_token = configuration_.limits.access_token_lifetime,
                      .id_token = configuration_.limits.id_token_lifetime,
                      .refresh_token = configuration_.limits.refresh_token_lifetime,
                      .refresh_token_idle = configuration_.limits.refresh_token_idle_lifetime,
                      .logout_token = configuration_.limits.logout_token_lifetime},
        .limits = configuration_.limits,
        .clients = clients_,
        .client_keys = client_keys_,
        .certificates = certificates_,
        .dpop_nonces = dpop_nonces_,
        .claims = *claims_,
        .keys = key_ring_,
        .grants = grants_,
        .decoupled_requests = decoupled_requests_,
        .sessions = sessions_,
        .users = users_,
        .committer = *database_,
        .audit = audit_,
        .pages = pages_,
        .clock = world_.clock,
        .random = world_.random,
        .log = world_.log,
        .pairwise_salt = Secret(sealer_.blind_index("oidc.pairwise", "salt")),
        .pushed_requests = pushed_requests_,
        .sealer = sealer_,
        .http = *world_.http,
        .consents = consents_,
        .assertion_issuers = std::move(*issuers),
        .require_pushed_authorization_requests =
            configuration_.require_pushed_authorization_requests});
    ground_->gdpr_tokens.learn(*provider_);
    provider_->registers_clients =
        configuration_.registration.mode != RegistrationSettings::Mode::closed;
    auto const account_actions = account_actions_of(*plugins_);
    if (configuration_.compatibility.kc_action) provider_->account_actions = account_actions;
    if (auto opened = open_registration(); !opened) return opened.error();
    parts_ = std::make_unique<login::Parts>(login::Parts{
        .provider = *provider_,
        .plugins = *plugins_,
        .logins = logins_,
        .consents = consents_,
        .sealer = sealer_,
        .refusals = refusals_,
        .cookies = Cookies(configuration_.issuer_is_https() ? Cookies::Transport::https
                                                            : Cookies::Transport::loopback_http),
        .policy = policy_of(*plugins_, *claims_, configuration_.limits),
        .titles = login::ItemTitles(*plugins_, pages_),
        .session_lifetimes = {.idle = configuration_.sessions.idle,
                              .absolute = configuration_.sessions.absolute}});
    parts_->policy.account_actions = account_actions;  // our own pages may ask in any case
    flow_ = std::make_unique<login::LoginFlow>(*parts_);
    device_pages_ = std::make_unique<login::DevicePages>(*parts_, *flow_, *database_);
    approvals_ = std::make_unique<login::Approvals>(*parts_, *flow_);
    logout_ = std::make_unique<login::Logout>(*parts_);
    methods_ = std::make_unique<login::SignInMethods>(*parts_);
    accessibility_ =
        std::make_unique<login::AccessibilityPages>(*parts_, ground_->theme, *database_, outbox_);
    auto static_files = web::StaticFiles::load(configuration_.pages.static_files);
    if (!static_files)
        return Error(BaseErrc::malformed,
                     configuration_.file + ": pages.static: " + static_files.error().detail);
    for (auto const& file : ground_->theme.files())
        static_files->add(file.name, file.content);
    static_files_ = std::make_unique<web::StaticFiles>(std::move(*static_files));
    list_routes();
    if (auto apart = check_routes(); !apart) return apart;
    list_jobs();
    return {};
}

void BuiltApp::list_routes() {
    using enum Method;
    auto const& limits = configuration_.limits;
    auto const form = limits.form_body_bytes;
    auto const none = std::size_t(0);
    auto const at =
        [this](Outcome (*endpoint)(oidc::Provider const&, HttpRequest const&)) -> Handler {
        return
            [this, endpoint](HttpRequest const& request) { return endpoint(*provider_, request); };
    };
    auto const in_flow = [this](Outcome (login::LoginFlow::*step)(HttpRequest const&)
                                    const) -> Handler {
        return [this, step](HttpRequest const& request) { return (flow_.get()->*step)(request); };
    };
    auto const in_device = [this](Outcome (login::DevicePages::*step)(HttpRequest const&)
                                      const) -> Handler {
        return [this, step](HttpRequest const& request) {
            return (device_pages_.get()->*step)(request);
        };
    };
    auto const in_approvals = [this](Outcome (login::Approvals::*step)(HttpRequest const&)
                                         const) -> Handler {
        return
            [this, step](HttpRequest const& request) { return (approvals_.get()->*step)(request); };
    };
    auto const in_logout = [this](Outcome (login::Logout::*step)(HttpRequest const&)
                                      const) -> Handler {
        return [this, step](HttpRequest const& request) { return (logout_.get()->*step)(request); };
    };
    auto const in_methods = [this](Outcome (login::SignInMethods::*step)(HttpRequest const&)
                                       const) -> Handler {
        return
            [this, step](HttpRequest const& request) { return (methods_.get()->*step)(request); };
    };
    auto const in_accessibility =
        [this](Outcome (login::AccessibilityPages::*step)(HttpRequest const&) const) -> Handler {
        return [this, step](HttpRequest const& request) {
            return (accessibility_.get()->*step)(request);
        };
    };
    // Our own forms lead to services and to methods elsewhere; links of ours choose the language.
    auto const form_of = [this](Handler handler) {
        return leave_by_page(pages_, configuration_.issuer, std::move(handler));
    };
    auto const page_of = [this](Handler handler) {
        return keep_language(parts_->cookies, configuration_.limits.device_cookie_lifetime,
                             std::move(handler));
    };
    // A script that cannot read a refusal takes it for a fault of the network.
    auto const for_scripts = [this](Handler handler) {
        return oidc::refusals_for_origins_of(clients_, std::move(handler));
    };
    Handler const healthy = [](HttpRequest const&) -> Outcome {
        return text_response(200, "ok\n");
    };
    Handler const ready_now = [this](HttpRequest const& request) { return ready(request); };

    routes_ = {
        // method, path, lane, body limit, function
        {GET, "/.well-known/openid-configuration", Lane::fast, none,
         at(oidc::openid_configuration)},
        {GET, "/.well-known/oauth-authorization-server", Lane::fast, none,
         at(oidc::openid_configuration)},
        {GET, "/jwks.json", Lane::fast, none, at(oidc::jwks)},
        {GET, "/session/check", Lane::fast, none, at(oidc::check_session)},
        {GET, "/authorize", Lane::fast, none, in_flow(&login::LoginFlow::authorize)},
        {POST, "/authorize", Lane::fast, form, in_flow(&login::LoginFlow::authorize)},
        {GET, "/initiate/{client_id}", Lane::fast, none, at(oidc::initiate_login)},
        {POST, "/par", Lane::fast, form, at(oidc::pushed_authorization_request)},
        {POST, "/token", Lane::fast, form, for_scripts(at(oidc::token))},
        {GET, "/userinfo", Lane::fast, none, for_scripts(at(oidc::userinfo))},
        {POST, "/userinfo", Lane::fast, form, for_scripts(at(oidc::userinfo))},
        {POST, "/introspect", Lane::fast, form, at(oidc::introspection)},
        {POST, "/revoke", Lane::fast, form, for_scripts(at(oidc::revocation))},
        {POST, "/device_authorization", Lane::fast, form, at(oidc::device_authorization)},
        {POST, "/backchannel_authentication", Lane::outbound, form,
         at(oidc::backchannel_authentication)},
        {OPTIONS, "/.well-known/openid-configuration", Lane::fast, none, at(oidc::preflight)},
        {OPTIONS, "/jwks.json", Lane::fast, none, at(oidc::preflight)},
        {OPTIONS, "/token", Lane::fast, none, at(oidc::preflight)},
        {OPTIONS, "/userinfo", Lane::fast, none, at(oidc::preflight)},
        {OPTIONS, "/revoke", Lane::fast, none, at(oidc::preflight)},
        {GET, "/login", Lane::fast, none, page_of(in_flow(&login::LoginFlow::show))},
        {POST, "/login", Lane::fast, form, form_of(in_flow(&login::LoginFlow::choose))},
        {POST, "/login/merge", Lane::fast, form, form_of(in_flow(&login::LoginFlow::merge))},
        {POST, "/login/consent", Lane::fast, form, form_of(in_flow(&login::LoginFlow::consent))},
        {GET, "/device", Lane::fast, none, page_of(in_device(&login::DevicePages::ask))},
        {POST, "/device", Lane::fast, form, form_of(in_device(&login::DevicePages::submit))},
        {GET, "/device/done", Lane::fast, none, page_of(in_device(&login::DevicePages::done))},
        {GET, "/error", Lane::fast, none,
         page_of([this](HttpRequest const& request) { return pages_.error_again(request); })},
        {GET, std::string(login::signed_in_path), Lane::fast, none,
         [this](HttpRequest const& request) -> Outcome {
             return login::return_to_page(*parts_, request);
         }},
        {GET, "/logout", Lane::fast, none, page_of(in_logout(&login::Logout::end_session))},
        {POST, "/logout", Lane::fast, form, in_logout(&login::Logout::end_session)},
        {POST, "/logout/confirm", Lane::fast, form, form_of(in_logout(&login::Logout::confirm))},
        {GET, "/profile/signin", Lane::fast, none, page_of(in_logout(&login::Logout::sessions))},
        {POST, "/profile/signin", Lane::fast, form,
         form_of(in_logout(&login::Logout::end_sessions))},
        {GET, "/accessibility", Lane::fast, none,
         page_of(in_accessibility(&login::AccessibilityPages::statement))},
        {GET, "/accessibility/feedback", Lane::fast, none,
         page_of(in_accessibility(&login::AccessibilityPages::ask))},
        {POST, "/accessibility/feedback", Lane::fast, form,
         in_accessibility(&login::AccessibilityPages::submit)},
        {GET, "/accessibility/sent", Lane::fast, none,
         page_of(in_accessibility(&login::AccessibilityPages::sent))},
        {GET, "/profile/methods", Lane::fast, none,
         [this](HttpRequest const&) -> Outcome {
             return redirect_response(provider_->issuer + std::string(login::sign_in_page));
         }},
        {GET, "/profile/signin/change", Lane::fast, none,
         in_methods(&login::SignInMethods::change)},
        {GET, "/profile/signin/remove", Lane::fast, none,
         page_of(in_methods(&login::SignInMethods::ask_removal))},
        {POST, "/profile/signin/remove", Lane::fast, form,
         form_of(in_methods(&login::SignInMethods::remove))},
        {POST, std::string(login::stop_acting_path), Lane::fast, form,
         [this](HttpRequest const& request) { return login::stop_acting(*parts_, request); }},
        {GET, std::string(login::approvals_path), Lane::fast, none,
         page_of(in_approvals(&login::Approvals::show))},
        {POST, std::string(login::approvals_path), Lane::fast, form,
         form_of(in_approvals(&login::Approvals::submit))},
        {GET, "/static/*", Lane::fast, none,
         [this](HttpRequest const& request) -> Outcome { return static_files_->serve(request); }},
        {GET, "/healthz", Lane::fast, none, healthy},
        {GET, "/readyz", Lane::fast, none, ready_now},
    };
    // Pages of plugins are answered on the lane of the plugin: the one that hashes passwords does
    // it on its own. They submit to /login/return/<plugin>; what comes back from elsewhere, such as
    // POST /suomifi/acs, is a ReturnPath of the plugin (Authenticator::return_paths).
    auto const submit_to = [&](std::string name) {
        return form_of([this, name = std::move(name)](HttpRequest const& request) {
            return flow_->submit(request, name);
        });
    };
    for (auto const& authenticator : plugins_->authenticators()) {
        routes_.push_back({POST, "/login/return/" + authenticator.name, authenticator.lane, form,
                           submit_to(authenticator.name)});
        for (auto const& path : authenticator.return_paths)
            routes_.push_back({path.method, "/" + authenticator.name + "/" + path.path,
                               authenticator.lane, path.body_limit,
                               [this, name = authenticator.name,
                                field = path.login_field](HttpRequest const& request) {
                                   return flow_->come_back(request, name, field);
                               }});
    }
    // What a source of mandates does on the way may ask the register, which is elsewhere.
    for (auto const& source : plugins_->mandate_sources()) {
        routes_.push_back(
            {POST, "/login/return/" + source.name, Lane::outbound, form, submit_to(source.name)});
        for (auto const& path : source.return_paths)
            routes_.push_back(
                {path.method, "/" + source.name + "/" + path.path, Lane::outbound, path.body_limit,
                 [this, name = source.name, field = path.login_field](HttpRequest const& request) {
                     return flow_->come_back(request, name, field);
                 }});
    }
    for (auto const& step : plugins_->login_steps()) {
        auto const is_step = [&](auto const& one) { return one.name == step; };
        if (std::ranges::none_of(plugins_->authenticators(), is_step) &&
            std::ranges::none_of(plugins_->mandate_sources(), is_step))
            routes_.push_back({POST, "/login/return/" + step, plugins_->login_step_lane(step), form,
                               submit_to(step)});
    }
    auto plugin_routes = plugins_->routes(
        [this](HttpRequest const& request, plugin::RouteSource::PluginRoute const& route) {
            return login::find_caller(*parts_, request, route);
        });
    for (auto& called : plugin_routes) {
        auto& route = called.route;
        if (called.cross_origin) {
            route.handler = oidc::for_origins_of(clients_, std::move(route.handler));
            auto const is_preflight = [&](Route const& one) {
                return one.method == OPTIONS && one.pattern == route.pattern;
            };
            if (std::ranges::none_of(routes_, is_preflight))
                routes_.push_back({OPTIONS, route.pattern, Lane::fast, none, at(oidc::preflight)});
        } else if (route.method == GET) {
            route.handler = page_of(std::move(route.handler));
        }
        routes_.push_back(std::move(route));
    }

    list_registration();
    list_keycloak_routes();

    admin_routes_ = {
        {GET, "/healthz", Lane::fast, none, healthy},
        {GET, "/readyz", Lane::fast, none, ready_now},
    };
}

/// A plugin named as a folder of the product's own may take none of its routes.
Result<> BuiltApp::check_routes() const {
    try {
        web::Router const router(routes_);
        return {};
    } catch (std::invalid_argument const& clash) {
        return Error(BaseErrc::malformed,
                     configuration_.file + ": plugins: " + std::string(clash.what()));
    }
}

/// The addresses that a realm of a Keycloak has for what stands at ours (compatibility). DPoP
/// proofs and client assertions are for the address that was asked.
void BuiltApp::list_keycloak_routes() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> addresses{{
        {"/.well-known/openid-configuration", "/.well-known/openid-configuration"},
        {"/authorize", "/protocol/openid-connect/auth"},
        {"/token", "/protocol/openid-connect/token"},
        {"/userinfo", "/protocol/openid-connect/userinfo"},
        {"/logout", "/protocol/openid-connect/logout"},
        {"/jwks.json", "/protocol/openid-connect/certs"},
        {"/introspect", "/protocol/openid-connect/token/introspect"},
        {"/revoke", "/protocol/openid-connect/revoke"},
        {"/device_authorization", "/protocol/openid-connect/auth/device"},
        {"/session/check", "/protocol/openid-connect/login-status-iframe.html"},
    }};
    auto const ours = routes_;
    for (auto const& name : configuration_.compatibility.keycloak_realms) {
        auto const realm = "/realms/" + name;
        bool const is_issuer = configuration_.issuer.ends_with(realm);
        for (auto const& [own, theirs] : addresses)
            for (auto const& route : ours) {
                if (route.pattern != own || (is_issuer && own == theirs)) continue;
                auto& alias = routes_.emplace_back(route);
                alias.pattern = (is_issuer ? "" : realm) + std::string(theirs);
            }
    }
}

/// They are there only where registration is open (threats.md O-77). They wait for the writer and
/// for other servers.
void BuiltApp::list_registration() {
    if (!registration_) return;
    using Registration = oidc::ClientRegistration;
    auto const at = [this](Outcome (Registration::*step)(HttpRequest const&) const) -> Handler {
        return [this, step](HttpRequest const& request) {
            return (registration_.get()->*step)(request);
        };
    };
    auto const body = configuration_.limits.json_bytes;
    routes_.push_back({Method::POST, "/register", Lane::outbound, body, at(&Registration::add)});
    std::string const own = "/register/{client_id}";
    routes_.push_back({Method::GET, own, Lane::outbound, 0, at(&Registration::read)});
    routes_.push_back({Method::PUT, own, Lane::outbound, body, at(&Registration::replace)});
    routes_.push_back({Method::DELETE_, own, Lane::outbound, 0, at(&Registration::remove)});
}

Outcome BuiltApp::ready(HttpRequest const&) {
    auto const storage = database_->check();
    if (!storage) world_.log.error("ready.storage", {{"error", storage.error().text()}});
    auto const keys = key_ring_.current();
    bool const signs = !keys->keys.empty();
    auto const missing = plugins_->missing();
    boost::json::array plugins(missing.begin(), missing.end());
    boost::json::array lost;
    for (auto const& one : keys->lost)
        if (std::ranges::find(lost, boost::json::value(one.alg)) == lost.end())
            lost.emplace_back(one.alg);
    bool const clock_stands = !is_set(world_.clock);
    bool const whole = plugins.empty() && lost.empty() && clock_stands;
    boost::json::object state{{"status", !storage || !signs ? "down"
                                         : whole            ? "ready"
                                                            : "degraded"},
                              {"storage", storage.has_value()},
                              {"keys", signs},
                              {"clock", clock_stands},
                              {"missing_plugins", std::move(plugins)},
                              {"lost_keys", std::move(lost)}};
    auto response = json_response(storage && signs ? 200 : 503, boost::json::serialize(state));
    if (!storage || !signs) response.headers.set("Retry-After", "1");
    return response;
}

void BuiltApp::list_jobs() {
    jobs_.push_back({"clock", clock_mark_interval,
                     [this] { return mark_clock(world_.clock, *database_, world_.log); }});
    auto const& keys = configuration_.keys;
    oidc::KeyRotation const rotation{keys.rotate_every, keys.announce, keys.retire};
    jobs_.push_back(
        {"keys", registry_interval, [this, rotation] { return key_ring_.keep(rotation); }});
    jobs_.push_back({"clients", registry_interval, [this] { return clients_.refresh(); }});
    jobs_.push_back({"logouts", logout_interval, [this]() -> Result<> {
                         auto const told = login::deliver_logouts(*provider_, logout_deliveries_,
                                                                  *world_.http, world_.clock.now());
                         if (!told) return told.error();
                         return {};
                     }});
    jobs_.push_back({"pings", ping_interval, [this]() -> Result<> {
                         auto const told = oidc::deliver_pings(*provider_);
                         if (!told) return told.error();
                         return {};
                     }});
    jobs_.push_back(
        {"acting", acting_interval, [this] { return login::end_acting_that_is_over(*parts_); }});
    jobs_.push_back({"expiry", expiry_interval, [this]() -> Result<> {
                         // Until nothing is left of what had expired at the begin: small batches,
                         // so that nobody waits long for the writer.
                         auto const now = world_.clock.now();
                         while (true) {
                             auto const deleted = storage::delete_expired(
                                 *database_, now, configuration_.limits.expiry_batch);
                             if (!deleted) return deleted.error();
                             if (*deleted == 0) return {};
                         }
                     }});
    jobs_.push_back({"audit", audit_interval, [this] {
                         return seal_audit(world_.clock, *database_, sealer_, world_.log,
                                           configuration_.limits.audit_seal_events);
                     }});
    jobs_.push_back(
        {"refusals", refusals_interval, [this] { return login::report_turned_away(*parts_); }});
    if (world_.mail != nullptr)
        jobs_.push_back({"mail", mail_interval, [this]() -> Result<> {
                             auto const sent = outbox_.deliver_due(*world_.mail, world_.log);
                             if (!sent) return sent.error();
                             return {};
                         }});
    for (auto const& job : plugins_->jobs())
        jobs_.push_back({job.plugin + "." + job.name, job.interval,
                         [this, job] { return plugins_->run_job(job.plugin, job.name); },
                         [this, job] { plugins_->stop_job(job.plugin, job.name); }});
}

}  // namespace

Result<std::shared_ptr<sql::Database>> open_configured_database(Configuration const& configuration,
                                                                Log& log,
                                                                sql::DatabaseSettings::Use use) {
    auto database = sql::open_database({.url = configuration.storage_url,
                                        .password = configuration.storage_password,
                                        .use = use,
                                        .limits = configuration.limits},
                                       log);
    if (!database)
        return Error(BaseErrc::unavailable,
                     configuration.file + ": storage.url: " + database.error().text());
    return std::shared_ptr<sql::Database>(std::move(*database));
}

Result<std::unique_ptr<App>> App::build(Configuration configuration,
                                        std::shared_ptr<sql::Database> database, World world) {
    auto const assets = find_assets();
    auto& folders = configuration.pages;
    if (folders.templates.empty()) folders.templates = assets.templates;
    if (folders.texts.empty()) folders.texts = assets.texts;
    if (folders.static_files.empty()) folders.static_files = assets.static_files;
    for (auto const& [key, folder] :
         {std::pair("templates", folders.templates), std::pair("texts", folders.texts),
          std::pair("static", folders.static_files)})
        if (!std::filesystem::is_directory(folder))
            return Error(BaseErrc::malformed, configuration.file + ": pages." + key + ": " +
                                                  folder + ": is not a folder");
    auto theme = read_theme(folders.theme, std::filesystem::path(configuration.file).parent_path(),
                            configuration.limits.theme_file_bytes);
    if (!theme) return Error(BaseErrc::malformed, configuration.file + ": " + theme.error().detail);
    auto pages = Pages::load(
        {.templates = configuration.pages.templates,
         .texts = configuration.pages.texts,
         .theme = theme->for_pages(),
         .issuer = configuration.issuer,
         .link_key = Sealer(configuration.keys.sealing_key).blind_index("pages.link", "")});
    if (!pages)
        return Error(BaseErrc::malformed, configuration.file + ": pages: " + pages.error().detail);
    auto app = std::make_unique<BuiltApp>(
        std::make_shared<Ground>(std::move(configuration), std::move(world), std::move(database),
                                 std::move(*pages), std::move(*theme)));
    if (auto started = app->start(); !started) return started.error();
    return app;
}

}  // namespace tunnus
