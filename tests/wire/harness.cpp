// SPDX-License-Identifier: MIT
#include "tests/wire/harness.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/limits.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstring>

namespace tunnus::wire {
namespace {

class Nothing final : public Intention {
  public:
    [[nodiscard]] std::string_view name() const noexcept override { return "nothing"; }
};

sockaddr_in address_of(std::string const& text, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, text.c_str(), &address.sin_addr);
    return address;
}

/// What a handler saw, one line each.
HttpResponse look(HttpRequest const& request) {
    std::string text;
    text.append("method=").append(to_string(request.method)).append("\npath=").append(request.path);
    text.append("\nquery=")
        .append(request.query)
        .append("\nclient=")
        .append(request.client_address);
    text.append("\ntls=").append(request.over_tls ? "yes" : "no");
    text.append("\ncertificate=").append(std::to_string(request.peer_certificate_der.size()));
    text.append("\nid=")
        .append(request.request_id)
        .append("\nbody=")
        .append(request.body)
        .append("\n");
    for (auto const& [name, value] : request.headers.fields())
        text.append(name).append(": ").append(value).append("\n");
    return text_response(200, text + "end\n");
}

}  // namespace

std::string Answer::field(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find("\r\n"));
        auto const colon = line.find(':');
        if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name))
            return std::string(trim(line.substr(colon + 1)));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
    return {};
}

Client::Client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval const patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

Client::Client(std::uint16_t port, std::string const& from) : Client() {
    auto const source = address_of(from, 0);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr const*>(&source), sizeof(source)), 0);
    connect(port);
}

void Client::connect(std::uint16_t port) {
    auto const target = address_of("127.0.0.1", port);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr const*>(&target), sizeof(target)), 0)
        << strerror(errno);
}

bool Client::can_connect(std::uint16_t port) {
    Client const client;
    auto const target = address_of("127.0.0.1", port);
    return ::connect(client.socket_, reinterpret_cast<sockaddr const*>(&target), sizeof(target)) ==
           0;
}

Client::~Client() {
    if (socket_ >= 0) ::close(socket_);
}

bool Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Client::fill() {
    std::array<char, 16'384> piece{};
    auto const size = ::recv(socket_, piece.data(), piece.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        ADD_FAILURE() << "the server neither answers nor closes";
    if (size <= 0) return false;
    buffer_.append(piece.data(), static_cast<std::size_t>(size));
    return true;
}

Answer Client::read(bool head_only) {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return answer;
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    std::size_t length = 0;
    auto const stated = answer.field("Content-Length");
    std::from_chars(stated.data(), stated.data() + stated.size(), length);
    if (head_only) return answer;
    while (buffer_.size() < length)
        if (!fill()) break;
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
}

std::string Client::read_to_end() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
}

void Client::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

void Client::reset() {
    linger const hard{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    ::close(std::exchange(socket_, -1));
}

void ManualCommitter::submit(std::unique_ptr<Intention> intention,
                             std::function<void(CommitResult)> done) {
    EXPECT_EQ(intention->name(), "nothing");
    std::scoped_lock const lock(mutex_);
    waiting_.push_back(std::move(done));
    arrived_.notify_all();
}

void ManualCommitter::settle(std::size_t count, CommitResult const& result) {
    std::vector<std::function<void(CommitResult)>> ready;
    {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return waiting_.size() >= count; });
        ready.swap(waiting_);
    }
    for (auto const& done : ready)
        done(result);
}

void Gate::pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
}

void Gate::open() {
    std::scoped_lock const lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

void Gate::wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
}

void eventually(std::function<bool()> const& holds) {
    auto const end = std::chrono::steady_clock::now() + seconds(10);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) {
            ADD_FAILURE() << "it did not become true";
            return;
        }
        std::this_thread::yield();
    }
}

Edge::Edge() {
    settings.listeners.emplace_back().routes = routes();
    settings.limits.close_timeout = milliseconds(100);
}

Edge::~Edge() {
    gate.open();
}

std::vector<Route> Edge::routes() {
    auto const counted = [this](Handler handler) {
        return [this, handler = std::move(handler)](HttpRequest const& received) {
            ++handled;
            return handler(received);
        };
    };
    auto const text = [](std::string body) {
        return [body = std::move(body)](HttpRequest const&) -> Outcome {
            return text_response(200, body);
        };
    };
    Handler const echo = counted(
        [](HttpRequest const& received) -> Outcome { return text_response(200, received.body); });
    Handler const seen =
        counted([](HttpRequest const& received) -> Outcome { return look(received); });
    Handler const mark = [this](HttpRequest const&) -> Outcome {
        ++markers;
        return text_response(200, "marker");
    };
    Handler const wait = [this](HttpRequest const&) -> Outcome {
        gate.pass();
        return text_response(200, "waited");
    };
    Handler const split = [](HttpRequest const& received) -> Outcome {
        HttpResponse response(303);
        response.headers.add("Location", "/\r\nSet-Cookie: " + received.query);
        return response;
    };
    Handler const commit = [](HttpRequest const&) -> Outcome {
        return PendingCommit{std::make_unique<Nothing>(), text_response(200, "won"),
                             text_response(409, "lost")};
    };
    Handler const fail = [](HttpRequest const&) -> Outcome { throw std::runtime_error("a bug"); };
    Handler const large = [](HttpRequest const&) -> Outcome {
        return text_response(200, std::string(8'000'000, 'x'));
    };
    return {{Method::GET, "/marker", Lane::fast, 0, mark},
            {Method::GET, "/hello", Lane::fast, 0, counted(text("hello"))},
            {Method::POST, "/echo", Lane::fast, 1'000, echo},
            {Method::PUT, "/echo", Lane::fast, 1'000, echo},
            {Method::GET, "/look", Lane::fast, 0, seen},
            {Method::DELETE_, "/look", Lane::fast, 0, seen},
            {Method::GET, "/look/{name}", Lane::fast, 0, seen},
            {Method::GET, "/wait", Lane::fast, 0, wait},
            {Method::GET, "/slow-hash", Lane::password, 0, wait},
            {Method::GET, "/moves-on", Lane::fast, 0,
             [wait](HttpRequest const& request) -> Outcome {
                 return Continuation{Lane::outbound, [&request, wait] { return wait(request); }};
             }},
            {Method::GET, "/split", Lane::fast, 0, split},
            {Method::GET, "/throw", Lane::fast, 0, fail},
            {Method::GET, "/large", Lane::fast, 0, large},
            {Method::POST, "/commit", Lane::fast, 0, commit}};
}

void Edge::start() {
    server =
        std::make_unique<web::Server>(settings, web::Server::Seams{clock, random, log, committer});
    auto const started = server->start();
    ASSERT_TRUE(started) << started.error().text();
}

Answer Edge::get(std::string const& target, std::string const& fields) const {
    auto client = connect();
    return client.exchange(request("GET", target, fields));
}

std::string request(std::string_view method, std::string_view target, std::string_view fields,
                    std::string_view body) {
    std::string bytes;
    bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: id.example\r\n");
    return bytes.append(fields).append("\r\n").append(body);
}

}  // namespace tunnus::wire
