// SPDX-License-Identifier: MIT
// The plugin's configuration, read once at start, and what of it holds for one request.
#pragma once

#include "plugins/api/plugin.hpp"
#include "plugins/mandates/signed_answer.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tunnus::plugin::mandates {

inline constexpr std::string_view person_scope = "mandate:person";
inline constexpr std::string_view organisation_scope = "mandate:organisation";
inline constexpr std::string_view details_type = "mandate";

/// JSON Schema of the plugin's `config`.
[[nodiscard]] char const* config_schema();

/// What one service may ask for. The register does not decide: who is not listed gets nothing
/// (suomifi.md 7.3).
struct ServiceSettings {
    bool own_matters = true;           ///< people may also act in their own matter
    bool releases_identifier = false;  ///< the identity code or business id may go to the service
    /// Theme URIs; `ALL` for dependent minors, `GUARDIAN` for guardianship.
    std::vector<std::string> person;
    std::vector<std::string> organisation;  ///< register roles and theme URIs
};

struct Settings {
    std::string base_url;  ///< without a path: `https://host[:port]`
    std::string client_id;
    Secret api_key;
    Secret oauth_password;
    Secret rest_api_key;  ///< empty: the check without a user's session was not ordered
    /// The register signs its answers, and nothing else counts; empty: they are taken as they come.
    struct SignedAnswers {
        AnswerKey key;
        std::string audience;
        MayLack may_lack = {};
    };
    std::optional<SignedAnswers> signed_answers;
    milliseconds timeout{2'000};
    std::string authenticator;  ///< whose subject is the person's identity code
    std::string return_uri;     ///< as registered with the agency
    std::map<std::string, ServiceSettings, std::less<>> services;  ///< by client_id
};
/// Throws std::runtime_error that names the key of the configuration.
[[nodiscard]] Settings read_settings(Host& host);

/// What a service takes in this login: what it asks for, of what it may.
struct Accepted {
    bool own_matters = false;
    bool releases_identifier = false;
    std::vector<std::string> person;
    std::vector<std::string> organisation;
    [[nodiscard]] bool nothing() const { return person.empty() && organisation.empty(); }
};
[[nodiscard]] Accepted accepted_by(Settings const& settings, std::string_view client_id,
                                   MandateRequest const& request);
/// Those of `roles` that are among `accepted`, compared as exact strings, in the order of the
/// latter.
[[nodiscard]] std::vector<std::string> matching(std::vector<std::string> const& accepted,
                                                std::vector<std::string> const& roles);
/// Those that are themes: what the register must be asked for by name.
[[nodiscard]] std::vector<std::string> themes_of(std::vector<std::string> const& roles);

}  // namespace tunnus::plugin::mandates
