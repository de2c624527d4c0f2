// SPDX-License-Identifier: MIT
#include "idp/base/curl_library.hpp"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace tunnus {
namespace {

/// The soname of every libcurl 7 and 8 with OpenSSL or, for our use, any other TLS.
constexpr char const* soname = "libcurl.so.4";

template <class Function>
void find(void* library, char const* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) throw std::runtime_error(std::string(soname) + " lacks " + name);
}

CurlLibrary load() {
    void* const library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(std::string("libcurl: ") + dlerror());
    decltype(&::curl_global_init) global_init = nullptr;
    CurlLibrary found{};
    find(library, "curl_global_init", global_init);
    find(library, "curl_easy_init", found.easy_init);
    find(library, "curl_easy_setopt", found.easy_setopt);
    find(library, "curl_easy_perform", found.easy_perform);
    find(library, "curl_easy_getinfo", found.easy_getinfo);
    find(library, "curl_easy_cleanup", found.easy_cleanup);
    find(library, "curl_easy_strerror", found.easy_strerror);
    find(library, "curl_slist_append", found.slist_append);
    find(library, "curl_slist_free_all", found.slist_free_all);
    if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw std::runtime_error("libcurl does not start");
    return found;
}

}  // namespace

CurlLibrary const& curl_library() {
    static CurlLibrary const library = load();
    return library;
}

}  // namespace tunnus
