// SPDX-License-Identifier: MIT
#include "idp/base/json_log.hpp"

#include "idp/base/time_text.hpp"
#include "tests/fakes/clock.hpp"

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <limits>
#include <sstream>

namespace tunnus {
namespace {

namespace json = boost::json;

/// A log whose lines come out of a pipe.
class JsonLogTest : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(::pipe2(pipe_.data(), O_NONBLOCK | O_CLOEXEC), 0);
        log_ = std::make_unique<JsonLog>(clock_, Level::info, pipe_[1]);
    }
    void TearDown() override {
        ::close(pipe_[0]);
        ::close(pipe_[1]);
    }
    std::string read_lines() {
        std::string text;
        std::array<char, 4'096> buffer{};
        for (ssize_t got = 0; (got = ::read(pipe_[0], buffer.data(), buffer.size())) > 0;)
            text.append(buffer.data(), static_cast<std::size_t>(got));
        return text;
    }
    /// The one line that writing `value` gives, checked to be printable ASCII.
    std::string line_of(json::value value) {
        log_->info("test.event", {{"v", std::move(value)}});
        auto line = read_lines();
        EXPECT_TRUE(line.ends_with("}\n")) << line;
        for (char c : std::string_view(line).substr(0, line.size() - 1))
            EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
        return line;
    }
    std::string line_of_text(std::string_view text) { return line_of(json::value(text)); }
    json::string value_in(std::string const& line) {
        return json::parse(line).at("fields").at("v").as_string();
    }

    fakes::ManualClock clock_;
    std::array<int, 2> pipe_{};
    std::unique_ptr<JsonLog> log_;
};

TEST_F(JsonLogTest, WritesOneObjectALine) {
    log_->info("code.redeemed", {{"client_id", "a"}, {"request_id", "r-1"}, {"n", 2}});
    log_->error("storage.failed");
    EXPECT_EQ(
        read_lines(),
        "{\"ts\":\"2030-01-02T03:04:05.000Z\",\"level\":\"info\",\"event\":\"code.redeemed\","
        "\"request_id\":\"r-1\",\"fields\":{\"client_id\":\"a\",\"n\":2}}\n"
        "{\"ts\":\"2030-01-02T03:04:05.000Z\",\"level\":\"error\",\"event\":\"storage.failed\"}\n");
}

TEST_F(JsonLogTest, LeavesOutWhatIsBelowItsLevel) {
    log_->debug("noise");
    log_->warning("signal");
    EXPECT_EQ(json::parse(read_lines()).at("event").as_string(), "signal");
}

TEST_F(JsonLogTest, WritesEveryKindOfValue) {
    EXPECT_TRUE(line_of({{"a", {1, -2.5, true, nullptr}}, {"b", json::object{}}})
                    .ends_with(R"("fields":{"v":{"a":[1,-2.5E0,true,null],"b":{}}}})"
                               "\n"));
    EXPECT_TRUE(line_of(std::numeric_limits<double>::infinity()).ends_with("{\"v\":null}}\n"));
}

// threats.md I12, M-18
TEST_F(JsonLogTest, KeepsEveryInputOnOnePrintableLine) {
    EXPECT_EQ(value_in(line_of_text("plain text")), "plain text");
    for (auto const* text : {"a\r\nb", "\x1b[31mred", "\"},\"event\":\"forged", "back\\slash",
                             "\x7f\x01", "\xe2\x80\xa8\xe2\x80\xa9",
                             "\xc2\x9b"
                             "31m",
                             "\xe2\x80\xae bidi", "\xf0\x9f\x98\x80", "%n%s{}${jndi:x}"})
        EXPECT_EQ(value_in(line_of_text(text)), text);
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte)
        every_byte.push_back(static_cast<char>(byte));
    EXPECT_TRUE(value_in(line_of_text(every_byte)).ends_with("\\xfe\\xff"));
    EXPECT_EQ(value_in(line_of_text("a\xff\xc3z")), "a\\xff\\xc3z");
    line_of({{"k\r\ney", 1}});
}

// threats.md X-13
TEST_F(JsonLogTest, ReplacesIdentityCodesAndTokens) {
    EXPECT_EQ(value_in(line_of_text("born 131052-308U, 131052+3080")),
              "born 131052-308U, 131052+3080")
        << "not codes";
    EXPECT_EQ(value_in(line_of_text("born 131052-308T.")), "born [identity code].");
    EXPECT_EQ(value_in(line_of_text("x131052-308T")), "x[identity code]");
    EXPECT_EQ(value_in(line_of_text("Bearer eyJhbGciOiJub25lIn0.e30. end")), "Bearer [token] end");
    EXPECT_EQ(value_in(line_of_text("eyJust a word")), "eyJust a word");
}

TEST_F(JsonLogTest, CutsLongTextsAndLeavesOutTooManyFields) {
    EXPECT_EQ(value_in(line_of_text(std::string(1'024, 'x'))).size(), 1'024U);
    EXPECT_EQ(value_in(line_of_text(std::string(100'000, 'x'))), std::string(1'024, 'x') + "[cut]");
    for (std::size_t before = 1'010; before < 1'024; ++before)  // X-13, across the edge
        EXPECT_EQ(value_in(line_of_text(std::string(before, 'x') + "131052-308T")).find("1310"),
                  std::string::npos);
    json::array many(1'000, json::value("abcdef"));
    EXPECT_TRUE(line_of(std::move(many)).ends_with("\"fields\":{\"cut\":true}}\n"));
    log_->info(std::string(1'024, '\n'));
    EXPECT_EQ(read_lines(), "{\"event\":\"log.line_too_long\"}\n");
}

TEST_F(JsonLogTest, CountsWhatTheReaderDoesNotTake) {
    log_->info("taken");
    EXPECT_EQ(log_->lost(), 0U);
    std::array<char, 4'096> filling{};
    while (::write(pipe_[1], filling.data(), filling.size()) > 0) {
    }
    log_->info("lost");
    EXPECT_EQ(log_->lost(), 1U);
}

// threats.md F-47
TEST_F(JsonLogTest, F47_TellsHowManyLinesAreMissingOnceItCanWriteAgain) {
    std::array<char, 4'096> filling{};
    while (::write(pipe_[1], filling.data(), filling.size()) > 0) {
    }
    log_->info("lost");
    log_->info("lost.too");
    read_lines();
    log_->info("taken");
    auto const lines = read_lines();
    EXPECT_NE(lines.find("\"taken\""), std::string::npos);
    EXPECT_NE(lines.find(R"("event":"log.lines_lost","fields":{"lines":2})"), std::string::npos)
        << lines;
    log_->info("taken");
    EXPECT_EQ(read_lines().find("log.lines_lost"), std::string::npos) << "told once";
    EXPECT_EQ(log_->lost(), 2U);
}

TEST_F(JsonLogTest, F47_GoesOnWithoutAReader) {
    auto const before = std::signal(SIGPIPE, SIG_IGN);  // as main.cpp does
    ::close(pipe_[0]);
    log_->info("lost");
    EXPECT_EQ(log_->lost(), 1U);
    pipe_[0] = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    std::signal(SIGPIPE, before);
}

/// A log in a file that takes no more than so many bytes, as on a full disk.
class LogOnAFullDisk : public testing::Test {
  protected:
    LogOnAFullDisk() : file_(std::tmpfile()) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &unbounded_);
    }
    ~LogOnAFullDisk() override {
        free_space();
        std::signal(SIGXFSZ, SIG_DFL);
        std::fclose(file_);
    }
    void leave_space(rlim_t bytes) {
        rlimit const bounded{bytes, unbounded_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &bounded);
    }
    void free_space() { ::setrlimit(RLIMIT_FSIZE, &unbounded_); }
    std::string content() {
        std::string text(10'000, '\0');
        auto const got = ::pread(fileno(file_), text.data(), text.size(), 0);
        text.resize(static_cast<std::size_t>(got));
        return text;
    }

    fakes::ManualClock clock_;
    std::FILE* file_;
    rlimit unbounded_{};
};

TEST_F(LogOnAFullDisk, F47_LosesLinesAndTellsWhenThereIsSpaceAgain) {
    JsonLog log(clock_, Level::info, fileno(file_));
    log.info("first");
    leave_space(content().size() + 20);
    log.info("torn");
    log.info("lost");
    EXPECT_EQ(log.lost(), 2U);
    free_space();
    log.info("last");
    std::istringstream lines(content());
    std::vector<std::string> events;
    for (std::string line; std::getline(lines, line);) {
        boost::system::error_code error;
        auto const object = json::parse(line, error);
        events.push_back(error ? "half" : std::string(object.at("event").as_string()));
    }
    EXPECT_EQ(events, (std::vector<std::string>{"first", "half", "last", "log.lines_lost"}));
}

TEST(Rfc3339, WritesUtcToTheMillisecond) {
    EXPECT_EQ(rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(rfc3339(from_unix_s(253'402'300'799)), "9999-12-31T23:59:59.000Z");
}

}  // namespace
}  // namespace tunnus
