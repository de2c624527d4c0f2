// SPDX-License-Identifier: MIT
#include "idp/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace tunnus::cli {

int run(int argc, char const* const* argv) {
    CLI::App app("Tunnus, a single sign-on identity provider", "tunnus");
    app.require_subcommand(1);
    std::function<int()> command;
    std::string config;

    auto const add = [&](CLI::App& parent, char const* name, char const* about,
                         std::function<int()> function) {
        auto* sub = parent.add_subcommand(name, about);
        sub->add_option("--config", config, "the configuration file")->required();
        sub->callback([&command, function = std::move(function)] { command = function; });
        return sub;
    };

    add(app, "serve", "serve until SIGTERM", [&] { return serve(config); });
    add(app, "check", "check all that a start checks", [&] { return check(config); });
    add(app, "migrate", "bring the database's schema up to date", [&] { return migrate(config); });

    auto* keys = app.add_subcommand("keys", "signing keys")->require_subcommand(1);
    std::string kid;
    add(*keys, "list", "every key and its state", [&] { return keys_list(config); });
    add(*keys, "rotate", "announce successors; they sign after the announced time",
        [&] { return keys_rotate(config); });
    add(*keys, "revoke", "withdraw a key at once", [&] { return keys_revoke(config, kid); })
        ->add_option("kid", kid, "the key's id")
        ->required();

    std::string file;
    add(app, "backup", "copy the database, which may be in use, into a new file",
        [&] { return backup(config, file); })
        ->add_option("file", file)
        ->required();
    auto* restore =
        app.add_subcommand("restore", "a backup in the database's place")->require_subcommand(1);
    std::string exported;
    add(*restore, "accept", "let it serve; all sessions and tokens end",
        [&] { return restore_accept(config, exported); })
        ->add_option("--audit", exported,
                     "lines of `audit export`: tells what was taken back after the backup");

    auto* audit = app.add_subcommand("audit", "the audit trail")->require_subcommand(1);
    std::string seal;
    std::int64_t after = 0;
    add(*audit, "verify", "read all of it and say whether it is whole", [&] {
        return audit_verify(config, seal);
    })->add_option("--seal", seal, "NUMBER:DIGEST of a seal as the log told it");
    add(*audit, "export", "print the sealed events, a JSON object a line", [&] {
        return audit_export(config, after);
    })->add_option("--after", after, "only what later seals cover");
    add(*audit, "accept", "let a trail that was cut go on from its end",
        [&] { return audit_accept(config); });

    auto* clients = app.add_subcommand("clients", "registered clients")->require_subcommand(1);
    std::string client;
    add(*clients, "list", "every client", [&] { return clients_list(config); });
    add(*clients, "add", "register a client from a file of RFC 7591 metadata",
        [&] { return clients_add(config, client); })
        ->add_option("file", client, "JSON file")
        ->required();
    add(*clients, "remove", "remove a client from storage",
        [&] { return clients_remove(config, client); })
        ->add_option("client_id", client)
        ->required();

    auto* services =
        app.add_subcommand("services", "services as citizens know them")->require_subcommand(1);
    std::string service;
    add(*services, "list", "every service", [&] { return services_list(config); });
    add(*services, "add", "register a service from a file, as in the configuration",
        [&] { return services_add(config, service); })
        ->add_option("file", service, "JSON file")
        ->required();
    add(*services, "remove", "remove a service from storage",
        [&] { return services_remove(config, service); })
        ->add_option("name", service)
        ->required();

    auto* plugins = app.add_subcommand("plugins", "plugins")->require_subcommand(1);
    add(*plugins, "list", "every configured plugin", [&] { return plugins_list(config); });

    std::string plugin;
    std::string job;
    auto* run_job = add(*plugins, "run-job", "run a plugin's periodic job once, now",
                        [&] { return plugins_run_job(config, plugin, job); });
    run_job->add_option("plugin", plugin)->required();
    run_job->add_option("job", job)->required();

    auto* suomifi = app.add_subcommand("suomifi", "Suomi.fi")->require_subcommand(1);
    add(*suomifi, "metadata", "print our signed SAML metadata, as Suomi.fi's registration takes it",
        [&] { return suomifi_metadata(config); });

    auto* users = app.add_subcommand("users", "accounts")->require_subcommand(1);
    NewUser user;
    std::string user_id;
    auto* add_user = add(*users, "add", "make an account with e-mail and password",
                         [&] { return users_add(config, user); });
    add_user->add_option("--email", user.email)->required();
    add_user->add_option("--password-file", user.password_file)->required();
    add_user->add_option("--claims", user.claims_json, "JSON object of what plugins are to know");
    add_user->add_flag("--verified", user.verified, "the e-mail address counts as confirmed");
    add(*users, "disable", "disable an account and end its sessions",
        [&] { return users_disable(config, user_id); })
        ->add_option("user_id", user_id)
        ->required();

    add(*users, "export", "all that is stored about a person, as JSON",
        [&] { return users_export(config, user_id); })
        ->add_option("user_id", user_id)
        ->required();
    add(*users, "erase", "end an account's sessions and delete all that is stored about it",
        [&] { return users_erase(config, user_id); })
        ->add_option("user_id", user_id)
        ->required();

    auto* clock = app.add_subcommand("clock", "the clock's mark")->require_subcommand(1);
    add(*clock, "accept",
        "take the machine's time for right although it was later before, and end what was given "
        "out then; while no server runs",
        [&] { return clock_accept(config); });

    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? exit_fine : exit_usage;
    }
    return command();
}

}  // namespace tunnus::cli
