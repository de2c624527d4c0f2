// SPDX-License-Identifier: MIT
// JSON from anybody. What was accepted is accepted again after it is written, and never holds an
// infinite number.
#include "idp/base/json.hpp"

#include <boost/json/serialize.hpp>

#include <cmath>
#include <cstdlib>

using namespace tunnus;

namespace {

void check_finite(boost::json::value const& value) {
    if (value.is_double() && !std::isfinite(value.get_double())) std::abort();
    if (value.is_uint64()) std::abort();
    if (auto const* array = value.if_array())
        for (auto const& element : *array)
            check_finite(element);
    if (auto const* object = value.if_object())
        for (auto const& member : *object)
            check_finite(member.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const value = parse_json({reinterpret_cast<char const*>(data), size});
    if (!value) return 0;
    check_finite(*value);
    if (!parse_json(boost::json::serialize(*value), {.bytes = 1'000'000, .depth = 16}))
        std::abort();
    return 0;
}
