// SPDX-License-Identifier: MIT
// A row of the route table in idp/app.cpp.
#pragma once

#include "idp/base/outcome.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace tunnus {

struct Route {
    Method method;
    std::string
        pattern;  ///< `/token`, or with variables `/register/{client_id}`, or a subtree `/static/*`
    Lane lane;
    std::size_t body_limit;  ///< bytes, one of base/limits.hpp
    Handler handler;
    /// Where the request decides: called on an I/O thread, so it only looks. Empty: `lane`.
    std::function<Lane(HttpRequest const&)> choose_lane = {};

    [[nodiscard]] Lane lane_of(HttpRequest const& request) const {
        return choose_lane ? choose_lane(request) : lane;
    }
};

}  // namespace tunnus
