// SPDX-License-Identifier: MIT
#include "oidc/endpoints/public_document.hpp"

#include "oidc/endpoints/cross_origin.hpp"

namespace tunnus::oidc {
namespace {

bool has_it(HttpRequest const& request, std::string_view etag) {
    for (auto const field : request.headers.all("If-None-Match"))
        if (field == "*" || field.find(etag) != std::string_view::npos) return true;
    return false;
}

}  // namespace

HttpResponse public_document(HttpRequest const& request, std::string_view json,
                             std::string_view etag) {
    auto response =
        has_it(request, etag) ? HttpResponse(304) : json_response(200, std::string(json));
    response.headers.set("Cache-Control", "public, max-age=300");
    response.headers.set("ETag", etag);
    allow_any_origin(response);
    return response;
}

}  // namespace tunnus::oidc
