// SPDX-License-Identifier: MIT
#include "plugins/host/plugins.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/redact.hpp"
#include "idp/base/url.hpp"
#include "plugins/host/answer_check.hpp"
#include "plugins/host/entry_check.hpp"
#include "plugins/host/loaded.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tunnus::plugin {

namespace {

std::string_view to_string(Failure::Kind kind) {
    static constexpr std::array<std::string_view, 6> names{"exception", "deadline",  "oversized",
                                                           "malformed", "overdrawn", "missing"};
    return names.at(static_cast<std::size_t>(kind));
}

Failure::Kind kind_of(Runner::Ended::Kind kind) {
    switch (kind) {
        case Runner::Ended::Kind::exception:
            return Failure::Kind::exception;
        case Runner::Ended::Kind::deadline:
            return Failure::Kind::deadline;
        case Runner::Ended::Kind::overdrawn:
            break;
    }
    return Failure::Kind::overdrawn;
}

std::vector<std::string> interfaces_of(Plugin& plugin) {
    std::vector<std::string> names;
    auto const add = [&](bool there, char const* name) {
        if (there) names.emplace_back(name);
    };
    add(plugin.authenticator() != nullptr, "Authenticator");
    add(plugin.login_step() != nullptr, "LoginStep");
    add(plugin.claims_source() != nullptr, "ClaimsSource");
    add(plugin.scope_source() != nullptr, "ScopeSource");
    add(plugin.mandate_source() != nullptr, "MandateSource");
    add(plugin.route_source() != nullptr, "RouteSource");
    add(plugin.account_listener() != nullptr, "AccountListener");
    add(plugin.provisioner() != nullptr, "Provisioner");
    add(plugin.person_finder() != nullptr, "PersonFinder");
    add(plugin.single_logout() != nullptr, "SingleLogout");
    add(!plugin.jobs().empty(), "Job");
    return names;
}

void add_offer(VerifiedClaimsOffer& all, VerifiedClaimsOffer const& one) {
    auto const add = [](std::vector<std::string>& to, std::vector<std::string> const& from) {
        for (auto const& name : from)
            if (std::ranges::find(to, name) == to.end()) to.push_back(name);
    };
    add(all.claims, one.claims);
    add(all.trust_frameworks, one.trust_frameworks);
    add(all.evidence, one.evidence);
    add(all.documents, one.documents);
    add(all.electronic_records, one.electronic_records);
}

/// The answer of a route whose plugin gave none.
HttpResponse no_answer(Pages const& pages, RouteSource::Needs needs, Caller const& caller,
                       Runner::Ended::Kind why) {
    auto response =
        needs == RouteSource::Needs::access_token ? text_response(503, "Service Unavailable\n")
        : why == Runner::Ended::Kind::exception
            ? pages.error(500, "server_error", "error_server", caller.event_id, caller.locale)
            : pages.error(503, "temporarily_unavailable", "error_unavailable", caller.event_id,
                          caller.locale);
    response.headers.set("Cache-Control", "no-store");
    if (response.status == 503) response.headers.set("Retry-After", "1");
    return response;
}

/// Reads the form of a route that wants one. The answer when there is none.
std::optional<HttpResponse> read_form(Pages const& pages, Limits const& limits,
                                      HttpRequest const& request, Caller& caller) {
    auto const refuse = [&](int status) {
        return pages.error(status, "invalid_request", "error_bad_request", caller.event_id,
                           caller.locale);
    };
    bool const in_query = request.method == Method::GET || request.method == Method::HEAD;
    if (!in_query && request.media_type() != "application/x-www-form-urlencoded")
        return refuse(415);
    auto parsed = parse_form(in_query ? request.query : request.body, limits.form_fields);
    if (parsed.error) return refuse(400);
    caller.form = std::move(parsed.form);
    return std::nullopt;
}

class LoadedPlugins final : public Plugins {
  public:
    explicit LoadedPlugins(Services const& services) : services_(services) {
        if (auto const issuer = parse_http_url(services.issuer); issuer && issuer->path != "/")
            base_path_ = issuer->path;
    }

    /// Loads them all; the first error ends it.
    Result<> load_all(std::vector<PluginSettings> const& settings,
                      std::span<EntryFunction const> builtin);

    [[nodiscard]] std::vector<Named> list() const override {
        std::vector<Named> named;
        for (auto const& loaded : plugins_)
            named.push_back(
                {loaded->name, loaded->version, loaded->from_file, interfaces_of(*loaded->plugin)});
        return named;
    }
    [[nodiscard]] std::vector<std::string> missing() const override { return missing_; }

    [[nodiscard]] std::vector<AuthenticatorInfo> const& authenticators() const override {
        return authenticators_;
    }
    [[nodiscard]] Ran<Identity> begin_authenticator(std::string_view name,
                                                    LoginView const& login) override {
        return with_own_amr(
            name, ask(name, login, "authenticator.begin", &Plugin::authenticator, check_identity,
                      [login](Authenticator& part) { return part.begin(login); }));
    }
    [[nodiscard]] Ran<Identity> resume_authenticator(std::string_view name, LoginView const& login,
                                                     boost::json::object const& state,
                                                     BrowserRequest const& request) override {
        return with_own_amr(name, ask(name, login, "authenticator.resume", &Plugin::authenticator,
                                      check_identity, [login, state, request](Authenticator& part) {
                                          return part.resume(login, state, request);
                                      }));
    }

    [[nodiscard]] bool logs_out_elsewhere(std::string_view name) const override {
        auto* const loaded = find(name);
        return loaded && loaded->plugin->single_logout();
    }
    [[nodiscard]] std::optional<Redirect> leave(std::string_view name,
                                                SingleLogout::Ending const& ending) override;

    [[nodiscard]] std::vector<std::string> const& login_steps() const override { return steps_; }
    [[nodiscard]] Lane login_step_lane(std::string_view name) const override {
        auto* const loaded = find(name);
        auto* const step = loaded ? loaded->plugin->login_step() : nullptr;
        return step ? step->step_lane() : Lane::plugin;
    }
    [[nodiscard]] std::variant<Result<bool>, Failure> step_needed(std::string_view name,
                                                                  LoginView const& login,
                                                                  std::string_view method,
                                                                  std::string_view acr) override;
    [[nodiscard]] Ran<LoginStep::Settled> begin_step(std::string_view name,
                                                     LoginView const& login) override {
        return ask(name, login, "login_step.begin", &Plugin::login_step, check_settled,
                   [login](LoginStep& part) { return part.begin_step(login); });
    }
    [[nodiscard]] Ran<LoginStep::Settled> resume_step(std::string_view name, LoginView const& login,
                                                      boost::json::object const& state,
                                                      BrowserRequest const& request) override {
        return ask(name, login, "login_step.resume", &Plugin::login_step, check_settled,
                   [login, state, request](LoginStep& part) {
                       return part.resume_step(login, state, request);
                   });
    }

    [[nodiscard]] std::vector<MandateSourceInfo> const& mandate_sources() const override {
        return mandate_sources_;
    }
    [[nodiscard]] Ran<Acting> begin_mandate(std::string_view name, LoginView const& login,
                                            MandateRequest const& request) override {
        return ask(
            name, login, "mandate_source.begin", &Plugin::mandate_source, check_acting,
            [login, request](MandateSource& part) { return part.begin_mandate(login, request); });
    }
    [[nodiscard]] Ran<Acting> resume_mandate(std::string_view name, LoginView const& login,
                                             MandateRequest const& request,
                                             boost::json::object const& state,
                                             BrowserRequest const& browser) override {
        return ask(name, login, "mandate_source.resume", &Plugin::mandate_source, check_acting,
                   [login, request, state, browser](MandateSource& part) {
                       return part.resume_mandate(login, request, state, browser);
                   });
    }
    [[nodiscard]] Result<bool> mandate_stands(std::string_view name,
                                              boost::json::object const& recheck) override;
    void let_mandate_go(std::string_view name, boost::json::object const& recheck) override;

    [[nodiscard]] std::vector<DataField> const& data_fields() const override {
        return data_fields_;
    }
    [[nodiscard]] std::vector<Scope> const& scopes() const override { return scopes_; }
    [[nodiscard]] std::vector<AuthorizationDetailsType> const& authorization_details_types()
        const override {
        return details_types_;
    }
    [[nodiscard]] std::vector<std::string> const& claims_supported() const override {
        return claims_;
    }
    [[nodiscard]] Result<std::vector<boost::json::object>> claims_of_each(
        std::span<ClaimsQuery const> queries) override;

    [[nodiscard]] std::map<std::string, Text> const& claim_titles() const override {
        return claim_titles_;
    }

    [[nodiscard]] VerifiedClaimsOffer const& verified_claims_offer() const override {
        return verified_;
    }

    [[nodiscard]] Result<boost::json::object> export_data(std::string_view user_id) override;
    [[nodiscard]] Result<> erase(std::string_view user_id) override;
    [[nodiscard]] Result<Writes> signed_in(SignedIn const& login) override;
    [[nodiscard]] Result<Writes> method_removed(std::string_view user_id,
                                                std::string_view authenticator) override;
    [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> notice_addresses(
        std::string_view user_id) override;
    [[nodiscard]] Result<Identity> provision(std::string_view name,
                                             Provisioner::NewSignIn const& sign_in) override;

    [[nodiscard]] Result<std::string> find_person(std::string_view login_hint) override;

    [[nodiscard]] std::vector<CalledRoute> routes(FindCaller find_caller) override;

    [[nodiscard]] std::vector<JobInfo> jobs() const override {
        std::vector<JobInfo> infos;
        for (auto const& loaded : plugins_)
            for (auto const& job : loaded->jobs)
                infos.push_back({loaded->name, job.name, job.interval});
        return infos;
    }
    [[nodiscard]] Result<> run_job(std::string_view plugin, std::string_view name) override;
    void stop_job(std::string_view plugin, std::string_view name) override;

  private:
    /// What `call` answers of every AccountListener, together.
    template <class Call>
    [[nodiscard]] Result<Writes> writes_of_each(std::string_view what, Call const& call);

    /// A proof with the configured name of the method before what the plugin says of it.
    [[nodiscard]] Ran<Identity> with_own_amr(std::string_view name, Ran<Identity> ran) const {
        auto* const answer = std::get_if<Answer<Identity>>(&ran);
        auto* const identity = answer ? std::get_if<Identity>(answer) : nullptr;
        if (!identity) return ran;
        auto const& first = find(name)->amr;
        std::erase(identity->amr, first);
        if (!first.empty()) identity->amr.insert(identity->amr.begin(), first);
        return ran;
    }

    static void check_identity(AnswerCheck& check, Identity const& identity, Loaded const& by) {
        check.identity(identity, by.levels);
    }
    static void check_settled(AnswerCheck& check, LoginStep::Settled const& settled,
                              Loaded const& by) {
        if (!settled.also) return;
        check.demand(settled.also_authenticator == by.name);
        check.identity(*settled.also, by.levels);
    }

    /// A person is known by their subject at whatever authenticator, which is another plugin's.
    static void check_acting(AnswerCheck& check, Acting const& acting, Loaded const&) {
        check.acting(acting);
    }

    /// One step of a login: runs `call` on the part of the plugin within bounds and checks the
    /// answer.
    template <class Part, class Result, class Call>
    Ran<Result> ask(std::string_view name, LoginView const& login, std::string_view what,
                    Part* (Plugin::*part_of)(),
                    void (*check_result)(AnswerCheck&, Result const&, Loaded const&), Call call) {
        auto* const loaded = find(name);
        auto* const part = loaded ? (*loaded->plugin.*part_of)() : nullptr;
        if (!part) return fail(name, what, Failure::Kind::missing, {}, &login);
        auto asked = [part, call = std::move(call)] { return call(*part); };
        auto ran = [&] {
            if constexpr (std::is_same_v<Part, MandateSource>)
                return loaded->run_mandate(std::move(asked));
            else
                return loaded->run(std::move(asked));
        }();
        if (auto const* ended = std::get_if<Runner::Ended>(&ran))
            return fail(name, what, kind_of(ended->kind), ended->what, &login);
        auto& answer = std::get<Answer<Result>>(ran);
        AnswerCheck check(services_.limits);
        if (auto const* result = std::get_if<Result>(&answer))
            check_result(check, *result, *loaded);
        else if (auto const* redirect = std::get_if<Redirect>(&answer))
            check(*redirect);
        else if (auto const* page = std::get_if<Page>(&answer))
            check(*page);
        else
            check(std::get<Deny>(answer));
        if (auto const failure = check.failure()) return fail(name, what, *failure, {}, &login);
        if (auto* const deny = std::get_if<Deny>(&answer)) {  // it goes into log and audit
            deny->reason = redact(deny->reason);
            deny->details = redact_json(deny->details).as_object();
        }
        return std::move(answer);
    }

    /// Runs a call whose answer is a Result<T>; a plugin's failure becomes an Error.
    template <class Call>
    std::invoke_result_t<Call&> contain(Loaded& loaded, std::string_view what, bool quick,
                                        Call call) {
        return unwrap(loaded.name, what,
                      quick ? loaded.run_quick(std::move(call)) : loaded.run(std::move(call)));
    }
    template <class T>
    T unwrap(std::string_view name, std::string_view what, Runner::Ran<T> ran) {
        if (auto const* ended = std::get_if<Runner::Ended>(&ran))
            return as_error(fail(name, what, kind_of(ended->kind), ended->what), what);
        return std::get<T>(std::move(ran));
    }
    static Error as_error(Failure const& failure, std::string_view what) {
        return {BaseErrc::unavailable, "plugin " + failure.plugin + ": " + std::string(what) +
                                           ": " + std::string(to_string(failure.kind))};
    }

    /// Records that a plugin broke its bounds.
    Failure fail(std::string_view name, std::string_view what, Failure::Kind kind,
                 std::string_view text, LoginView const* login = nullptr,
                 boost::json::object more = {});

    /// The claims that the query asks for, by scope or by name.
    [[nodiscard]] std::set<std::string_view> covered_by(ClaimsQuery const& query) const;
    void take_verified(Loaded const& loaded, ClaimsQuery const& query, boost::json::object& answer,
                       boost::json::object& all);
    void take_claims(Loaded const& loaded, ClaimsQuery const& query,
                     std::set<std::string_view> const& covered, boost::json::object&& answer,
                     boost::json::object& all);
    [[nodiscard]] Loaded* find(std::string_view name) const {
        auto const found = std::ranges::find(
            plugins_, name, [](auto const& p) -> auto& { return p->name; });
        return found == plugins_.end() ? nullptr : found->get();
    }
    [[nodiscard]] Loaded::OwnJob const* find_job(std::string_view plugin,
                                                 std::string_view name) const;
    Result<> add(std::unique_ptr<Loaded> loaded);
    Route make_route(Loaded& loaded, RouteSource::PluginRoute const& route,
                     std::shared_ptr<FindCaller const> find_caller);
    Outcome answer_route(Loaded& loaded, RouteSource::PluginRoute const& route,
                         HttpRequest const& request, Caller caller);

    Services services_;
    std::vector<std::unique_ptr<Loaded>> plugins_;
    std::vector<std::string> missing_;
    std::vector<AuthenticatorInfo> authenticators_;
    std::vector<std::string> steps_;
    std::vector<MandateSourceInfo> mandate_sources_;
    std::vector<DataField> data_fields_;
    std::vector<Scope> scopes_;
    std::vector<AuthorizationDetailsType> details_types_;
    std::vector<std::string> claims_;
    std::map<std::string, Text> claim_titles_;
    VerifiedClaimsOffer verified_;
    std::string base_path_;  ///< of the issuer, without a slash at its end
};

Result<> LoadedPlugins::load_all(std::vector<PluginSettings> const& settings,
                                 std::span<EntryFunction const> builtin) {
    for (std::size_t i = 0; i < settings.size(); ++i) {
        auto const path = "plugins[" + std::to_string(i) + "]";
        auto const at = [&](Error const& error) {
            auto const joint = error.detail.starts_with("config.") ? "." : ": ";
            return Error(error.code, path + joint + error.detail);
        };
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (auto apart = check_name_clash(settings[earlier].name, settings[i].name); !apart)
                return at(apart.error());
        auto loaded = load_plugin(settings[i], builtin, services_);
        if (loaded) {
            if (auto added = add(std::move(*loaded)); !added) return at(added.error());
        } else if (settings[i].required || loaded.error().code == BaseErrc::malformed) {
            return at(loaded.error());
        } else {
            missing_.push_back(settings[i].name);
            fail(settings[i].name, "load", Failure::Kind::missing, loaded.error().detail);
        }
    }
    return {};
}

Result<> LoadedPlugins::add(std::unique_ptr<Loaded> loaded) {
    for (auto const& claim : loaded->claims)
        if (std::ranges::find(claims_, claim) != claims_.end())
            return Error(BaseErrc::denied, "claim \"" + claim + "\" is another plugin's already");
    for (auto const& scope : loaded->scopes)
        if (std::ranges::find(scopes_, scope.name, &Scope::name) != scopes_.end())
            return Error(BaseErrc::denied,
                         "scope \"" + scope.name + "\" is another plugin's already");
    for (auto const& type : loaded->authorization_details_types)
        if (std::ranges::find(details_types_, type.name, &AuthorizationDetailsType::name) !=
            details_types_.end())
            return Error(BaseErrc::denied, "authorization_details \"" + type.name +
                                               "\" are another plugin's already");
    for (auto const& field : loaded->data_fields)
        if (std::ranges::find(data_fields_, field.name, &DataField::name) != data_fields_.end())
            return Error(BaseErrc::denied,
                         "data field \"" + field.name + "\" is another plugin's already");
    data_fields_.insert(data_fields_.end(), loaded->data_fields.begin(), loaded->data_fields.end());
    auto const& types = loaded->authorization_details_types;
    details_types_.insert(details_types_.end(), types.begin(), types.end());
    claims_.insert(claims_.end(), loaded->claims.begin(), loaded->claims.end());
    claim_titles_.merge(loaded->claim_titles);
    add_offer(verified_, loaded->verified);
    scopes_.insert(scopes_.end(), loaded->scopes.begin(), loaded->scopes.end());
    if (auto* part = loaded->plugin->authenticator())
        authenticators_.push_back({loaded->name, part->label(), loaded->levels, loaded->assurances,
                                   part->lane(), part->return_paths(), part->rejection(),
                                   part->account_actions()});
    if (loaded->plugin->login_step()) steps_.push_back(loaded->name);
    if (auto* part = loaded->plugin->mandate_source())
        mandate_sources_.push_back({loaded->name, part->mandate_scopes(),
                                    part->mandate_details_types(), part->mandate_return_paths()});
    plugins_.push_back(std::move(loaded));
    return {};
}

Failure LoadedPlugins::fail(std::string_view name, std::string_view what, Failure::Kind kind,
                            std::string_view text, LoginView const* login,
                            boost::json::object more) {
    services_.log.error(
        "plugin.failed",
        {{"plugin", name}, {"call", what}, {"reason", to_string(kind)}, {"detail", redact(text)}});
    AuditEvent event;
    event.kind = AuditKind::plugin_failed;
    event.at = services_.clock.now();
    if (login) {
        event.event_id = login->event_id;
        event.request_id = login->request_id;
        event.user_id = login->user_id;
        event.client_id = login->service.client_id;
    }
    event.fields = std::move(more);
    event.fields["plugin"] = name;
    event.fields["call"] = what;
    event.fields["reason"] = to_string(kind);
    if (auto recorded = services_.audit.record(std::move(event)); !recorded)
        services_.log.error("audit.lost", {{"error", recorded.error().text()}});
    return {kind, std::string(name)};
}

std::optional<Redirect> LoadedPlugins::leave(std::string_view name,
                                             SingleLogout::Ending const& ending) {
    constexpr std::string_view what = "single_logout.leave";
    auto* const loaded = find(name);
    auto* const part = loaded ? loaded->plugin->single_logout() : nullptr;
    if (!part) return std::nullopt;
    auto ran = loaded->run([part, ending] { return part->leave(ending); });
    if (auto const* ended = std::get_if<Runner::Ended>(&ran)) {
        fail(name, what, kind_of(ended->kind), ended->what);
        return std::nullopt;
    }
    auto redirect = std::get<std::optional<Redirect>>(std::move(ran));
    if (!redirect) return redirect;
    AnswerCheck check(services_.limits);
    check(*redirect);
    if (auto const failure = check.failure()) {
        fail(name, what, *failure, {});
        return std::nullopt;
    }
    return redirect;
}

std::variant<Result<bool>, Failure> LoadedPlugins::step_needed(std::string_view name,
                                                               LoginView const& login,
                                                               std::string_view method,
                                                               std::string_view acr) {
    auto* const loaded = find(name);
    auto* const step = loaded ? loaded->plugin->login_step() : nullptr;
    if (!step) return fail(name, "login_step.needed", Failure::Kind::missing, {}, &login);
    auto ran =
        loaded->run_quick([step, login, method = std::string(method), acr = std::string(acr)] {
            return step->needed(login, method, acr);
        });
    if (auto const* ended = std::get_if<Runner::Ended>(&ran))
        return fail(name, "login_step.needed", kind_of(ended->kind), ended->what, &login);
    auto needed = std::get<Result<bool>>(std::move(ran));
    if (!needed)
        services_.log.error(
            "plugin.unavailable",
            {{"plugin", name}, {"call", "login_step.needed"}, {"error", needed.error().text()}});
    return needed;
}

Result<bool> LoadedPlugins::mandate_stands(std::string_view name,
                                           boost::json::object const& recheck) {
    auto* const loaded = find(name);
    auto* const source = loaded ? loaded->plugin->mandate_source() : nullptr;
    if (!source) return Error(BaseErrc::unavailable, "no mandate source " + std::string(name));
    auto stands =
        unwrap(name, "mandate_source.still_valid",
               loaded->run_mandate([source, recheck] { return source->still_valid(recheck); }));
    if (!stands)
        services_.log.error("plugin.unavailable", {{"plugin", name},
                                                   {"call", "mandate_source.still_valid"},
                                                   {"error", redact(stands.error().text())}});
    return stands;
}

void LoadedPlugins::let_mandate_go(std::string_view name, boost::json::object const& recheck) {
    auto* const loaded = find(name);
    auto* const source = loaded ? loaded->plugin->mandate_source() : nullptr;
    if (!source) return;
    auto ran = loaded->run_mandate([source, recheck]() -> Result<> {
        source->let_go(recheck);
        return {};
    });
    // What is wrong is in the log and the audit trail, and harms nobody.
    static_cast<void>(unwrap(name, "mandate_source.let_go", std::move(ran)));
}

std::set<std::string_view> LoadedPlugins::covered_by(ClaimsQuery const& query) const {
    std::set<std::string_view> covered(query.claim_names.begin(), query.claim_names.end());
    for (auto const& scope : scopes_)
        if (std::ranges::find(query.scopes, scope.name) != query.scopes.end())
            covered.insert(scope.claims.begin(), scope.claims.end());
    return covered;
}

/// What of a source's attestations the query asks for. One that goes beyond what the source offers
/// is not taken.
void LoadedPlugins::take_verified(Loaded const& loaded, ClaimsQuery const& query,
                                  boost::json::object& answer, boost::json::object& all) {
    auto* const found = answer.if_contains("verified_claims");
    if (!found) return;
    auto const taken = std::move(*found);
    answer.erase("verified_claims");
    if (query.verified_names.empty()) return;
    auto const* attestations = taken.if_array();
    auto& list = all["verified_claims"];
    if (!list.is_array()) list.emplace_array();
    bool good = attestations != nullptr;
    for (std::size_t i = 0; attestations && i < attestations->size(); ++i)
        if (auto attestation =
                check_attestation((*attestations)[i], loaded.verified, query.verified_names))
            list.get_array().push_back(std::move(*attestation));
        else
            good = false;
    if (!good)
        fail(loaded.name, "claims", Failure::Kind::malformed, "an attestation beyond its offer",
             nullptr, {{"client_id", query.client_id}});
}

/// What of a source's answer the query covers and the source may say.
void LoadedPlugins::take_claims(Loaded const& loaded, ClaimsQuery const& query,
                                std::set<std::string_view> const& covered,
                                boost::json::object&& answer, boost::json::object& all) {
    take_verified(loaded, query, answer, all);
    for (auto& [name, value] : answer) {
        bool const own = std::ranges::find(loaded.claims, name) != loaded.claims.end();
        if (own && covered.contains(name))
            all[name] = std::move(value);
        else if (is_reserved_claim(name) || !own)
            fail(loaded.name, "claims", Failure::Kind::malformed, "undeclared or reserved claim",
                 nullptr, {{"claim", name}, {"client_id", query.client_id}});
    }
}

Result<std::vector<boost::json::object>> LoadedPlugins::claims_of_each(
    std::span<ClaimsQuery const> queries) {
    std::vector<boost::json::object> all(queries.size());
    std::vector<std::set<std::string_view>> covered;
    for (auto const& query : queries)
        covered.push_back(covered_by(query));
    for (auto const& loaded : plugins_) {
        auto* const source = loaded->plugin->claims_source();
        std::vector<ClaimsQuery> asked;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; source && i < queries.size(); ++i) {
            auto const& verified = queries[i].verified_names;
            bool const vouches = std::ranges::any_of(loaded->verified.claims, [&](auto const& one) {
                return std::ranges::find(verified, one) != verified.end();
            });
            if (!vouches && std::ranges::none_of(loaded->claims, [&](auto const& claim) {
                    return covered[i].contains(claim);
                }))
                continue;
            asked.push_back(queries[i]);
            places.push_back(i);
        }
        if (asked.empty()) continue;
        auto answers = contain(*loaded, "claims", loaded->quick,
                               [source, asked] { return source->claims_of_each(asked); });
        if (!answers) return answers.error();
        AnswerCheck check(services_.limits);
        check.demand(answers->size() == asked.size());
        for (auto const& answer : *answers)
            check.json(answer);
        if (auto const failure = check.failure())
            return as_error(fail(loaded->name, "claims", *failure, {}), "claims");
        for (std::size_t i = 0; i < asked.size(); ++i)
            take_claims(*loaded, asked[i], covered[places[i]], std::move((*answers)[i]),
                        all[places[i]]);
    }
    return all;
}

Result<boost::json::object> LoadedPlugins::export_data(std::string_view user_id) {
    boost::json::object all;
    for (auto const& loaded : plugins_) {
        auto* const listener = loaded->plugin->account_listener();
        if (!listener) continue;
        auto data = contain(
            *loaded, "account_listener.export_data", false,
            [listener, user = std::string(user_id)] { return listener->export_data(user); });
        if (!data) return data.error();
        all[loaded->name] = std::move(*data);
    }
    return all;
}

Result<> LoadedPlugins::erase(std::string_view user_id) {
    Result<> all;
    for (auto const& loaded : plugins_) {
        auto* const listener = loaded->plugin->account_listener();
        if (!listener) continue;
        auto erased =
            contain(*loaded, "account_listener.erase", false,
                    [listener, user = std::string(user_id)] { return listener->erase(user); });
        if (!erased && all)
            all =
                Error(erased.error().code, "plugin " + loaded->name + ": " + erased.error().detail);
    }
    return all;
}

template <class Call>
Result<Writes> LoadedPlugins::writes_of_each(std::string_view what, Call const& call) {
    Writes all;
    for (auto const& loaded : plugins_) {
        auto* const listener = loaded->plugin->account_listener();
        if (!listener) continue;
        auto writes = contain(*loaded, what, false, [listener, call] { return call(*listener); });
        if (!writes) return writes;
        AnswerCheck check(services_.limits);
        check(*writes);
        if (auto const failure = check.failure())
            return as_error(fail(loaded->name, what, *failure, {}), what);
        std::ranges::move(writes->steps, std::back_inserter(all.steps));
        std::ranges::transform(writes->audit, std::back_inserter(all.audit), redacted);
    }
    return all;
}

Result<Writes> LoadedPlugins::signed_in(SignedIn const& login) {
    return writes_of_each("account_listener.signed_in",
                          [login](AccountListener& listener) { return listener.signed_in(login); });
}

Result<Writes> LoadedPlugins::method_removed(std::string_view user_id,
                                             std::string_view authenticator) {
    return writes_of_each(
        "account_listener.method_removed",
        [user = std::string(user_id), name = std::string(authenticator)](
            AccountListener& listener) { return listener.method_removed(user, name); });
}

Result<std::vector<std::pair<std::string, std::string>>> LoadedPlugins::notice_addresses(
    std::string_view user_id) {
    std::vector<std::pair<std::string, std::string>> all;
    for (auto const& loaded : plugins_) {
        auto* const listener = loaded->plugin->account_listener();
        if (!listener) continue;
        auto address = contain(
            *loaded, "account_listener.notice_address", false,
            [listener, user = std::string(user_id)] { return listener->notice_address(user); });
        if (!address) return address.error();
        if (!address->empty()) all.emplace_back(loaded->name, std::move(*address));
    }
    return all;
}

Result<Identity> LoadedPlugins::provision(std::string_view name,
                                          Provisioner::NewSignIn const& sign_in) {
    auto* const loaded = find(name);
    auto* const provisioner = loaded ? loaded->plugin->provisioner() : nullptr;
    if (!provisioner)
        return Error(BaseErrc::not_found,
                     "no configured plugin \"" + std::string(name) + "\" makes sign-ins");
    return contain(*loaded, "provisioner.provision", false,
                   [provisioner, sign_in] { return provisioner->provision(sign_in); });
}

Result<std::string> LoadedPlugins::find_person(std::string_view login_hint) {
    constexpr std::size_t uuid_characters = 36;
    constexpr std::string_view what = "person_finder.find_person";
    for (auto const& loaded : plugins_) {
        auto* const finder = loaded->plugin->person_finder();
        if (!finder) continue;
        auto found = contain(*loaded, what, false, [finder, hint = std::string(login_hint)] {
            return finder->find_person(hint);
        });
        if (!found) return found;
        if (!found->empty() && found->size() != uuid_characters)
            return as_error(fail(loaded->name, what, Failure::Kind::malformed, {}), what);
        if (!found->empty()) return found;
    }
    return std::string();
}

std::vector<Plugins::CalledRoute> LoadedPlugins::routes(FindCaller find_caller) {
    auto const shared = std::make_shared<FindCaller const>(std::move(find_caller));
    std::vector<CalledRoute> routes;
    for (auto const& loaded : plugins_)
        for (auto const& route : loaded->routes)
            routes.push_back({make_route(*loaded, route, shared), route.cross_origin});
    return routes;
}

Route LoadedPlugins::make_route(Loaded& loaded, RouteSource::PluginRoute const& route,
                                std::shared_ptr<FindCaller const> find_caller) {
    auto handler = [this, &loaded, route,
                    find_caller = std::move(find_caller)](HttpRequest const& request) -> Outcome {
        auto found = (*find_caller)(request, route);
        if (auto* refusal = std::get_if<HttpResponse>(&found)) {
            if (!route.refusal_json.empty() && refusal->status < 500) {
                refusal->headers.set("Content-Type", "application/json");
                refusal->body = route.refusal_json;
            }
            return std::move(*refusal);
        }
        return answer_route(loaded, route, request, std::get<Caller>(std::move(found)));
    };
    auto const path =
        route.path.starts_with('/') ? route.path : "/" + loaded.name + "/" + route.path;
    return {route.method, path, Lane::plugin, route.body_limit, std::move(handler)};
}

Outcome LoadedPlugins::answer_route(Loaded& loaded, RouteSource::PluginRoute const& route,
                                    HttpRequest const& request, Caller caller) {
    caller.path = base_path_ + request.path;
    caller.event_id = request.request_id;
    if (route.form)
        if (auto refusal = read_form(services_.pages, services_.limits, request, caller))
            return std::move(*refusal);
    auto ran =
        loaded.run([handle = route.handler, request, caller] { return handle(request, caller); });
    if (auto const* ended = std::get_if<Runner::Ended>(&ran)) {
        fail(loaded.name, "route /" + loaded.name + "/" + route.path, kind_of(ended->kind),
             ended->what);
        return no_answer(services_.pages, route.needs, caller, ended->kind);
    }
    auto outcome = std::get<Outcome>(std::move(ran));
    // What is left runs on the edge's worker; the plugin outlives it there, too.
    if (auto* const more = std::get_if<Continuation>(&outcome))
        more->rest = loaded.hold(std::move(more->rest));
    return outcome;
}

Loaded::OwnJob const* LoadedPlugins::find_job(std::string_view plugin,
                                              std::string_view name) const {
    auto* const loaded = find(plugin);
    if (!loaded) return nullptr;
    auto const job = std::ranges::find(loaded->jobs, name, &Loaded::OwnJob::name);
    return job == loaded->jobs.end() ? nullptr : &*job;
}

Result<> LoadedPlugins::run_job(std::string_view plugin, std::string_view name) {
    auto const* const own = find_job(plugin, name);
    if (!own) return Error(BaseErrc::not_found, "job " + std::string(name));
    return unwrap(plugin, "job " + std::string(name),
                  own->runner->run(find(plugin)->hold([job = own->job] { return job->run(); })));
}

void LoadedPlugins::stop_job(std::string_view plugin, std::string_view name) {
    if (auto const* const own = find_job(plugin, name)) static_cast<void>(own->runner->stop());
}

}  // namespace

Result<std::unique_ptr<Plugins>> Plugins::load(std::vector<PluginSettings> const& settings,
                                               std::span<EntryFunction const> builtin,
                                               Services const& services) {
    auto plugins = std::make_unique<LoadedPlugins>(services);
    if (auto loaded = plugins->load_all(settings, builtin); !loaded) return loaded.error();
    return std::unique_ptr<Plugins>(std::move(plugins));
}

}  // namespace tunnus::plugin
