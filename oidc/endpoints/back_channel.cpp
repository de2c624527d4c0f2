// SPDX-License-Identifier: MIT
#include "oidc/endpoints/back_channel.hpp"

#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/protocol/client_authentication.hpp"
#include "oidc/protocol/token_request.hpp"
#include "oidc/protocol/token_response.hpp"

namespace tunnus::oidc {
namespace {

HttpResponse refuse(Provider const& provider, HttpRequest const& request, Refusal const& refusal,
                    std::string_view client_id) {
    provider.log.info("client.refused", {{"error", to_string(refusal.error)},
                                         {"description", refusal.description},
                                         {"detail", refusal.detail},
                                         {"client_id", client_id},
                                         {"path", request.path},
                                         {"request_id", request.request_id}});
    return token_error(refusal, request);
}

}  // namespace

Outcome answer_back_channel(Provider const& provider, HttpRequest const& request,
                            CrossOrigin cross_origin,
                            std::function<Checked<Outcome>(BackChannelCall const&)> const& answer) {
    auto const form = parse_back_channel_form(request, provider.limits);
    if (!form) return refuse(provider, request, form.error(), {});
    auto const credentials = parse_credentials(request.headers, *form);
    if (!credentials) return refuse(provider, request, credentials.error(), {});
    auto const client = authenticate_client(*credentials, provider.clients);
    if (!client) {
        auto const claimed =
            std::string_view(credentials->client_id).substr(0, provider.limits.client_id_bytes);
        return refuse(provider, request, client.error(), claimed);
    }
    auto answered = answer({provider, request, *form, **client, provider.clock.now()});
    auto outcome = answered ? std::move(*answered)
                            : refuse(provider, request, answered.error(), (*client)->client_id);
    if (cross_origin == CrossOrigin::registered) allow_origin_of(**client, request, outcome);
    return outcome;
}

}  // namespace tunnus::oidc
