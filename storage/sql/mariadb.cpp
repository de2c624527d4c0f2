// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/random.hpp"
#include "storage/sql/mariadb_batch.hpp"
#include "storage/sql/mariadb_endings.hpp"
#include "storage/sql/mariadb_hosts.hpp"
#include "storage/sql/mariadb_migrate.hpp"
#include "storage/sql/write_queue.hpp"

#include <pthread.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>

namespace tunnus::sql {
namespace {

using Role = MariadbConnection::Role;

/// How long a batch waits to be as large as the one before.
constexpr std::chrono::microseconds patience{300};
/// How often a transaction that met a conflict is begun in all (threats.md F-16).
constexpr int attempts = 4;
constexpr milliseconds first_wait{5};

class MariadbDatabase final : public Database {
  public:
    MariadbDatabase(MariadbTarget target, std::size_t readers, std::string node, Log& log)
        : log_(log),
          node_(std::move(node)),
          count_ending_(MariadbEndings::count_statement(node_)),
          hosts_(std::move(target), log),
          pool_(hosts_, readers),
          queue_(limits().writer_queue) {}

    ~MariadbDatabase() override {
        queue_.close();
        if (writer_thread_.joinable()) writer_thread_.join();
    }
    MariadbDatabase(MariadbDatabase const&) = delete;
    MariadbDatabase& operator=(MariadbDatabase const&) = delete;

    [[nodiscard]] Result<> start(bool create);

    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override;
    [[nodiscard]] Result<Rows> query(Statement const& statement) override {
        return pool_.query(statement);
    }
    [[nodiscard]] Result<std::optional<std::uint64_t>> endings() override {
        return endings_.now(pool_);
    }
    [[nodiscard]] Result<> migrate(std::string_view schema,
                                   std::span<Migration const> migrations) override;
    [[nodiscard]] Result<> check() override;
    [[nodiscard]] Result<> verify() override;
    [[nodiscard]] Dialect dialect() const noexcept override { return Dialect::mariadb; }

  private:
    using Batch = std::span<PendingWrite>;

    [[nodiscard]] Limits const& limits() const { return hosts_.target().limits; }
    void write_until_closed();
    void write(Batch batch);
    [[nodiscard]] Result<> write_retrying(Batch batch, std::vector<CommitResult>& results);
    [[nodiscard]] BatchEnd try_write(Batch batch, std::vector<CommitResult>& results);
    void note(Result<> const& outcome);

    Log& log_;
    std::string const node_;  ///< 16 random bytes, this process
    std::string const count_ending_;
    MariadbHosts hosts_;
    MariadbPool pool_;
    MariadbEndings endings_;
    WriteQueue queue_;
    // The writer thread's own.
    std::unique_ptr<MariadbConnection> connection_;
    MariadbTemplates templates_;
    std::atomic<bool> failing_ = false;  ///< the last batch was not written
    std::thread writer_thread_;
};

// Every host that answers must be fit, so that the one to which all fail over is no surprise.
Result<> MariadbDatabase::start(bool create) {
    auto const& target = hosts_.target();
    std::optional<Error> unreachable;
    for (std::size_t host = 0; host < target.address.hosts.size(); ++host) {
        auto opened = MariadbConnection::open(target, host, Role::writer);
        if (!opened && opened.error().code != SqlErrc::busy) return opened.error();
        if (!opened) {
            hosts_.failed(host, opened.error());
            if (!unreachable) unreachable = opened.error();
        } else if (!connection_) {
            connection_ = std::move(*opened);
        }
    }
    if (!connection_) return *unreachable;
    if (auto made = make_engine_tables(*connection_, create); !made) return made;
    writer_thread_ = std::thread([this] { write_until_closed(); });
    return {};
}

void MariadbDatabase::submit(std::unique_ptr<Intention> intention,
                             std::function<void(CommitResult)> done) {
    auto const* write = dynamic_cast<Write const*>(intention.get());
    if (write == nullptr) throw std::logic_error("an intention that is not a Write");
    PendingWrite pending{std::move(intention), write, std::move(done)};
    if (!queue_.push(pending))
        pending.done(Error(SqlErrc::busy, "the writer's queue is full or closed"));
}

void MariadbDatabase::write_until_closed() {
    pthread_setname_np(pthread_self(), "writer");
    // As on SQLite: who comes alone is written at once, where several came as many are awaited.
    for (auto batch = queue_.take(limits().writer_batch); !batch.empty();) {
        auto const enough = batch.size();
        write(batch);
        batch = queue_.take(limits().writer_batch, enough, patience);
    }
}

void MariadbDatabase::write(Batch batch) {
    std::vector<CommitResult> results;
    auto const outcome = write_retrying(batch, results);
    note(outcome);
    if (!outcome) results.assign(batch.size(), outcome.error());
    for (std::size_t i = 0; i < batch.size(); ++i)
        batch[i].done(std::move(results[i]));
    // What came in while no host served is answered too, so that nobody waits for several
    // time-outs (threats.md F-19).
    if (!outcome && outcome.error().code == SqlErrc::busy)
        for (auto& late : queue_.take_all())
            late.done(outcome.error());
}

// Where a batch meets a conflict again and again, its writes go one by one: few of them are in
// anybody's way.
Result<> MariadbDatabase::write_retrying(Batch batch, std::vector<CommitResult>& results) {
    auto const deadline = std::chrono::steady_clock::now() + hosts_.target().answer_timeout();
    BatchEnd end;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        end = try_write(batch, results);
        if (end.next == BatchEnd::Next::done) return {};
        if (end.next == BatchEnd::Next::give_up) return end.error;
        if (std::chrono::steady_clock::now() >= deadline) break;
        if (end.next == BatchEnd::Next::again) {
            if (batch.size() > 1 && attempt > 0) break;
            std::this_thread::sleep_for(hosts_.jitter(first_wait * (1U << attempt)));
        }
    }
    if (batch.size() == 1 || end.next != BatchEnd::Next::again) return end.error;
    results.clear();
    for (std::size_t i = 0; i < batch.size(); ++i) {
        std::vector<CommitResult> result;
        auto const written = write_retrying(batch.subspan(i, 1), result);
        results.push_back(written ? std::move(result.front()) : written.error());
    }
    return {};
}

BatchEnd MariadbDatabase::try_write(Batch batch, std::vector<CommitResult>& results) {
    using enum BatchEnd::Next;
    if (connection_ && hosts_.may_return(connection_->host())) connection_.reset();
    if (!connection_) {
        auto connected = hosts_.connect(Role::writer);
        if (!connected) return {give_up, connected.error()};
        connection_ = std::move(*connected);
    }
    auto end = MariadbBatch(*connection_, templates_, count_ending_).apply(batch, results);
    if (end.next == elsewhere && !connection_->is_lost())
        hosts_.failed(connection_->host(), end.error);
    if (end.next == elsewhere || connection_->is_lost()) connection_.reset();
    return end;
}

/// One line when writing begins to fail and one when it works again, however many fail in between.
void MariadbDatabase::note(Result<> const& outcome) {
    bool const failed = outcome.has_error();
    if (failing_.exchange(failed) == failed) return;
    if (failed)
        log_.error("storage.write_failed", {{"error", outcome.error().text()}});
    else
        log_.info("storage.write_recovered");
}

Result<> MariadbDatabase::migrate(std::string_view schema, std::span<Migration const> migrations) {
    // DDL is slow where tables are large: nobody waits for the writer, and its time is its own.
    auto target = hosts_.target();
    target.room = std::chrono::minutes(1);
    auto connection = hosts_.connect(Role::writer);
    if (!connection) return connection.error();
    auto patient = MariadbConnection::open(target, (*connection)->host(), Role::writer);
    if (!patient) return patient.error();
    return migrate_mariadb(**patient, encode_hex(node_), schema, migrations);
}

Result<> MariadbDatabase::check() {
    auto const read = query({"SELECT 1", {}, {}});
    if (!read) return read.error();
    if (!failing_) return {};
    // A write of its own: it counts as an end, which costs a look and no more.
    auto const written =
        commit(std::make_unique<Write>("check", std::vector<Statement>{{count_ending_, {}, {}}}));
    if (!written) return written.error();
    return {};
}

Result<> MariadbDatabase::verify() {
    auto target = hosts_.target();
    target.room = std::chrono::hours(1);
    auto connection = MariadbConnection::open(target, 0, Role::writer);
    for (std::size_t host = 1; !connection && host < target.address.hosts.size(); ++host)
        connection = MariadbConnection::open(target, host, Role::writer);
    if (!connection) return connection.error();
    auto const tables = (*connection)
                            ->ask(
                                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE "
                                "TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'");
    if (!tables) return tables.error();
    for (auto const& table : *tables) {
        auto const report = (*connection)->ask("CHECK TABLE `" + table.at(0) + "` EXTENDED");
        if (!report) return report.error();
        for (auto const& line : *report)
            if (line.at(2) == "error" || (line.at(2) == "status" && line.at(3) != "OK"))
                return Error(SqlErrc::corrupt, table.at(0) + ": " + line.at(3));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Database>> open_mariadb(DatabaseSettings const& settings, Log& log) {
    auto address = parse_mariadb_url(settings.url);
    if (!address) return address.error();
    OpenSslRandom random;
    std::string node(16, '\0');
    random.fill(std::span(reinterpret_cast<unsigned char*>(node.data()), node.size()));
    auto database = std::make_unique<MariadbDatabase>(
        MariadbTarget{std::move(*address), settings.password, settings.limits}, settings.readers,
        std::move(node), log);
    if (auto const started = database->start(settings.create); !started) return started.error();
    return std::unique_ptr<Database>(std::move(database));
}

}  // namespace tunnus::sql
