// SPDX-License-Identifier: MIT
// What leaves later: mails and back-channel logout messages. A row stays until it is delivered or
// given up.
#pragma once

#include "idp/base/crypto.hpp"
#include "idp/base/log.hpp"
#include "idp/base/mailer.hpp"
#include "storage/ids.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

/// A Mailer that puts the message into the outbox, and what a worker does with it.
class Outbox final : public Mailer {
  public:
    Outbox(sql::Database& database, Sealer const& sealer, Random& random, Clock const& clock)
        : database_(database), sealer_(sealer), random_(random), clock_(clock) {}
    [[nodiscard]] Result<> send(Mail const& mail) override;
    /// Delivers what is due, oldest first, at most `most` messages; a failed one waits longer each
    /// time (1 min doubling to 1 h, given up after a day). Returns how many were delivered. One
    /// caller at a time.
    [[nodiscard]] Result<std::size_t> deliver_due(MailTransport& transport, Log& log,
                                                  std::size_t most = 32);

  private:
    sql::Database& database_;
    Sealer const& sealer_;
    Random& random_;
    Clock const& clock_;
};

/// A mail that goes out when the write that it is part of is durable.
[[nodiscard]] sql::Statement mail_statement(Mail const& mail, Sealer const& sealer, Random& random,
                                            TimePoint now);

/// A service that is to be told of the end of a session: OpenID Connect Back-Channel Logout 1.0.
/// Told at least once, as its §2.5 allows, and at most limits.logout_delivery_attempts times: an
/// attempt is counted before it is made, and only the row's removal follows it.
struct LogoutDelivery {
    Id session_id;
    std::string client_id;
    std::string user_id;
    std::int64_t attempts = 0;
};
class LogoutDeliveries {
  public:
    explicit LogoutDeliveries(sql::Database& database) : database_(database) {}
    [[nodiscard]] Result<std::vector<LogoutDelivery>> due(TimePoint now, std::size_t most);
    /// Counts one more attempt and sets when the next may follow. False: another node was first, or
    /// it is done.
    [[nodiscard]] Result<bool> claim(LogoutDelivery const& delivery, TimePoint next_attempt_at);
    [[nodiscard]] Result<> done(LogoutDelivery const& delivery);
    /// How many services of this session are yet to be told.
    [[nodiscard]] Result<std::size_t> waiting_for(std::string_view session_id);

  private:
    sql::Database& database_;
};

}  // namespace tunnus::storage
