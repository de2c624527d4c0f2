// SPDX-License-Identifier: MIT
// Services that were registered at run time: by `tunnus clients add` or by dynamic registration
// (RFC 7591, RFC 7592). Those of the configuration are not here.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace tunnus::storage {

struct ClientRecord {
    std::string client_id;
    /// RFC 7591 names. `client_secret` is sealed at rest; everything else is stored as it is.
    boost::json::object metadata;
    TimePoint created_at{};
    std::int64_t version = 0;
    /// SHA-256 of the registration access token (RFC 7592 §3); empty: it cannot change itself.
    std::string registration_hash = {};
    /// It registered itself with an initial access token (RFC 7591 §3): the operator knows of it.
    bool vouched = false;
};

/// What the client_id of every client that registered itself begins with, and no user's id does
/// (threats.md O-61).
inline constexpr std::string_view registered_client_prefix = "dcr-";

class Clients {
  public:
    Clients(sql::Database& database, Sealer const& sealer) : database_(database), sealer_(sealer) {}
    [[nodiscard]] Result<std::optional<ClientRecord>> find(std::string_view client_id);
    /// By client_id, those after `after`, at most `most`.
    [[nodiscard]] Result<std::vector<ClientRecord>> list(std::string_view after, std::size_t most);

  private:
    sql::Database& database_;
    Sealer const& sealer_;
};

/// `lost` when the client_id is taken.
[[nodiscard]] std::unique_ptr<Intention> add_client(ClientRecord const& record,
                                                    AuditEvent const& audit, Sealer const& sealer,
                                                    Random& random);
/// The same for a client that registers itself, whose id begins with registered_client_prefix.
/// `lost` also when there are `most` of them already.
[[nodiscard]] std::unique_ptr<Intention> register_client(ClientRecord const& record,
                                                         std::size_t most, AuditEvent const& audit,
                                                         Sealer const& sealer, Random& random);
/// Replaces metadata and registration_hash where the version is still `record.version`, and
/// increments it. `lost` when somebody else was first or the client is gone.
[[nodiscard]] std::unique_ptr<Intention> replace_client(ClientRecord const& record,
                                                        AuditEvent const& audit,
                                                        Sealer const& sealer, Random& random);
/// Removes the client and revokes every grant that it got. Its own tokens (client_credentials) end
/// because the client is no longer found. `lost` when there is none.
[[nodiscard]] std::unique_ptr<Intention> remove_client(std::string_view client_id, TimePoint now,
                                                       AuditEvent const& audit, Random& random);

}  // namespace tunnus::storage
