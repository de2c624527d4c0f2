// SPDX-License-Identifier: MIT
// The plugin: which interfaces it takes part in. What happens on its pages is flow.cpp.
#include "plugins/api/entry.hpp"
#include "plugins/password/flow.hpp"
#include "plugins/password/migrations.hpp"
#include "plugins/password/undo.hpp"

namespace tunnus::plugin::password {
namespace {

constexpr std::string_view own_name = "password";
constexpr std::string_view update_password = "UPDATE_PASSWORD";
constexpr std::string_view update_email = "UPDATE_EMAIL";

/// Signing in, signing up and resetting, chosen by the person as a method.
class PasswordAuthenticator final : public Authenticator {
  public:
    PasswordAuthenticator(Host& host, Flow& flow, std::string acr)
        : host_(host), flow_(flow), acr_(std::move(acr)) {}
    [[nodiscard]] std::vector<std::string> acr_values() const override { return {acr_}; }
    [[nodiscard]] Text label() const override {
        return {host_.text("fi", "label"), host_.text("sv", "label"), host_.text("en", "label")};
    }
    [[nodiscard]] Lane lane() const override { return Lane::password; }
    [[nodiscard]] std::vector<std::string> account_actions() const override {
        return {std::string(update_password), std::string(update_email)};
    }
    [[nodiscard]] Answer<Identity> begin(LoginView const& login) override {
        if (!login.proving_user_id.empty()) return flow_.begin_proof(login);
        if (login.account_action == update_password) return flow_.begin_change_password(login);
        if (login.account_action == update_email) return flow_.begin_change_email(login);
        return flow_.begin_login(login);
    }
    [[nodiscard]] Answer<Identity> resume(LoginView const& login, boost::json::object const& state,
                                          BrowserRequest const& request) override {
        return flow_.resume(login, state, request);
    }

  private:
    Host& host_;
    Flow& flow_;
    std::string acr_;
};

/// The light account that is born with the first strong login.
class FirstStrongStep final : public LoginStep {
  public:
    FirstStrongStep(Flow& flow, bool wanted) : flow_(flow), wanted_(wanted) {}
    [[nodiscard]] Lane step_lane() const override { return Lane::password; }
    [[nodiscard]] Result<bool> needed(LoginView const& login, std::string_view method,
                                      std::string_view) override {
        if (!wanted_ || method == own_name) return false;
        if (login.user_id.empty()) return true;
        // An error must not let a person through without the account, nor ask one who has it.
        auto const has_one = flow_.accounts().has_password(login.user_id);
        if (!has_one) return has_one.error();
        return !*has_one;
    }
    [[nodiscard]] Answer<Settled> begin_step(LoginView const& login) override {
        return settled(flow_.begin_first_strong(login));
    }
    [[nodiscard]] Answer<Settled> resume_step(LoginView const& login,
                                              boost::json::object const& state,
                                              BrowserRequest const& request) override {
        return settled(flow_.resume(login, state, request));
    }

  private:
    /// The identity that the conversation ends with is a further way in to the same account.
    static Answer<Settled> settled(Answer<Identity> answer) {
        return std::visit(
            [](auto part) -> Answer<Settled> {
                if constexpr (std::is_same_v<std::decay_t<decltype(part)>, Identity>)
                    return Settled{std::move(part), std::string(own_name)};
                else
                    return part;
            },
            std::move(answer));
    }
    Flow& flow_;
    bool wanted_;
};

class PasswordPlugin final : public Plugin,
                             private AccountListener,
                             private Provisioner,
                             private PersonFinder,
                             private RouteSource,
                             private Job {
  public:
    PasswordPlugin(Host& host, Flow::Settings const& settings)
        : host_(host),
          flow_(host, settings),
          authenticator_(host, flow_, settings.acr),
          undo_(host, flow_.accounts(), flow_.hasher()),
          step_(flow_, host.configuration().at("first_strong").as_bool()) {}

    Authenticator* authenticator() override { return &authenticator_; }
    LoginStep* login_step() override { return &step_; }
    std::vector<std::string> pages() const override {
        return {"code",  "email",        "email_owned", "email_undone",
                "login", "new_password", "prove",       "undo_email"};
    }
    AccountListener* account_listener() override { return this; }
    Provisioner* provisioner() override { return this; }
    PersonFinder* person_finder() override { return this; }
    RouteSource* route_source() override { return this; }
    std::vector<Job*> jobs() override { return {this}; }

  private:
    [[nodiscard]] Result<Writes> signed_in(SignedIn const& login) override {
        Writes writes;
        if (auto const& merged = login.merged_user_id; !merged.empty()) {
            auto const has_own = flow_.accounts().has_password(login.user_id);
            if (!has_own) return has_own.error();
            if (*has_own)
                writes.steps = Accounts::erasing(merged);
            else
                writes.steps.push_back(Accounts::moving(merged, login.user_id));
        }
        for (auto const& [method, identity] : login.proofs)
            if (method == own_name)
                writes.steps.push_back(
                    Accounts::belongs_to(identity.subject.reveal(), login.user_id));
        return writes;
    }
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view user_id) override {
        return flow_.accounts().export_data(user_id);
    }
    [[nodiscard]] Result<> erase(std::string_view user_id) override {
        return flow_.accounts().erase(user_id);
    }
    [[nodiscard]] Result<Writes> method_removed(std::string_view user_id,
                                                std::string_view authenticator) override {
        Writes writes;
        if (authenticator == own_name) writes.steps = Accounts::erasing(user_id);
        return writes;
    }
    [[nodiscard]] Result<std::string> notice_address(std::string_view user_id) override {
        auto const account = flow_.accounts().find_by_user(user_id);
        if (!account) return account.error();
        return *account && (*account)->verified ? (*account)->email : std::string();
    }
    [[nodiscard]] std::vector<PluginRoute> routes() override { return undo_.routes(); }
    [[nodiscard]] Result<Identity> provision(NewSignIn const& sign_in) override {
        return flow_.provision(sign_in);
    }

    /// By an address that was proven to be theirs.
    [[nodiscard]] Result<std::string> find_person(std::string_view login_hint) override {
        auto const email = parse_email_address(login_hint);
        if (!email) return std::string();
        auto const account = flow_.accounts().find(email->lookup_key);
        if (!account) return account.error();
        if (!*account || !(*account)->verified) return std::string();
        return (*account)->user_id;
    }

    [[nodiscard]] std::string name() const override { return "sweep"; }
    [[nodiscard]] seconds interval() const override { return seconds(600); }
    /// Codes, attempts, devices and ways back that have expired.
    [[nodiscard]] Result<> run() override {
        auto const now = sql::value(host_.clock().now());
        std::vector<sql::Statement> steps;
        for (auto const sql : {"DELETE FROM password_codes WHERE expires_at <= ?",
                               "DELETE FROM password_attempts WHERE expires_at <= ?",
                               "DELETE FROM password_devices WHERE expires_at <= ?",
                               "DELETE FROM password_undos WHERE expires_at <= ?"})
            steps.push_back({sql, {now}, {}});
        auto const swept =
            host_.database().commit(sql::Write::adding("password.sweep", std::move(steps)));
        if (!swept) return swept.error();
        return {};
    }

    Host& host_;
    Flow flow_;
    PasswordAuthenticator authenticator_;
    UndoPages undo_;
    FirstStrongStep step_;
};

Plugin* create(Host& host) {
    Flow::Settings settings;
    settings.acr = host.configuration().at("acr").as_string();
    for (auto const& method : host.configuration().at("amr").as_array())
        settings.amr.emplace_back(method.as_string());
    return new PasswordPlugin(host, settings);
}

constexpr auto config_schema = R"({
    "type": "object", "additionalProperties": false,
    "properties": {
        "acr": {"type": "string", "minLength": 1, "default": "light",
            "description": "The level that a sign-in by e-mail and password proves."},
        "amr": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": ["pwd"],
            "description": "The methods that tokens name for it (RFC 8176)."},
        "first_strong": {"type": "boolean", "default": true,
            "description": "Ask for an e-mail address and a password after the first strong login."}
    }})";

}  // namespace
}  // namespace tunnus::plugin::password

TUNNUS_PLUGIN(password, "1.0", tunnus::plugin::password::config_schema,
              tunnus::plugin::password::migrations, &tunnus::plugin::password::create)
