// SPDX-License-Identifier: MIT
// One I/O thread: its loop, the connections it owns, their deadlines, and the two hand-overs to and
// from the lanes. Everything here happens on this thread unless it says otherwise.
#pragma once

#include "idp/base/random.hpp"
#include "idp/web/admission.hpp"
#include "idp/web/exchange.hpp"
#include "idp/web/lanes.hpp"
#include "idp/web/site.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace tunnus::web {

/// Deadlines of sockets are real time: no fake clock could move the kernel's.
using SteadyTime = std::chrono::steady_clock::time_point;

/// A connection as its reactor sees it.
class Connection {
  public:
    explicit Connection(IpAddress const& address) : peer(address) {}
    virtual ~Connection() = default;
    /// The phase's deadline has passed: ends the pending wait of the socket, if there is one.
    virtual void expire() = 0;
    /// The loop has ended with a request in a lane: lets go of what would have been resumed.
    virtual void abandon() = 0;

    IpAddress const peer;
    SteadyTime deadline = SteadyTime::max();

    // The reactor's own notes.
    SteadyTime idle_since{};
    bool idle = false;
    bool removed = false;
    std::list<std::shared_ptr<Connection>>::iterator place;
};

/// A listening socket on this reactor. Every reactor accepts on its own duplicate of it.
struct Listener {
    boost::asio::ip::tcp::acceptor acceptor;
    std::shared_ptr<Site const> site;
};

struct Counters {
    std::atomic<std::uint64_t> requests{0};    ///< answered, whatever the status
    std::atomic<std::uint64_t> overloaded{0};  ///< 503 because a lane was full
    std::atomic<std::uint64_t> refused{0};     ///< not HTTP, or not by our rules
};

class Reactor {
  public:
    struct Shared {
        Clock const& clock;
        Log& log;
        Committer& committer;
        Lanes& lanes;
        Admission& admission;
        Counters& counters;
    };
    Reactor(Shared shared, Limits const& limits, Random& random);
    /// After stop(). Connections that were still there are closed.
    ~Reactor();
    Reactor(Reactor const&) = delete;
    Reactor& operator=(Reactor const&) = delete;

    // From the server's thread.

    /// Before run(). `handle` is a listening socket that now belongs to this reactor.
    void add_listener(int handle, bool ipv6, std::shared_ptr<Site const> site);
    void run();
    /// New requests meet the new sites when it returns.
    void reload(std::vector<std::shared_ptr<Site const>> const& sites);
    /// Accepts no more and closes each connection after its current answer, idle ones soon.
    /// `drained` becomes ready with the last one.
    [[nodiscard]] std::future<void> drain();
    void stop();

    // From connections.

    [[nodiscard]] Shared const& shared() const { return shared_; }
    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    [[nodiscard]] bool draining() const { return draining_; }
    [[nodiscard]] std::shared_ptr<Exchange> make_exchange(Site const& site);
    /// Queued until the end of this turn of the loop, then pushed with all others of the turn.
    void hand_over(Lane lane, std::shared_ptr<Exchange> exchange);
    void add(std::shared_ptr<Connection> connection);
    /// Waiting for the first byte of a request, or not. The longest idle one makes room when all
    /// places are taken.
    void set_idle(Connection& connection, bool idle);
    /// Gives its place back; a second call does nothing.
    void remove(Connection& connection);
    /// At most one line a minute and address: noise must not fill the log (threats.md H-16).
    [[nodiscard]] bool may_log_refusal(std::string const& address);

  private:
    class ReturnList;
    boost::asio::awaitable<void> accept_all(Listener& listener);
    void accepted(boost::asio::ip::tcp::socket socket, Listener& listener);
    bool close_oldest_idle();
    void push_turn();
    void resume(std::vector<std::shared_ptr<Exchange>>& answered);
    void sweep();
    void watch_deadlines();
    void tell_when_drained();

    Shared shared_;
    boost::asio::io_context context_{1};
    boost::asio::steady_timer timer_{context_};
    std::chrono::steady_clock::duration tick_;
    std::shared_ptr<ReturnList> returns_;
    std::list<Listener> listeners_;
    std::list<std::shared_ptr<Connection>> busy_;
    std::list<std::shared_ptr<Connection>> idle_;  ///< longest idle first
    std::array<std::vector<std::shared_ptr<Job>>, Lanes::count> turn_;
    bool turn_queued_ = false;
    bool draining_ = false;
    std::promise<void> drained_;
    bool drained_told_ = false;
    std::string id_prefix_;
    std::uint64_t next_id_ = 0;
    std::unordered_map<std::string, SteadyTime> refusals_logged_;
    std::thread thread_;
};

}  // namespace tunnus::web
