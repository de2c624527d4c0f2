// SPDX-License-Identifier: MIT
// HTTP-Redirect binding (bindings §3.4): DEFLATE, base64, and a signature over the query's octets.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "saml/reason.hpp"
#include "saml/xml/key.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tunnus::saml {

/// The parameter that carries the message.
enum class MessageKind { request, response };
[[nodiscard]] std::string_view parameter_name(MessageKind kind);
/// A request when one is there. It proves nothing: parse_redirect_query refuses a query with both.
[[nodiscard]] MessageKind kind_of_query(std::string_view raw_query);

/// Raw DEFLATE (RFC 1951), without zlib's or gzip's wrapping.
[[nodiscard]] std::string deflate(std::string_view bytes);
/// Stops at `max_bytes` of output (threats.md S-112); the input must end where the stream does, and
/// the stream must end (S-113).
[[nodiscard]] Result<std::string> inflate(std::string_view stream, std::size_t max_bytes);

/// `SAMLRequest=…&RelayState=…&SigAlg=…&Signature=…`, signed with RSA-SHA256. RelayState is left
/// out when empty.
[[nodiscard]] std::string build_redirect_query(MessageKind kind, std::string_view xml,
                                               std::string_view relay_state,
                                               xml::PrivateKey const& key);

struct RedirectMessage {
    std::string xml;
    std::string relay_state;  ///< empty when absent
};
/// Verifies the signature over the raw octets as received, then decodes: names unescaped, none
/// twice, none unknown (S-114 to S-116). A query without signature is refused.
[[nodiscard]] Result<RedirectMessage> parse_redirect_query(MessageKind kind,
                                                           std::string_view raw_query,
                                                           std::span<xml::Certificate const> keys,
                                                           Limits const& limits);

}  // namespace tunnus::saml
