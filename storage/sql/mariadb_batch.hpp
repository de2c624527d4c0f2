// SPDX-License-Identifier: MIT
// One batch of writes in one transaction of MariaDB.
#pragma once

#include "storage/sql/mariadb_connection.hpp"
#include "storage/sql/mariadb_text.hpp"
#include "storage/sql/write_queue.hpp"

namespace tunnus::sql {

/// How a batch ended, and what may be done about it.
struct BatchEnd {
    enum class Next {
        done,       ///< committed: the results stand
        again,      ///< undone by a conflict: begin again, here or elsewhere
        elsewhere,  ///< undone: this host does not serve, or the connection was cut before COMMIT
        give_up,    ///< the error is everybody's result
    };
    Next next = Next::done;
    Error error;
};

/// Statements as they are sent, kept by their text. Used by one thread at a time.
class MariadbTemplates {
  public:
    /// Appends the statement to the script, behind what is in it. SqlErrc::misuse when it is not
    /// exactly one statement with so many parameters.
    [[nodiscard]] Result<> append(std::string& script, Statement const& statement);

  private:
    struct Kept {
        std::unique_ptr<std::string const> text;  ///< what the template's views are of
        MariadbTemplate cut;
    };
    std::unordered_map<std::string_view, Kept> kept_;
};

/// Commits writes together. Used by one thread.
class MariadbBatch {
  public:
    /// `count_ending` is sent with the COMMIT of a batch that has ended something.
    MariadbBatch(MariadbConnection& connection, MariadbTemplates& templates,
                 std::string const& count_ending)
        : connection_(connection), templates_(templates), count_ending_(count_ending) {}

    /// First all in a few round trips, since nearly all win. Where one does not, everything is
    /// undone and done again with a savepoint for each, one round trip a write. `results` has one
    /// for each write when the batch is `done`.
    [[nodiscard]] BatchEnd apply(std::span<PendingWrite const> batch,
                                 std::vector<CommitResult>& results);

  private:
    using Next = BatchEnd::Next;

    [[nodiscard]] std::optional<BatchEnd> apply_together(std::span<PendingWrite const> batch);
    [[nodiscard]] BatchEnd apply_each(std::span<PendingWrite const> batch,
                                      std::vector<CommitResult>& results);
    [[nodiscard]] Result<> apply_one(Write const& write, CommitResult& result);
    [[nodiscard]] Result<> undo_one();
    [[nodiscard]] Result<> apply_if_lost(Write const& write, CommitResult& result);
    [[nodiscard]] CommitResult judge(Write const& write, MariadbConnection::ScriptRun const& run,
                                     std::size_t first);
    void note_end(Write const& write, Statement const& step, std::uint64_t affected);
    [[nodiscard]] BatchEnd commit();
    [[nodiscard]] BatchEnd broken(Error const& error) const;

    MariadbConnection& connection_;
    MariadbTemplates& templates_;
    std::string const& count_ending_;
    bool ends_something_ = false;
};

}  // namespace tunnus::sql
