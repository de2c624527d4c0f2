// SPDX-License-Identifier: MIT
// The API for services at /graphql/ (citizen-services.md part 1): HTTP around the engine. POST of
// JSON with an access token for the API's audience, open to scripts of registered origins. GET
// gives the schema as text, and executes nothing.
#pragma once

#include "plugins/profile/graphql/engine.hpp"
#include "plugins/profile/graphql_context.hpp"

namespace tunnus::plugin::profile {

/// Any thread may call.
class GraphqlApi {
  public:
    /// `audience` is the name that access tokens for it carry in `aud`.
    GraphqlApi(ApiParts parts, std::string audience);

    [[nodiscard]] std::vector<RouteSource::PluginRoute> routes();

  private:
    [[nodiscard]] Outcome answer(HttpRequest const& request, Caller const& caller);
    [[nodiscard]] Outcome execute(graphql::Request const& request, Caller const& caller);
    /// The errors that are ours to mend, for operators.
    void report(graphql::ErrorEntries const& errors, Caller const& caller);

    ApiParts parts_;
    std::string audience_;
    graphql::Engine engine_;
    std::string schema_text_;
};

}  // namespace tunnus::plugin::profile
