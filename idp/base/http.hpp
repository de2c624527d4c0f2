// SPDX-License-Identifier: MIT
// A request and a response as values. Sockets, TLS and framing are idp/web's affair; nobody else
// sees them.
#pragma once

#include "idp/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnus {

/// RFC 9110 §9. Methods that no route uses never reach a handler.
enum class Method : std::uint8_t { GET, HEAD, POST, PUT, DELETE_, OPTIONS, PATCH };
[[nodiscard]] std::string_view to_string(Method method);

/// Header fields in the order received or to be sent. Names compare without case.
class Headers {
  public:
    /// The value of the one field of this name; empty when there is none or more than one. For
    /// fields that may legally repeat use all().
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    /// Adds a field. Throws std::invalid_argument on a byte below 0x20 or 0x7f in name or value:
    /// nothing that came from a request can split a response (threats.md H-23).
    void add(std::string_view name, std::string_view value);
    /// Replaces every field of this name.
    void set(std::string_view name, std::string_view value);
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& fields() const {
        return fields_;
    }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// One complete request that has passed the edge's rules (threats.md 6.1). Immutable once built.
struct HttpRequest {
    Method method = Method::GET;
    std::string path;  ///< percent-decoded once, starts with '/', valid UTF-8, no NUL
    std::string
        query;  ///< as received, without '?', not decoded (signatures are made over these bytes)
    Headers headers;
    std::string body;

    std::string client_address;  ///< textual IP of the client: the peer, or by rule what a trusted
                                 ///< proxy says
    bool over_tls = false;       ///< the client's side is TLS, here or at a trusted proxy
    std::string
        peer_certificate_der;  ///< mTLS client certificate, verified by nobody yet; empty without
    std::string request_id;    ///< made by the edge for every request; safe to show and log
    TimePoint received_at{};

    /// Path variables of the route's pattern, in order (`/clients/{client_id}` gives one).
    std::vector<std::string> path_variables;

    /// The media type of the body in lower case without parameters; empty without Content-Type.
    [[nodiscard]] std::string media_type() const;
};

struct HttpResponse {
    int status = 200;
    Headers headers;
    std::string body;

    HttpResponse() = default;
    explicit HttpResponse(int http_status) : status(http_status) {}
};

/// 303 See Other (threats.md O-94: never 307 or 308 after credentials).
[[nodiscard]] HttpResponse redirect_response(std::string_view location);
[[nodiscard]] HttpResponse json_response(int status, std::string body);
[[nodiscard]] HttpResponse text_response(int status, std::string_view text);

}  // namespace tunnus
