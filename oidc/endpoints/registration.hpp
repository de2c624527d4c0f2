// SPDX-License-Identifier: MIT
// Dynamic registration: POST /register (RFC 7591, OpenID Connect Dynamic Client Registration), and
// GET, PUT and DELETE /register/{client_id} (RFC 7592) with the registration access token.
#pragma once

#include "idp/base/configuration.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/http_client.hpp"
#include "oidc/endpoints/client_registry.hpp"
#include "oidc/protocol/client_registration.hpp"
#include "oidc/protocol/software_statement.hpp"
#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Any thread may call. Its handlers block for the writer and for the sector_identifier_uri: they
/// belong on Lane::outbound, and into the route table only where the configuration opens
/// registration (threats.md O-77).
class ClientRegistration {
  public:
    /// Copied; the references outlive it.
    struct Parts {
        Provider const& provider;
        ClientRegistry& registry;
        sql::Database& database;
        Sealer const& sealer;
        HttpClient& http;
        RegistrationSettings const& settings;
        std::vector<SoftwareStatementIssuer> statement_issuers;
        std::vector<IpNetwork> inside = {};  ///< outbound.allow_addresses
    };
    explicit ClientRegistration(Parts parts)
        : parts_(std::move(parts)), stored_(parts_.database, parts_.sealer) {}

    /// 201 with everything registered. In mode `token` the caller shows an initial access token
    /// (401 without); in mode `open` anybody may register a client that reaches nothing but its own
    /// users' ordinary claims. Bounded by limits.registrations_per_hour and registered_clients.
    [[nodiscard]] Outcome add(HttpRequest const& request) const;
    /// 200 with what is registered.
    [[nodiscard]] Outcome read(HttpRequest const& request) const;
    /// Replaces everything (RFC 7592 §2.2) and the registration access token with it.
    [[nodiscard]] Outcome replace(HttpRequest const& request) const;
    /// 204; every grant of the client ends.
    [[nodiscard]] Outcome remove(HttpRequest const& request) const;

  private:
    /// A registration that passed, as it is to be stored, and the token that goes with it.
    struct Accepted {
        storage::ClientRecord record;
        std::string access_token;
    };
    [[nodiscard]] Checked<Registrant> admit(HttpRequest const& request) const;
    [[nodiscard]] Checked<storage::ClientRecord> find_own(HttpRequest const& request) const;
    [[nodiscard]] Checked<boost::json::object> read_body(HttpRequest const& request) const;
    /// What of it may be registered. A software statement may raise the registrant.
    [[nodiscard]] Checked<boost::json::object> read_metadata(boost::json::object const& asked,
                                                             Registrant& registrant) const;
    [[nodiscard]] Checked<Accepted> accept(boost::json::object metadata, Registrant registrant,
                                           storage::ClientRecord record) const;
    [[nodiscard]] Checked<> check_sector(Client const& client) const;
    [[nodiscard]] AuditEvent audit_of(HttpRequest const& request, std::string_view what,
                                      std::string_view client_id) const;
    [[nodiscard]] Checked<> write(std::unique_ptr<Intention> intention) const;
    [[nodiscard]] HttpResponse answer(int status, storage::ClientRecord const& record,
                                      std::string_view access_token) const;
    [[nodiscard]] HttpResponse refuse(HttpRequest const& request, Refusal const& refusal) const;

    Parts parts_;
    mutable storage::Clients stored_;
};

}  // namespace tunnus::oidc
