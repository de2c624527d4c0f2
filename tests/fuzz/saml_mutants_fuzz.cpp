// SPDX-License-Identifier: MIT
// Wrapped and rearranged responses, each made from the input's bytes: as many as there is time for
// (threats.md S-10).
#include "tests/saml/mutants.hpp"

#include <cstdio>
#include <cstdlib>

using namespace tunnus::saml::test;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static auto const worlds = mutant_worlds();
    std::size_t at = 0;
    Mutator mutator([&](std::size_t below) {
        std::size_t number = 0;
        for (int i = 0; i < 2; ++i)
            number = number * 256 + (at < size ? data[at++] : 0U);
        return number % below;
    });
    auto const text = mutator.make();
    for (auto const& world : worlds)
        if (auto const fault = fault_of(world.read_text(text)); !fault.empty()) {
            std::fprintf(stderr, "%s\n%s\n", fault.c_str(), text.c_str());
            std::abort();
        }
    return 0;
}
