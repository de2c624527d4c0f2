// SPDX-License-Identifier: MIT
// The program's commands. Each returns the process's exit code: 0 fine, 64 usage, 78 configuration,
// 1 anything else that failed; what is wrong is one line on standard error.
#pragma once

#include <string>
#include <vector>

namespace tunnus::cli {

enum ExitCode { exit_fine = 0, exit_failed = 1, exit_usage = 64, exit_configuration = 78 };

/// `tunnus serve --config FILE`: until SIGTERM or SIGINT; SIGHUP reloads, all or nothing.
[[nodiscard]] int serve(std::string const& config_file);
/// `tunnus check --config FILE`: all that the start checks; no port is opened, no file is made.
[[nodiscard]] int check(std::string const& config_file);
/// `tunnus migrate --config FILE`.
[[nodiscard]] int migrate(std::string const& config_file);
/// `tunnus backup FILE`: a copy of a SQLite database that may be in use.
[[nodiscard]] int backup(std::string const& config_file, std::string const& file);
/// `tunnus restore accept [--audit FILE]`.
[[nodiscard]] int restore_accept(std::string const& config_file, std::string const& audit_file);
/// `tunnus audit verify [--seal NUMBER:DIGEST]`, `export [--after NUMBER]`, `accept`.
[[nodiscard]] int audit_verify(std::string const& config_file, std::string const& seal);
[[nodiscard]] int audit_export(std::string const& config_file, std::int64_t after);
[[nodiscard]] int audit_accept(std::string const& config_file);
/// `tunnus keys list|rotate|revoke KID`.
[[nodiscard]] int keys_list(std::string const& config_file);
[[nodiscard]] int keys_rotate(std::string const& config_file);
[[nodiscard]] int keys_revoke(std::string const& config_file, std::string const& kid);
/// `tunnus clients list|add FILE|remove ID`: clients in storage, beside those of the configuration.
[[nodiscard]] int clients_list(std::string const& config_file);
[[nodiscard]] int clients_add(std::string const& config_file, std::string const& metadata_file);
[[nodiscard]] int clients_remove(std::string const& config_file, std::string const& client_id);
/// `tunnus services list|add FILE|remove NAME`: services in storage, beside those of the
/// configuration.
[[nodiscard]] int services_list(std::string const& config_file);
[[nodiscard]] int services_add(std::string const& config_file, std::string const& service_file);
[[nodiscard]] int services_remove(std::string const& config_file, std::string const& name);
/// `tunnus plugins list`.
[[nodiscard]] int plugins_list(std::string const& config_file);
/// `tunnus plugins run-job PLUGIN JOB`: one run now, whatever the interval.
[[nodiscard]] int plugins_run_job(std::string const& config_file, std::string const& plugin,
                                  std::string const& job);

/// `tunnus suomifi metadata`: our signed SAML metadata on standard output, as it is registered;
/// what Suomi.fi would miss in it is told on standard error.
[[nodiscard]] int suomifi_metadata(std::string const& config_file);

/// `tunnus users add`: an account with e-mail and password, and what plugins are to know of it.
struct NewUser {
    std::string email;
    std::string password_file;
    std::string claims_json;
    bool verified = false;
};
[[nodiscard]] int users_add(std::string const& config_file, NewUser const& user);
/// `tunnus users disable USER_ID`.
[[nodiscard]] int users_disable(std::string const& config_file, std::string const& user_id);

/// `tunnus users export USER_ID`: all that is stored about a person, of the core and of every
/// plugin, as one JSON object on standard output.
[[nodiscard]] int users_export(std::string const& config_file, std::string const& user_id);
/// `tunnus users erase USER_ID`: ends the sessions and grants, and services hear of it; then every
/// plugin and the core delete what they hold. May be repeated after a failure.
[[nodiscard]] int users_erase(std::string const& config_file, std::string const& user_id);

/// `tunnus clock accept`: the machine's time is right although it was later here before. Ends what
/// was given out in that future. While no server runs.
[[nodiscard]] int clock_accept(std::string const& config_file);

/// Reads the arguments and runs the command they name.
[[nodiscard]] int run(int argc, char const* const* argv);

}  // namespace tunnus::cli
