// SPDX-License-Identifier: MIT
// What can go wrong without being anybody's bug: a Result<T> holds a T or an Error.
//
// A protocol's "no" is a Refusal (oidc/protocol/refusal.hpp), not an Error. Bugs, exhausted memory
// and a bad configuration at start are exceptions, caught once per request by the edge.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace tunnus {

/// An error code, a detail for operators only (never shown to a caller, never a secret), and where
/// it arose.
struct Error {
    boost::system::error_code code;
    std::string detail;
    boost::source_location location;

    Error() = default;
    Error(boost::system::error_code error_code, std::string error_detail,
          boost::source_location where = BOOST_CURRENT_LOCATION)
        : code(error_code), detail(std::move(error_detail)), location(where) {}

    /// `code message: detail`, for a log line.
    [[nodiscard]] std::string text() const;
};

/// Lets `Result<T>::value()` on an error throw std::runtime_error with the error's text.
[[noreturn]] void throw_exception_from_error(Error const& error,
                                             boost::source_location const& where);

template <class T = void>
using Result = boost::system::result<T, Error>;

// Boost's error_category has no virtual destructor; ours has, and takes the warning once for all.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
/// What a room's category of error codes derives from.
class ErrorCategory : public boost::system::error_category {
  public:
    virtual ~ErrorCategory() = default;
};
#pragma GCC diagnostic pop

/// Errors that arise in base itself. Other rooms have enums and categories of their own.
enum class BaseErrc {
    malformed = 1,  ///< input does not follow its grammar
    too_large,      ///< input exceeds a bound of limits.hpp
    unavailable,    ///< a seam's other end (mail server, HTTP peer, entropy source) did not do its
                    ///< part
    denied,     ///< refused by policy (an inside address, a decryption that does not authenticate)
    not_found,  ///< the named thing (file, environment variable) does not exist
};
boost::system::error_code make_error_code(BaseErrc code);

}  // namespace tunnus

template <>
struct boost::system::is_error_code_enum<tunnus::BaseErrc> : std::true_type {};
