// SPDX-License-Identifier: MIT
#include "plugins/suomifi/saml_method.hpp"

#include "idp/base/limits.hpp"
#include "plugins/suomifi/entity_descriptor.hpp"

namespace tunnus::plugin::suomifi {
namespace {

constexpr seconds forget_interval{600};
/// How often operators hear of metadata that is missing or expires.
constexpr seconds watch_interval{3'600};

}  // namespace

SamlMethod::SamlMethod(Host& host,
                       std::function<Family(saml::xml::Library const&)> const& make_family)
    : host_(host),
      library_(host.limits()),
      family_(make_family(library_)),
      idp_(host, library_, family_.settings, family_.tables),
      proofs_(host, family_.tables),
      consumer_(host, idp_, proofs_, family_),
      logout_(host, idp_, proofs_, family_),
      entity_descriptor_(make_entity_descriptor(library_, family_.settings)),
      forget_("forget_used_assertions", forget_interval,
              [this] { return forget_expired(host_, family_.tables); }),
      refresh_("refresh_idp_metadata", family_.settings.idp_origin.interval,
               [this] { return idp_.refresh(); }),
      watch_("watch_idp_metadata", watch_interval, [this]() -> Result<> {
          idp_.tell_operators();
          return {};
      }) {}

std::vector<Authenticator::ReturnPath> SamlMethod::return_paths() const {
    return {{Method::POST, "acs", host_.limits().saml_body_bytes, "RelayState"}};
}

std::vector<RouteSource::PluginRoute> SamlMethod::routes() {
    auto routes = logout_.routes();
    routes.push_back(entity_descriptor_route(entity_descriptor_));
    return routes;
}

Result<Writes> SamlMethod::signed_in(SignedIn const& login) {
    Writes writes;
    for (auto const& proven : login.proofs)
        if (auto const* name = proven.identity.logout.if_contains("proof");
            proven.method == family_.name && name != nullptr)
            writes.steps.push_back(proofs_.joining(name->as_string(), login.session_id));
    return writes;
}

Answer<Identity> SamlMethod::begin(LoginView const& login) {
    auto const now = host_.clock().now();
    auto const& settings = family_.settings;
    auto const provider = idp_.current_for_login();
    if (!provider || !provider->usable(now)) {
        host_.log().error("saml.metadata_unusable");
        return Deny{Deny::Kind::unavailable, "metadata_expired", family_.words.unavailable};
    }
    auto levels = settings.levels.uris_for(login.acr_values);
    if (levels.empty())
        return Deny{Deny::Kind::refused, "level_not_offered", family_.words.level_not_met};
    // Levels are named only where the service demands some: otherwise the list registered in our
    // metadata applies, as the agency advises (suomifi.md 2.1).
    saml::AuthnOptions const options{
        login.login_id, settings.tells_language ? login.locale : std::string(),
        settings.force_authn && login.fresh,
        login.acr_values.empty() ? std::vector<std::string>() : levels, settings.is_passive};
    auto request = provider->make_authn_request(options, host_.random(), now);
    return Redirect{
        std::move(request.url),
        to_state({request.id, login.login_id, now, options.force_authn, std::move(levels)}),
        std::move(request.form)};
}

}  // namespace tunnus::plugin::suomifi
