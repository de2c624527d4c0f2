// SPDX-License-Identifier: MIT
#include "idp/web/server.hpp"

#include "idp/base/limits.hpp"
#include "idp/web/reactor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <list>
#include <stdexcept>
#include <vector>

namespace tunnus::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Databases, logs and outbound calls need descriptors too (threats.md H-12).
std::size_t connection_bound(Limits const& limits) {
    constexpr std::size_t reserve = 128;
    rlimit descriptors{};
    if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0 || descriptors.rlim_cur == RLIM_INFINITY)
        return limits.connections;
    auto const all = static_cast<std::size_t>(descriptors.rlim_cur);
    return std::min(limits.connections, all > 2 * reserve ? all - reserve : all / 2);
}

Result<std::shared_ptr<Site const>> make_site(ListenerSettings const& listener,
                                              ServerSettings const& settings) {
    TlsContext tls;
    if (listener.tls) {
        auto made = make_tls_context(*listener.tls);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    auto const& limits = settings.limits;
    try {
        return std::shared_ptr<Site const>(
            new Site{Router(listener.routes),
                     HeadRules{limits.header_bytes, limits.header_fields, limits.target_bytes,
                               listener.http10_without_host, listener.authorities},
                     std::move(tls), settings.trusted_proxies, limits, listener.https_origin,
                     listener.client_certificate_field, listener.hsts_max_age});
    } catch (std::invalid_argument const& exception) {
        return Error(BaseErrc::malformed, exception.what());
    }
}

using Sites = std::vector<std::shared_ptr<Site const>>;
Result<Sites> make_sites(ServerSettings const& settings) {
    Sites sites;
    for (auto const& listener : settings.listeners) {
        auto site = make_site(listener, settings);
        if (!site) return site.error();
        sites.push_back(std::move(*site));
    }
    return sites;
}

}  // namespace

class Server::Impl {
  public:
    Impl(ServerSettings settings, Seams seams)
        : settings_(std::move(settings)),
          seams_(seams),
          admission_(connection_bound(settings_.limits)) {}

    ~Impl() {
        // Connections first, then workers: what they still bring back is dropped.
        for (auto& reactor : reactors_)
            reactor->stop();
        lanes_.reset();
        reactors_.clear();
    }

    Result<> start();
    [[nodiscard]] std::uint16_t port(std::size_t listener) const {
        return bound_.at(listener).port;
    }
    Result<> reload(ServerSettings settings);
    bool drain();
    ServerStats stats();

  private:
    struct Bound {
        tcp::acceptor acceptor;
        std::uint16_t port;
        bool ipv6;
    };
    Result<> bind(ListenerSettings const& listener);
    Result<> listen(Reactor& reactor, Sites const& sites);

    ServerSettings settings_;
    Seams seams_;
    Admission admission_;
    Counters counters_;
    asio::io_context binding_;  ///< never run: owns the sockets until they are duplicated
    std::vector<Bound> bound_;
    std::vector<std::unique_ptr<Reactor>> reactors_;
    std::unique_ptr<Lanes> lanes_;
};

Result<> Server::Impl::start() {
    auto const sites = make_sites(settings_);
    if (!sites) return sites.error();
    for (auto const& listener : settings_.listeners)
        if (auto const bound = bind(listener); !bound) return bound.error();
    lanes_ = std::make_unique<Lanes>(settings_.limits);
    for (std::size_t i = 0; i < std::max<std::size_t>(settings_.io_threads, 1); ++i) {
        Reactor::Shared const shared{seams_.clock, seams_.log, seams_.committer,
                                     *lanes_,      admission_, counters_};
        auto reactor = std::make_unique<Reactor>(shared, settings_.limits, seams_.random);
        if (auto const listening = listen(*reactor, *sites); !listening) return listening.error();
        reactors_.push_back(std::move(reactor));
    }
    for (auto& bound : bound_)
        bound.acceptor.close();
    for (auto& reactor : reactors_)
        reactor->run();
    return {};
}

Result<> Server::Impl::bind(ListenerSettings const& listener) {
    error_code error;
    auto const refuse = [&] {
        return Error(error, listener.address + " port " + std::to_string(listener.port));
    };
    auto const address = asio::ip::make_address(listener.address, error);
    if (error) return refuse();
    tcp::endpoint const endpoint(address, listener.port);
    tcp::acceptor acceptor(binding_);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return refuse();
    auto const port = acceptor.local_endpoint(error).port();
    if (error) return refuse();
    bound_.push_back({std::move(acceptor), port, address.is_v6()});
    return {};
}

Result<> Server::Impl::listen(Reactor& reactor, Sites const& sites) {
    for (std::size_t i = 0; i < bound_.size(); ++i) {
        int const handle = fcntl(bound_[i].acceptor.native_handle(), F_DUPFD_CLOEXEC, 0);
        if (handle < 0)
            return Error(error_code(errno, boost::system::system_category()), "listening socket");
        reactor.add_listener(handle, bound_[i].ipv6, sites[i]);
    }
    return {};
}

Result<> Server::Impl::reload(ServerSettings settings) {
    auto const same_place = [](ListenerSettings const& a, ListenerSettings const& b) {
        return a.address == b.address && a.port == b.port && a.tls.has_value() == b.tls.has_value();
    };
    if (!std::ranges::equal(settings.listeners, settings_.listeners, same_place))
        return Error(BaseErrc::denied, "listeners change with a restart only");
    auto const sites = make_sites(settings);
    if (!sites) return sites.error();
    for (auto& reactor : reactors_)
        reactor->reload(*sites);
    settings_ = std::move(settings);
    return {};
}

bool Server::Impl::drain() {
    auto const deadline = std::chrono::steady_clock::now() + settings_.limits.drain_timeout;
    std::vector<std::future<void>> drained;
    for (auto& reactor : reactors_)
        drained.push_back(reactor->drain());
    return std::ranges::all_of(drained, [&](std::future<void>& one) {
        return one.wait_until(deadline) == std::future_status::ready;
    });
}

ServerStats Server::Impl::stats() {
    ServerStats stats;
    stats.connections = admission_.connections();
    stats.requests = counters_.requests;
    stats.overloaded = counters_.overloaded;
    stats.refused = counters_.refused;
    if (lanes_) {
        stats.waiting_fast = (*lanes_)[Lane::fast].waiting();
        stats.waiting_password = (*lanes_)[Lane::password].waiting();
        stats.waiting_plugin = (*lanes_)[Lane::plugin].waiting();
        stats.waiting_outbound = (*lanes_)[Lane::outbound].waiting();
    }
    return stats;
}

Server::Server(ServerSettings settings, Seams seams)
    : impl_(std::make_unique<Impl>(std::move(settings), seams)) {}
Server::~Server() = default;
Result<> Server::start() {
    return impl_->start();
}
std::uint16_t Server::port(std::size_t listener) const {
    return impl_->port(listener);
}
Result<> Server::reload(ServerSettings settings) {
    return impl_->reload(std::move(settings));
}
bool Server::drain() {
    return impl_->drain();
}
ServerStats Server::stats() const {
    return impl_->stats();
}

}  // namespace tunnus::web
