// SPDX-License-Identifier: MIT
#include "idp/login/flow.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/url.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/finish.hpp"
#include "oidc/protocol/registered_uri.hpp"

namespace tunnus::login {
namespace {

using boost::json::array;
using boost::json::object;
using oidc::OAuthError;

/// One request's walk through a login.
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

    Outcome take(plugin::Ran<plugin::Identity> ran, std::string const& authenticator);
    Outcome take(plugin::Ran<plugin::LoginStep::Settled> ran, std::string const& step);

    Outcome give_up();
    [[nodiscard]] plugin::LoginView view() const;

    LoginTransaction& transaction() { return transaction_; }
    Browser const& browser() const { return browser_; }
    /// Reads the session and, when the person is known, what they have allowed; an answer when that
    /// fails.
    std::optional<HttpResponse> read_standing();
    /// Where the session cookie stayed behind (a cross-site POST), the session that the login began
    /// in, if it still lives: the login cookie has named this browser already.
    std::optional<HttpResponse> recall_session();

  private:
    // Performing one step
    Outcome ask_method(ChooseMethod const& step, std::string_view notice_key = {});
    Outcome ask_consent(AskConsent const& step);
    Outcome refuse(oidc::Refusal const& refusal);

    // What a plugin answered
    Outcome accept(plugin::Identity identity, std::string const& authenticator);
    Outcome settle(plugin::LoginStep::Settled settled, std::string const& step);
    template <class T>
    Outcome take_other(plugin::Answer<T> answer, Running::Kind kind, std::string const& plugin);
    Outcome send_away(plugin::Redirect redirect, Running::Kind kind, std::string const& plugin);
    Outcome show(plugin::Page page, Running::Kind kind, std::string const& plugin);
    Outcome deny(plugin::Deny const& deny, std::string const& plugin);
    Outcome fail(plugin::Failure const& failure);

    // Pages of ours
    [[nodiscard]] object model(std::string_view action) const;
    [[nodiscard]] HttpResponse page(int status, std::string_view name, object const& model) const;
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
    std::string standing_of_;     ///< the user that consent_ was read for
};

std::optional<HttpResponse> Walk::read_standing() {
    auto session = find_session(parts_, request_);
    if (auto* answer = std::get_if<HttpResponse>(&session)) return std::move(*answer);
    session_ = std::move(std::get<std::optional<storage::Session>>(session));
    if (transaction_.version == 0 && session_) {
        transaction_.session_id = session_->id;
        transaction_.session_user_id = session_->user_id;
    }
    return std::nullopt;
}

std::optional<HttpResponse> Walk::recall_session() {
    if (session_ || transaction_.session_id.empty()) return std::nullopt;
    auto session = provider_.sessions.find_by_id(transaction_.session_id);
    if (!session) return unavailable(parts_, request_);
    if (*session && (*session)->is_live(now_)) session_ = std::move(*session);
    return std::nullopt;
}

Outcome Walk::advance() {
    while (true) {
        std::string const user_id = transaction_.known_user(session_ ? &*session_ : nullptr);
        if (user_id != standing_of_) {
            consent_.reset();
            standing_of_ = user_id;
            if (!user_id.empty()) {
                auto consent = parts_.consents.find(user_id, client_->client_id);
                if (!consent) return unavailable(parts_, request_);
                consent_ = std::move(*consent);
            }
        }
        Standing const standing{.session = session_ ? &*session_ : nullptr,
                                .consent = consent_ ? &*consent_ : nullptr,
                                .subject = user_id.empty()
                                               ? std::string()
                                               : oidc::subject_for(provider_, *client_, user_id)};
        auto const step = decide(transaction_, standing, *client_, needed_, parts_.policy, now_);

        if (auto const* choose = std::get_if<ChooseMethod>(&step)) return ask_method(*choose);
        if (auto const* run = std::get_if<RunAuthenticator>(&step))
            return take(parts_.plugins.begin_authenticator(run->name, view()), run->name);
        if (auto const* run = std::get_if<RunPlugin>(&step)) {
            auto const needed = parts_.plugins.step_needed(
                run->name, view(), transaction_.proof->authenticator, transaction_.proof->acr);
            if (auto const* failure = std::get_if<plugin::Failure>(&needed)) return fail(*failure);
            auto const& answer = std::get<Result<bool>>(needed);
            if (!answer) return unavailable(parts_, request_);
            if (*answer) return take(parts_.plugins.begin_step(run->name, view()), run->name);
            transaction_.settled_steps.push_back(run->name);
            continue;
        }
        if (auto const* ask = std::get_if<AskConsent>(&step)) return ask_consent(*ask);
        if (auto const* no = std::get_if<Refuse>(&step)) return refuse(no->refusal);
        return finish(parts_, request_, transaction_, session_, consent_, needed_, *client_, now_);
    }
}

Outcome Walk::show_again() {
    if (transaction_.running && !transaction_.running->template_name.empty())
        return plugin_page(*transaction_.running, 200);
    // The browser was elsewhere, or nothing was running: the choice stands open again. Pages of
    // ours are shown without storing anything; whatever else the login needs by now happens as
    // always.
    transaction_.running.reset();
    transaction_.chosen.clear();
    transaction_.cancelled = true;
    showing_again_ = true;
    return advance();
}

plugin::LoginView Walk::view() const {
    return {.login_id = transaction_.handle(),
            .event_id = transaction_.event_id,
            .request_id = request_.request_id,
            .locale = transaction_.locale,
            .service = {.client_id = client_->client_id,
                        .name = {.fi = client_->name("fi"),
                                 .sv = client_->name("sv"),
                                 .en = client_->name("en")}},
            .login_hint = transaction_.request.login_hint,
            .acr_values = transaction_.request.acr_values,
            .user_id = transaction_.proof ? transaction_.proof->user_id : std::string(),
            .session_user_id = transaction_.session_user_id,
            .fresh = transaction_.request.prompt.login || transaction_.request.max_age.has_value()};
}

// ---- Steps of ours ------------------------------------------------------------------------------

Outcome Walk::ask_method(ChooseMethod const& step, std::string_view notice_key) {
    auto page_model = model("/login");
    array methods;
    for (auto const& info : parts_.plugins.authenticators()) {
        if (std::find(step.authenticators.begin(), step.authenticators.end(), info.name) ==
            step.authenticators.end())
            continue;
        methods.push_back({{"id", info.name}, {"label", info.label.in(transaction_.locale)}});
    }
    page_model["methods"] = std::move(methods);
    page_model["step_up"] = step.step_up;
    if (!notice_key.empty())
        page_model["notice"] = provider_.pages.text(transaction_.locale, notice_key);
    auto response = page(200, "choose_method", page_model);
    return showing_again_ ? Outcome(std::move(response)) : stored(std::move(response));
}

Outcome Walk::ask_consent(AskConsent const& step) {
    transaction_.consent = ConsentAsked{
        .user_id = standing_of_, .scopes = step.scopes, .claims = step.claims, .allowed = {}};
    transaction_.running.reset();
    auto page_model = model("/login/consent");
    object service{{"name", client_->name(transaction_.locale)}};
    if (!client_->policy_uri.empty()) service["policy_uri"] = client_->policy_uri;
    if (!client_->tos_uri.empty()) service["tos_uri"] = client_->tos_uri;
    page_model["service"] = std::move(service);
    page_model["more"] = step.more;
    array items;
    for (auto const& scope : parts_.plugins.scopes())
        if (std::find(step.scopes.begin(), step.scopes.end(), scope.name) != step.scopes.end())
            items.push_back({{"title", scope.title.in(transaction_.locale)},
                             {"description", scope.description.in(transaction_.locale)}});
    if (std::find(step.scopes.begin(), step.scopes.end(), "offline_access") != step.scopes.end())
        items.push_back(
            {{"title", provider_.pages.text(transaction_.locale, "scope_offline_access")},
             {"description",
              provider_.pages.text(transaction_.locale, "scope_offline_access_about")}});
    for (auto const& claim : step.claims)
        items.push_back({{"title", claim}, {"description", false}});
    page_model["items"] = std::move(items);
    auto response = page(200, "consent", page_model);
    return showing_again_ ? Outcome(std::move(response)) : stored(std::move(response));
}

Outcome Walk::refuse(oidc::Refusal const& refusal) {
    auto response = oidc::refuse_authorization(provider_, transaction_.request, refusal);
    // A silent check that finds nobody is an everyday answer; a login that ends without a session
    // is an event.
    if (transaction_.request.prompt.none) return response;
    AuditEvent event{.kind = AuditKind::login_refused,
                     .at = now_,
                     .event_id = transaction_.event_id,
                     .request_id = request_.request_id,
                     .user_id = {},
                     .client_id = client_->client_id,
                     .fields = {{"error", oidc::to_string(refusal.error)}}};
    if (transaction_.version > 0)
        return PendingCommit{.intention = storage::drop_login(transaction_.id, transaction_.version,
                                                              event, provider_.random),
                             .if_won = std::move(response),
                             .if_lost = error_page(409, "invalid_request", "error_login_over")};
    if (!provider_.audit.record(std::move(event))) return unavailable(parts_, request_);
    return response;
}

Outcome Walk::give_up() {
    bool const later = transaction_.given_up_as == "temporarily_unavailable";
    return refuse({.error = later ? OAuthError::temporarily_unavailable : OAuthError::access_denied,
                   .description = later ? "the login method is not available now"
                                        : "the person did not sign in",
                   .detail = {},
                   .delivery = oidc::Delivery::redirect});
}

// ---- What a plugin answered ---------------------------------------------------------------------

Outcome Walk::take(plugin::Ran<plugin::Identity> ran, std::string const& authenticator) {
    if (auto const* failure = std::get_if<plugin::Failure>(&ran)) return fail(*failure);
    auto answer = std::get<plugin::Answer<plugin::Identity>>(std::move(ran));
    if (auto* identity = std::get_if<plugin::Identity>(&answer))
        return accept(std::move(*identity), authenticator);
    return take_other(std::move(answer), Running::Kind::authenticator, authenticator);
}

Outcome Walk::take(plugin::Ran<plugin::LoginStep::Settled> ran, std::string const& step) {
    if (auto const* failure = std::get_if<plugin::Failure>(&ran)) return fail(*failure);
    auto answer = std::get<plugin::Answer<plugin::LoginStep::Settled>>(std::move(ran));
    if (auto* settled = std::get_if<plugin::LoginStep::Settled>(&answer))
        return settle(std::move(*settled), step);
    return take_other(std::move(answer), Running::Kind::login_step, step);
}

template <class T>
Outcome Walk::take_other(plugin::Answer<T> answer, Running::Kind kind, std::string const& plugin) {
    if (++transaction_.rounds > provider_.limits.plugin_rounds)
        return fail({.kind = plugin::Failure::Kind::oversized, .plugin = plugin});
    if (auto* redirect = std::get_if<plugin::Redirect>(&answer))
        return send_away(std::move(*redirect), kind, plugin);
    if (auto* shown = std::get_if<plugin::Page>(&answer))
        return show(std::move(*shown), kind, plugin);
    return deny(std::get<plugin::Deny>(answer), plugin);
}

Outcome Walk::accept(plugin::Identity identity, std::string const& authenticator) {
    auto const& infos = parts_.plugins.authenticators();
    auto const info = std::find_if(infos.begin(), infos.end(),
                                   [&](auto const& one) { return one.name == authenticator; });
    bool const may_prove =
        info != infos.end() && std::find(info->acr_values.begin(), info->acr_values.end(),
                                         identity.acr) != info->acr_values.end();
    // A level that the method never announced, or nobody at all, is a broken plugin, not a login
    // (threats.md I11, X-12).
    if (!may_prove || identity.subject.empty())
        return fail({.kind = plugin::Failure::Kind::exception, .plugin = authenticator});

    auto const owner = owner_of(parts_, authenticator, identity.subject);
    if (!owner) return unavailable(parts_, request_);
    if (owner->disabled)
        return refuse({.error = OAuthError::access_denied,
                       .description = "the account cannot be used",
                       .detail = "disabled",
                       .delivery = oidc::Delivery::redirect});
    transaction_.proof =
        Proof{.authenticator = authenticator,
              .subject = std::move(identity.subject),
              .user_id = owner->user_id,
              .acr = std::move(identity.acr),
              .amr = std::move(identity.amr),
              .auth_time = std::min(identity.authenticated_at.value_or(now_), now_),
              .attributes = std::move(identity.attributes),
              .logout = std::move(identity.logout)};
    transaction_.also.reset();
    transaction_.consent.reset();
    transaction_.chosen.clear();
    transaction_.running.reset();
    transaction_.settled_steps.clear();
    return advance();
}

Outcome Walk::settle(plugin::LoginStep::Settled settled, std::string const& step) {
    if (settled.also) {
        auto const owner = owner_of(parts_, settled.also_authenticator, settled.also->subject);
        if (!owner) return unavailable(parts_, request_);
        transaction_.also =
            Proof{.authenticator = std::move(settled.also_authenticator),
                  .subject = std::move(settled.also->subject),
                  .user_id = owner->user_id,
                  .acr = std::move(settled.also->acr),
                  .amr = std::move(settled.also->amr),
                  .auth_time = std::min(settled.also->authenticated_at.value_or(now_), now_),
                  .attributes = std::move(settled.also->attributes),
                  .logout = std::move(settled.also->logout)};
    }
    transaction_.settled_steps.push_back(step);
    transaction_.running.reset();
    // The step may have ended sessions, this one among them.
    session_.reset();
    if (auto answer = read_standing()) return std::move(*answer);
    return advance();
}

Outcome Walk::send_away(plugin::Redirect redirect, Running::Kind kind, std::string const& plugin) {
    auto const url = parse_http_url(redirect.url);
    if (!url || (url->scheme == "http" && !url->is_loopback()))
        return fail({.kind = plugin::Failure::Kind::exception, .plugin = plugin});
    transaction_.running = Running{.kind = kind,
                                   .plugin = plugin,
                                   .state = std::move(redirect.state),
                                   .template_name = {},
                                   .model = {}};
    return stored(redirect_response(redirect.url));
}

Outcome Walk::show(plugin::Page shown, Running::Kind kind, std::string const& plugin) {
    transaction_.running = Running{.kind = kind,
                                   .plugin = plugin,
                                   .state = std::move(shown.state),
                                   .template_name = std::move(shown.template_name),
                                   .model = std::move(shown.model)};
    auto response = plugin_page(*transaction_.running, shown.status);
    if (shown.retry_after > seconds(0))
        response.headers.set("Retry-After", std::to_string(shown.retry_after.count()));
    return stored(std::move(response));
}

Outcome Walk::deny(plugin::Deny const& deny, std::string const& plugin) {
    auto const& message = deny.message.in(transaction_.locale);
    if (deny.kind == plugin::Deny::Kind::rejected) {
        // S-REJ: nothing changes for anybody, and the outward text is the same for every reason.
        auto const recorded = provider_.audit.record(
            {.kind = AuditKind::saml_reject,
             .at = now_,
             .event_id = transaction_.event_id,
             .request_id = request_.request_id,
             .user_id = {},
             .client_id = client_->client_id,
             .fields = {{"plugin", plugin},
                        {"reason", deny.reason},
                        {"message_sha256", encode_hex(sha256(request_.body))}}});
        if (!recorded) return unavailable(parts_, request_);
        return error_page(400, "invalid_request", "error_not_accepted");
    }
    transaction_.running.reset();
    transaction_.chosen.clear();
    transaction_.cancelled = true;
    if (deny.kind == plugin::Deny::Kind::cancelled) {
        ChooseMethod choice;
        for (auto const& method : parts_.policy.methods)
            if (std::any_of(method.acr_values.begin(), method.acr_values.end(),
                            [&](std::string const& acr) {
                                return satisfies(transaction_.request, acr, parts_.policy);
                            }))
                choice.authenticators.push_back(method.name);
        return ask_method(choice, "notice_cancelled");
    }
    bool const later = deny.kind == plugin::Deny::Kind::unavailable;
    transaction_.given_up_as = later ? "temporarily_unavailable" : "access_denied";
    provider_.log.warning("login.not_completed", {{"request_id", request_.request_id},
                                                  {"plugin", plugin},
                                                  {"reason", deny.reason},
                                                  {"event_id", transaction_.event_id}});
    auto page_model = model("/login");
    if (!message.empty()) page_model["message"] = message;
    return stored(page(later ? 503 : 200, "not_completed", page_model));
}

Outcome Walk::fail(plugin::Failure const& failure) {
    provider_.log.error("login.plugin_failed", {{"request_id", request_.request_id},
                                                {"plugin", failure.plugin},
                                                {"event_id", transaction_.event_id}});
    if (failure.kind == plugin::Failure::Kind::overdrawn) return unavailable(parts_, request_);
    return error_page(500, "server_error", "error_server");
}

// ---- Pages --------------------------------------------------------------------------------------

object Walk::model(std::string_view action) const {
    std::string const login = "?login=" + transaction_.handle();
    return {{"action", std::string(action) + login + "&ui_locales=" + transaction_.locale},
            {"csrf", browser_.csrf(transaction_.handle())},
            {"languages", Pages::language_links(transaction_.locale, "/login" + login)},
            {"service", {{"name", client_->name(transaction_.locale)}}}};
}

HttpResponse Walk::page(int status, std::string_view name, object const& page_model) const {
    return provider_.pages.render(status, name, page_model, transaction_.locale);
}

HttpResponse Walk::plugin_page(Running const& running, int status) const {
    auto page_model = model("/login/return/" + running.plugin);
    for (auto const& member : running.model)
        if (!page_model.contains(member.key())) page_model.emplace(member.key(), member.value());
    return page(status, running.plugin + "/" + running.template_name, page_model);
}

HttpResponse Walk::error_page(int status, std::string_view error, std::string_view text) const {
    return provider_.pages.error(status, error, text, transaction_.event_id, transaction_.locale);
}

Outcome Walk::stored(HttpResponse response) {
    keep_browser(parts_, browser_, transaction_.version == 0, response);
    storage::LoginRecord const record{
        .id = transaction_.id,
        .browser_hash = browser_.login_hash(),
        .version = std::max<std::int64_t>(transaction_.version, 1),
        .body = transaction_.to_json(),
        .created_at = transaction_.created_at,
        .expires_at = transaction_.created_at + provider_.limits.login_transaction_lifetime};
    auto intention =
        transaction_.version == 0
            ? storage::begin_login(record, provider_.limits.login_transactions_per_browser,
                                   parts_.sealer, provider_.random)
            : storage::update_login(record, parts_.sealer, provider_.random);
    return PendingCommit{.intention = std::move(intention),
                         .if_won = std::move(response),
                         .if_lost = error_page(409, "invalid_request", "error_login_over")};
}

// ---- Finding the login that a request belongs to
// -------------------------------------------------

HttpResponse login_over(Parts const& parts, HttpRequest const& request, int status) {
    return parts.provider.pages.error(status, "invalid_request", "error_login_over",
                                      request.request_id, Pages::choose_locale({}, request));
}

HttpResponse bad_request(Parts const& parts, HttpRequest const& request, int status = 400) {
    return parts.provider.pages.error(status, "invalid_request", "error_bad_request",
                                      request.request_id, Pages::choose_locale({}, request));
}

/// The login named by `handle`, if it belongs to this browser.
std::variant<Walk, HttpResponse> resume_walk(Parts const& parts, HttpRequest const& request,
                                             std::string_view handle, std::string_view locale) {
    auto browser = read_browser(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&browser)) return std::move(*answer);
    auto const id = decode_base64url(handle);
    auto const& found_browser = std::get<Browser>(browser);
    if (!id || id->size() != 16 || !found_browser.has_login_cookie)
        return login_over(parts, request, 403);
    auto record = parts.logins.find(*id, found_browser.login_hash(), parts.provider.clock.now());
    if (!record) return unavailable(parts, request);
    if (!*record) return login_over(parts, request, 403);
    auto transaction = transaction_from(**record);
    if (!transaction) return unavailable(parts, request);
    auto client = parts.provider.clients.find(transaction->request.client_id);
    // The registration may have changed since the login began (RFC 6749 §3.1.2.4).
    if (!client || !oidc::check_redirect_uri(*client, transaction->request.redirect_uri.text()))
        return login_over(parts, request, 403);
    if (is_locale(locale)) transaction->locale = std::string(locale);
    Walk walk(parts, request, std::move(std::get<Browser>(browser)), std::move(*transaction),
              std::move(client));
    if (auto answer = walk.read_standing()) return std::move(*answer);
    return walk;
}

struct OwnForm {
    Walk walk;
    Form form;
};

/// A form of ours: strict, from our own page, with the login's csrf token.
std::variant<OwnForm, HttpResponse> read_own_form(Parts const& parts, HttpRequest const& request) {
    if (request.media_type() != "application/x-www-form-urlencoded")
        return bad_request(parts, request, 415);
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    auto body = parse_form(request.body, parts.provider.limits.form_fields);
    if (query.error || body.error) return bad_request(parts, request);
    if (!comes_from_our_page(parts, request)) return login_over(parts, request, 403);
    auto const handle = query.form.get("login");
    auto walk = resume_walk(parts, request, handle, query.form.get("ui_locales"));
    if (auto* answer = std::get_if<HttpResponse>(&walk)) return std::move(*answer);
    auto& found = std::get<Walk>(walk);
    if (!equal_in_constant_time(body.form.get("csrf"), found.browser().csrf(handle)))
        return login_over(parts, request, 403);
    return OwnForm{.walk = std::move(found), .form = std::move(body.form)};
}

/// A ReturnPath as the plugin declared it; whole for a page of the plugin's own.
std::string path_for(std::string_view plugin, std::string const& path) {
    auto const prefix = "/" + std::string(plugin) + "/";
    return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

plugin::BrowserRequest browser_request(HttpRequest const& request, std::string_view plugin,
                                       Form form, std::string device) {
    return {.method = request.method,
            .path = path_for(plugin, request.path),
            .query = request.query,
            .form = std::move(form),
            .media_type = request.media_type(),
            .client_address = request.client_address,
            .device = std::move(device)};
}

Outcome resume_plugin(Parts const& parts, HttpRequest const& request, Walk walk, Form form,
                      std::string_view plugin) {
    auto const running = walk.transaction().running;
    if (!running || running->plugin != plugin) return login_over(parts, request, 409);
    auto const browser = browser_request(request, plugin, std::move(form), walk.browser().device);
    if (running->kind == Running::Kind::authenticator)
        return walk.take(
            parts.plugins.resume_authenticator(plugin, walk.view(), running->state, browser),
            running->plugin);
    return walk.take(parts.plugins.resume_step(plugin, walk.view(), running->state, browser),
                     running->plugin);
}

}  // namespace

// ---- The handlers -------------------------------------------------------------------------------

Outcome LoginFlow::authorize(HttpRequest const& request) const {
    auto begun = oidc::begin_authorization(parts_.provider, request);
    if (auto* answer = std::get_if<HttpResponse>(&begun)) return std::move(*answer);
    auto& authorization = std::get<oidc::BegunAuthorization>(begun);
    auto browser = read_browser(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&browser)) return std::move(*answer);

    auto const now = parts_.provider.clock.now();
    std::string locale = Pages::choose_locale(authorization.request.ui_locales, request);
    Walk walk(parts_, request, std::move(std::get<Browser>(browser)),
              LoginTransaction{.id = storage::make_id(parts_.provider.random, now),
                               .version = 0,
                               .request = std::move(authorization.request),
                               .locale = std::move(locale),
                               .event_id = request.request_id,
                               .proof = {},
                               .also = {},
                               .chosen = {},
                               .cancelled = false,
                               .running = {},
                               .settled_steps = {},
                               .consent = {},
                               .session_id = {},
                               .session_user_id = {},
                               .given_up_as = {},
                               .rounds = 0,
                               .created_at = now},
              std::move(authorization.client));
    if (auto answer = walk.read_standing()) return std::move(*answer);
    return walk.advance();
}

Outcome LoginFlow::show(HttpRequest const& request) const {
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    if (query.error) return bad_request(parts_, request);
    auto walk = resume_walk(parts_, request, query.form.get("login"), query.form.get("ui_locales"));
    if (auto* answer = std::get_if<HttpResponse>(&walk)) return std::move(*answer);
    return std::get<Walk>(walk).show_again();
}

Outcome LoginFlow::choose(HttpRequest const& request) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    auto& transaction = walk.transaction();
    if (form.find("cancel") || form.get("decision") == "cancel") return walk.give_up();
    transaction.running.reset();
    // Choosing anew is also how a person leaves a step that follows a proof.
    transaction.proof.reset();
    transaction.also.reset();
    transaction.settled_steps.clear();
    transaction.chosen = std::string(form.get("method"));
    transaction.cancelled = transaction.chosen.empty();
    return walk.advance();
}

Outcome LoginFlow::consent(HttpRequest const& request) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    auto& asked = walk.transaction().consent;
    auto const decision = form.get("decision");
    if (!asked || (decision != "allow" && decision != "deny")) return bad_request(parts_, request);
    asked->allowed = decision == "allow";
    return walk.advance();
}

Outcome LoginFlow::submit(HttpRequest const& request, std::string_view plugin) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    return resume_plugin(parts_, request, std::move(walk), std::move(form), plugin);
}

Outcome LoginFlow::come_back(HttpRequest const& request, std::string_view plugin,
                             std::string_view login_field) const {
    // The message is another server's: what is wrong with it is answered alike (S-REJ), and nothing
    // of ours changes.
    auto const rejected = [&](std::string_view reason) -> HttpResponse {
        auto const recorded = parts_.provider.audit.record(
            {.kind = AuditKind::saml_reject,
             .at = parts_.provider.clock.now(),
             .event_id = request.request_id,
             .request_id = request.request_id,
             .user_id = {},
             .client_id = {},
             .fields = {{"plugin", plugin},
                        {"reason", reason},
                        {"message_sha256", encode_hex(sha256(request.body))}}});
        if (!recorded) return unavailable(parts_, request);
        return parts_.provider.pages.error(400, "invalid_request", "error_not_accepted",
                                           request.request_id, Pages::choose_locale({}, request));
    };
    bool const by_form = request.method == Method::POST;
    if (by_form && request.media_type() != "application/x-www-form-urlencoded")
        return bad_request(parts_, request, 415);
    auto parsed =
        parse_form(by_form ? request.body : request.query, parts_.provider.limits.form_fields);
    if (parsed.error) return rejected("unreadable_form");
    auto walk = resume_walk(parts_, request, parsed.form.get(login_field), {});
    if (auto* answer = std::get_if<HttpResponse>(&walk)) {
        if (answer->status == 403) return rejected("no_such_login_in_this_browser");
        return std::move(*answer);
    }
    auto& found = std::get<Walk>(walk);
    if (auto answer = found.recall_session()) return std::move(*answer);
    auto const& running = found.transaction().running;
    if (!running || running->plugin != plugin || !running->template_name.empty())
        return rejected("not_awaited");
    return resume_plugin(parts_, request, std::move(found), std::move(parsed.form), plugin);
}

}  // namespace tunnus::login
