// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_api.hpp"

#include "plugins/profile/graphql/sdl.hpp"
#include "plugins/profile/graphql_resolvers.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace tunnus::plugin::profile {
namespace {

constexpr auto path = "/graphql/";

/// What is no refusal of the API's own has its general code.
constexpr graphql::ErrorCodes codes{
    .request = error_code::general,
    .syntax = error_code::general,
    .limit = error_code::general,
    .validation = error_code::general,
    .operation = error_code::general,
    .variables = error_code::general,
    .field = error_code::general,
    .internal = error_code::general,
};

graphql::Settings settings() {
    graphql::Settings settings;
    settings.codes = codes;
    settings.introspection = graphql::Introspection::on;
    settings.bounds.cost = 20'000;  // a page of all services with all that is known of each
    return settings;
}

/// Whether it may wait for other servers. No spelling of a document hides a field's name.
bool calls_services(graphql::Request const& request) {
    return std::ranges::any_of(
        std::array{"downloadMyProfile", "deleteMyProfile", "deleteMyServiceData"},
        [&](char const* operation) { return request.query.find(operation) != std::string::npos; });
}

}  // namespace

GraphqlApi::GraphqlApi(ApiParts parts, std::string audience)
    : parts_(parts),
      audience_(std::move(audience)),
      engine_(make_graphql_schema(make_resolvers()), settings()),
      schema_text_(graphql::print_sdl(engine_.schema())) {}

std::vector<RouteSource::PluginRoute> GraphqlApi::routes() {
    graphql::ErrorEntry refused;
    refused.message = "the access token is not good for this API";
    refused.code = error_code::jwt_authentication;
    return {{.method = Method::POST,
             .path = path,
             .needs = RouteSource::Needs::access_token,
             .body_limit = engine_.settings().bounds.request_bytes,
             .handler = [this](HttpRequest const& request,
                               Caller const& caller) { return answer(request, caller); },
             .audience = audience_,
             .cross_origin = true,
             .refusal_json = graphql::refusal({refused})},
            {.method = Method::GET,
             .path = path,
             .needs = RouteSource::Needs::nothing,
             .body_limit = 0,
             .handler = [this](HttpRequest const&, Caller const&) -> Outcome {
                 return text_response(200, schema_text_);
             }}};
}

Outcome GraphqlApi::answer(HttpRequest const& request, Caller const& caller) {
    auto const refuse = [&](int status, graphql::ErrorEntry error) {
        return json_response(status, engine_.refuse({std::move(error)}).body);
    };
    if (request.media_type() != "application/json") {
        graphql::ErrorEntry error;
        error.kind = graphql::ErrorKind::request;
        error.message = "a request is application/json";
        return refuse(415, std::move(error));
    }
    auto body = graphql::parse_request(request.body, engine_.settings().bounds);
    if (!body) return refuse(400, body.error());
    auto asked = std::make_shared<graphql::Request const>(std::move(body->requests.front()));
    if (!calls_services(*asked)) return execute(*asked, caller);
    return Continuation{Lane::outbound,
                        [this, asked, caller]() -> Outcome { return execute(*asked, caller); }};
}

Outcome GraphqlApi::execute(graphql::Request const& request, Caller const& caller) {
    ApiContext context(parts_, caller);
    auto response = engine_.execute(request, context);
    report(response.errors, caller);
    auto answered = json_response(200, std::move(response.body));
    auto events = context.take_events();
    if (events.empty()) return answered;
    // Nothing is told before it stands in the person's log that it was.
    return PendingCommit{parts_.host.audit().recording(std::move(events)), answered, answered};
}

void GraphqlApi::report(graphql::ErrorEntries const& errors, Caller const& caller) {
    for (auto const& error : errors)
        if (!error.detail.empty())
            parts_.host.log().error("graphql.failed", {{"error", error.detail},
                                                       {"client_id", caller.client_id},
                                                       {"request_id", caller.event_id}});
}

}  // namespace tunnus::plugin::profile
