// SPDX-License-Identifier: MIT
// Beast's HTTP/1 parser writing straight into an HttpRequest. It is fed only what framing.hpp
// passed; where the two disagree the request is refused.
#pragma once

#include "idp/base/http.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <string>
#include <string_view>

namespace tunnus::web {

class RequestParser final : public boost::beast::http::basic_parser<true> {
  public:
    enum class Body : std::uint8_t { keep, drop };

    /// Fields that speak for a client, `certificate_field` among them, go to forwarding() instead
    /// of the request: no handler sees them.
    RequestParser(HttpRequest& request, std::string_view certificate_field);
    ~RequestParser() override = default;

    /// Takes bytes in order and returns how many it used; a rest is to be given again with more
    /// behind it. `failed` becomes true when they are not HTTP to Beast.
    [[nodiscard]] std::size_t take(std::string_view bytes, bool& failed);
    void set_body(Body body) { body_ = body; }
    [[nodiscard]] Headers const& forwarding() const { return forwarding_; }

  private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                         error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field, string_view name, string_view value,
                       error_code& error) override;
    void on_header_impl(error_code&) override { in_header_ = false; }
    void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override;
    std::size_t on_body_impl(string_view bytes, error_code&) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) override {
        return on_body_impl(bytes, error);
    }
    void on_finish_impl(error_code&) override {}

    HttpRequest& request_;
    std::string_view certificate_field_;
    Headers forwarding_;
    Body body_ = Body::keep;
    bool in_header_ = true;
};

}  // namespace tunnus::web
