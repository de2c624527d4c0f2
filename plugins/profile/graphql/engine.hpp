// SPDX-License-Identifier: MIT
// The whole way from a request to its response. Start here.
#pragma once

#include "plugins/profile/graphql/execution.hpp"
#include "plugins/profile/graphql/request.hpp"
#include "plugins/profile/graphql/validation.hpp"

namespace tunnus::graphql {

struct Settings {
    Bounds bounds;
    ErrorCodes codes;
    Introspection introspection = Introspection::off;
};

/// Any number of threads may use one engine at once, each with contexts of its own.
class Engine {
  public:
    Engine(Schema schema, Settings const& settings)
        : schema_(std::move(schema)), settings_(settings) {}

    [[nodiscard]] Schema const& schema() const { return schema_; }
    [[nodiscard]] Settings const& settings() const { return settings_; }

    /// Parses and validates the request's document, then executes its operation. Whatever is wrong
    /// is in the response; only a resolver's exception passes through.
    [[nodiscard]] Response execute(Request const& request, Context& context) const;

    /// The same in two steps, for those who need to know the operation before they make a context.
    /// A document that is valid once is valid always: here is where a cache by text would stand.
    [[nodiscard]] boost::system::result<std::shared_ptr<Document const>, ErrorEntries> prepare(
        std::string const& query) const;
    [[nodiscard]] Response execute(Document const& document, Request const& request,
                                   Context& context) const;

    /// The response that holds nothing but these errors.
    [[nodiscard]] Response refuse(ErrorEntries errors) const;

  private:
    Schema schema_;
    Settings settings_;
};

}  // namespace tunnus::graphql
