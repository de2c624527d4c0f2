// SPDX-License-Identifier: MIT
#include "storage/pushed_requests.hpp"

#include "storage/columns.hpp"

namespace tunnus::storage {
namespace {

constexpr std::string_view body_column = "pushed_requests.body";

}  // namespace

Result<std::optional<PushedRequest>> PushedRequests::find(Bearer const& reference) {
    auto const found = database_.find(
        {"SELECT id, secret_hash, client_id, body, created_at, valid_until, expires_at "
         "FROM pushed_requests WHERE id = ?",
         {sql::blob(reference.id)},
         {}});
    if (!found) return found.error();
    if (!*found || !matches(reference, (*found)->bytes(1))) return std::optional<PushedRequest>();
    auto const& row = **found;
    auto body = open_json(sealer_, body_column, row.bytes(0), row.bytes(3));
    if (!body) return body.error();
    if (!body->is_object()) return Error(sql::SqlErrc::corrupt, "a pushed request is no object");
    return std::optional(PushedRequest{row.bytes(0), row.bytes(1), row.text(2),
                                       std::move(body->get_object()), row.time(4), row.time(5),
                                       row.time(6)});
}

// Counted by an index and no further than the bound.
std::unique_ptr<Intention> push_request(PushedRequest const& request, std::size_t most,
                                        Sealer const& sealer, Random& random) {
    auto const bound = sql::value(static_cast<std::int64_t>(most));
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"INSERT INTO pushed_requests "
         "(id, secret_hash, client_id, body, created_at, valid_until, expires_at) "
         "SELECT ?, ?, ?, ?, ?, ?, ? FROM (SELECT COUNT(*) AS live FROM "
         "(SELECT id FROM pushed_requests WHERE client_id = ? AND valid_until > ? LIMIT ?) AS few) "
         "AS counted WHERE counted.live < ?",
         {sql::blob(request.id), sql::blob(request.secret_hash), sql::value(request.client_id),
          seal_json(sealer, body_column, request.id, request.body, random),
          sql::value(request.created_at), sql::value(request.valid_until),
          sql::value(request.expires_at), sql::value(request.client_id),
          sql::value(request.created_at), bound, bound},
         1});
    return sql::Write::adding("push_request", std::move(steps));
}

}  // namespace tunnus::storage
