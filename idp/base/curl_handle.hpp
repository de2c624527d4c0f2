// SPDX-License-Identifier: MIT
// A libcurl handle with what every call of ours has in common. For curl_http_client.cpp and
// smtp_transport.cpp alone.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/curl_library.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace tunnus {

class CurlHandle {
  public:
    /// The process ignores SIGPIPE: without signals libcurl does not do so for us. No signals, no
    /// proxies of the environment, no .netrc, TLS 1.2 or later verified against `ca_file` (empty:
    /// the system's), the whole call bounded by `timeout`. Throws std::runtime_error when libcurl
    /// cannot begin.
    CurlHandle(milliseconds timeout, std::string const& ca_file) {
        handle_.reset(curl_library().easy_init());
        if (!handle_) throw std::runtime_error("libcurl gives no handle");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROXY, "");
        // A call ends at its deadline even while the name server is silent; the thread that asked
        // it is left to itself (threats.md F-37).
        set(CURLOPT_QUICK_EXIT, 1L);
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
        if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
    }

    template <class Value>
    void set(CURLoption option, Value value) {
        if (curl_library().easy_setopt(handle_.get(), option, value) != CURLE_OK)
            throw std::runtime_error("libcurl refuses option " +
                                     std::to_string(static_cast<int>(option)));
    }
    [[nodiscard]] CURLcode perform() { return curl_library().easy_perform(handle_.get()); }
    /// The last status of the server; zero when there was none.
    [[nodiscard]] long response_code() const {
        long code = 0;
        curl_library().easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
        return code;
    }

  private:
    struct Free {
        void operator()(CURL* handle) const { curl_library().easy_cleanup(handle); }
    };
    std::unique_ptr<CURL, Free> handle_;
};

/// A list of texts for libcurl.
class CurlList {
  public:
    void add(std::string const& text) {
        auto* longer = curl_library().slist_append(list_.get(), text.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)list_.release();
        list_.reset(longer);
    }
    [[nodiscard]] curl_slist* get() const { return list_.get(); }

  private:
    struct Free {
        void operator()(curl_slist* list) const { curl_library().slist_free_all(list); }
    };
    std::unique_ptr<curl_slist, Free> list_;
};

}  // namespace tunnus
