// SPDX-License-Identifier: MIT
#include "plugins/host/declaration_check.hpp"

#include "plugins/host/entry_check.hpp"

#include <algorithm>
#include <array>

namespace tunnus::plugin {

namespace {

constexpr std::size_t max_scope_name = 64;

Error refused(std::string const& what, std::string_view why) {
    return {BaseErrc::denied, what + ": " + std::string(why)};
}

std::string quoted(std::string_view what, std::string_view name) {
    return std::string(what) + " \"" + std::string(name) + "\"";
}

/// RFC 6749 §3.3.
bool is_scope_token(std::string_view name) {
    return !name.empty() && name.size() <= max_scope_name && std::ranges::all_of(name, [](char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '\\';
    });
}

bool is_small_name(std::string_view name) {
    static constexpr std::string_view signs = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return !name.empty() && name.find_first_not_of(signs) == std::string_view::npos;
}

/// The language in which the text is missing; empty when it is there in all.
std::string_view missing_language(Text const& text) {
    return text.fi.empty() ? "fi" : text.sv.empty() ? "sv" : text.en.empty() ? "en" : "";
}

Result<> check_text(std::string const& what, Text const& text) {
    auto const missing = missing_language(text);
    if (missing.empty()) return {};
    return refused(what + "." + std::string(missing), "is empty");
}

Result<> check_scope(Scope const& scope) {
    auto const what = quoted("scope", scope.name);
    if (!is_scope_token(scope.name))
        return refused(what, "is not a scope-token of at most " + std::to_string(max_scope_name) +
                                 " characters (RFC 6749 section 3.3)");
    if (scope.name == "openid" || scope.name == "offline_access")
        return refused(what, "belongs to the provider");
    if (auto titled = check_text(what + ".title", scope.title); !titled) return titled;
    auto const& description = scope.description;
    bool const described = !(description.fi + description.sv + description.en).empty();
    return described ? check_text(what + ".description", description) : Result<>();
}

Result<> check_scopes(std::vector<Scope> const& scopes) {
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        if (auto fits = check_scope(scopes[i]); !fits) return fits;
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (scopes[earlier].name == scopes[i].name)
                return refused(quoted("scope", scopes[i].name), "is declared twice");
    }
    return {};
}

/// Both are there, or neither.
bool are_together(std::vector<std::string> const& evidence, std::string_view type,
                  std::vector<std::string> const& kinds) {
    bool const has_type = std::ranges::find(evidence, type) != evidence.end();
    return has_type == !kinds.empty();
}

/// OpenID Connect for Identity Assurance §8.
Result<> check_verified(VerifiedClaimsOffer const& offer, std::vector<std::string> const& claims) {
    static constexpr std::array<std::string_view, 3> types{"document", "electronic_record",
                                                           "vouch"};
    for (auto const& claim : offer.claims)
        if (std::ranges::find(claims, claim) == claims.end())
            return refused(quoted("verified claim", claim), "is not one of its claims");
    if (offer.claims.empty() != offer.trust_frameworks.empty())
        return refused("verified claims", "need a trust framework each, and the reverse");
    for (auto const& type : offer.evidence)
        if (std::ranges::find(types, type) == types.end())
            return refused(quoted("evidence", type), "is of no known type");
    if (!are_together(offer.evidence, "document", offer.documents) ||
        !are_together(offer.evidence, "electronic_record", offer.electronic_records))
        return refused("evidence", "does not go with its documents or electronic records");
    return {};
}

Result<> check_claims(Loaded const& loaded) {
    for (auto const& claim : loaded.claims)
        if (is_reserved_claim(claim))
            return Error(BaseErrc::denied, quoted("claim", claim) + " belongs to the provider");
    for (auto const& [claim, title] : loaded.claim_titles) {
        if (std::ranges::find(loaded.claims, claim) == loaded.claims.end())
            return refused(quoted("claim_titles", claim), "is not one of its claims");
        if (auto titled = check_text(quoted("claim", claim) + ".title", title); !titled)
            return titled;
    }
    return check_verified(loaded.verified, loaded.claims);
}

bool is_segment(std::string_view segment, bool last) {
    static constexpr std::string_view signs =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    if (last && segment == "*") return true;
    if (segment == "." || segment == "..") return false;
    if (segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}'))
        return is_small_name(segment.substr(1, segment.size() - 2));
    return !segment.empty() && segment.find_first_not_of(signs) == std::string_view::npos;
}

/// Below `/<plugin>/`; the empty path is that folder itself, a last slash one below it.
bool is_route_path(std::string_view path) {
    while (!path.empty()) {
        auto const slash = path.find('/');
        bool const last = slash == std::string_view::npos;
        if (!is_segment(path.substr(0, slash), last)) return false;
        path = last ? std::string_view() : path.substr(slash + 1);
    }
    return true;
}

constexpr seconds shortest_max_age{30};

Result<> check_routes(std::vector<RouteSource::PluginRoute> const& routes) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
        auto const what =
            quoted("route", std::string(to_string(routes[i].method)) + " " + routes[i].path);
        // With a slash at the begin it is an address of its own, which is more than a slash.
        auto const path = std::string_view(routes[i].path);
        auto const relative = path.starts_with('/') ? path.substr(1) : path;
        if (!is_route_path(relative) || path == "/")
            return refused(what, "is not a path of plain segments");
        if (!routes[i].handler) return refused(what, "has no handler");
        // A person comes back from the login a moment after it: less would lead round and round.
        if (routes[i].max_age && *routes[i].max_age < shortest_max_age)
            return refused(what, "has a max_age of less than 30 seconds");
        if (routes[i].cross_origin && routes[i].needs != RouteSource::Needs::access_token)
            return refused(what, "is for other origins' scripts but needs no access token");
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (routes[earlier].method == routes[i].method &&
                routes[earlier].path == routes[i].path)
                return refused(what, "is declared twice");
    }
    return {};
}

Result<> check_data_fields(std::vector<DataField> const& fields) {
    for (auto const& field : fields) {
        auto const what = quoted("data field", field.name);
        if (!is_small_name(field.name)) return refused(what, "is not named by a-z, 0-9 and _");
        if (std::ranges::count(fields, field.name, &DataField::name) > 1)
            return refused(what, "is declared twice");
        if (auto titled = check_text(what + ".title", field.title); !titled) return titled;
    }
    return {};
}

Result<> check_jobs(std::vector<Loaded::OwnJob> const& jobs) {
    for (auto const& job : jobs) {
        auto const what = quoted("job", job.name);
        if (!is_small_name(job.name)) return refused(what, "is not named by a-z, 0-9 and _");
        if (std::ranges::count(jobs, job.name, &Loaded::OwnJob::name) > 1)
            return refused(what, "is declared twice");
        if (job.interval <= seconds(0))
            return refused(what, "has an interval of less than a second");
    }
    return {};
}

Result<> check_authenticator(Loaded const& loaded) {
    auto* const authenticator = loaded.plugin->authenticator();
    if (!authenticator) return {};
    if (loaded.levels.empty()) return refused("authenticator", "declares no level (acr_values)");
    if (auto titled = check_text("authenticator.label", authenticator->label()); !titled)
        return titled;
    for (auto const& back : authenticator->return_paths()) {
        auto const what = quoted("return path", back.path);
        if (back.path.starts_with('/'))
            return refused(what, "begins with a slash; paths are below /<plugin>/ already");
        if (!is_route_path(back.path)) return refused(what, "is not a path of plain segments");
    }
    return {};
}

}  // namespace

Result<> check_declarations(Loaded const& loaded) {
    if (auto fits = check_authenticator(loaded); !fits) return fits;
    if (auto fits = check_claims(loaded); !fits) return fits;
    if (auto fits = check_scopes(loaded.scopes); !fits) return fits;
    if (auto fits = check_data_fields(loaded.data_fields); !fits) return fits;
    if (auto fits = check_routes(loaded.routes); !fits) return fits;
    return check_jobs(loaded.jobs);
}

}  // namespace tunnus::plugin
