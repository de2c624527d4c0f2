// SPDX-License-Identifier: MIT
// The fixture of stories: Matti has a light account, three services, one browser, and for hostile
// callers requests that no browser would send.
#pragma once

#include "idp/base/form.hpp"
#include "tests/flow/browser.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {

class Story : public testing::Test {
  protected:
    explicit Story(std::string const& configuration = Product::shared_configuration())
        : product(configuration) {
        user_id = product.add_user(email, password);
    }

    static inline std::string const email = "matti@example.org";
    static inline std::string const password = "sateinen-torstai-2024-kello";
    static inline std::string const hostile_state = "\"><script>alert(1)</script>";
    static inline Fields const offline{{"scope", "openid offline_access"}, {"prompt", "consent"}};
    static inline std::vector<std::string> const sql_probes{"'",
                                                            "\"",
                                                            "';--",
                                                            "' OR '1'='1",
                                                            "') OR ('1'='1",
                                                            "1; DROP TABLE users",
                                                            "\\'",
                                                            "%27",
                                                            "' UNION SELECT NULL--",
                                                            "/*",
                                                            "`",
                                                            "'; SELECT sqlite_version(); --"};

    /// The shared configuration with every `from` replaced.
    static std::string replaced(std::string_view from, std::string_view to) {
        auto text = Product::shared_configuration();
        std::size_t at = text.find(from);
        if (at == std::string::npos) throw std::logic_error("nothing to replace");
        for (; at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
        return text;
    }
    static std::string encoded(std::string_view value) {
        std::vector<std::pair<std::string_view, std::string_view>> const fields{{"", value}};
        return build_form(fields).substr(1);
    }
    static std::string location(HttpResponse const& response) {
        return std::string(response.headers.find("Location").value_or(""));
    }

    /// A program's GET: no cookies, no Sec-Fetch fields.
    HttpResponse get(std::string const& target) {
        HttpRequest request;
        auto const query = target.find('?');
        request.path = target.substr(0, query);
        if (query != std::string::npos) request.query = target.substr(query + 1);
        return product.answer(std::move(request));
    }

    /// From the service's request to the page that asks for e-mail and password.
    Page sign_in_page(Service const& service, Fields const& more = {}) {
        return browser.get_from_elsewhere(service.authorize(more));
    }
    Page sign_in(Page const& page, std::string const& with = password) {
        return browser.submit(page, {{"email", email}, {"password", with}});
    }
    Page log_in(Browser& with, Service const& service, Fields const& more = {}) {
        auto page = with.get_from_elsewhere(service.authorize(more));
        if (page.shows("name=\"password\""))
            page = with.submit(page, {{"email", email}, {"password", password}});
        if (page.shows("consent-allow")) page = with.submit(page, {{"decision", "allow"}});
        return page;
    }
    std::string code_of_a_login(Service const& service, Fields const& more = {}) {
        auto const page = log_in(browser, service, more);
        EXPECT_EQ(page.status, 303) << page.body;
        return page.parameter("code");
    }
    /// Whether this browser has a session that gives codes.
    bool is_signed_in(Browser& with) {
        return !with.get_from_elsewhere(library.authorize({{"prompt", "none"}}))
                    .parameter("code")
                    .empty();
    }

    Product product;
    Browser browser{product};
    Service library{product, "library", "https://library.example/cb"};
    Service parks{product, "parks", "https://parks.example/cb"};
    Service kiosk{product, "kiosk", "https://kiosk.example/cb", false};
    std::string user_id;
};

}  // namespace tunnus::flow
