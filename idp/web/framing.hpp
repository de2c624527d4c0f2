// SPDX-License-Identifier: MIT
// The framing rules of threats.md 6.1, on raw bytes and in front of Beast's parser, whose
// version 1.81 lets several smuggling shapes through. Pure: no socket, no clock. A byte that has
// not passed here never reaches the parser, so one request is one request for everybody between the
// client and us.
#pragma once

#include "idp/base/limits.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::web {

/// Scanners are fed what has arrived and say how it stands.
enum class Scan : std::uint8_t {
    need_more,
    complete,
    refused,  ///< answer refusal().status, close, and parse nothing that follows
};

struct FramingRefusal {
    int status = 400;         ///< 400, 413, 414 or 431
    std::string_view reason;  ///< a constant for the log; the client sees only the status
};

/// What a listener accepts in the head of a request.
struct HeadRules {
    std::size_t header_bytes = Limits{}.header_bytes;
    std::size_t header_fields = Limits{}.header_fields;
    std::size_t target_bytes = Limits{}.target_bytes;
    /// HTTP/1.0 without Host, which only simple health checks send.
    bool http10_without_host = false;
    /// `host` or `host:port` in lower case: an absolute-form target is taken when it names one of
    /// these and Host says the same.
    std::vector<std::string> authorities;
};

/// What the framing of an accepted head says. Views point into the scanned bytes.
struct RequestHead {
    std::string_view method;  ///< a token, as received
    std::string_view target;  ///< origin-form: starts with '/'
    bool http10 = false;
    bool close = false;  ///< the connection ends after the answer: HTTP/1.0, `close`, an Upgrade
    bool chunked = false;
    std::uint64_t content_length = 0;  ///< zero without a body and for a chunked one
    bool expects_continue = false;
    bool unknown_expectation = false;  ///< answer 417 (threats.md H-03)
    bool content_encoded = false;      ///< answer 415 (threats.md H-20)
    std::size_t bytes = 0;             ///< of the whole head with its empty line

    [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

/// Scans one head. Lines are judged as soon as they are complete and control bytes as soon as they
/// arrive, so that noise on the port does not have to wait for a deadline.
class HeadScanner {
  public:
    explicit HeadScanner(HeadRules const& rules) : rules_(&rules) {}

    /// `received` is everything since the first byte of this request, including what earlier calls
    /// saw (it may have moved), and may go on behind the head.
    [[nodiscard]] Scan scan(std::string_view received);
    /// Valid after `complete`, as long as the bytes stay where they are.
    [[nodiscard]] RequestHead const& head() const { return head_; }
    [[nodiscard]] FramingRefusal const& refusal() const { return refusal_; }

  private:
    Scan refuse(int status, std::string_view reason);
    Scan finish(std::string_view received, std::size_t bytes);
    bool read_request_line(std::string_view line);
    bool read_field(std::string_view line);
    bool check_target(std::string_view target);
    bool check_whole();

    HeadRules const* rules_;
    RequestHead head_;
    FramingRefusal refusal_;
    std::size_t line_start_ = 0;
    std::size_t scanned_ = 0;
    std::size_t fields_ = 0;
    std::size_t target_offset_ = 0;
    std::size_t target_size_ = 0;
    std::size_t method_size_ = 0;
    std::string host_;
    std::string target_authority_;
    std::size_t hosts_ = 0;
    std::size_t lengths_ = 0;
    std::size_t encodings_ = 0;
    std::size_t expectations_ = 0;
};

/// Scans a chunked body (RFC 9112 §7.1): sizes of 1 to 16 hex digits and nothing else on the line
/// but a short extension, exact line ends, no trailer fields.
class ChunkScanner {
  public:
    struct Bounds {
        std::size_t body_bytes;       ///< more data is 413
        std::size_t extension_bytes;  ///< of one chunk, with its semicolon
    };
    explicit ChunkScanner(Bounds bounds) : bounds_(bounds) {}

    /// Takes the next bytes, each once. `passed()` then says how many of them belong to this body.
    [[nodiscard]] Scan scan(std::string_view bytes);
    [[nodiscard]] std::size_t passed() const { return passed_; }
    [[nodiscard]] FramingRefusal const& refusal() const { return refusal_; }

  private:
    enum class State : std::uint8_t {
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        end_cr,
        end_lf
    };
    Scan refuse(int status, std::string_view reason);
    bool take(char c);
    bool take_size(char c);

    Bounds bounds_;
    FramingRefusal refusal_;
    State state_ = State::size;
    std::uint64_t size_ = 0;  ///< of the current chunk, then what is left of it
    std::size_t digits_ = 0;
    std::size_t extension_ = 0;
    std::uint64_t total_ = 0;
    std::size_t passed_ = 0;
    bool done_ = false;
};

}  // namespace tunnus::web
