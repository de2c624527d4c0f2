// SPDX-License-Identifier: MIT
// An e-mail address. What was accepted is one plain address, and reads as itself again.
#include "idp/base/email_address.hpp"

#include <algorithm>
#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    (void)parse_mailbox(text);
    auto const parsed = parse_email_address(text);
    if (!parsed) return 0;
    if (parsed->address.size() > 254 || std::ranges::count(parsed->address, '@') != 1) std::abort();
    if (parsed->address.find_first_of(" \r\n\t<>,;:\"()[]\\") != std::string::npos) std::abort();
    auto const again = parse_email_address(parsed->address);
    if (!again || again->address != parsed->address || again->lookup_key != parsed->lookup_key)
        std::abort();
    return 0;
}
