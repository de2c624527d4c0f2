// SPDX-License-Identifier: MIT
#include "oidc/endpoints/back_channel.hpp"

#include "idp/base/limits.hpp"
#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/endpoints/one_time_use.hpp"
#include "oidc/endpoints/request_uri.hpp"
#include "oidc/protocol/client_authentication.hpp"
#include "oidc/protocol/token_request.hpp"
#include "oidc/protocol/token_response.hpp"

#include <stdexcept>

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

ClientKeySource::Found find_keys(Provider const& provider, Client const* client,
                                 PresentedCredentials const& credentials) {
    using enum TokenEndpointAuthMethod;
    if (client == nullptr) return {};
    auto const method = client->token_endpoint_auth_method;
    bool const by_assertion = method == private_key_jwt && !credentials.assertion.empty();
    if (!by_assertion && method != self_signed_tls_client_auth) return {};
    return provider.client_keys.find(*client, credentials.assertion_kid);
}

/// Keys of a proven client that are needed besides those that proved it: for a request that it
/// signed (RFC 9126 §3, OpenID CIBA Core §7.1.1), and to encrypt what it gets. Empty: all are here.
std::function<void()> fetch_of_more_keys(Provider const& provider,
                                         std::shared_ptr<Client const> const& client,
                                         Form const& form) {
    std::string const signed_request(form.get("request"));
    if (!signed_request.empty() && find_keys_for(provider, *client, signed_request).must_fetch)
        return [&provider, client, signed_request] {
            fetch_keys_for(provider, *client, signed_request);
        };
    if (client->is_encrypted_to() && provider.client_keys.find(*client, std::nullopt).must_fetch)
        return [&provider, client] { provider.client_keys.fetch(*client, std::nullopt); };
    return {};
}

/// The proof of the request's DPoP field, if there is one.
Checked<std::optional<DpopProof>> find_proof(Provider const& provider, HttpRequest const& request,
                                             TimePoint now) {
    auto const urls = addresses_of(provider, request.path);
    return check_dpop_proof(request.headers, {to_string(request.method), urls, provider.dpop_nonces,
                                              provider.limits, now});
}

/// The client and its proof have been checked: what follows is the endpoint's own.
Checked<Outcome> answer_proven(BackChannelCall call, AuthenticatedClient const& authenticated,
                               BackChannelAnswer const& answer) {
    auto const proof = find_proof(call.provider, call.http, call.now);
    if (!proof) return proof.error();
    if (*proof) call.shown.jkt = (*proof)->jkt;
    if (!call.http.peer_certificate_der.empty())
        call.shown.x5t_s256 = certificate_thumbprint(call.http.peer_certificate_der);
    auto answered = answer(call);
    if (!answered) return answered;
    if (std::holds_alternative<Continuation>(*answered)) {
        if (call.may_block) throw std::logic_error("a back-channel answer without an end");
        return answered;
    }
    if (authenticated.assertion)
        use_up(*answered, use_of(*authenticated.assertion, call.client),
               token_error({OAuthError::invalid_client, "client authentication failed", {}},
                           call.http));
    if (*proof) use_up(*answered, use_of(**proof), token_error(replayed_proof(), call.http));
    return answered;
}

Outcome answer_on(bool may_block, Provider const& provider, HttpRequest const& request,
                  CrossOrigin cross_origin, BackChannelAnswer const& answer,
                  std::shared_ptr<ReadBefore> const& before) {
    auto const form = parse_back_channel_form(request, provider.limits);
    if (!form) return refuse(provider, request, form.error(), {});
    auto const credentials = parse_credentials(request.headers, *form, provider.limits);
    if (!credentials) return refuse(provider, request, credentials.error(), {});
    auto const claimed = provider.clients.find(credentials->client_id);
    auto const found = find_keys(provider, claimed.get(), *credentials);
    // Nothing is written before all of the keys are here, so that all can be checked again.
    auto const after = [&](std::function<void()> fetch) {
        return Continuation{
            Lane::outbound,
            [&provider, &request, cross_origin, answer, before, fetch = std::move(fetch)] {
                fetch();
                return answer_on(true, provider, request, cross_origin, answer, before);
            }};
    };
    if (found.must_fetch)
        return after([&provider, claimed, kid = credentials->assertion_kid] {
            provider.client_keys.fetch(*claimed, kid);
        });
    auto const now = provider.clock.now();
    auto endpoints = addresses_of(provider, request.path);
    for (auto& address : addresses_of(provider, "/token"))
        endpoints.push_back(std::move(address));
    auto const authenticated = authenticate_client(
        *credentials, claimed, {provider.issuer, endpoints, found.keys.get(), provider.limits, now},
        {request.peer_certificate_der, provider.certificates});
    if (!authenticated) {
        auto const client_id =
            std::string_view(credentials->client_id).substr(0, provider.limits.client_id_bytes);
        return refuse(provider, request, authenticated.error(), client_id);
    }
    auto const& client = *authenticated->client;
    if (auto fetch = fetch_of_more_keys(provider, authenticated->client, *form))
        return after(std::move(fetch));
    auto answered =
        answer_proven({provider, request, *form, client, now, {}, may_block, before.get()},
                      *authenticated, answer);
    if (answered && std::holds_alternative<Continuation>(*answered)) return after([] {});
    std::optional<OAuthError> refused;
    if (!answered) refused = answered.error().error;
    auto outcome = answered ? std::move(*answered)
                            : refuse(provider, request, answered.error(), client.client_id);
    if (!request.headers.all("DPoP").empty()) offer_nonce(provider, now, refused, outcome);
    if (cross_origin == CrossOrigin::registered) allow_origin_of(client, request, outcome);
    return outcome;
}

}  // namespace

Outcome answer_back_channel(Provider const& provider, HttpRequest const& request,
                            CrossOrigin cross_origin, BackChannelAnswer const& answer) {
    return answer_on(false, provider, request, cross_origin, answer,
                     std::make_shared<ReadBefore>());
}

}  // namespace tunnus::oidc
