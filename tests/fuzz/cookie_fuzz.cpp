// SPDX-License-Identifier: MIT
// A Cookie field. A value that was found can only come from the field; one that we may set is found
// again.
#include "idp/base/cookies.hpp"

#include <cstdlib>
#include <stdexcept>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    Cookies const cookies(Cookies::Transport::https);
    HttpRequest request;
    try {
        request.headers.add("Cookie", text);
        auto const found = cookies.find(request, "sid");
        if (found.value && text.find("__Host-sid=" + *found.value) == std::string_view::npos)
            std::abort();
        HttpResponse response;
        cookies.set(response, {.name = "sid", .value = text, .max_age = {}});
        HttpRequest next;
        auto const set = *response.headers.find("Set-Cookie");
        next.headers.add("Cookie", set.substr(0, set.find(';')));
        if (cookies.find(next, "sid").value != text) std::abort();
    } catch (std::invalid_argument const&) {
        // control characters never come from the edge, and other octets are never set
    }
    return 0;
}
