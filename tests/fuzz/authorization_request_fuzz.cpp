// SPDX-License-Identifier: MIT
// The query or body of an authorization request: form, every check of the pipeline, and the answer.
#include "idp/base/limits.hpp"
#include "oidc/protocol/authorization_response.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <cstdlib>

using namespace tunnus;
using namespace tunnus::oidc;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static tests::KnownClients const clients{tests::metadata({{"require_pkce", false}}),
                                             tests::public_client()};
    static std::vector<ScopeInfo> const scopes{{"profile", {"name"}, true, ""}};
    static std::vector<std::string> const claims{"name"};
    static std::vector<std::string> const levels{"light", "strong"};
    static jose::JwkSet const keys;
    static Limits const limits;
    auto const parsed = parse_form(std::string_view(reinterpret_cast<char const*>(data), size));
    auto const checked =
        check_authorization_request(parsed, {"https://id.example", limits, clients, scopes, claims,
                                             levels, keys, from_unix_s(1'900'000'000)});
    if (auto const* accepted = std::get_if<AcceptedAuthorization>(&checked)) {
        auto const stored = accepted->request.to_json();
        if (AuthorizationRequest::from_json(stored)->to_json() != stored) std::abort();
        AuthorizationResponse response;
        response.code = "c";
        (void)response_location(accepted->request.redirect_uri,
                                success_fields(accepted->request, response, "https://id.example"));
        return 0;
    }
    auto const& refused = std::get<RefusedAuthorization>(checked);
    // Nothing redirects but to a registered address.
    if (refused.request.has_value() != (refused.refusal.delivery == Delivery::redirect))
        std::abort();
    if (!refused.request) return 0;
    auto const location =
        response_location(refused.request->redirect_uri,
                          error_fields(*refused.request, refused.refusal, "https://id.example"));
    for (char const c : location)
        if (c <= ' ' || c >= '\x7f') std::abort();
    return 0;
}
