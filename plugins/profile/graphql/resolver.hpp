// SPDX-License-Identifier: MIT
// What a field's value comes from (October 2021, section 6.4.2): plain functions from the parent's
// value, the arguments and the request's context to a value, all of them JSON.
#pragma once

#include "plugins/profile/graphql/error_entry.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tunnus::graphql {

struct Field;
struct Type;

/// A field's "no": the field becomes null and the response says why.
struct FieldError {
    std::string code;                ///< `extensions.code`
    std::string message;             ///< for the caller: nothing of the person, nothing of ours
    std::string detail;              ///< for operators: ErrorEntry::detail
    boost::json::object extensions;  ///< besides `code`
};

/// A value that a resolver made, or one that outlives the execution and is not copied: part of the
/// parent, or of what the context owns.
class Resolved {
  public:
    Resolved(boost::json::value made) : made_(std::move(made)) {}
    [[nodiscard]] static Resolved borrowed(boost::json::value const& value) {
        Resolved resolved{nullptr};
        resolved.borrowed_ = &value;
        return resolved;
    }
    [[nodiscard]] boost::json::value const& value() const { return borrowed_ ? *borrowed_ : made_; }

  private:
    boost::json::value made_;
    boost::json::value const* borrowed_ = nullptr;
};
using Resolution = boost::system::result<Resolved, FieldError>;
[[noreturn]] void throw_exception_from_error(FieldError const& error,
                                             boost::source_location const& where);

/// A field about to be resolved, whatever alias or fragment led there.
struct Visit {
    Type const& parent_type;  ///< the object's own type, never an interface
    Field const& field;
    boost::json::value const& parent;
};

/// What one request carries: who asks, what has been read. Made for the request and used by one
/// thread. A plugin derives from it, and its resolvers know its class (Call::in).
class Context {
  public:
    Context() = default;
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;
    virtual ~Context() = default;

    /// Asked before every field but `__typename` and those of introspection; an error refuses the
    /// field, and its resolver is not called. Field::permission tells fields apart.
    [[nodiscard]] virtual std::optional<FieldError> permit(Visit const& /*visit*/) {
        return std::nullopt;
    }
};

/// A field that is being resolved.
struct Call {
    Type const& parent_type;
    Field const& field;
    boost::json::value const& parent;      ///< null for the fields of an operation
    boost::json::object const& arguments;  ///< coerced; one that was not given is not there
    Context& context;

    /// The context as the class that the schema's author knows it to be.
    template <class Derived>
    [[nodiscard]] Derived& in() const {
        return static_cast<Derived&>(context);
    }
    /// The argument as text (String, ID, an enumeration); empty when absent or null.
    [[nodiscard]] std::optional<std::string_view> text(std::string_view argument) const;
};

/// Any thread may call it. It may block. An exception is a bug and ends the request.
using Resolver = std::function<Resolution(Call const& call)>;

}  // namespace tunnus::graphql
