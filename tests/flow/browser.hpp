// SPDX-License-Identifier: MIT
// A browser without a screen: it keeps cookies by the SameSite rules of RFC 6265bis, finds forms
// and links on a page, and follows redirects until one leads away from the product.
#pragma once

#include "idp/base/cookies.hpp"
#include "tests/flow/product.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tunnus::flow {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Page {
    int status = 0;
    std::string body;
    Headers headers;
    std::string
        left_for;  ///< the address of another site that a redirect led to; empty while we are here

    [[nodiscard]] bool shows(std::string_view text) const {
        return body.find(text) != std::string::npos;
    }
    /// The first form that has inputs or buttons of these names, or else the first one.
    [[nodiscard]] std::string form_with(Fields const& fields) const;
    [[nodiscard]] std::string form_action(Fields const& fields = {}) const;
    [[nodiscard]] Fields hidden_fields(Fields const& fields = {}) const;
    /// A parameter of the query of `left_for`, decoded; empty when absent.
    [[nodiscard]] std::string parameter(std::string_view name) const;
};

class Browser {
  public:
    explicit Browser(Product& product) : product_(product) {}

    /// Types an address or follows a link of our own.
    Page get(std::string const& target);
    /// A link or redirect of another site: top-level GET.
    Page get_from_elsewhere(std::string const& target);
    /// Sends the page's form with these fields beside its hidden ones.
    Page submit(Page const& page, Fields fields);
    /// A form of another site posts here.
    Page post_from_elsewhere(std::string const& target, Fields const& fields);

    [[nodiscard]] bool has_cookie(std::string const& name) const { return cookies_.contains(name); }
    [[nodiscard]] std::string cookie(std::string const& name) const;
    void set_cookie(std::string const& name, std::string value) {
        cookies_[name] = {std::move(value), SameSite::lax};
    }
    void forget_cookie(std::string const& name) { cookies_.erase(name); }

  private:
    enum class From { here, elsewhere };
    struct Kept {
        std::string value;
        SameSite same_site = SameSite::lax;
    };
    Page send(Method method, std::string const& target, std::string body, From from);

    Product& product_;
    std::map<std::string, Kept> cookies_;
};

/// What a service does around a login: makes requests with PKCE, redeems codes.
class Service {
  public:
    Service(Product& product, std::string client_id, std::string redirect_uri,
            bool confidential = true);

    /// The target of an authorization request, with these further parameters (an empty value
    /// removes one).
    [[nodiscard]] std::string authorize(Fields const& more = {}) const;
    /// The answer of the token endpoint as it came.
    [[nodiscard]] HttpResponse redeem(std::string const& code) const;
    [[nodiscard]] HttpResponse token(Fields fields) const;
    /// The answer of userinfo with this access token.
    [[nodiscard]] HttpResponse userinfo(std::string const& access_token) const;

    static constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    static constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  private:
    Product& product_;
    std::string client_id_;
    std::string redirect_uri_;
    bool confidential_;
};

/// A program posts a form: no cookies, no Sec-Fetch fields.
[[nodiscard]] HttpResponse post_form(Product& product, std::string path, Fields const& fields,
                                     Headers headers = {});

/// The payload of a JWT, unverified.
[[nodiscard]] boost::json::object payload_of(std::string_view jwt);
[[nodiscard]] boost::json::object json_of(HttpResponse const& response);

}  // namespace tunnus::flow
