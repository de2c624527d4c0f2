// SPDX-License-Identifier: MIT
// Accept-Language and ui_locales from anybody: always one of our three.
#include "idp/base/pages.hpp"

#include <cstdlib>
#include <stdexcept>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const text(reinterpret_cast<char const*>(data), size);
    HttpRequest request;
    try {
        request.headers.add("Accept-Language", text);
        request.headers.add("Cookie", "lang=" + text);
    } catch (std::invalid_argument const&) {
        return 0;  // the edge lets no control character through
    }
    for (auto const& locale :
         {Pages::choose_locale({}, request), Pages::choose_locale({text}, request)})
        if (locale != "fi" && locale != "sv" && locale != "en") std::abort();
    return 0;
}
