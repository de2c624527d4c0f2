// SPDX-License-Identifier: MIT
#include "idp/web/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus::web {
namespace {

constexpr std::array methods{Method::GET,     Method::HEAD,    Method::POST, Method::PUT,
                             Method::DELETE_, Method::OPTIONS, Method::PATCH};

std::size_t index_of(Method method) {
    return static_cast<std::size_t>(method);
}

bool is_variable(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// `/a/b` as {a, b}; `/` as {""}.
std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
    }
    return segments;
}

}  // namespace

std::optional<Method> parse_method(std::string_view token) {
    for (auto const method : methods)
        if (to_string(method) == token) return method;
    return std::nullopt;
}

bool is_known_method(std::string_view token) {
    return parse_method(token) || token == "TRACE" || token == "CONNECT";
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
    for (auto const& route : routes_) {
        auto const& pattern = route.pattern;
        auto const refuse = [&](char const* why) {
            throw std::invalid_argument("route " + std::string(to_string(route.method)) + " " +
                                        pattern + ": " + why);
        };
        if (!pattern.starts_with('/')) refuse("a pattern starts with a slash");
        if (!route.handler) refuse("it has no handler");

        Node node;
        node.segments = split(pattern);
        node.subtree = node.segments.back() == "*";
        if (node.subtree) node.segments.pop_back();
        auto const is_plain = [](std::string const& segment) { return !is_variable(segment); };
        for (auto const& segment : node.segments)
            if (is_plain(segment) && segment.find_first_of("{}*") != std::string::npos)
                refuse("a variable or a star is a whole segment");
        node.plain_segments =
            static_cast<std::size_t>(std::ranges::count_if(node.segments, is_plain));

        Node* place = nullptr;
        if (!node.subtree && node.plain_segments == node.segments.size()) {
            place = &plain_.try_emplace(pattern, std::move(node)).first->second;
        } else {
            auto const same = [&](Node const& other) {
                return other.segments == node.segments && other.subtree == node.subtree;
            };
            auto const found = std::ranges::find_if(patterns_, same);
            place = found != patterns_.end() ? &*found : &patterns_.emplace_back(std::move(node));
        }
        auto& slot = place->by_method[index_of(route.method)];
        if (slot) refuse("it is there twice");
        slot = &route;
    }
    std::ranges::stable_sort(patterns_, [](Node const& a, Node const& b) {
        if (a.subtree != b.subtree) return b.subtree;
        if (a.plain_segments != b.plain_segments) return a.plain_segments > b.plain_segments;
        return a.segments.size() > b.segments.size();
    });
}

std::optional<std::vector<std::string>> Router::match(Node const& node, std::string_view path) {
    std::vector<std::string> variables;
    for (auto const& segment : node.segments) {
        if (path.empty()) return std::nullopt;
        path.remove_prefix(1);
        auto const here = path.substr(0, path.find('/'));
        if (is_variable(segment)) {
            if (here.empty()) return std::nullopt;
            variables.emplace_back(here);
        } else if (here != segment) {
            return std::nullopt;
        }
        path.remove_prefix(here.size());
    }
    if (node.subtree) {
        if (path.empty()) return std::nullopt;
        variables.emplace_back(path.substr(1));
    } else if (!path.empty()) {
        return std::nullopt;
    }
    return variables;
}

Router::Match Router::choose(Node const& node, std::optional<Method> method,
                             std::vector<std::string> variables) {
    Match match;
    if (method) {
        match.route = node.by_method[index_of(*method)];
        if (!match.route && *method == Method::HEAD)
            match.route = node.by_method[index_of(Method::GET)];
    }
    if (match.route) {
        match.variables = std::move(variables);
        return match;
    }
    for (auto const candidate : methods) {
        bool const by_get = candidate == Method::HEAD && node.by_method[index_of(Method::GET)];
        if (!node.by_method[index_of(candidate)] && !by_get) continue;
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += to_string(candidate);
    }
    return match;
}

Router::Match Router::find(std::optional<Method> method, std::string_view path) const {
    if (auto const found = plain_.find(path); found != plain_.end())
        return choose(found->second, method, {});
    Match refused;
    for (auto const& node : patterns_) {
        auto variables = match(node, path);
        if (!variables) continue;
        auto chosen = choose(node, method, std::move(*variables));
        if (chosen.route) return chosen;
        if (refused.allow.empty()) refused = std::move(chosen);
    }
    return refused;
}

HttpResponse no_route_response(Router::Match const& match) {
    if (match.allow.empty()) return text_response(404, "There is nothing here.\n");
    auto response = text_response(405, "This address does not take that method.\n");
    response.headers.set("Allow", match.allow);
    return response;
}

Outcome dispatch(Router const& router, HttpRequest request) {
    auto match = router.find(request.method, request.path);
    if (!match.route) return no_route_response(match);
    if (request.body.size() > match.route->body_limit)
        return text_response(413, "The request is too large.\n");
    request.path_variables = std::move(match.variables);
    auto outcome = finish_here(match.route->handler(request));
    if (request.method == Method::HEAD) {
        if (auto* response = std::get_if<HttpResponse>(&outcome)) {
            response->body.clear();
        } else {
            auto& pending = std::get<PendingCommit>(outcome);
            pending.if_won.body.clear();
            pending.if_lost.body.clear();
        }
    }
    return outcome;
}

}  // namespace tunnus::web
