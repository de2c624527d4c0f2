// SPDX-License-Identifier: MIT
// From method and path to a route. Pure: the edge uses it with sockets, tests/flow without.
#pragma once

#include "idp/base/route.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::web {

/// The method that a token names; empty for one that we do not know (501). `TRACE` and `CONNECT`
/// are known to HTTP but to no route; is_known_method() tells them apart (405).
[[nodiscard]] std::optional<Method> parse_method(std::string_view token);
[[nodiscard]] bool is_known_method(std::string_view token);

/// An immutable table of routes. Any thread may read it.
///
/// A pattern is a path (`/token`), a path with variables that stand for one non-empty segment each
/// (`/clients/{client_id}`), or a subtree (`/static/*`), whose rest, possibly empty, is the last
/// variable. A plain path wins over variables, more plain segments win over fewer, a longer subtree
/// over a shorter.
class Router {
  public:
    /// Throws std::invalid_argument for a malformed pattern or two equal routes.
    explicit Router(std::vector<Route> routes);
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    struct Match {
        Route const* route = nullptr;
        std::vector<std::string> variables;
        /// Without a route: methods for Allow when the path exists, empty when it does not.
        std::string allow;
    };
    /// HEAD finds the GET route unless it has its own; no method finds nothing but `allow`.
    [[nodiscard]] Match find(std::optional<Method> method, std::string_view path) const;

  private:
    static constexpr std::size_t method_count = 7;
    struct Node {
        std::vector<std::string> segments;  ///< of the pattern; `{…}` is a variable
        bool subtree = false;
        std::size_t plain_segments = 0;
        std::array<Route const*, method_count> by_method{};
    };
    [[nodiscard]] static std::optional<std::vector<std::string>> match(Node const& node,
                                                                       std::string_view path);
    [[nodiscard]] static Match choose(Node const& node, std::optional<Method> method,
                                      std::vector<std::string> variables);

    std::vector<Route> routes_;
    std::map<std::string, Node, std::less<>> plain_;
    std::vector<Node> patterns_;  ///< most particular first
};

/// 404, or 405 with Allow.
[[nodiscard]] HttpResponse no_route_response(Router::Match const& match);

/// Runs the handler for a request as the edge would, on the caller's thread: 404, 405, 413, path
/// variables and HEAD included. Exceptions of the handler pass through.
[[nodiscard]] Outcome dispatch(Router const& router, HttpRequest request);

}  // namespace tunnus::web
