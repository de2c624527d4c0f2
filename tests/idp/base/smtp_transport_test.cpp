// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "idp/base/mailer.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/random.hpp"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace tunnus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A mail server that keeps the commands and the message, and can be told what to answer to a
/// command.
class MailServer {
  public:
    using Answers = std::map<std::string, std::string>;
    explicit MailServer(Answers answers = {})
        : answers_(std::move(answers)),
          server_([this](fakes::Connection& connection) { serve(connection); }) {}

    [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + server_.port(); }
    [[nodiscard]] std::vector<std::string> commands() {
        std::scoped_lock const lock(mutex_);
        return commands_;
    }
    [[nodiscard]] std::string message() {
        std::scoped_lock const lock(mutex_);
        return message_;
    }
    [[nodiscard]] std::string credentials() {
        std::scoped_lock const lock(mutex_);
        return credentials_;
    }

  private:
    std::string answer(std::string const& verb, std::string const& usual) const {
        auto const found = answers_.find(verb);
        return (found == answers_.end() ? usual : found->second) + "\r\n";
    }
    void serve(fakes::Connection& connection) {
        connection.write(answer("greeting", "220 test"));
        for (;;) {
            auto const line = connection.read_until("\r\n");
            auto const verb = line.substr(0, line.find_first_of(" \r"));
            if (verb.empty()) return;
            {
                std::scoped_lock const lock(mutex_);
                if (verb == "MAIL" || verb == "RCPT" || verb == "AUTH")
                    commands_.push_back(line.substr(0, line.size() - 2));
            }
            if (verb == "EHLO") {
                connection.write("250-test\r\n" + answer(verb, "250 AUTH PLAIN"));
            } else if (verb == "AUTH") {
                connection.write("334 \r\n");
                auto credentials = connection.read_until("\r\n");
                {
                    std::scoped_lock const lock(mutex_);
                    credentials_ = std::move(credentials);
                }
                connection.write(answer(verb, "235 ok"));
            } else if (verb == "DATA") {
                connection.write(answer(verb, "354 go on"));
                if (answers_.contains("DATA")) continue;
                auto message = connection.read_until("\r\n.\r\n");
                {
                    std::scoped_lock const lock(mutex_);
                    message_ = std::move(message);
                }
                connection.write(answer("message", "250 taken"));
            } else if (verb == "QUIT") {
                connection.write("221 bye\r\n");
                return;
            } else {
                connection.write(answer(verb, "250 ok"));
            }
        }
    }

    Answers answers_;
    std::mutex mutex_;
    std::vector<std::string> commands_;
    std::string message_;
    std::string credentials_;
    fakes::LoopbackServer server_;
};

class SmtpTransport : public testing::Test {
  protected:
    Result<> deliver(std::string const& url, Mail const& mail) {
        return make_smtp_transport({.smtp_url = url,
                                    .from = "City <no-reply@city.example>",
                                    .user = user_,
                                    .password = Secret(password_),
                                    .timeout = milliseconds(2'000)},
                                   clock_, random_)
            ->deliver(mail);
    }
    std::string user_;
    std::string password_;
    fakes::ManualClock clock_;
    fakes::SeededRandom random_;
};

TEST_F(SmtpTransport, DeliversOneMessageToOneAddress) {
    MailServer server;
    auto const sent =
        deliver(server.url(), {"Matti@Example.org", "Koodi", "Koodi on 123.\n.\nLoppu"});
    ASSERT_TRUE(sent.has_value()) << sent.error().text();
    EXPECT_THAT(server.commands(),
                ElementsAre("MAIL FROM:<no-reply@city.example>", "RCPT TO:<Matti@example.org>"));
    auto const message = server.message();
    EXPECT_THAT(message, HasSubstr("To: Matti@example.org\r\n"));
    auto const body = message.substr(message.find("\r\n\r\n") + 4);
    EXPECT_EQ(decode_base64(body.substr(0, body.size() - 3), WhiteSpace::skip),
              "Koodi on 123.\r\n.\r\nLoppu");
}

TEST_F(SmtpTransport, SignsInWhenAUserIsGiven) {
    MailServer server;
    user_ = "tunnus";
    password_ = "secret";
    auto const sent = deliver(server.url(), {"a@b.c", "x", "y"});
    ASSERT_TRUE(sent.has_value()) << sent.error().text();
    EXPECT_EQ(server.commands().at(0), "AUTH PLAIN");
    EXPECT_EQ(server.credentials(), encode_base64(std::string("\0tunnus\0secret", 14)) + "\r\n");
}

// threats.md L-20
TEST_F(SmtpTransport, RefusesWhatIsNotOneAddress) {
    MailServer server;
    for (auto const* to :
         {"", "a@b.c,d@e.f", "a@b.c\r\nRCPT TO:<x@y.z>", "<a@b.c>", "a@b.c> BODY=8BITMIME"})
        EXPECT_EQ(deliver(server.url(), {to, "x", "y"}).error().code, BaseErrc::denied) << to;
    EXPECT_TRUE(server.commands().empty());
}

TEST_F(SmtpTransport, TellsForGoodFromForNow) {
    struct Case {
        char const* command;
        char const* answer;
        BaseErrc expected;
    };
    for (auto const& c :
         {Case{"RCPT", "550 no such user", BaseErrc::denied},
          Case{"RCPT", "450 later", BaseErrc::unavailable},
          Case{"MAIL", "552 too big", BaseErrc::denied}, Case{"DATA", "554 no", BaseErrc::denied},
          Case{"message", "554 spam", BaseErrc::denied},
          Case{"message", "451 later", BaseErrc::unavailable},
          Case{"greeting", "554 go away", BaseErrc::unavailable},
          Case{"greeting", "421 busy", BaseErrc::unavailable}}) {
        MailServer server(MailServer::Answers{{c.command, c.answer}});
        auto const sent = deliver(server.url(), {"a@b.c", "x", "y"});
        ASSERT_FALSE(sent.has_value()) << c.command;
        EXPECT_EQ(sent.error().code, c.expected)
            << c.command << " " << c.answer << ": " << sent.error().text();
    }
    user_ = "tunnus";
    password_ = "wrong";
    MailServer server(MailServer::Answers{{"AUTH", "535 no"}});
    EXPECT_EQ(deliver(server.url(), {"a@b.c", "x", "y"}).error().code, BaseErrc::unavailable);
}

// threats.md F-36
TEST_F(SmtpTransport, IsUnavailableWhenNobodyListensOrAnswers) {
    std::string closed;
    {
        MailServer const server;
        closed = server.url();
    }
    EXPECT_EQ(deliver(closed, {"a@b.c", "x", "y"}).error().code, BaseErrc::unavailable);
    fakes::LoopbackServer const silent(
        [](fakes::Connection& connection) { connection.read_until("never"); });
    auto const transport = make_smtp_transport({.smtp_url = "smtp://127.0.0.1:" + silent.port(),
                                                .from = "a@b.c",
                                                .user = {},
                                                .password = {},
                                                .timeout = milliseconds(200)},
                                               clock_, random_);
    EXPECT_EQ(transport->deliver({"a@b.c", "x", "y"}).error().code, BaseErrc::unavailable);
}

TEST_F(SmtpTransport, RefusesASenderThatIsNoAddress) {
    EXPECT_THROW((void)make_smtp_transport(
                     {.smtp_url = "smtp://h", .from = "nobody", .user = {}, .password = {}}, clock_,
                     random_),
                 std::invalid_argument);
}

}  // namespace
}  // namespace tunnus
