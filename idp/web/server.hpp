// SPDX-License-Identifier: MIT
// The edge's public face: listeners in front of handlers. Nothing outside idp/web sees a socket.
//
// A request is a value, and so is its answer (idp/base/outcome.hpp). Between them: TLS, the framing
// rules and bounds of threats.md 6, trusted proxies, the route table and the lanes. Every bound and
// deadline is one of idp/base/limits.hpp.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/log.hpp"
#include "idp/base/outcome.hpp"
#include "idp/base/random.hpp"
#include "idp/base/result.hpp"
#include "idp/base/route.hpp"
#include "idp/web/tls.hpp"
#include "idp/web/trusted_proxies.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tunnus::web {

struct ListenerSettings {
    std::string address = "127.0.0.1";  ///< numeric; `::` takes IPv4 as well
    std::uint16_t port = 0;             ///< 0: chosen by the system, see Server::port()
    std::vector<Route> routes;          ///< this listener's own set; malformed ones are an error
    std::optional<TlsSettings> tls;
    /// Our names, `host` or `host:port` in lower case: absolute-form targets are taken for these
    /// only.
    std::vector<std::string> authorities;
    /// The public origin (`https://id.example`) to which plain http requests are sent: 308 for GET
    /// and HEAD without body, 400 for others. Empty: plain http is served, as on loopback and
    /// behind a proxy that says nothing of TLS.
    std::string https_origin;
    /// The field in which a trusted proxy passes the client's certificate, for example
    /// `Client-Cert`. Empty: none, and that is right for a proxy that would let a client's own
    /// field through.
    std::string client_certificate_field;
    bool http10_without_host = false;  ///< for simple health checks on the admin listener
    seconds hsts_max_age{31'536'000};  ///< said over TLS only; zero: not said
};

struct ServerSettings {
    std::vector<ListenerSettings> listeners;
    TrustedProxies trusted_proxies;
    Limits limits;
    std::size_t io_threads = 1;
};

/// For metrics: a snapshot.
struct ServerStats {
    std::size_t connections = 0;
    std::uint64_t requests = 0;    ///< answered, whatever the status
    std::uint64_t overloaded = 0;  ///< answered 503 because a lane was full
    std::uint64_t refused = 0;     ///< not HTTP, or against the framing rules
    std::size_t waiting_fast = 0;
    std::size_t waiting_password = 0;
    std::size_t waiting_plugin = 0;
    std::size_t waiting_outbound = 0;
};

/// The seams outlive the server. `settings` that cannot be (an address that is none, a key that
/// does not fit, two equal routes) are an error of start() or reload().
class Server {
  public:
    struct Seams {
        Clock const& clock;
        Random& random;
        Log& log;
        Committer& committer;
    };
    Server(ServerSettings settings, Seams seams);
    /// Ends at once: connections are closed, handlers that run are waited for. Call drain() first.
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// Binds every listener, starts the threads and returns; from then on requests are answered.
    /// Once only.
    [[nodiscard]] Result<> start();
    /// The port of a listener, in the order of the settings. After start().
    [[nodiscard]] std::uint16_t port(std::size_t listener = 0) const;

    /// Replaces routes, TLS, proxies and limits, all or nothing. Requests in hand end with what
    /// they began with, no connection is closed, and every later request meets the new settings.
    /// Addresses, the number of listeners, lanes and threads stay as started; other addresses are
    /// an error. Not from two threads at once.
    [[nodiscard]] Result<> reload(ServerSettings settings);

    /// Accepts no more, finishes what is in hand, closes idle connections, and returns true when
    /// the last is gone or false when limits.drain_timeout is over first.
    [[nodiscard]] bool drain();

    [[nodiscard]] ServerStats stats() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tunnus::web
