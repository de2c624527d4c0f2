// SPDX-License-Identifier: MIT
// JSON written straight into the answer, in order, with a way back: what a null wipes out is cut
// off again.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace tunnus::graphql {

class ResponseWriter {
  public:
    explicit ResponseWriter(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    void raw(std::string_view text) { text_ += text; }
    void raw(char c) { text_ += c; }
    void string(std::string_view text);
    void integer(std::int64_t number);
    void floating(double number);
    /// Any JSON value as it is.
    void value(boost::json::value const& value);

    [[nodiscard]] std::size_t mark() const { return text_.size(); }
    void cut(std::size_t mark) { text_.resize(mark); }
    /// The bound was passed when this was asked, now or before: there will be no answer.
    [[nodiscard]] bool full() { return full_ = full_ || text_.size() > most_bytes_; }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
    std::size_t most_bytes_;
    bool full_ = false;
};

}  // namespace tunnus::graphql
