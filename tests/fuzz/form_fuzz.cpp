// SPDX-License-Identifier: MIT
// A form body or query string. What was read without an error reads the same after it is built
// again.
#include "idp/base/form.hpp"

#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const parsed = parse_form({reinterpret_cast<char const*>(data), size});
    if (parsed.form.fields().size() > 64) std::abort();
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    for (auto const& [name, value] : parsed.form.fields()) {
        if (name.empty() || parsed.form.find(name) != value) std::abort();
        fields.emplace_back(name, value);
    }
    auto const again = parse_form(build_form(fields));
    if (again.error || again.form.fields() != parsed.form.fields()) std::abort();
    return 0;
}
