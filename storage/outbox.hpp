// SPDX-License-Identifier: MIT
// What leaves later: mails and back-channel logout messages. A row stays until it is delivered or
// given up.
#pragma once

#include "idp/base/crypto.hpp"
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

struct LogoutDelivery {
    Id id;
    std::string client_id;
    std::string user_id;
    Id session_id;
    std::int64_t attempts = 0;
};
class LogoutDeliveries {
  public:
    explicit LogoutDeliveries(sql::Database& database) : database_(database) {}
    [[nodiscard]] Result<std::vector<LogoutDelivery>> due(TimePoint now, std::size_t most);
    [[nodiscard]] Result<> done(std::string_view id);
    [[nodiscard]] Result<> postpone(std::string_view id, TimePoint next_attempt_at);

  private:
    sql::Database& database_;
};

}  // namespace tunnus::storage
