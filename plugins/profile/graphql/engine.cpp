// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/engine.hpp"

namespace tunnus::graphql {

Response Engine::execute(Request const& request, Context& context) const {
    auto const document = prepare(request.query);
    if (!document) return refuse(document.error());
    return execute(**document, request, context);
}

boost::system::result<std::shared_ptr<Document const>, ErrorEntries> Engine::prepare(
    std::string const& query) const {
    auto parsed = parse_document(query, settings_.bounds);
    if (!parsed) return ErrorEntries{parsed.error()};
    auto errors = validate(schema_, **parsed, settings_.bounds, settings_.introspection);
    if (!errors.empty()) return errors;
    return std::shared_ptr<Document const>(std::move(*parsed));
}

Response Engine::execute(Document const& document, Request const& request, Context& context) const {
    auto const operation = find_operation(document, request.operation_name);
    if (!operation) return refuse({operation.error()});
    return graphql::execute(schema_, document, **operation, request.variables, context,
                            settings_.bounds, settings_.codes);
}

Response Engine::refuse(ErrorEntries errors) const {
    Response response;
    response.body = refusal(errors, settings_.codes);
    response.errors = std::move(errors);
    return response;
}

}  // namespace tunnus::graphql
