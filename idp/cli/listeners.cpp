// SPDX-License-Identifier: MIT
#include "idp/cli/listeners.hpp"

#include "idp/base/url.hpp"

#include <fstream>
#include <sstream>

namespace tunnus::cli {
namespace {

Result<std::string> read_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Error(BaseErrc::not_found, path + " cannot be read");
    return text.str();
}

/// The routes of a product, each keeping the product alive while it answers.
std::vector<Route> held(std::shared_ptr<Product> const& product, std::vector<Route> routes) {
    for (auto& route : routes)
        route.handler = [product, handler = std::move(route.handler)](HttpRequest const& request) {
            return handler(request);
        };
    return routes;
}

Result<web::ListenerSettings> listener_of(ListenSettings const& listen,
                                          std::shared_ptr<Product> const& product,
                                          std::vector<Route> const& routes, bool admin) {
    auto const& configuration = product->app->configuration();
    web::ListenerSettings listener;
    listener.address = listen.address;
    listener.port = listen.port;
    listener.routes = held(product, routes);
    listener.http10_without_host = admin;
    if (!admin) {
        auto const issuer = parse_http_url(configuration.issuer);
        if (!issuer) return issuer.error();
        auto const authority_of = [](std::string const& origin) {
            return origin.substr(origin.find("//") + 2);
        };
        listener.authorities = {authority_of(issuer->origin())};
        auto const& certificates = configuration.client_certificates;
        if (!certificates.url.empty())
            listener.authorities.push_back(authority_of(certificates.url));
        listener.client_certificate_field = certificates.proxy_header;
        if (issuer->scheme == "https") listener.https_origin = issuer->origin();
    }
    if (listen.tls) {
        auto chain = read_file(listen.tls->certificate_file);
        if (!chain) return chain.error();
        auto key = read_file(listen.tls->key_file);
        if (!key) return key.error();
        listener.tls =
            web::TlsSettings{.certificate_chain_pem = std::move(*chain),
                             .private_key_pem = Secret(std::move(*key)),
                             .request_client_certificate = listen.tls->request_client_certificate};
    }
    return listener;
}

}  // namespace

Result<web::ServerSettings> server_settings(std::shared_ptr<Product> const& product) {
    auto const& configuration = product->app->configuration();
    web::ServerSettings settings;
    settings.limits = configuration.limits;
    auto proxies = web::TrustedProxies::parse(configuration.trusted_proxies);
    if (!proxies)
        return Error(BaseErrc::malformed,
                     configuration.file + ": trusted_proxies: " + proxies.error().detail);
    settings.trusted_proxies = std::move(*proxies);
    for (auto const& listen : configuration.listen) {
        auto listener = listener_of(listen, product, product->app->routes(), false);
        if (!listener)
            return Error(BaseErrc::malformed,
                         configuration.file + ": listen: " + listener.error().detail);
        settings.listeners.push_back(std::move(*listener));
    }
    for (auto const& listen : configuration.admin_listen) {
        auto listener = listener_of(listen, product, product->app->admin_routes(), true);
        if (!listener)
            return Error(BaseErrc::malformed,
                         configuration.file + ": admin_listen: " + listener.error().detail);
        settings.listeners.push_back(std::move(*listener));
    }
    return settings;
}

}  // namespace tunnus::cli
