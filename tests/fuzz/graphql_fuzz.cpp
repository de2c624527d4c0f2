// SPDX-License-Identifier: MIT
// A GraphQL document from anybody, parsed and validated; what is valid is executed, and its answer
// is JSON.
#include "idp/base/json.hpp"
#include "plugins/profile/graphql/pets.hpp"

#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const response =
        graphql::tests::ask(std::string(reinterpret_cast<char const*>(data), size));
    if (!parse_json(response.body, {.bytes = 10'000'000, .depth = 200})) std::abort();
    return 0;
}
