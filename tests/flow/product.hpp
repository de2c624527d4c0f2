// SPDX-License-Identifier: MIT
// The whole product in one process, without a socket: real routes, real SQLite, real plugins, a
// clock that moves when told.
#pragma once

#include "idp/app.hpp"
#include "idp/web/router.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/random.hpp"
#include "tests/storage/counting_database.hpp"

#include <memory>
#include <string>

namespace tunnus::flow {

/// Remembers what the outbox delivers.
class Mailbox final : public MailTransport {
  public:
    [[nodiscard]] Result<> deliver(Mail const& mail) override {
        mails.push_back(mail);
        return {};
    }
    std::vector<Mail> mails;
};

/// One request and its answer, after the commit.
struct Exchange {
    HttpRequest request;
    HttpResponse response;
    int reads = 0;  ///< of the database, by plugins too
    int writes = 0;
};

/// Built from a configuration: see configuration() for the one that tests share. At its end it
/// checks the invariants (invariants.hpp) over all that it answered, logged and stored.
class Product {
  public:
    /// Throws with the line that `tunnus serve` would print.
    Product() : Product(shared_configuration()) {}
    explicit Product(
        std::string const& configuration,
        std::span<plugin::EntryFunction const> compiled_in = plugin::builtin_entries());
    ~Product();
    Product(Product const&) = delete;

    /// Issuer https://tunnus.example; the clients `library` and `parks` (confidential, PKCE) and
    /// `kiosk` (public); the plugins password, profile and example_claims.
    [[nodiscard]] static std::string shared_configuration(std::string const& more_plugins = {});

    /// One request through the route table, as the edge would answer it.
    [[nodiscard]] HttpResponse answer(HttpRequest request);
    /// What happens in another worker between the next request's reads and its write.
    std::function<void()> before_commit;
    /// An account with a confirmed e-mail address and a password, as `tunnus users add` makes it.
    /// Returns its id.
    std::string add_user(std::string const& email, std::string const& password);
    void disable_user(std::string const& user_id);
    /// How many audit events of this kind there are.
    [[nodiscard]] std::int64_t audited(std::string_view kind);
    /// What `SELECT COUNT(*) …` says.
    [[nodiscard]] std::int64_t count(std::string_view sql);
    /// The `reason` of the newest audit event of this kind; empty without one.
    [[nodiscard]] std::string audited_reason(std::string_view kind);
    /// Runs the job of this name now.
    void run_job(std::string_view name);
    /// The code in the newest mail, of which there is one when those that wait are sent.
    std::string code_from_mailbox();
    /// Builds the product anew on the same database, as after a stop or a crash.
    void restart() { restart(configuration_); }
    /// The same with another configuration.
    void restart(std::string configuration);
    [[nodiscard]] std::string const& configuration() const { return configuration_; }

    fakes::ManualClock clock;  ///< the machine's
    fakes::SeededRandom random;
    fakes::RecordingLog log;
    fakes::FakeHttpClient http;
    Mailbox mailbox;
    std::shared_ptr<sql::Database> opened_database;
    std::shared_ptr<tests::CountingDatabase> database;  ///< the same, with every use counted
    std::unique_ptr<App> app;
    std::vector<Exchange> history;
    /// What must stand in no address, log line, audit event or error page: passwords, e-mail
    /// addresses. Personal identity codes are known by their form.
    std::vector<std::string> personal;

  private:
    void build(Configuration configuration);

    std::string configuration_;
    std::unique_ptr<UnbrokenClock> process_clock_;
    std::span<plugin::EntryFunction const> compiled_in_;
    std::unique_ptr<web::Router> router_;
    std::uint64_t requests_ = 0;
};

}  // namespace tunnus::flow
