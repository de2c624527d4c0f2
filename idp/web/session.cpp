// SPDX-License-Identifier: MIT
#include "idp/web/session.hpp"

#include "idp/base/limits.hpp"
#include "idp/web/request_parser.hpp"
#include "idp/web/response_writer.hpp"
#include "idp/web/target.hpp"
#include "idp/web/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace tunnus::web {
namespace {

using std::chrono::steady_clock;

constexpr auto as_result = asio::as_tuple(asio::deferred);
constexpr std::size_t head_piece = 2'048;   ///< what an idle connection keeps for its next request
constexpr std::size_t body_piece = 16'384;  ///< read at once of a body
constexpr std::size_t last_bytes = 65'536;  ///< taken and thrown away after the last answer

/// Resumes the coroutine that waits for an exchange, through the handler that Asio gave it.
template <class CompletionHandler>
class AnswerWaiter final : public Waiter {
  public:
    explicit AnswerWaiter(CompletionHandler handler) : handler_(std::move(handler)) {}
    void resume() override { std::move(handler_)(); }

  private:
    CompletionHandler handler_;
};

template <class CompletionToken>
auto async_answer(Exchange& exchange, CompletionToken&& token) {
    return asio::async_initiate<CompletionToken, void()>(
        [&exchange](auto handler) {
            exchange.waiter = std::make_unique<AnswerWaiter<decltype(handler)>>(std::move(handler));
        },
        token);
}

bool takes_no_body(Method method) {
    return method == Method::GET || method == Method::HEAD || method == Method::DELETE_ ||
           method == Method::OPTIONS;
}

class Session final : public Connection {
  public:
    Session(Reactor& reactor, Listener const& listener, tcp::socket socket,
            IpAddress const& address)
        : Connection(address),
          reactor_(reactor),
          listener_(listener),
          site_(listener.site),
          transport_(make_transport(std::move(socket), site_->tls)),
          opened_(steady_clock::now()) {}

    asio::awaitable<void> run();
    void expire() override {
        expired_ = true;
        error_code ignored;
        transport_->socket().cancel(ignored);
    }
    void abandon() override {
        if (exchange_) exchange_->waiter.reset();
    }

  private:
    /// How receiving a part of the request ended.
    enum class Received : std::uint8_t {
        whole,
        refused,  ///< refusal_ says what to answer before closing
        gone,     ///< the peer went away or never began: close without a word
    };

    asio::awaitable<void> serve();
    asio::awaitable<Received> receive_head();
    asio::awaitable<Received> receive_body(RequestParser& parser, std::size_t limit);
    asio::awaitable<bool> read_more(std::size_t piece);
    asio::awaitable<bool> answer(HttpResponse const& response);
    asio::awaitable<bool> send(std::string_view bytes);
    asio::awaitable<void> refuse();
    asio::awaitable<void> take_leave();

    std::optional<HttpResponse> refuse_by_head();
    Received refuse_with(int status, std::string_view reason);
    std::optional<HttpResponse> plain_http_response() const;
    void complete_request(Headers const& forwarding);
    void log_request(int status) const;

    [[nodiscard]] std::string_view received() const {
        return {static_cast<char const*>(buffer_.cdata().data()), buffer_.size()};
    }
    void arm(milliseconds timeout) {
        expired_ = false;
        deadline = steady_clock::now() + timeout;
    }
    void disarm() { deadline = SteadyTime::max(); }

    Reactor& reactor_;
    Listener const& listener_;
    std::shared_ptr<Site const> site_;
    std::unique_ptr<Transport> transport_;
    boost::beast::flat_buffer buffer_;
    SteadyTime opened_;
    bool expired_ = false;
    std::size_t requests_ = 0;
    std::string peer_certificate_;

    // The request in hand.
    std::shared_ptr<Exchange> exchange_;
    RequestHead head_;
    FramingRefusal refusal_;
    std::optional<Method> method_;
    Router::Match match_;
    SteadyTime began_;
    bool close_ = false;
};

asio::awaitable<void> Session::run() {
    if (site_->tls) {
        arm(site_->limits.handshake_timeout);
        error_code error;
        co_await transport_->handshake(error);
        if (error) co_return;
        peer_certificate_ = transport_->peer_certificate_der();
    }
    co_await serve();
}

asio::awaitable<void> Session::serve() {
    while (true) {
        auto const head = co_await receive_head();
        if (head == Received::gone) co_return;
        if (head == Received::refused) {
            co_await refuse();
            co_return;
        }

        RequestParser parser(exchange_->request, site_->client_certificate_field);
        bool failed = false;
        auto const used = parser.take(received().substr(0, head_.bytes), failed);
        if (failed || used != head_.bytes) {
            refuse_with(400, "parser");
            co_await refuse();
            co_return;
        }
        complete_request(parser.forwarding());
        auto early = refuse_by_head();
        buffer_.consume(head_.bytes);
        if (early) {
            // Whatever follows was meant as a body, and nobody will read it.
            close_ = close_ || head_.has_body();
            auto const sent = co_await answer(*early);
            if (!sent) co_return;
        } else {
            if (head_.has_body()) {
                bool const drop = takes_no_body(exchange_->request.method);
                if (drop) parser.set_body(RequestParser::Body::drop);
                close_ = close_ || drop;
                auto const limit =
                    drop ? site_->limits.dropped_body_bytes : match_.route->body_limit;
                auto const body = co_await receive_body(parser, limit);
                if (body == Received::gone) co_return;
                if (body == Received::refused) {
                    co_await refuse();
                    co_return;
                }
            }
            disarm();
            exchange_->handler = &match_.route->handler;
            exchange_->keep_alive = site_;
            reactor_.hand_over(match_.route->lane, exchange_);
            auto answered = async_answer(*exchange_, asio::deferred);
            // Asio takes it as an rvalue. NOLINTNEXTLINE(performance-move-const-arg)
            co_await std::move(answered);
            auto const sent = co_await answer(exchange_->response);
            if (!sent) co_return;
        }
        if (close_) break;
    }
    co_await take_leave();
}

/// Waits as an idle connection for the first byte, then for the rest of the head.
asio::awaitable<Session::Received> Session::receive_head() {
    exchange_.reset();
    if (buffer_.size() == 0) {
        buffer_.clear();
        if (buffer_.capacity() > head_piece) buffer_.shrink_to_fit();
        arm(site_->limits.idle_timeout);
        reactor_.set_idle(*this, true);
        bool const began = co_await read_more(head_piece);
        if (!began || removed) co_return Received::gone;
        reactor_.set_idle(*this, false);
    }
    site_ = listener_.site;
    method_.reset();
    arm(site_->limits.header_timeout);
    HeadScanner scanner(site_->head_rules);
    while (true) {
        auto const result = scanner.scan(received());
        if (result == Scan::complete) break;
        if (result == Scan::refused) {
            refusal_ = scanner.refusal();
            co_return Received::refused;
        }
        auto const room =
            site_->limits.header_bytes - std::min(site_->limits.header_bytes, buffer_.size());
        bool const more = co_await read_more(std::min(head_piece, room));
        if (!more) co_return expired_ ? refuse_with(408, "header_timeout") : Received::gone;
    }
    head_ = scanner.head();
    began_ = steady_clock::now();
    exchange_ = reactor_.make_exchange(*site_);
    co_return Received::whole;
}

asio::awaitable<Session::Received> Session::receive_body(RequestParser& parser, std::size_t limit) {
    if (head_.content_length > limit) co_return refuse_with(413, "body_too_long");
    arm(site_->limits.body_timeout);
    if (head_.expects_continue && buffer_.size() == 0) {
        bool const sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
        if (!sent) co_return Received::gone;
        arm(site_->limits.body_timeout);
    }
    ChunkScanner chunks({limit, site_->limits.chunk_extension_bytes});
    std::size_t passed = 0;  // bytes at the front of the buffer that the scanner has let through
    bool whole = !head_.chunked;
    while (true) {
        if (!head_.chunked) {
            passed = buffer_.size();
        } else if (!whole && passed < buffer_.size()) {
            auto const result = chunks.scan(received().substr(passed));
            passed += chunks.passed();
            if (result == Scan::refused)
                co_return refuse_with(chunks.refusal().status, chunks.refusal().reason);
            whole = result == Scan::complete;
        }
        bool failed = false;
        auto const used = passed > 0 ? parser.take(received().substr(0, passed), failed) : 0;
        if (failed) co_return refuse_with(400, "parser");
        buffer_.consume(used);
        passed -= used;
        if (parser.is_done()) {
            if (!whole || (head_.chunked && passed != 0)) co_return refuse_with(400, "parser");
            co_return Received::whole;
        }
        if (head_.chunked && whole) co_return refuse_with(400, "parser");
        bool const more = co_await read_more(body_piece);
        if (!more) co_return expired_ ? refuse_with(408, "body_timeout") : Received::gone;
    }
}

/// False when the peer closed or the deadline has passed.
asio::awaitable<bool> Session::read_more(std::size_t piece) {
    auto const into = buffer_.prepare(piece);
    error_code error;
    auto const size = co_await transport_->read_some(into, error);
    buffer_.commit(size);
    co_return !error;
}

/// What handlers may rely on (idp/base/http.hpp), from the parsed fields and the connection.
void Session::complete_request(Headers const& forwarding) {
    auto& request = exchange_->request;
    request.received_at = reactor_.shared().clock.now();
    request.over_tls = site_->tls != nullptr;
    bool const through_proxy = site_->proxies.contains(peer);
    if (through_proxy) {
        request.client_address = site_->proxies.client(peer, forwarding).to_string();
        request.over_tls = request.over_tls || forwarded_over_tls(forwarding);
        if (!site_->client_certificate_field.empty())
            request.peer_certificate_der =
                forwarded_certificate(forwarding, site_->client_certificate_field);
    } else {
        request.client_address = peer.to_string();
        request.peer_certificate_der = peer_certificate_;
    }
    ++requests_;
    close_ = head_.close || requests_ >= site_->limits.requests_per_connection ||
             began_ - opened_ >= site_->limits.connection_age;
}

/// The answers that need no body and no handler; with none of them `match_` is the route.
std::optional<HttpResponse> Session::refuse_by_head() {
    auto& request = exchange_->request;
    match_ = {};
    method_ = parse_method(head_.method);
    request.method = method_.value_or(Method::GET);
    if (auto insecure = plain_http_response()) return insecure;
    auto target = decode_target(head_.target);
    if (!is_known_method(head_.method)) return text_response(501, "This method is not known.\n");
    if (target.refusal == 400) return text_response(400, "The address is not readable.\n");
    if (target.refusal != 0) return no_route_response(match_);
    match_ = site_->router.find(method_, target.path);
    if (!match_.route) return no_route_response(match_);
    request.path = std::move(target.path);
    request.query = std::move(target.query);
    request.path_variables = std::move(match_.variables);
    if (head_.unknown_expectation) return text_response(417, "This expectation is not known.\n");
    if (head_.content_encoded) return text_response(415, "Encoded bodies are not taken.\n");
    return std::nullopt;
}

/// threats.md W-04. The address comes from the configuration: Host decides nothing.
std::optional<HttpResponse> Session::plain_http_response() const {
    if (site_->https_origin.empty() || exchange_->request.over_tls) return std::nullopt;
    bool const can_follow = (head_.method == "GET" || head_.method == "HEAD") && !head_.has_body();
    if (!can_follow) return text_response(400, "This address is served over https only.\n");
    HttpResponse moved(308);
    moved.headers.add("Location", site_->https_origin + std::string(head_.target));
    return moved;
}

asio::awaitable<bool> Session::answer(HttpResponse const& response) {
    close_ = close_ || reactor_.draining();
    auto const& request = exchange_->request;
    ResponseFraming framing;
    framing.head_only = request.method == Method::HEAD;
    framing.close = close_;
    framing.over_tls = request.over_tls;
    framing.hsts_max_age = site_->hsts_max_age;
    framing.date = reactor_.shared().clock.now();
    auto const bytes = write_response(response, framing);
    bool const sent = co_await send(bytes);
    log_request(response.status);
    co_return sent;
}

asio::awaitable<bool> Session::send(std::string_view bytes) {
    error_code error;
    auto const left = transport_->write_now(bytes, error);
    if (error) co_return false;
    if (left < bytes.size()) {
        arm(site_->limits.write_timeout);
        co_await transport_->write(bytes.substr(left), error);
    }
    co_return !error;
}

Session::Received Session::refuse_with(int status, std::string_view reason) {
    refusal_ = {status, reason};
    return Received::refused;
}

/// Answer class BAD: one answer, then the end, and nothing that follows is ever parsed.
asio::awaitable<void> Session::refuse() {
    ++reactor_.shared().counters.refused;
    if (reactor_.may_log_refusal(peer.to_string()))
        reactor_.shared().log.info("http.refused",
                                   {{"status", refusal_.status}, {"reason", refusal_.reason}});
    auto const response = text_response(refusal_.status, "This request cannot be taken.\n");
    ResponseFraming framing;
    framing.close = true;
    framing.head_only = method_ == Method::HEAD;
    framing.date = reactor_.shared().clock.now();
    auto const bytes = write_response(response, framing);
    bool const sent = co_await send(bytes);
    if (sent) co_await take_leave();
}

/// Closing a socket with unread bytes resets it, and the peer may lose the answer: so tell him
/// first and give him a moment to close (RFC 9112 §9.6).
asio::awaitable<void> Session::take_leave() {
    exchange_.reset();
    buffer_ = {};
    arm(site_->limits.close_timeout);
    co_await transport_->end_output();
    std::array<char, 512> thrown_away{};
    auto const into = asio::buffer(thrown_away);
    for (std::size_t taken = 0; taken < last_bytes && !expired_;) {
        auto [error, size] = co_await transport_->socket().async_read_some(into, as_result);
        if (error) co_return;
        taken += size;
    }
}

/// The pattern of the route, never the path or query: they may hold personal data.
void Session::log_request(int status) const {
    ++reactor_.shared().counters.requests;
    auto const duration =
        std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began_);
    reactor_.shared().log.info(
        "http.request", {{"method", method_ ? to_string(*method_) : "other"},
                         {"route", match_.route ? std::string_view(match_.route->pattern) : ""},
                         {"status", status},
                         {"duration_us", duration.count()},
                         {"request_id", exchange_->request.request_id}});
}

}  // namespace

void start_session(Reactor& reactor, Listener const& listener, tcp::socket socket,
                   IpAddress const& peer) {
    // An exception up to here leaves nothing behind but the caller's admission.
    auto const session = std::make_shared<Session>(reactor, listener, std::move(socket), peer);
    reactor.add(session);
    asio::co_spawn(reactor.context(), session->run(),
                   [session, &reactor](std::exception_ptr const& failure) {
                       if (failure) reactor.shared().log.error("http.session_failed");
                       reactor.remove(*session);
                   });
}

}  // namespace tunnus::web
