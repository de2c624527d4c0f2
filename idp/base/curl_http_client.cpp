// SPDX-License-Identifier: MIT
#include "idp/base/ascii.hpp"
#include "idp/base/curl_handle.hpp"
#include "idp/base/http_client.hpp"
#include "idp/base/ip_address.hpp"
#include "idp/base/url.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace tunnus {
namespace {

constexpr std::size_t max_header_bytes = 32'768;

/// What libcurl's callbacks see of one call.
struct Call {
    std::vector<IpNetwork> const& allowed;
    bool encrypted;
    std::size_t body_limit;
    OutboundResponse response{};
    std::size_t header_bytes = 0;
    bool address_denied = false;
    bool too_large = false;
};

std::optional<IpAddress> address_of(curl_sockaddr const& peer) {
    if (peer.family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &peer.addr, sizeof v4);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        return IpAddress::from_v4(bytes);
    }
    if (peer.family == AF_INET6) {
        sockaddr_in6 v6{};
        static_assert(sizeof v6 <= sizeof(sockaddr_storage));
        // libcurl declares `addr` as a plain sockaddr but gives `addrlen` bytes there.
        std::memcpy(&v6, static_cast<void const*>(&peer.addr),
                    std::min<std::size_t>(peer.addrlen, sizeof v6));
        IpAddress::Bytes bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return IpAddress::from_v6(bytes);
    }
    return std::nullopt;
}

/// The one place where it is decided which address a call reaches: after the name was resolved, so
/// a name cannot lead elsewhere between check and use.
bool is_allowed(Call const& call, IpAddress const& address) {
    bool const listed = std::ranges::any_of(
        call.allowed, [&](auto const& block) { return block.contains(address); });
    return listed || (call.encrypted && address.is_public());
}

curl_socket_t open_socket(void* call_pointer, curlsocktype /*purpose*/, curl_sockaddr* peer) {
    auto& call = *static_cast<Call*>(call_pointer);
    auto const address = address_of(*peer);
    if (!address || !is_allowed(call, *address)) {
        call.address_denied = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
}

std::size_t take_body(char* data, std::size_t /*one*/, std::size_t size, void* call_pointer) {
    auto& call = *static_cast<Call*>(call_pointer);
    call.too_large = call.too_large || call.response.body.size() + size > call.body_limit;
    if (call.too_large) return 0;
    call.response.body.append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t /*one*/, std::size_t size, void* call_pointer) {
    auto& call = *static_cast<Call*>(call_pointer);
    call.header_bytes += size;
    call.too_large = call.too_large || call.header_bytes > max_header_bytes;
    if (call.too_large) return 0;
    std::string_view line(data, size);
    line = line.substr(0, line.find_first_of("\r\n"));
    if (line.starts_with("HTTP/")) call.response.headers.clear();  // after an interim answer
    if (auto const colon = line.find(':'); colon != std::string_view::npos)
        call.response.headers.emplace_back(to_lower(line.substr(0, colon)),
                                           trim(line.substr(colon + 1)));
    return size;
}

bool is_header_safe(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

class CurlHttpClient final : public HttpClient {
  public:
    explicit CurlHttpClient(OutboundPolicy policy) : ca_file_(std::move(policy.ca_file)) {
        for (auto const& block : policy.allow_addresses) {
            auto const network = IpNetwork::parse(block);
            if (!network)
                throw std::invalid_argument("outbound.allow_addresses: not a block of addresses");
            allowed_.push_back(*network);
        }
    }

    [[nodiscard]] Result<OutboundResponse> send(OutboundRequest const& request) override {
        auto const url = parse_http_url(request.url);
        if (!url) return Error(BaseErrc::denied, url.error().detail);
        // Built from the parts we understood, so libcurl cannot understand others.
        auto const target =
            url->origin() + url->path + (url->query.empty() ? "" : "?" + url->query);
        auto headers = header_list(request);
        if (!headers) return headers.error();

        Call call{allowed_, url->scheme == "https", request.body_limit};
        CurlHandle curl(request.timeout, ca_file_);
        curl.set(CURLOPT_URL, target.c_str());
        curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
        curl.set(CURLOPT_FOLLOWLOCATION, 0L);
        curl.set(CURLOPT_PATH_AS_IS, 1L);
        curl.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl.set(CURLOPT_HTTP09_ALLOWED, 0L);
        curl.set(CURLOPT_HTTPHEADER, headers->get());
        curl.set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
        curl.set(CURLOPT_OPENSOCKETDATA, &call);
        curl.set(CURLOPT_WRITEFUNCTION, &take_body);
        curl.set(CURLOPT_WRITEDATA, &call);
        curl.set(CURLOPT_HEADERFUNCTION, &take_header);
        curl.set(CURLOPT_HEADERDATA, &call);
        if (request.method == "HEAD") curl.set(CURLOPT_NOBODY, 1L);
        if (!request.body.empty() || request.method == "POST") {
            curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            curl.set(CURLOPT_POSTFIELDS, request.body.data());
        }
        curl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());

        auto const code = curl.perform();
        if (call.too_large) return Error(BaseErrc::too_large, url->origin() + ": the answer");
        if (code != CURLE_OK && call.address_denied)
            return Error(BaseErrc::denied, url->origin() + ": an address that may not be called");
        if (code != CURLE_OK)
            return Error(BaseErrc::unavailable,
                         url->origin() + ": " + curl_library().easy_strerror(code));
        call.response.status = static_cast<int>(curl.response_code());
        return std::move(call.response);
    }

  private:
    static Result<CurlList> header_list(OutboundRequest const& request) {
        bool const method_is_token =
            !request.method.empty() && std::ranges::all_of(request.method, is_alphanumeric);
        if (!method_is_token) return Error(BaseErrc::malformed, "not a method");
        CurlList list;
        list.add("Expect:");  // no waiting for 100 Continue
        list.add("User-Agent: Tunnus");
        for (auto const& [name, value] : request.headers) {
            if (name.empty() || !is_header_safe(name) ||
                name.find_first_of(" :;") != std::string::npos || !is_header_safe(value))
                return Error(BaseErrc::malformed, "not a header field");
            // libcurl sends a field without value only with a semicolon.
            auto field = name;
            field.append(value.empty() ? ";" : ": ").append(value);
            list.add(field);
        }
        return list;
    }

    std::string ca_file_;
    std::vector<IpNetwork> allowed_;
};

}  // namespace

std::unique_ptr<HttpClient> make_curl_http_client(OutboundPolicy policy) {
    return std::make_unique<CurlHttpClient>(std::move(policy));
}

}  // namespace tunnus
