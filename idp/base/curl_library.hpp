// SPDX-License-Identifier: MIT
// The functions of libcurl that we call, from the library as it is loaded at the first call. For
// curl_handle.hpp alone.
#pragma once

#include <curl/curl.h>

namespace tunnus {

/// libcurl brings about thirty other libraries (4 MB and a third of the start's time), none of
/// which a provider needs that has not yet called or mailed anybody. Types are those of the header,
/// versions those of its soname.
struct CurlLibrary {
    decltype(&::curl_easy_init) easy_init;
    decltype(&::curl_easy_setopt) easy_setopt;
    decltype(&::curl_easy_perform) easy_perform;
    decltype(&::curl_easy_getinfo) easy_getinfo;
    decltype(&::curl_easy_cleanup) easy_cleanup;
    decltype(&::curl_easy_strerror) easy_strerror;
    decltype(&::curl_slist_append) slist_append;
    decltype(&::curl_slist_free_all) slist_free_all;
};

/// Any thread; loads and initialises once. Throws std::runtime_error when the library is not there,
/// each time it is asked.
[[nodiscard]] CurlLibrary const& curl_library();

}  // namespace tunnus
