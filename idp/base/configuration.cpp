// SPDX-License-Identifier: MIT
#include "idp/base/configuration.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/configuration_schema.hpp"
#include "idp/base/email_address.hpp"
#include "idp/base/ip_address.hpp"
#include "idp/base/json_schema.hpp"
#include "idp/base/limit_names.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/located_json.hpp"
#include "idp/base/url.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>

namespace tunnus {
namespace {

namespace json = boost::json;

constexpr std::size_t max_file_bytes = 1'048'576;
constexpr std::size_t min_sealing_key_bytes = 32;

/// Ends the reading: which key is wrong, and how. Caught in parse_configuration.
struct Problem {
    std::string path;
    std::string message;
};

JsonSchema const& schema() {
    static auto const made =
        JsonSchema::make(json::parse(configuration_schema_text()).as_object()).value();
    return made;
}

// ---- Single values -----------------------------------------------------------------------------

/// A path below the issuer's host: lower case segments, none of them empty or made of dots.
bool is_plain_path(std::string_view path) {
    if (path == "/") return true;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const segment = path.substr(0, path.find('/'));
        if (segment.empty() || segment == "." || segment == "..") return false;
        if (!std::ranges::all_of(segment, [](char c) {
                return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
            }))
            return false;
        path.remove_prefix(segment.size());
    }
    return true;
}

/// OpenID Connect Discovery §3 and threats.md X-20. Compared as text by everyone, so it has one
/// spelling.
void check_issuer(std::string const& issuer) {
    auto const fail = [](std::string_view what) { throw Problem{"issuer", std::string(what)}; };
    auto const url = parse_http_url(issuer);
    if (!url) fail("must be an https URL");
    if (issuer.find_first_of("?#") != std::string::npos) fail("must have no query and no fragment");
    if (issuer.ends_with('/')) fail("must not end in a slash");
    if (issuer != to_lower(issuer)) fail("must be in lower case");
    if (!is_plain_path(url->path) || issuer != url->origin() + (url->path == "/" ? "" : url->path))
        fail("must be spelled plainly, without a default port or odd characters in its path");
    if (url->is_loopback()) return;
    if (url->scheme != "https") fail("must be https, or on loopback");
    if (url->host.starts_with('[') || IpAddress::parse(url->host))
        fail("must name a host, not an address");
}

void check_storage_url(std::string const& url) {
    auto const fail = [](std::string_view what) {
        throw Problem{"storage.url", std::string(what)};
    };
    if (url.starts_with("sqlite:") && url.size() > 7) return;
    if (!url.starts_with("mariadb://")) fail("must be sqlite:PATH or mariadb://user@host/database");
    auto const rest = std::string_view(url).substr(10);
    auto const at = rest.find('@');
    auto const slash = rest.find('/');
    if (at == std::string_view::npos || slash == std::string_view::npos || at == 0 ||
        slash < at + 2 || slash + 1 == rest.size())
        fail("must be mariadb://user@host/database");
    if (rest.substr(0, at).find(':') != std::string_view::npos)
        fail("must hold no password: use storage.password");
}

void check_smtp_url(std::string const& url) {
    auto const colon = url.find(':');
    auto const scheme = url.substr(0, colon);
    auto const as_http = parse_http_url("http" + url.substr(std::min(colon, url.size())));
    if ((scheme != "smtp" && scheme != "smtps") || !as_http || as_http->path != "/" ||
        !as_http->query.empty() || url.find('?') != std::string::npos)
        throw Problem{"mail.smtp_url", "must be smtp://host:port or smtps://host:port"};
}

bool is_plugin_name(std::string_view name) {
    return name.front() >= 'a' && name.front() <= 'z' && std::ranges::all_of(name, [](char c) {
               return (is_alphanumeric(c) && c == to_lower(c)) || c == '_';
           });
}

// ---- The document ------------------------------------------------------------------------------

/// Reads the members of a document that its schema has passed, and knows where they stand.
class Reader {
  public:
    Reader(LocatedJson const& document, std::string file)
        : document_(document),
          file_(std::move(file)),
          folder_(std::filesystem::path(file_).parent_path()) {}

    Configuration read() {
        Configuration result;
        auto const& root = document_.value.get_object();
        result.file = file_;
        result.issuer = text(root, "issuer");
        result.user = text(root, "user");
        check_issuer(result.issuer);
        result.listen = listeners(root, "listen");
        result.admin_listen = listeners(root, "admin_listen");
        result.trusted_proxies = networks(root, "trusted_proxies", "trusted_proxies");
        result.limits = limits(root);
        read_storage(root, result);
        result.mail = mail(root, result.limits);
        result.sessions = sessions(root);
        result.keys = keys(root);
        check_retirement(root, result.keys, result.limits);
        result.clients = distinct(root, "clients", "client_id");
        result.services = distinct(root, "services", "name");
        result.assertion_issuers = distinct(root, "assertion_issuers", "issuer");
        result.registration = registration(root);
        result.require_pushed_authorization_requests =
            flag(root, "require_pushed_authorization_requests", false);
        result.client_certificates = client_certificates(root);
        result.dpop_require_nonce = flag(section(root, "dpop"), "require_nonce", false);
        result.outbound = outbound(root);
        result.plugins = plugins(root);
        result.compatibility.keycloak_realms = realms(section(root, "compatibility"));
        result.compatibility.kc_action = flag(section(root, "compatibility"), "kc_action", false);
        result.pages = pages(root);
        return result;
    }

  private:
    static json::object const& section(json::object const& parent, std::string_view name) {
        static json::object const empty;
        auto const* value = parent.if_contains(name);
        return value == nullptr ? empty : value->get_object();
    }
    static json::array const& list(json::object const& parent, std::string_view name) {
        static json::array const empty;
        auto const* value = parent.if_contains(name);
        return value == nullptr ? empty : value->get_array();
    }
    static std::string text(json::object const& parent, std::string_view name) {
        auto const* value = parent.if_contains(name);
        return value == nullptr ? std::string() : std::string(value->get_string());
    }
    static bool flag(json::object const& parent, std::string_view name, bool standard) {
        auto const* value = parent.if_contains(name);
        return value == nullptr ? standard : value->get_bool();
    }

    /// A path of the file system, from the configuration's folder; empty when absent.
    [[nodiscard]] std::string path(json::object const& parent, std::string_view name) const {
        auto const written = text(parent, name);
        return written.empty() ? written : (folder_ / written).lexically_normal().string();
    }

    [[nodiscard]] Secret secret(json::value const& reference, std::string const& where) const {
        auto value = read_secret(reference, folder_.string());
        if (!value) throw Problem{where, value.error().detail};
        return std::move(*value);
    }

    static milliseconds lifetime(json::value const& value, std::string const& where) {
        auto const parsed = parse_lifetime(value.get_string());
        if (!parsed) throw Problem{where, parsed.error().detail};
        return *parsed;
    }
    static seconds whole_seconds(json::value const& value, std::string const& where) {
        auto const exact = lifetime(value, where);
        auto const rounded = std::chrono::floor<seconds>(exact);
        if (rounded != exact) throw Problem{where, "must be whole seconds"};
        return rounded;
    }
    static void read_seconds(json::object const& parent, std::string_view name,
                             std::string const& where, seconds& target) {
        if (auto const* value = parent.if_contains(name))
            target = whole_seconds(*value, member_path(where, name));
    }

    static std::vector<std::string> networks(json::object const& parent, std::string_view name,
                                             std::string const& where) {
        std::vector<std::string> blocks;
        for (auto const& value : list(parent, name)) {
            if (!IpNetwork::parse(value.get_string()))
                throw Problem{element_path(where, blocks.size()),
                              "must be an address or a block such as 10.0.0.0/8"};
            blocks.emplace_back(value.get_string());
        }
        return blocks;
    }

    std::vector<ListenSettings> listeners(json::object const& root, std::string_view name) {
        std::vector<ListenSettings> result;
        for (auto const& value : list(root, name)) {
            auto const where = element_path(name, result.size());
            auto const& object = value.get_object();
            ListenSettings settings;
            settings.address = text(object, "address");
            settings.port = static_cast<std::uint16_t>(object.at("port").get_int64());
            if (!IpAddress::parse(settings.address))
                throw Problem{member_path(where, "address"), "must be an IPv4 or IPv6 address"};
            if (!taken_.emplace(settings.address, settings.port).second)
                throw Problem{where, "is listened on twice"};
            if (object.contains("tls"))
                settings.tls = tls(section(object, "tls"), member_path(where, "tls"));
            result.push_back(std::move(settings));
        }
        return result;
    }

    [[nodiscard]] ListenSettings::Tls tls(json::object const& object,
                                          std::string const& where) const {
        // Read for its owner and mode alone; the edge reads it again when it needs the key.
        (void)secret({{"file", object.at("key_file")}}, member_path(where, "key_file"));
        return {path(object, "certificate_file"), path(object, "key_file"),
                flag(object, "allow_expired", false),
                flag(object, "request_client_certificate", false)};
    }

    void read_storage(json::object const& root, Configuration& result) const {
        auto const& object = section(root, "storage");
        result.storage_url = text(object, "url");
        check_storage_url(result.storage_url);
        constexpr std::string_view sqlite = "sqlite:";
        if (result.storage_url.starts_with(sqlite) && result.storage_url != "sqlite::memory:") {
            auto const file = folder_ / result.storage_url.substr(sqlite.size());
            result.storage_url = std::string(sqlite) + file.lexically_normal().string();
        }
        if (auto const* password = object.if_contains("password"))
            result.storage_password = secret(*password, "storage.password");
    }

    [[nodiscard]] std::optional<MailSettings> mail(json::object const& root,
                                                   Limits const& limits) const {
        if (!root.contains("mail")) return std::nullopt;
        auto const& object = section(root, "mail");
        MailSettings settings;
        settings.smtp_url = text(object, "smtp_url");
        check_smtp_url(settings.smtp_url);
        settings.from = text(object, "from");
        if (!parse_mailbox(settings.from))
            throw Problem{"mail.from", "must be an address or Name <address>"};
        settings.user = text(object, "user");
        settings.timeout = limits.smtp_timeout;
        if (auto const* password = object.if_contains("password")) {
            settings.password = secret(*password, "mail.password");
            if (settings.user.empty()) throw Problem{"mail.user", "is missing"};
        }
        return settings;
    }

    static SessionSettings sessions(json::object const& root) {
        SessionSettings settings;
        auto const& object = section(root, "sessions");
        read_seconds(object, "idle", "sessions", settings.idle);
        read_seconds(object, "absolute", "sessions", settings.absolute);
        if (settings.idle > settings.absolute)
            throw Problem{"sessions.idle", "must not be longer than sessions.absolute"};
        return settings;
    }

    static void read_names(json::object const& keys, std::string_view key,
                           std::vector<std::string>& names) {
        if (keys.contains(key)) names.clear();
        for (auto const& element : list(keys, key)) {
            std::string const name(element.get_string());
            if (std::ranges::find(names, name) != names.end())
                throw Problem{element_path("keys." + std::string(key), names.size()),
                              "is given twice"};
            names.push_back(name);
        }
    }

    [[nodiscard]] KeySettings::Pkcs11 pkcs11(json::object const& keys,
                                             std::vector<std::string> const& algorithms) const {
        KeySettings::Pkcs11 settings;
        if (!keys.contains("pkcs11")) return settings;
        auto const& object = section(keys, "pkcs11");
        settings.module = object.at("module").as_string();
        settings.pin = secret(object.at("pin"), "keys.pkcs11.pin");
        for (auto const& element : list(object, "objects")) {
            auto const& one = element.as_object();
            std::string alg(one.at("alg").as_string());
            std::string uri(one.at("uri").as_string());
            auto const at = element_path("keys.pkcs11.objects", settings.objects.size());
            if (std::ranges::find(algorithms, alg) == algorithms.end())
                throw Problem{at, alg + " is not among keys.algorithms"};
            if (!uri.starts_with("pkcs11:")) throw Problem{at, "uri must be one of pkcs11:"};
            settings.objects.push_back({std::move(alg), std::move(uri)});
        }
        return settings;
    }

    [[nodiscard]] KeySettings keys(json::object const& root) const {
        KeySettings settings;
        auto const& object = section(root, "keys");
        read_names(object, "algorithms", settings.algorithms);
        read_names(object, "encryption", settings.encryption);
        settings.sealing_key = secret(object.at("sealing_key"), "keys.sealing_key");
        if (settings.sealing_key.reveal().size() < min_sealing_key_bytes)
            throw Problem{"keys.sealing_key", "must have at least 32 bytes"};
        auto const& rotation = section(object, "rotation");
        read_seconds(rotation, "every", "keys.rotation", settings.rotate_every);
        read_seconds(rotation, "announce", "keys.rotation", settings.announce);
        read_seconds(rotation, "retire", "keys.rotation", settings.retire);
        settings.pkcs11 = pkcs11(object, settings.algorithms);
        if (settings.rotate_every != seconds(0) && settings.announce >= settings.rotate_every)
            throw Problem{"keys.rotation.announce", "must be shorter than keys.rotation.every"};
        return settings;
    }

    /// A key is published until the last token that it signed has ended.
    static void check_retirement(json::object const& root, KeySettings const& settings,
                                 Limits const& limits) {
        std::array<std::pair<std::string_view, milliseconds>, 4> const lifetimes{
            {{"access_token_lifetime", limits.access_token_lifetime},
             {"id_token_lifetime", limits.id_token_lifetime},
             {"logout_token_lifetime", limits.logout_token_lifetime},
             {"response_jwt_lifetime", limits.response_jwt_lifetime}}};
        for (auto const& [name, lifetime] : lifetimes) {
            if (lifetime <= settings.retire) continue;
            auto const limit = member_path("limits", name);
            constexpr auto retire = "keys.rotation.retire";
            if (section(section(root, "keys"), "rotation").contains("retire"))
                throw Problem{retire, "must not be shorter than " + limit};
            throw Problem{limit, std::string("must not be longer than ") + retire + ", " +
                                     std::to_string(settings.retire.count()) + " s"};
        }
    }

    /// The objects of a list in which no two have the same `key`.
    [[nodiscard]] std::vector<ConfiguredObject> distinct(json::object const& root,
                                                         std::string_view member,
                                                         std::string_view key) const {
        std::vector<ConfiguredObject> result;
        std::set<std::string_view> keys;
        for (auto const& value : list(root, member)) {
            auto const where = element_path(member, result.size());
            if (!keys.insert(value.get_object().at(key).get_string()).second)
                throw Problem{member_path(where, key), "stands there twice"};
            result.push_back(configured(value.get_object(), where));
        }
        return result;
    }

    [[nodiscard]] ConfiguredObject configured(json::object const& object,
                                              std::string const& where) const {
        return {object, document_.line_of(where), where};
    }

    [[nodiscard]] RegistrationSettings registration(json::object const& root) const {
        using Mode = RegistrationSettings::Mode;
        RegistrationSettings settings;
        auto const& object = section(root, "registration");
        auto const mode = text(object, "mode");
        settings.mode = mode == "open" ? Mode::open : mode == "token" ? Mode::token : Mode::closed;
        for (auto const& reference : list(object, "initial_access_tokens")) {
            auto const where = element_path("registration.initial_access_tokens",
                                            settings.initial_access_tokens.size());
            settings.initial_access_tokens.push_back(secret(reference, where));
        }
        for (auto const& value : list(object, "software_statement_issuers")) {
            auto const& issuer = value.as_object();
            settings.software_statement_issuers.push_back(
                {text(issuer, "issuer"), issuer.at("jwks").as_object()});
        }
        settings.require_pkce = flag(object, "require_pkce", true);
        if (settings.mode == Mode::token && settings.initial_access_tokens.empty())
            throw Problem{"registration.initial_access_tokens", "is missing"};
        return settings;
    }

    [[nodiscard]] ClientCertificateSettings client_certificates(json::object const& root) const {
        auto const& object = section(root, "client_certificates");
        ClientCertificateSettings settings{path(object, "ca_file"), text(object, "proxy_header"),
                                           text(object, "url")};
        if (!std::ranges::all_of(settings.proxy_header,
                                 [](char c) { return c == '-' || is_alphanumeric(c); }))
            throw Problem{"client_certificates.proxy_header", "must be the name of a field"};
        if (settings.url.empty()) return settings;
        auto const url = parse_http_url(settings.url);
        if (!url || url->scheme != "https" || url->origin() != settings.url)
            throw Problem{"client_certificates.url", "must be https://host or https://host:port"};
        return settings;
    }

    [[nodiscard]] OutboundPolicy outbound(json::object const& root) const {
        auto const& object = section(root, "outbound");
        return {networks(object, "allow_addresses", "outbound.allow_addresses"),
                path(object, "ca_file")};
    }

    static Limits limits(json::object const& root) {
        Limits result;
        auto const& object = section(root, "limits");
        for (auto const& [name, member] : limit_names()) {
            auto const* value = object.if_contains(name);
            if (value == nullptr) continue;
            auto const where = member_path("limits", name);
            std::visit([&](auto pointer) { set_limit(result.*pointer, *value, where); }, member);
        }
        return result;
    }
    template <class Number>
    static void set_limit(Number& limit, json::value const& value, std::string const& /*where*/) {
        limit = static_cast<Number>(value.get_int64());
    }
    static void set_limit(milliseconds& limit, json::value const& value, std::string const& where) {
        limit = lifetime(value, where);
    }
    static void set_limit(seconds& limit, json::value const& value, std::string const& where) {
        limit = whole_seconds(value, where);
    }

    [[nodiscard]] std::vector<ConfiguredPlugin> plugins(json::object const& root) const {
        std::vector<ConfiguredPlugin> result;
        for (auto const& value : list(root, "plugins")) {
            auto const where = element_path("plugins", result.size());
            auto const& object = value.get_object();
            auto const name = text(object, "name");
            if (!is_plugin_name(name))
                throw Problem{member_path(where, "name"),
                              "must begin with a-z and hold a-z, 0-9 and _ alone"};
            if (std::ranges::find(result, name, &ConfiguredPlugin::name) != result.end())
                throw Problem{member_path(where, "name"), "is given to two plugins"};
            auto const amr = text(object, "amr");
            bool const plain = std::ranges::all_of(
                amr, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
            if (!plain)
                throw Problem{member_path(where, "amr"),
                              "must hold A-Z, a-z, 0-9, -, _ and . alone"};
            if (!amr.empty() &&
                std::ranges::find(result, amr, &ConfiguredPlugin::amr) != result.end())
                throw Problem{member_path(where, "amr"), "is given to two plugins"};
            result.push_back({name, path(object, "library"), flag(object, "required", true), amr,
                              configured(section(object, "config"), member_path(where, "config"))});
        }
        return result;
    }

    static std::vector<std::string> realms(json::object const& compatibility) {
        std::vector<std::string> names;
        for (auto const& value : list(compatibility, "keycloak_realms")) {
            std::string name(value.get_string());
            auto const where = element_path("compatibility.keycloak_realms", names.size());
            bool const plain = std::ranges::all_of(
                name, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
            if (!plain) throw Problem{where, "must hold A-Z, a-z, 0-9, - and _ alone"};
            if (std::ranges::find(names, name) != names.end())
                throw Problem{where, "is given twice"};
            names.push_back(std::move(name));
        }
        return names;
    }

    [[nodiscard]] PageSettings pages(json::object const& root) const {
        auto const& object = section(root, "pages");
        return {path(object, "templates"), path(object, "texts"), path(object, "static"),
                section(object, "theme")};
    }

    LocatedJson const& document_;
    std::string file_;
    std::filesystem::path folder_;
    std::set<std::pair<std::string, std::uint16_t>>
        taken_;  ///< address and port of every listener so far
};

Error error_at(std::string const& file, std::size_t line, std::string const& path,
               std::string const& message) {
    auto detail = file + ":" + std::to_string(line) + ": ";
    if (!path.empty()) detail.append(path).append(": ");
    detail.append(message);
    // A message may hold the path of a file that cannot be read; one line it stays.
    std::ranges::replace_if(
        detail, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    return {BaseErrc::malformed, detail};
}

}  // namespace

Result<milliseconds> parse_lifetime(std::string_view text) {
    struct Unit {
        std::string_view name;
        milliseconds length;
    };
    using namespace std::chrono;
    constexpr std::array units{Unit{"ms", 1ms}, Unit{"s", 1s}, Unit{"min", 1min}, Unit{"h", 1h},
                               Unit{"d", days(1)}};
    constexpr milliseconds longest = days(36'500);
    Error const malformed(BaseErrc::malformed,
                          "must be a whole number and ms, s, min, h or d, such as \"30 min\"");

    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::invalid_argument) return malformed;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    auto const* unit = std::ranges::find(units, text, &Unit::name);
    if (unit == units.end()) return malformed;
    if (error != std::errc() || number < 1 || number > longest / unit->length)
        return Error(BaseErrc::malformed, "must be more than zero and at most a hundred years");
    return number * unit->length;
}

Result<Configuration> parse_configuration(std::string_view text, std::string const& file) {
    auto const document = parse_located_json(text);
    if (!document) return Error(document.error().code, file + ":" + document.error().detail);
    auto const fail = [&](std::string const& path, std::string const& message) {
        return error_at(file, document->line_of(path), path, message);
    };
    if (auto const found = schema().find_violation(document->value))
        return fail(found->path, found->message);
    try {
        return Reader(*document, file).read();
    } catch (Problem const& problem) {
        return fail(problem.path, problem.message);
    }
}

Result<Configuration> read_configuration(std::string const& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored))
        return Error(BaseErrc::not_found, file + ":1: is not a file");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return Error(BaseErrc::not_found, file + ":1: cannot be opened");
    std::string text(max_file_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return parse_configuration(text, file);
}

}  // namespace tunnus
