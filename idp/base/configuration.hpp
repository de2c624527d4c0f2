// SPDX-License-Identifier: MIT
// The configuration file as plain structs. It is JSON with comments and trailing commas;
// conf/tunnus.schema.json, compiled in, says which keys there are, and conf/example.json explains
// each. What several rooms know better (a client's metadata, a plugin's own part) is handed on as
// JSON with its line.
//
// Lifetimes are texts with a unit, `"30 min"`: ms, s, min, h or d. Secrets are `{"file": PATH}` or
// `{"env": NAME}`.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http_client.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/mailer.hpp"
#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {

struct ListenSettings {
    struct Tls {
        std::string certificate_file;  ///< PEM, leaf first
        std::string key_file;          ///< PEM; not readable by others
        bool allow_expired =
            false;  ///< start even when the certificate has expired (threats.md X-21)
        bool request_client_certificate = false;
    };
    std::string address;  ///< IPv4 or IPv6 text, never a name
    std::uint16_t port = 0;
    std::optional<Tls> tls;
};

struct SessionSettings {
    seconds idle{1'800};
    seconds absolute{36'000};
};

struct KeySettings {
    std::vector<std::string> algorithms{"RS256", "ES256", "EdDSA"};
    std::vector<std::string> encryption{"RSA-OAEP-256", "ECDH-ES"};
    Secret sealing_key;        ///< at least 32 bytes: for Sealer
    seconds rotate_every{0};   ///< zero: only by `tunnus keys rotate`
    seconds announce{86'400};  ///< a new key is in the JWKS this long before it signs
    seconds retire{86'400};    ///< an old key stays in the JWKS this long after it stopped to sign
    /// Keys that stay in a PKCS#11 token; an algorithm's newest last.
    struct Pkcs11 {
        std::string module;  ///< empty: there is none
        Secret pin;
        struct Object {
            std::string alg;
            std::string uri;
        };
        std::vector<Object> objects;
    } pkcs11;

    /// What a key is kept for.
    [[nodiscard]] std::vector<std::string> all() const {
        auto names = algorithms;
        names.insert(names.end(), encryption.begin(), encryption.end());
        return names;
    }
};

/// RFC 8705.
struct ClientCertificateSettings {
    std::string ca_file;       ///< PEM; empty: tls_client_auth is not offered
    std::string proxy_header;  ///< of trusted_proxies; empty: none
    std::string url;           ///< origin of the mtls_endpoint_aliases; empty: none
};

struct RegistrationSettings {
    enum class Mode { closed, token, open } mode = Mode::closed;
    std::vector<Secret> initial_access_tokens;
    struct Issuer {
        std::string issuer;
        boost::json::object jwks;
    };
    std::vector<Issuer> software_statement_issuers;  ///< RFC 7591 §2.3
    bool require_pkce = true;                        ///< of a client that does not say
};

struct PageSettings {
    std::string templates;     ///< folder
    std::string texts;         ///< folder
    std::string static_files;  ///< folder
    boost::json::object theme;
};

/// A part that another room reads, and where it stands, for that room's error line.
struct ConfiguredObject {
    boost::json::object object;
    std::size_t line = 0;
    std::string path;  ///< `clients[2]`
};

struct ConfiguredPlugin {
    std::string name;     ///< [a-z][a-z0-9_]{1,31}
    std::string library;  ///< path of a shared object; empty: compiled in
    bool required = true;
    std::string amr;  ///< what `amr` begins with in its logins; empty: what the plugin says
    ConfiguredObject config;
};

/// What others' programs expect of the provider that stood here before. Everything is off unless it
/// is named.
struct CompatibilitySettings {
    /// Realms of a Keycloak whose addresses, `/realms/<name>/protocol/openid-connect/…`, work
    /// beside ours: [A-Za-z0-9_-]{1,64}.
    std::vector<std::string> keycloak_realms;
    bool kc_action = false;  ///< services may have a person do something about their account
};

struct Configuration {
    std::string file;    ///< as it was given, for error lines
    std::string issuer;  ///< https, or http on loopback; lower case, no slash at the end
    std::vector<ListenSettings> listen;
    std::vector<ListenSettings> admin_listen;
    std::vector<std::string> trusted_proxies;  ///< CIDR blocks
    std::string storage_url;  ///< `sqlite:PATH` or `mariadb://user@host[,host…]/db`
    Secret storage_password;  ///< MariaDB only
    std::optional<MailSettings> mail;
    SessionSettings sessions;
    KeySettings keys;
    std::vector<ConfiguredObject> clients;
    std::vector<ConfiguredObject> services;
    std::vector<ConfiguredObject> assertion_issuers;
    RegistrationSettings registration;
    bool require_pushed_authorization_requests = false;  ///< of every client
    ClientCertificateSettings client_certificates;
    bool dpop_require_nonce = false;
    OutboundPolicy outbound;
    Limits limits;
    std::vector<ConfiguredPlugin> plugins;
    CompatibilitySettings compatibility;
    PageSettings pages;
    std::string user;  ///< whom serve becomes when started as root; empty: it stays root

    [[nodiscard]] bool issuer_is_https() const { return issuer.starts_with("https:"); }
};

/// Reads the file and everything it refers to by `{"file"}` or `{"env"}`. Relative paths are
/// relative to the file's folder. The error's detail is one line `FILE:LINE: KEY: what is wrong`,
/// without any value; the caller prints it and exits with 78 (threats.md ).
[[nodiscard]] Result<Configuration> read_configuration(std::string const& file);
/// The same from memory; `file` is what errors name and what relative paths start from.
[[nodiscard]] Result<Configuration> parse_configuration(std::string_view text,
                                                        std::string const& file);

/// Reads a `{"file": PATH}` or `{"env": NAME}` reference; `folder` is where relative paths start.
/// One line end at the end of a file is not part of the secret. Refused: an empty secret, one over
/// 64 KiB, a file that others may read or write.
[[nodiscard]] Result<Secret> read_secret(boost::json::value const& reference,
                                         std::string const& folder);

/// `"500 ms"`, `"90 s"`, `"30 min"`, `"10 h"`, `"30 d"`: more than zero, at most a hundred years.
[[nodiscard]] Result<milliseconds> parse_lifetime(std::string_view text);

}  // namespace tunnus
