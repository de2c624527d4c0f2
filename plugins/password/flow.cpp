// SPDX-License-Identifier: MIT
#include "plugins/password/flow.hpp"

#include "idp/base/ip_address.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "plugins/password/messages.hpp"
#include "plugins/password/password_rules.hpp"

namespace tunnus::plugin::password {

namespace {

constexpr seconds an_hour{3'600};

Deny cancelled() {
    return {Deny::Kind::cancelled, "cancelled", {}};
}

Deny unavailable(Host& host, Error const& error) {
    host.log().error("password.unavailable", {{"error", error.text()}});
    return {Deny::Kind::unavailable, "unavailable", {}};
}

/// A text of the stored state; empty where it is absent.
std::string text_of(boost::json::object const& state, std::string_view name) {
    return std::string(find_string(state, name).value_or(""));
}

std::int64_t integer_of(boost::json::object const& state, std::string_view name) {
    auto const* value = state.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : 0;
}

/// Words that somebody who knows the person or the service would try first.
std::vector<std::string> words_about(std::string_view email, std::string_view issuer) {
    std::vector<std::string> words;
    std::string word;
    for (char const c : std::string(email) + "@" + std::string(issuer) + "@") {
        bool const separates = std::string_view("@./:-_+").find(c) != std::string_view::npos;
        if (!separates)
            word += c;
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    return words;
}

}  // namespace

void Flow::At::set_email(std::string_view typed) {
    auto const before = parse_email_address(email);
    auto const after = parse_email_address(typed);
    if (!before || !after || before->lookup_key != after->lookup_key) code_id.clear();
    email = typed;
}

void Flow::At::set_purpose(std::string_view name) {
    if (purpose != name) code_id.clear();
    purpose = name;
}

// ---- Where a conversation begins

Answer<Identity> Flow::begin_login(LoginView const& login) {
    At at{.page = "login", .purpose = {}, .email = {}, .code_id = {}};
    // A login hint is whatever the service sent: it fills the field only when it is an address.
    if (auto const hint = parse_email_address(login.login_hint)) at.email = hint->address;
    return page(login, at);
}

Answer<Identity> Flow::begin_reset(LoginView const& login) {
    At at{.page = "email", .purpose = "reset", .email = {}, .code_id = {}};
    if (auto const hint = parse_email_address(login.login_hint)) at.email = hint->address;
    return page(login, at);
}

Answer<Identity> Flow::begin_with_account(LoginView const& login, std::string_view user_id,
                                          std::string_view purpose) {
    auto const account = user_id.empty() ? Result<std::optional<Account>>(std::nullopt)
                                         : accounts_.find_by_user(user_id);
    if (!account) return unavailable(host_, account.error());
    if (*account && (*account)->verified)
        return page(login, {.page = "prove",
                            .purpose = std::string(purpose),
                            .email = (*account)->email,
                            .code_id = {}});
    if (purpose == "change_password") return begin_reset(login);
    if (purpose == "link") return Deny{Deny::Kind::refused, "no_password", {}};
    return page(login,
                {.page = "login", .purpose = std::string(purpose), .email = {}, .code_id = {}});
}

Answer<Identity> Flow::begin_change_password(LoginView const& login) {
    return begin_with_account(login, login.session_user_id, "change_password");
}

Answer<Identity> Flow::begin_change_email(LoginView const& login) {
    return begin_with_account(login, login.session_user_id, "change_email");
}

Answer<Identity> Flow::begin_proof(LoginView const& login) {
    return begin_with_account(login, login.proving_user_id, "link");
}

Answer<Identity> Flow::begin_first_strong(LoginView const& login) {
    return page(login, {.page = "email", .purpose = "first_strong", .email = {}, .code_id = {}});
}

Answer<Identity> Flow::resume(LoginView const& login, boost::json::object const& state,
                              BrowserRequest const& request) {
    At at{.page = text_of(state, "page"),
          .purpose = text_of(state, "purpose"),
          .email = text_of(state, "email"),
          .code_id = text_of(state, "code_id"),
          .joining = state.contains("joining"),
          .account_id = text_of(state, "account_id"),
          .changed_at = integer_of(state, "changed_at")};
    Turn const turn{login, std::move(at), request};
    if (request.method != Method::POST)
        return page(login, turn.at);  // a GET changes nothing (L-25)
    if (turn.field("step") == "cancel") return cancelled();
    if (turn.at.page == "login" || turn.at.page == "prove") return at_login(turn);
    if (turn.at.page == "email") return at_email(turn);
    if (turn.at.page == "code") return at_code(turn);
    if (turn.at.page == "new_password") return at_new_password(turn);
    if (turn.at.page == "email_owned") return at_email_owned(turn);
    return Deny{Deny::Kind::refused, "unknown_state", {}};
}

// ---- The pages

Answer<Identity> Flow::at_login(Turn const& turn) {
    auto at = turn.at;
    bool const proving = at.page == "prove";
    if (!proving) at.set_email(turn.field("email"));
    auto const email = parse_email_address(at.email);

    // Only signing in leads to a change of address.
    bool const changes_email = at.purpose == "change_email";
    if (turn.field("step") == "signup" && !changes_email) {
        at.page = "email";
        at.set_purpose(proving ? "first_strong" : "signup");
        at.joining = false;
        return page(turn.login, at);
    }
    if (turn.field("step") == "reset" && !changes_email) {
        at.set_purpose("reset");
        // The address that is to be proven is known; otherwise the person is asked for one.
        if (proving) return send_code({turn.login, at, turn.request}, *email, false);
        at.page = "email";
        return page(turn.login, at);
    }
    if (!email) return page(turn.login, at, Fault{"email", "error_email"});
    if (turn.field("password").empty())
        return page(turn.login, at, Fault{"password", "error_missing_password"});
    auto const password = normalise_password(turn.field("password"), host_.limits());
    if (!password) return page(turn.login, at, Fault{"password", "error_login"});

    auto const tried = sign_in_.try_password(*email, *password, turn.login, turn.request);
    if (!tried) return unavailable(host_, tried.error());
    if (tried->retry_after > seconds(0))
        return page(turn.login, at, Fault{"form", "error_too_many", tried->retry_after});
    if (!tried->account) return page(turn.login, at, Fault{"form", "error_login"});
    if (!proving && !changes_email) return identity(tried->account->id, tried->account->email);
    return proven({turn.login, at, turn.request}, *tried->account);
}

Answer<Identity> Flow::proven(Turn const& turn, Account const& account) {
    auto at = turn.at;
    if (at.purpose == "change_password" || at.purpose == "change_email") {
        at.page = at.purpose == "change_password" ? "new_password" : "email";
        at.account_id = account.id;
        at.changed_at = account.changed_at;
        if (at.page == "email") at.set_email({});
        return page(turn.login, at);
    }
    if (auto clean = start_clean(account); !clean) return unavailable(host_, clean.error());
    return identity(account.id, account.email);
}

/// What is joined to another identity starts clean: nobody who knew the password stays signed in,
/// keeps a known browser or ends a change that they have begun (L-33).
Result<> Flow::start_clean(Account const& account) {
    if (!account.user_id.empty())
        if (auto ended = host_.accounts().end_sessions(account.user_id, "joined"); !ended)
            return ended;
    return accounts_.start_clean(account.id);
}

Answer<Identity> Flow::at_email(Turn const& turn) {
    auto at = turn.at;
    at.set_email(turn.field("email"));
    auto const email = parse_email_address(at.email);
    if (!email) return page(turn.login, at, Fault{"email", "error_email"});
    if (at.purpose == "change_email") {
        auto const account = accounts_.find_by_id(at.account_id);
        if (!account) return unavailable(host_, account.error());
        auto const old = parse_email_address(*account ? (*account)->email : std::string());
        if (old && old->lookup_key == email->lookup_key)
            return page(turn.login, at, Fault{"email", "error_email_same"});
    }
    return send_code({turn.login, at, turn.request}, *email, false);
}

Answer<Identity> Flow::at_code(Turn const& turn) {
    auto at = turn.at;
    auto const email = parse_email_address(at.email);
    if (!email) return Deny{Deny::Kind::refused, "unknown_state", {}};
    if (turn.field("step") == "again") return send_code(turn, *email, true);
    if (turn.field("step") == "back") {
        at.page = "email";
        // Another address is not the account that was to be joined: begin with it anew.
        if (std::exchange(at.joining, false)) at.set_purpose("first_strong");
        return page(turn.login, at);
    }
    auto const verdict = codes_.try_code(at.code(*email), turn.field("code"));
    if (!verdict) return unavailable(host_, verdict.error());
    if (*verdict == Codes::Verdict::wrong) return page(turn.login, at, Fault{"code", "error_code"});
    if (*verdict == Codes::Verdict::expired)
        return page(turn.login, at, Fault{"code", "error_code_expired"});
    return after_code(turn);
}

Answer<Identity> Flow::after_code(Turn const& turn) {
    auto at = turn.at;
    at.page = "new_password";
    if (at.purpose == "change_email") return change_email(turn);
    if (at.purpose == "reset") return page(turn.login, at);
    auto const email = parse_email_address(at.email);
    auto const holder = accounts_.find(email->lookup_key);
    if (!holder) return unavailable(host_, holder.error());
    if (*holder && (*holder)->verified) at.page = "email_owned";
    return page(turn.login, at);
}

Answer<Identity> Flow::at_new_password(Turn const& turn) {
    auto const email = parse_email_address(turn.at.email);
    if (!email) return Deny{Deny::Kind::refused, "unknown_state", {}};
    auto const typed = turn.field("new_password");
    auto const password = normalise_password(typed, host_.limits());
    if (!password) {
        bool const long_one = password.error().code == BaseErrc::too_large;
        return page(
            turn.login, turn.at,
            Fault{"new_password", long_one ? "error_password_long" : "error_password_weak"});
    }
    auto const about = words_about(email->address, host_.issuer());
    if (auto const weakness = find_weakness(*password, about, host_.limits()))
        return page(turn.login, turn.at, Fault{"new_password", *weakness});
    return set_new_password(turn, *email, *password);
}

Answer<Identity> Flow::at_email_owned(Turn const& turn) {
    auto at = turn.at;
    if (turn.field("step") == "merge" && turn.login.user_id.empty() &&
        at.purpose == "first_strong") {
        at.page = "prove";
        at.joining = true;
        return page(turn.login, at);
    }
    at.page = "email";
    at.set_email({});
    return page(turn.login, at);
}

// ---- Codes by mail

Answer<Identity> Flow::send_code(Turn const& turn, EmailAddress const& email, bool again) {
    auto const& limits = host_.limits();
    auto at = turn.at;
    at.set_email(email.address);
    Bucket const from_address{"mails of " + client_block(turn.request.client_address),
                              limits.mails_per_hour_from_address, an_hour};
    auto const asked = attempts_.reserve({from_address});
    if (!asked) return unavailable(host_, asked.error());
    if (!*asked) {
        auto const wait = attempts_.refuse({from_address});
        if (!wait) return unavailable(host_, wait.error());
        return page(turn.login, at, Fault{"form", "error_too_many", *wait});
    }

    auto const allowed =
        attempts_.reserve({{"mails to " + email.lookup_key, limits.mails_per_hour, an_hour}});
    if (!allowed) return unavailable(host_, allowed.error());
    at.page = "code";
    // Beyond the limit the page is the same and the earlier codes still hold (L-28).
    if (!*allowed) return page(turn.login, at);

    auto const issued = codes_.issue(at.purpose, email.lookup_key);
    if (!issued) return unavailable(host_, issued.error());
    if (auto sent = mail_code(turn, email, issued->code.reveal()); !sent) {
        host_.log().error("password.mail", {{"error", sent.error().text()}});
        at.page = turn.at.page;
        return page(turn.login, at, Fault{"form", "error_mail"});
    }
    at.code_id = issued->id;
    auto shown = page(turn.login, at);
    if (again) shown.model["sent_again"] = true;
    return shown;
}

/// The page says the same whether or not the address has an account; the message tells (L-03).
/// Whoever cannot use a code here gets a message without one.
Result<> Flow::mail_code(Turn const& turn, EmailAddress const& email, std::string_view code) {
    auto const account = accounts_.find(email.lookup_key);
    if (!account) return account.error();
    auto const& purpose = turn.at.purpose;
    // To the stored address, never to one that only looks like it (L-18).
    auto const& to = *account ? (*account)->email : email.address;
    bool const verified = *account && (*account)->verified;
    if (purpose == "change_email" && verified)
        return send_message(host_, "change_email_known", to, turn.login, {});
    if (purpose == "signup" && verified)
        return send_message(host_, "signup_known", to, turn.login, {});
    if (purpose == "reset" && !*account)
        return send_message(host_, "reset_unknown", to, turn.login, {});
    return send_message(host_, purpose, purpose == "reset" ? to : email.address, turn.login, code);
}

// ---- New passwords

Answer<Identity> Flow::set_new_password(Turn const& turn, EmailAddress const& email,
                                        Secret const& password) {
    auto const hash = hasher_.hash(password);
    if (turn.at.purpose == "reset") return reset_password(turn, email, hash);
    if (turn.at.purpose == "change_password") return change_password(turn, hash);
    auto const created = accounts_.create(email, hash, true, turn.at.code(email));
    if (!created) return unavailable(host_, created.error());
    if (*created) return identity(**created, email.address);

    // Either the code is too old, or the address got an owner while the person was typing.
    auto at = turn.at;
    at.page = "email";
    return page(turn.login, at, Fault{"form", "error_code_expired"});
}

Answer<Identity> Flow::reset_password(Turn const& turn, EmailAddress const& email,
                                      std::string const& hash) {
    auto const done = accounts_.reset(turn.at.code(email), hash);
    if (!done) return unavailable(host_, done.error());
    auto const account = accounts_.find(email.lookup_key);
    if (!account) return unavailable(host_, account.error());
    if (!*done || !*account) {
        auto at = turn.at;
        at.page = "email";
        return page(turn.login, at, Fault{"form", "error_code_expired"});
    }
    auto const& user_id = (*account)->user_id;
    if (!user_id.empty())
        if (auto ended = host_.accounts().end_sessions(user_id, "password_reset"); !ended)
            return unavailable(host_, ended.error());
    if (auto recorded = record(AuditKind::account_changed, turn.login, user_id, "password");
        !recorded)
        return unavailable(host_, recorded.error());
    // The change stands, whether or not the notice of it goes out.
    if (auto sent = send_message(host_, "changed", (*account)->email, turn.login, {}); !sent)
        host_.log().error("password.mail", {{"error", sent.error().text()}});
    return identity((*account)->id, (*account)->email);
}

// ---- Changes of an account whose password was proven

Result<std::optional<Account>> Flow::unchanged(At const& at) {
    auto account = accounts_.find_by_id(at.account_id);
    if (account && *account && (*account)->changed_at != at.changed_at)
        return std::optional<Account>();
    return account;
}

Answer<Identity> Flow::prove_again(Turn const& turn, std::string_view text_key) {
    auto const begun = turn.at.purpose == "change_email" ? begin_change_email(turn.login)
                                                         : begin_change_password(turn.login);
    auto shown = std::get_if<Page>(&begun) ? std::get<Page>(begun) : Page();
    if (shown.template_name.empty()) return begun;
    shown.model["errors"] = {
        {"form", boost::json::string(host_.text(turn.login.locale, text_key))}};
    shown.status = 422;
    return shown;
}

Answer<Identity> Flow::change_password(Turn const& turn, std::string const& hash) {
    auto const account = unchanged(turn.at);
    if (!account) return unavailable(host_, account.error());
    if (!*account) return prove_again(turn, "error_changed_meanwhile");
    auto const done = accounts_.change_password(**account, hash, turn.request.device);
    if (!done) return unavailable(host_, done.error());
    if (!*done) return prove_again(turn, "error_changed_meanwhile");
    auto const& user_id = (*account)->user_id;
    auto const kept = user_id == turn.login.session_user_id ? turn.login.session_id : std::string();
    if (!user_id.empty())
        if (auto ended = host_.accounts().end_other_sessions(user_id, kept, "password_changed");
            !ended)
            return unavailable(host_, ended.error());
    if (auto recorded = record(AuditKind::account_changed, turn.login, user_id, "password");
        !recorded)
        return unavailable(host_, recorded.error());
    // The change stands, whether or not the notice of it goes out.
    if (auto sent = send_message(host_, "changed", (*account)->email, turn.login, {}); !sent)
        host_.log().error("password.mail", {{"error", sent.error().text()}});
    return identity((*account)->id, (*account)->email);
}

Answer<Identity> Flow::change_email(Turn const& turn) {
    auto const email = parse_email_address(turn.at.email);
    auto const account = unchanged(turn.at);
    if (!account) return unavailable(host_, account.error());
    if (!*account || !email) return prove_again(turn, "error_changed_meanwhile");
    auto const undo = random_token(host_.random());
    auto const done = accounts_.change_email(**account, *email, turn.at.code(*email), undo);
    if (!done) return unavailable(host_, done.error());
    if (!*done) return prove_again(turn, "error_changed_meanwhile");
    if (auto recorded =
            record(AuditKind::account_changed, turn.login, (*account)->user_id, "email");
        !recorded)
        return unavailable(host_, recorded.error());
    // To the address that was theirs: whoever did this may not be them (L-22).
    auto const link = host_.issuer() + "/password/undo?token=" + undo;
    if (auto sent = send_message(host_, "email_changed", (*account)->email, turn.login, link);
        !sent)
        host_.log().error("password.mail", {{"error", sent.error().text()}});
    return identity((*account)->id, email->address);
}

Result<Identity> Flow::provision(Provisioner::NewSignIn const& sign_in) {
    auto const email = parse_email_address(sign_in.email);
    if (!email) return Error(BaseErrc::malformed, "the e-mail address is not one");
    auto const password = normalise_password(sign_in.password.reveal(), host_.limits());
    if (!password || password->empty())
        return Error(BaseErrc::malformed, "the password is empty, too long or not text");
    auto const id =
        accounts_.create(*email, hasher_.hash(*password), sign_in.verified, std::nullopt);
    if (!id) return id.error();
    if (!*id) return Error(BaseErrc::denied, "the e-mail address is taken");
    auto made = identity(**id, email->address);
    made.attributes["email_verified"] = sign_in.verified;
    return made;
}

// ---- What is said

Page Flow::page(LoginView const& login, At const& at, std::optional<Fault> fault) const {
    Page shown;
    shown.template_name = at.page;
    shown.model["email"] = at.email;
    if (!at.purpose.empty()) shown.model["purpose"] = {{at.purpose, true}};
    if (at.page == "code")
        shown.model["minutes"] =
            std::chrono::duration_cast<std::chrono::minutes>(host_.limits().mail_code_lifetime)
                .count();
    if (at.page == "email_owned")
        shown.model["mergeable"] = login.user_id.empty() && at.purpose == "first_strong";
    if (fault) {
        shown.model["errors"] = {
            {fault->input, boost::json::string(host_.text(login.locale, fault->text_key))}};
        shown.status = fault->retry_after > seconds(0) ? 429 : 422;
        shown.retry_after = fault->retry_after;
    }
    shown.state = {
        {"page", at.page}, {"purpose", at.purpose}, {"email", at.email}, {"code_id", at.code_id}};
    if (at.joining) shown.state["joining"] = true;
    if (!at.account_id.empty()) {
        shown.state["account_id"] = at.account_id;
        shown.state["changed_at"] = at.changed_at;
    }
    return shown;
}

Identity Flow::identity(std::string_view account_id, std::string_view email) const {
    Identity proven;
    proven.subject = Secret(std::string(account_id));
    proven.acr = settings_.acr;
    proven.amr = settings_.amr;
    proven.attributes = {{"email", boost::json::string(email)}, {"email_verified", true}};
    return proven;
}

Result<> Flow::record(AuditKind kind, LoginView const& login, std::string_view user_id,
                      std::string_view what) {
    AuditEvent event;
    event.kind = kind;
    event.at = host_.clock().now();
    event.event_id = login.event_id;
    event.request_id = login.request_id;
    event.user_id = user_id;
    event.client_id = login.service.client_id;
    event.fields = {{"what", what}};
    return host_.audit().record(std::move(event));
}

}  // namespace tunnus::plugin::password
