// SPDX-License-Identifier: MIT
#include "idp/base/json.hpp"
#include "idp/base/time_text.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "storage/backup_mark.hpp"
#include "storage/sql/sqlite_backup.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

namespace tunnus::cli {
namespace {

/// What a person, or an administrator for them, took back: a backup has it still.
constexpr std::array taken_back{"consent.withdrawn", "account.disabled", "data.erased"};

std::string text_of(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

/// False when a line is none of `audit export`.
bool tell_what_was_taken_back(std::istream& lines, std::string const& since) {
    for (std::string line; std::getline(lines, line);) {
        auto const event = parse_json_object(line);
        if (!event) return false;
        auto const kind = text_of(*event, "kind");
        auto const at = text_of(*event, "at");
        if (at <= since || std::ranges::find(taken_back, kind) == taken_back.end()) continue;
        std::printf("%s  %s  %s  %s\n", at.c_str(), kind.c_str(),
                    text_of(*event, "user_id").c_str(), text_of(*event, "client_id").c_str());
    }
    return true;
}

}  // namespace

int backup(std::string const& config_file, std::string const& file) {
    return with_storage(config_file, [&](Opened& opened) {
        constexpr std::string_view scheme = "sqlite:";
        auto const& url = opened.configuration.storage_url;
        if (!url.starts_with(scheme))
            return complain("backup: a MariaDB is backed up by its own tools", exit_usage);
        auto const marks = storage::mark_backup(opened.process.clock.now());
        auto const made = sql::back_up_sqlite(url.substr(scheme.size()), file, marks,
                                              opened.configuration.limits.busy_timeout);
        if (!made) return complain("backup: " + made.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int restore_accept(std::string const& config_file, std::string const& audit_file) {
    return with_storage(config_file, [&](Opened& opened) {
        auto const of = storage::find_backup_mark(*opened.database);
        if (!of) return complain(of.error().text(), exit_failed);
        if (!*of) return complain("restore accept: the database is no backup", exit_failed);
        if (!audit_file.empty()) {
            std::ifstream lines(audit_file);
            if (!lines) return complain(audit_file + ": cannot be read", exit_failed);
            if (!tell_what_was_taken_back(lines, rfc3339(**of)))
                return complain(audit_file + ": is not what `tunnus audit export` prints",
                                exit_failed);
        }
        auto const accepted = opened.database->commit(
            storage::accept_restore({.now = opened.process.clock.now(),
                                     .audit = administration(opened.process, "restore accept")},
                                    opened.process.random));
        if (!accepted) return complain(accepted.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
