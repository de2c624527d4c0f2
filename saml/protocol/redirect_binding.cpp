// SPDX-License-Identifier: MIT
#include "saml/protocol/redirect_binding.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "saml/xml/namespaces.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

namespace tunnus::saml {
namespace {

constexpr int raw_deflate_window = -15;  // negative: no header, no checksum

Bytef* bytes_of(std::string_view text) {
    // zlib's next_in is not const, yet it does not write there.
    return const_cast<Bytef*>(reinterpret_cast<Bytef const*>(text.data()));
}

/// The parameters as they came, still encoded.
struct RawQuery {
    std::optional<std::string_view> message;
    std::optional<std::string_view> relay_state;
    std::optional<std::string_view> signature_algorithm;
    std::optional<std::string_view> signature;
};

Result<RawQuery> split_query(MessageKind kind, std::string_view query) {
    RawQuery found;
    while (!query.empty()) {
        auto const pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos) return Error(Reason::form_field, "no '='");
        auto const name = pair.substr(0, equals);
        auto* const slot = name == parameter_name(kind) ? &found.message
                           : name == "RelayState"       ? &found.relay_state
                           : name == "SigAlg"           ? &found.signature_algorithm
                           : name == "Signature"        ? &found.signature
                                                        : nullptr;
        // An escaped name or the other kind of message is as unknown as any other name.
        if (slot == nullptr) return Error(Reason::form_field, "an unknown parameter");
        if (slot->has_value()) return Error(Reason::form_field, "a parameter twice");
        *slot = pair.substr(equals + 1);
    }
    return found;
}

std::string signed_octets(MessageKind kind, RawQuery const& query) {
    std::string octets(parameter_name(kind));
    octets.append("=").append(*query.message);
    if (query.relay_state) octets.append("&RelayState=").append(*query.relay_state);
    return octets.append("&SigAlg=").append(*query.signature_algorithm);
}

std::optional<std::string> decode_parameter(std::string_view raw) {
    auto const text = percent_decode(raw, Plus::is_plus);
    if (!text) return std::nullopt;
    return decode_base64(*text, WhiteSpace::skip);
}

Result<> verify_query(MessageKind kind, RawQuery const& query,
                      std::span<xml::Certificate const> keys, Limits const& limits) {
    if (!query.signature || !query.signature_algorithm)
        return Error(Reason::query_signature_absent, "");
    auto const algorithm = percent_decode(*query.signature_algorithm, Plus::is_plus);
    auto const digest = xml::digest_of(algorithm.value_or(""));
    if (!digest) return Error(Reason::signature_algorithm, "SigAlg");
    auto const signature = decode_parameter(*query.signature);
    if (!signature) return Error(Reason::bad_base64, "Signature");
    auto const octets = signed_octets(kind, query);
    for (auto const& key : keys.first(std::min(keys.size(), limits.saml_keys)))
        if (key.verifies(octets, *signature, *digest)) return {};
    return Error(Reason::query_signature_invalid, "");
}

}  // namespace

std::string_view parameter_name(MessageKind kind) {
    return kind == MessageKind::request ? "SAMLRequest" : "SAMLResponse";
}

MessageKind kind_of_query(std::string_view raw_query) {
    for (auto rest = raw_query; !rest.empty();) {
        if (rest.starts_with("SAMLRequest=")) return MessageKind::request;
        auto const end = rest.find('&');
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return MessageKind::response;
}

std::string deflate(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_deflate_window, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib does not start");
    std::unique_ptr<z_stream, int (*)(z_stream*)> const end(&stream, deflateEnd);
    std::string deflated(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    stream.next_in = bytes_of(bytes);
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = bytes_of(deflated);
    stream.avail_out = static_cast<uInt>(deflated.size());
    if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib failed");
    deflated.resize(stream.total_out);
    return deflated;
}

Result<std::string> inflate(std::string_view stream_bytes, std::size_t max_bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, raw_deflate_window) != Z_OK)
        throw std::runtime_error("zlib does not start");
    std::unique_ptr<z_stream, int (*)(z_stream*)> const end(&stream, inflateEnd);
    // One byte more than is allowed: that it was needed tells that the message is too large.
    std::string inflated(max_bytes + 1, '\0');
    stream.next_in = bytes_of(stream_bytes);
    stream.avail_in = static_cast<uInt>(stream_bytes.size());
    stream.next_out = bytes_of(inflated);
    stream.avail_out = static_cast<uInt>(inflated.size());
    int const result = ::inflate(&stream, Z_FINISH);
    if (stream.avail_out == 0) return Error(Reason::message_too_large, "inflated");
    if (result != Z_STREAM_END || stream.avail_in != 0) return Error(Reason::bad_deflate, "");
    inflated.resize(stream.total_out);
    return inflated;
}

std::string build_redirect_query(MessageKind kind, std::string_view xml,
                                 std::string_view relay_state, xml::PrivateKey const& key) {
    std::string query(parameter_name(kind));
    query.append("=").append(percent_encode(encode_base64(deflate(xml))));
    if (!relay_state.empty()) query.append("&RelayState=").append(percent_encode(relay_state));
    query.append("&SigAlg=").append(percent_encode(xml::algorithm::rsa_sha256));
    auto const signature = key.sign(query);
    return query.append("&Signature=").append(percent_encode(encode_base64(signature)));
}

Result<RedirectMessage> parse_redirect_query(MessageKind kind, std::string_view raw_query,
                                             std::span<xml::Certificate const> keys,
                                             Limits const& limits) {
    auto const query = split_query(kind, raw_query);
    if (!query) return query.error();
    if (!query->message || query->message->empty()) return Error(Reason::form_field, "no message");
    if (auto const verified = verify_query(kind, *query, keys, limits); !verified)
        return verified.error();
    auto const stream = decode_parameter(*query->message);
    if (!stream) return Error(Reason::bad_base64, "the message");
    auto xml = inflate(*stream, limits.xml_bytes);
    if (!xml) return xml.error();
    auto relay_state = percent_decode(query->relay_state.value_or(""), Plus::is_space);
    if (!relay_state || relay_state->size() > limits.saml_relay_state_bytes)
        return Error(Reason::form_field, "RelayState");
    return RedirectMessage{std::move(*xml), std::move(*relay_state)};
}

}  // namespace tunnus::saml
