// SPDX-License-Identifier: MIT
#include "idp/web/reactor.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/web/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <pthread.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <mutex>
#include <utility>

namespace tunnus::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::deferred);
constexpr milliseconds accept_pause{50};   ///< after running out of descriptors or memory
constexpr milliseconds longest_tick{500};  ///< by so much a deadline may be missed
constexpr milliseconds shortest_tick{5};
/// A connection that answered a moment ago may have the next request on its way: while draining it
/// is idle only after this.
constexpr milliseconds drain_grace{200};

steady_clock::duration tick_for(Limits const& limits) {
    auto const shortest =
        std::min({limits.header_timeout, limits.body_timeout, limits.write_timeout,
                  limits.idle_timeout, limits.handshake_timeout, limits.close_timeout});
    return std::clamp(shortest / 4, shortest_tick, longest_tick);
}

std::string new_id_prefix(Random& random) {
    std::array<unsigned char, 8> bytes{};
    random.fill(bytes);
    std::string text;
    for (auto const byte : bytes)
        text.push_back(static_cast<char>(byte));
    return encode_hex(text) + '-';
}

bool is_shortage(error_code const& error) {
    return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
           error == asio::error::no_memory ||
           error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

/// Answers on their way back: one list, and one post for all that gather before it runs.
class Reactor::ReturnList final : public Returns {
  public:
    explicit ReturnList(Reactor& reactor) : reactor_(&reactor) {}

    void put(std::shared_ptr<Exchange> exchange) override {
        std::scoped_lock const lock(mutex_);
        if (reactor_ == nullptr) return;
        answered_.push_back(std::move(exchange));
        if (answered_.size() == 1) asio::post(reactor_->context_, [this] { deliver(); });
    }
    void close() {
        std::scoped_lock const lock(mutex_);
        reactor_ = nullptr;
        answered_.clear();
    }

  private:
    void deliver() {
        std::vector<std::shared_ptr<Exchange>> answered;
        {
            std::scoped_lock const lock(mutex_);
            answered.swap(answered_);
        }
        reactor_->resume(answered);
    }

    std::mutex mutex_;
    Reactor* reactor_;
    std::vector<std::shared_ptr<Exchange>> answered_;
};

Reactor::Reactor(Shared shared, Limits const& limits, Random& random)
    : shared_(shared),
      tick_(tick_for(limits)),
      returns_(std::make_shared<ReturnList>(*this)),
      id_prefix_(new_id_prefix(random)) {}

Reactor::~Reactor() {
    stop();
    returns_->close();
    for (auto* const list : {&busy_, &idle_})
        for (auto const& connection : std::list(*list))
            connection->abandon();
}

void Reactor::add_listener(int handle, bool ipv6, std::shared_ptr<Site const> site) {
    tcp::acceptor acceptor(context_);
    acceptor.assign(ipv6 ? tcp::v6() : tcp::v4(), handle);
    acceptor.non_blocking(true);
    listeners_.push_back({std::move(acceptor), std::move(site)});
}

void Reactor::run() {
    for (auto& listener : listeners_)
        asio::co_spawn(context_, accept_all(listener), [this](std::exception_ptr const& failure) {
            if (failure) shared_.log.error("http.accept_failed");
        });
    watch_deadlines();
    thread_ = std::thread([this] { context_.run(); });
    pthread_setname_np(thread_.native_handle(), "io");
}

void Reactor::reload(std::vector<std::shared_ptr<Site const>> const& sites) {
    std::promise<void> done;
    asio::post(context_, [&] {
        auto site = sites.begin();
        for (auto& listener : listeners_)
            listener.site = *site++;
        done.set_value();
    });
    done.get_future().wait();
}

std::future<void> Reactor::drain() {
    auto drained = drained_.get_future();
    asio::post(context_, [this] {
        draining_ = true;
        error_code ignored;
        for (auto& listener : listeners_)
            listener.acceptor.close(ignored);
        sweep();
        watch_deadlines();
        tell_when_drained();
    });
    return drained;
}

void Reactor::stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

asio::awaitable<void> Reactor::accept_all(Listener& listener) {
    while (listener.acceptor.is_open()) {
        tcp::socket socket(context_);
        auto [error] = co_await listener.acceptor.async_accept(socket, as_result);
        if (!error) {
            accepted(std::move(socket), listener);
        } else if (is_shortage(error)) {
            if (may_log_refusal("accept"))
                shared_.log.warning("http.accept_paused", {{"error", error.message()}});
            asio::steady_timer pause(context_, accept_pause);
            auto [ended] = co_await pause.async_wait(as_result);
            if (ended) co_return;
        }
    }
}

void Reactor::accepted(tcp::socket socket, Listener& listener) {
    error_code error;
    auto const endpoint = socket.remote_endpoint(error);
    if (error) return;  // gone already
    auto const peer = IpAddress::parse(endpoint.address().to_string());
    if (!peer) return;  // a zone: link-local IPv6 is nothing we serve
    auto const& site = *listener.site;
    // Many clients share a proxy's address.
    auto const share = site.proxies.contains(*peer) ? 0 : site.limits.connections_per_address;
    auto answer = shared_.admission.enter(*peer, share);
    if (answer == Admission::Answer::full && close_oldest_idle())
        answer = shared_.admission.enter(*peer, share);
    if (answer != Admission::Answer::enter) {
        if (may_log_refusal(peer->to_string())) shared_.log.warning("http.connection_refused");
        return;
    }
    socket.set_option(tcp::no_delay(true), error);
    try {
        start_session(*this, listener, std::move(socket), *peer);
    } catch (std::exception const& exception) {
        shared_.admission.leave(*peer);
        shared_.log.error("http.session_failed", {{"what", exception.what()}});
    }
}

bool Reactor::close_oldest_idle() {
    if (idle_.empty()) return false;
    auto const oldest = idle_.front();
    remove(*oldest);
    oldest->expire();
    return true;
}

std::shared_ptr<Exchange> Reactor::make_exchange(Site const& site) {
    auto exchange = std::make_shared<Exchange>(Exchange::Seams{
        shared_.committer, shared_.lanes, shared_.log, returns_, site.limits.retry_after});
    std::array<char, 16> digits{};
    auto const end =
        std::to_chars(digits.data(), digits.data() + digits.size(), next_id_++, 36).ptr;
    exchange->request.request_id.append(id_prefix_).append(digits.data(), end);
    return exchange;
}

void Reactor::hand_over(Lane lane, std::shared_ptr<Exchange> exchange) {
    turn_[static_cast<std::size_t>(lane)].push_back(std::move(exchange));
    if (std::exchange(turn_queued_, true)) return;
    // Runs behind everything that this turn of the loop has found ready.
    asio::post(context_, [this] { push_turn(); });
}

void Reactor::push_turn() {
    turn_queued_ = false;
    std::vector<std::shared_ptr<Exchange>> busy;
    for (std::size_t lane = 0; lane < turn_.size(); ++lane) {
        auto& jobs = turn_[lane];
        if (jobs.empty()) continue;
        auto const taken = shared_.lanes[static_cast<Lane>(lane)].push(jobs);
        for (std::size_t i = taken; i < jobs.size(); ++i)
            busy.push_back(std::static_pointer_cast<Exchange>(jobs[i]));
        jobs.clear();
    }
    shared_.counters.overloaded += busy.size();
    for (auto const& exchange : busy)
        exchange->response = exchange->busy_response();
    resume(busy);
}

void Reactor::resume(std::vector<std::shared_ptr<Exchange>>& answered) {
    for (auto const& exchange : answered) {
        auto const waiter = std::move(exchange->waiter);
        if (waiter) waiter->resume();
    }
}

void Reactor::set_idle(Connection& connection, bool idle) {
    if (connection.removed || connection.idle == idle) return;
    connection.idle = idle;
    auto& from = idle ? busy_ : idle_;
    auto& to = idle ? idle_ : busy_;
    if (idle) connection.idle_since = steady_clock::now();
    to.splice(to.end(), from, connection.place);
}

void Reactor::add(std::shared_ptr<Connection> connection) {
    auto& added = *connection;
    added.place = busy_.insert(busy_.end(), std::move(connection));
}

void Reactor::remove(Connection& connection) {
    if (std::exchange(connection.removed, true)) return;
    auto const peer = connection.peer;
    (connection.idle ? idle_ : busy_).erase(connection.place);
    shared_.admission.leave(peer);
    tell_when_drained();
}

void Reactor::watch_deadlines() {
    timer_.expires_after(draining_ ? shortest_tick : tick_);
    timer_.async_wait([this](error_code const& cancelled) {
        if (cancelled) return;
        sweep();
        watch_deadlines();
    });
}

void Reactor::sweep() {
    auto const now = steady_clock::now();
    for (auto const* const list : {&busy_, &idle_}) {
        for (auto const& connection : *list) {
            bool const dispensable =
                draining_ && connection->idle && now - connection->idle_since > drain_grace;
            if (dispensable || connection->deadline < now) connection->expire();
        }
    }
}

void Reactor::tell_when_drained() {
    if (!draining_ || !busy_.empty() || !idle_.empty() || drained_told_) return;
    drained_told_ = true;
    drained_.set_value();
}

bool Reactor::may_log_refusal(std::string const& address) {
    constexpr std::size_t remembered = 1'024;
    constexpr std::chrono::minutes interval{1};
    auto const now = steady_clock::now();
    if (refusals_logged_.size() >= remembered)
        std::erase_if(refusals_logged_,
                      [&](auto const& entry) { return now - entry.second >= interval; });
    if (refusals_logged_.size() >= remembered) return false;
    auto const [entry, is_new] = refusals_logged_.try_emplace(address, now);
    if (!is_new && now - entry->second < interval) return false;
    entry->second = now;
    return true;
}

}  // namespace tunnus::web
