// SPDX-License-Identifier: MIT
#include "storage/users.hpp"

#include "idp/base/json.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "idp/login/accounts.hpp"
#include "storage/audit_log.hpp"

#include <boost/json/serialize.hpp>

#include <cstdio>
#include <filesystem>

namespace tunnus::cli {
namespace {

constexpr std::string_view authenticator = "password";

AuditEvent administration(Process& process, std::string_view command, std::string_view user_id) {
    auto event = cli::administration(process, command);
    event.user_id = user_id;
    return event;
}

int add(Built& built, NewUser const& user, Secret password, boost::json::object claims) {
    auto& process = built.process;
    auto& app = *built.product->app;
    auto identity = app.plugins().provision(
        authenticator,
        {.email = user.email, .password = std::move(password), .verified = user.verified});
    if (!identity) return complain(identity.error().detail, exit_failed);
    // The address and whether it is confirmed are --email's and --verified's to say.
    for (auto& claim : claims)
        if (claim.key() != "email" && claim.key() != "email_verified")
            identity->attributes.insert_or_assign(claim.key(), std::move(claim.value()));
    auto const now = process.clock.now();
    std::string const user_id = random_uuid(process.random);
    auto index = login::subject_index(app.sealer(), authenticator, identity->subject);
    auto writes = app.plugins().signed_in(
        {.user_id = user_id,
         .created = true,
         .proofs = {{.method = std::string(authenticator), .identity = std::move(*identity)}}});
    if (!writes) return complain(writes.error().text(), exit_failed);
    writes->audit.push_back(administration(process, "users add", user_id));
    auto const made = built.database->commit(
        storage::create_user({.user = {.id = user_id, .created_at = now, .disabled_at = {}},
                              .identity = {.authenticator = std::string(authenticator),
                                           .subject_index = std::move(index),
                                           .user_id = user_id,
                                           .linked_at = now},
                              .plugin_writes = std::move(writes->steps),
                              .audit = std::move(writes->audit)},
                             process.random));
    if (!made) return complain(made.error().text(), exit_failed);
    if (*made == Verdict::lost)
        return complain("this way to sign in has an account already", exit_failed);
    std::printf("%s\n", user_id.c_str());
    return exit_fine;
}

/// 1 where there is no such account.
int find_account(Built& built, std::string const& user_id) {
    auto const found = storage::Users(*built.database).find(user_id);
    if (!found) return complain(found.error().text(), exit_failed);
    if (!*found) return complain("no account " + user_id, exit_failed);
    return exit_fine;
}

int erase(Built& built, std::string const& user_id) {
    if (int const missing = find_account(built, user_id); missing != exit_fine) return missing;
    auto& process = built.process;
    storage::AuditLog audit(*built.database, process.random);
    if (auto noted = audit.record(administration(process, "users erase", user_id)); !noted)
        return complain(noted.error().text(), exit_failed);
    if (auto erased = built.product->app->accounts().erase(user_id, {}); !erased)
        return complain(erased.error().text(), exit_failed);
    return exit_fine;
}

}  // namespace

int users_add(std::string const& config_file, NewUser const& user) {
    auto password = read_secret(
        boost::json::object{{"file", std::filesystem::absolute(user.password_file).string()}}, "/");
    if (!password) return complain(user.password_file + ": " + password.error().detail, exit_usage);
    auto claims = parse_json_object(user.claims_json.empty() ? "{}" : user.claims_json);
    if (!claims) return complain("--claims: " + claims.error().detail, exit_usage);
    return with_product(config_file, Keep::in_storage, [&](Built& built) {
        return add(built, user, std::move(*password), std::move(*claims));
    });
}

int users_disable(std::string const& config_file, std::string const& user_id) {
    return with_storage(config_file, [&user_id](Opened& opened) {
        auto event = administration(opened.process, "users disable", user_id);
        event.kind = AuditKind::account_disabled;
        auto const done = opened.database->commit(storage::disable_user(
            {.user_id = user_id, .now = opened.process.clock.now(), .audit = std::move(event)},
            opened.process.random));
        if (!done) return complain(done.error().text(), exit_failed);
        if (*done == Verdict::lost) return complain("no live account " + user_id, exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int users_export(std::string const& config_file, std::string const& user_id) {
    return with_product(config_file, Keep::in_storage, [&user_id](Built& built) -> int {
        if (int const missing = find_account(built, user_id); missing != exit_fine) return missing;
        auto const all = built.product->app->accounts().export_data(user_id);
        if (!all) return complain(all.error().text(), exit_failed);
        std::printf("%s\n", boost::json::serialize(*all).c_str());
        return exit_fine;
    });
}

int users_erase(std::string const& config_file, std::string const& user_id) {
    return with_product(config_file, Keep::in_storage,
                        [&user_id](Built& built) { return erase(built, user_id); });
}

}  // namespace tunnus::cli
