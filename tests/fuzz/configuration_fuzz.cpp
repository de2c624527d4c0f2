// SPDX-License-Identifier: MIT
// A configuration file. Every refusal is one line that begins with file and line.
#include "idp/base/configuration.hpp"

#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const parsed = parse_configuration({reinterpret_cast<char const*>(data), size}, "x.json");
    if (parsed) return 0;
    auto const& detail = parsed.error().detail;
    if (!detail.starts_with("x.json:") || detail[7] < '1' || detail[7] > '9') std::abort();
    if (detail.find('\n') != std::string::npos) std::abort();
    return 0;
}
