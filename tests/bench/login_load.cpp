// SPDX-License-Identifier: MIT
// The load of `./dev bench`: one thread, N keep-alive connections over loopback, each in a closed
// loop of complete logins with a live session (authorize, token), of refreshing, or of single
// requests. Only rounds whose every answer is right are counted.
//
//   login_load < plan.json > result.json
//
// Plan: {"port", "connections", "seconds", "cookies": [header value per session, used in turn],
//        "get": path, or "post": path and "body": form or JSON, with "status", "contains": text,
//        "authorization": header value                                   for single requests, or
//        "token": path, "authorization", "refresh_tokens": one each      for refreshing, or
//        "authorize": path and fixed query, "token", "authorization", "redirect_uri"  for logins}
// Result: {"rounds", "seconds", "p50_us", "p99_us", "wrong", "first_wrong", "last": body of the
// last right answer}
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <vector>

namespace tunnus::bench {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

struct Plan {
    std::uint16_t port;
    std::size_t connections;
    std::chrono::duration<double> seconds;
    std::vector<std::string> cookies;
    std::vector<std::string> refresh_tokens;
    std::string get, post, body, contains, authorize, token, authorization, redirect_uri;
    int status;

    static Plan read(json::object const& from) {
        auto const text = [&](char const* name) {
            auto const* value = from.if_contains(name);
            return value == nullptr ? std::string() : std::string(value->as_string());
        };
        return {.port = from.at("port").to_number<std::uint16_t>(),
                .connections = from.at("connections").to_number<std::size_t>(),
                .seconds = std::chrono::duration<double>(from.at("seconds").to_number<double>()),
                .cookies = json::value_to<std::vector<std::string>>(from.at("cookies")),
                .refresh_tokens =
                    from.contains("refresh_tokens")
                        ? json::value_to<std::vector<std::string>>(from.at("refresh_tokens"))
                        : std::vector<std::string>(),
                .get = text("get"),
                .post = text("post"),
                .body = text("body"),
                .contains = text("contains"),
                .authorize = text("authorize"),
                .token = text("token"),
                .authorization = text("authorization"),
                .redirect_uri = text("redirect_uri"),
                .status = from.contains("status") ? from.at("status").to_number<int>() : 200};
    }
};

struct Answer {
    int status = 0;
    std::string location, body;
    bool closes = false;
};

/// What was counted, of all connections together.
struct Tally {
    std::vector<std::uint32_t> latencies_us;
    std::size_t wrong = 0;
    std::string first_wrong, last;
};

/// The whole answer at the start of `bytes`, which are then removed; nothing while it is
/// incomplete.
std::optional<Answer> take_answer(std::string& bytes) {
    auto const head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) return std::nullopt;
    Answer answer;
    std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
    std::size_t length = 0;
    for (auto at = bytes.find("\r\n"); at < head_end;) {
        auto const end = bytes.find("\r\n", at + 2);
        auto const line = std::string_view(bytes).substr(at + 2, end - at - 2);
        at = end;
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        auto const is = [name = line.substr(0, colon)](std::string_view wanted) {
            return std::ranges::equal(name, wanted, {}, [](char c) { return c | 0x20; });
        };
        auto const value =
            line.substr(std::min(line.find_first_not_of(' ', colon + 1), line.size()));
        if (is("content-length"))
            std::from_chars(value.data(), value.data() + value.size(), length);
        else if (is("location"))
            answer.location = value;
        else if (is("connection"))
            answer.closes = value == "close";
        else if (is("transfer-encoding"))
            throw std::runtime_error("a chunked answer: this load reads Content-Length only");
    }
    if (bytes.size() < head_end + 4 + length) return std::nullopt;
    answer.body = bytes.substr(head_end + 4, length);
    bytes.erase(0, head_end + 4 + length);
    return answer;
}

/// The JSON of the middle part of a JWT.
std::optional<std::string> payload_of(std::string_view jwt) {
    auto const first = jwt.find('.');
    auto const second = jwt.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return decode_base64url(jwt.substr(first + 1, second - first - 1));
}

/// The value of one parameter of a redirect; nothing of these is percent-encoded.
std::string_view parameter(std::string_view url, std::string_view name) {
    auto const query = url.find('?');
    for (auto at = query; at != std::string_view::npos; at = url.find('&', at + 1))
        if (url.substr(at + 1, name.size()) == name && url[at + 1 + name.size()] == '=') {
            auto const start = at + name.size() + 2;
            return url.substr(start, url.find('&', start) - start);
        }
    return {};
}

/// One connection, which walks through rounds without end.
class Walker {
  public:
    Walker(Plan const& plan, std::size_t number, Tally& tally, int epoll)
        : plan_(plan), number_(number), tally_(tally), epoll_(epoll) {
        if (!plan.refresh_tokens.empty()) refresh_token_ = plan.refresh_tokens.at(number);
        connect();
    }
    Walker(Walker const&) = delete;
    ~Walker() { close(socket_); }

    /// Begins the next round; when it is a login, with a state, nonce and verifier of its own.
    void begin() {
        begun_ = SteadyClock::now();
        if (!plan_.get.empty()) {
            send("GET " + plan_.get + " HTTP/1.1\r\n" + authorization());
            return;
        }
        if (!plan_.post.empty()) return send_form(plan_.post, plan_.body);
        if (!refresh_token_.empty())
            return send_form(plan_.token,
                             "grant_type=refresh_token&refresh_token=" + refresh_token_);
        auto serial = std::to_string(number_) + "-" + std::to_string(++rounds_);
        state_ = "state-" + serial;
        nonce_ = "nonce-" + serial;
        verifier_ = "verifier-" + std::string(40 - serial.size(), '~') + serial;
        send("GET " + plan_.authorize + "&state=" + state_ + "&nonce=" + nonce_ +
             "&code_challenge_method=S256&code_challenge=" + encode_base64url(sha256(verifier_)) +
             " HTTP/1.1\r\nCookie: " + plan_.cookies[number_ % plan_.cookies.size()] + "\r\n");
    }

    /// Reads what has come; an answer that is complete is checked and followed by the next request.
    void readable() {
        char buffer[16'384];
        auto const count = ::read(socket_, buffer, sizeof buffer);
        if (count <= 0) return reconnect_and_repeat();
        received_.append(buffer, static_cast<std::size_t>(count));
        if (auto const answer = take_answer(received_)) {
            if (answer->closes) {
                close(socket_);
                connect();
            }
            next(*answer);
        }
    }

  private:
    void next(Answer const& answer) {
        if (!refresh_token_.empty()) return end_round(answer, takes_next_refresh_token(answer));
        if (!plan_.get.empty() || !plan_.post.empty())
            return end_round(answer, answer.status == plan_.status &&
                                         answer.body.find(plan_.contains) != std::string::npos);
        if (awaits_token_) {
            awaits_token_ = false;
            return end_round(answer, is_right_token_answer(answer));
        }
        auto const code = parameter(answer.location, "code");
        if ((answer.status != 302 && answer.status != 303) || code.empty() ||
            !answer.location.starts_with(plan_.redirect_uri + "?") ||
            parameter(answer.location, "state") != state_)
            return end_round(answer, false);
        awaits_token_ = true;
        send_form(plan_.token, "grant_type=authorization_code&code=" + std::string(code) +
                                   "&redirect_uri=" + percent_encode(plan_.redirect_uri) +
                                   "&code_verifier=" + verifier_);
    }

    /// Each answer has the token of the next round.
    bool takes_next_refresh_token(Answer const& answer) {
        boost::system::error_code error;
        auto const parsed = json::parse(answer.body, error);
        if (answer.status != 200 || error || !parsed.is_object()) return false;
        auto const* next_token = parsed.get_object().if_contains("refresh_token");
        if (next_token == nullptr || !next_token->is_string()) return false;
        bool const other = refresh_token_ != next_token->get_string();
        refresh_token_ = next_token->get_string();
        return other && parsed.get_object().contains("access_token");
    }

    bool is_right_token_answer(Answer const& answer) const {
        if (answer.status != 200) return false;
        boost::system::error_code error;
        auto const parsed = json::parse(answer.body, error);
        if (error || !parsed.is_object()) return false;
        auto const* id_token = parsed.get_object().if_contains("id_token");
        auto const* access_token = parsed.get_object().if_contains("access_token");
        if (id_token == nullptr || access_token == nullptr || !id_token->is_string()) return false;
        auto const payload = payload_of(id_token->get_string());
        return payload && payload->find("\"" + nonce_ + "\"") != std::string::npos;
    }

    void end_round(Answer const& answer, bool right) {
        if (right) {
            auto const taken =
                std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begun_);
            tally_.latencies_us.push_back(static_cast<std::uint32_t>(taken.count()));
            tally_.last = answer.body;
        } else if (tally_.wrong++ == 0) {
            tally_.first_wrong =
                std::to_string(answer.status) + " " + answer.location + " " + answer.body;
        }
        begin();
    }

    [[nodiscard]] std::string authorization() const {
        return plan_.authorization.empty() ? std::string()
                                           : "Authorization: " + plan_.authorization + "\r\n";
    }

    void send_form(std::string const& path, std::string const& body) {
        send("POST " + path + " HTTP/1.1\r\n" + authorization() +
                 (body.starts_with('{') ? "Content-Type: application/json\r\n"
                                        : "Content-Type: application/x-www-form-urlencoded\r\n") +
                 "Content-Length: " + std::to_string(body.size()) + "\r\n",
             body);
    }

    void send(std::string const& head, std::string const& body = {}) {
        request_ = head + "Host: 127.0.0.1:" + std::to_string(plan_.port) + "\r\n\r\n" + body;
        write_request();
    }

    /// A request is far smaller than a socket's buffer: it is taken whole.
    void write_request() {
        if (::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request_.size()))
            reconnect_and_repeat();
    }

    /// The server closed between two requests, as it may: the request goes out once more. Twice in
    /// a row is a fault.
    void reconnect_and_repeat() {
        if (!received_.empty() || repeated_ == request_)
            throw std::runtime_error("the server closed the connection on: " + request_);
        repeated_ = request_;
        close(socket_);
        connect();
        write_request();
    }

    void connect() {
        received_.clear();
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{.sin_family = AF_INET,
                            .sin_port = htons(plan_.port),
                            .sin_addr = {htonl(INADDR_LOOPBACK)},
                            .sin_zero = {}};
        if (::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
        int const yes = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_event event{.events = EPOLLIN, .data = {.ptr = this}};
        epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
    }

    Plan const& plan_;
    std::size_t number_;
    Tally& tally_;
    int epoll_;
    int socket_ = -1;
    std::string request_, repeated_, received_;
    std::string state_, nonce_, verifier_, refresh_token_;
    bool awaits_token_ = false;
    std::size_t rounds_ = 0;
    SteadyClock::time_point begun_;
};

json::object run(Plan const& plan) {
    Tally tally;
    int const epoll = epoll_create1(0);
    std::deque<Walker> walkers;
    for (std::size_t i = 0; i < plan.connections; ++i)
        walkers.emplace_back(plan, i, tally, epoll);
    auto const start = SteadyClock::now();
    for (auto& walker : walkers)
        walker.begin();
    std::vector<epoll_event> events(plan.connections);
    while (SteadyClock::now() - start < plan.seconds) {
        int const count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < count; ++i)
            static_cast<Walker*>(events[static_cast<std::size_t>(i)].data.ptr)->readable();
    }
    std::chrono::duration<double> const taken = SteadyClock::now() - start;

    auto& latencies = tally.latencies_us;
    std::ranges::sort(latencies);
    auto const quantile = [&](std::size_t percent) {
        return latencies.empty() ? 0 : latencies[(latencies.size() - 1) * percent / 100];
    };
    return {{"rounds", latencies.size()}, {"seconds", taken.count()},
            {"p50_us", quantile(50)},     {"p99_us", quantile(99)},
            {"wrong", tally.wrong},       {"first_wrong", tally.first_wrong},
            {"last", tally.last}};
}

}  // namespace
}  // namespace tunnus::bench

int main() {
    try {
        std::string const text{std::istreambuf_iterator<char>(std::cin), {}};
        auto const plan = tunnus::bench::Plan::read(boost::json::parse(text).as_object());
        std::cout << boost::json::serialize(tunnus::bench::run(plan)) << '\n';
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "login_load: " << error.what() << '\n';
        return 1;
    }
}
