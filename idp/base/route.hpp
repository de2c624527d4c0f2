// SPDX-License-Identifier: MIT
// A row of the route table in idp/app.cpp.
#pragma once

#include "idp/base/outcome.hpp"

#include <cstddef>
#include <string>

namespace tunnus {

struct Route {
    Method method;
    std::string
        pattern;  ///< `/token`, or with variables `/register/{client_id}`, or a subtree `/static/*`
    Lane lane;
    std::size_t body_limit;  ///< bytes, one of base/limits.hpp
    Handler handler;
};

}  // namespace tunnus
