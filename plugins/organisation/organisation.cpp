// SPDX-License-Identifier: MIT
// Sign-in by an identity provider that the configuration describes. How SAML is spoken stands in
// plugins/suomifi/saml_method.cpp.
#include "idp/base/limits.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/organisation/config_schema.hpp"
#include "plugins/organisation/mapping.hpp"
#include "plugins/suomifi/saml_method.hpp"

#include <array>

namespace tunnus::plugin::organisation {
namespace {

using suomifi::Family;

constexpr std::string_view plugin_name = "organisation";
constexpr suomifi::Tables tables = suomifi::tables_of<plugin_name>();
constexpr std::array migrations{sql::Migration{1, "0001_initial.sql", tables.migration}};

std::string text(boost::json::object const& object, std::string_view name) {
    return std::string(object.at(name).as_string());
}
bool flag(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr && value->as_bool();
}
Text text_in_languages(boost::json::value const& value) {
    auto const& texts = value.as_object();
    return {text(texts, "fi"), text(texts, "sv"), text(texts, "en")};
}

Assurance assurance_of(boost::json::object const& level) {
    auto const* stated = level.if_contains("assurance");
    if (stated == nullptr || *stated == "low") return Assurance::low;
    return *stated == "high" ? Assurance::high : Assurance::substantial;
}

suomifi::Levels read_levels(boost::json::object const& config) {
    std::vector<suomifi::LevelOfAssurance> levels;
    for (auto const& value : config.at("levels").as_array()) {
        auto const& level = value.as_object();
        levels.push_back({text(level, "uri"), text(level, "acr"), assurance_of(level)});
    }
    return suomifi::Levels(std::move(levels));
}

Mapping read_mapping(boost::json::object const& config, Limits const& limits) {
    Mapping mapping;
    if (auto subject = text(config, "subject"); subject != "name_id")
        mapping.subject_attribute = std::move(subject);
    mapping.value_bytes = limits.saml_value_bytes;
    if (auto const* list = config.if_contains("attributes"))
        for (auto const& value : list->as_array()) {
            auto const& one = value.as_object();
            mapping.attributes.push_back({text(one, "name"), text(one, "plain_name"),
                                          flag(one, "required"), flag(one, "many")});
        }
    return mapping;
}

suomifi::Words words_for(Text label) {
    return {.label = std::move(label),
            .cancelled = {"Kirjautuminen keskeytyi tai epäonnistui. Voit yrittää uudelleen.",
                          "Inloggningen avbröts eller misslyckades. Du kan försöka igen.",
                          "Signing in was cancelled or failed. You can try again."},
            .not_completed = {"Kirjautuminen ei onnistunut.", "Inloggningen lyckades inte.",
                              "Signing in was not completed."},
            .passive = {"Sinua ei voitu kirjata sisään kysymättä sinulta mitään.",
                        "Du kunde inte loggas in utan att bli tillfrågad.",
                        "You could not be signed in without being asked anything."},
            .level_not_met = {"Palvelu vaatii vahvempaa kirjautumista kuin käyttämäsi tapa antaa.",
                              "Tjänsten kräver starkare inloggning än det sätt du använde ger.",
                              "The service needs a stronger sign-in than the way you used gives."},
            .not_taken = {"Pyyntöä ei otettu vastaan, ehkä koska se oli odottanut liian kauan. "
                          "Voit yrittää uudelleen.",
                          "Begäran togs inte emot, kanske för att den hade väntat för länge. Du "
                          "kan försöka igen.",
                          "The request was not taken, perhaps because it had waited too long. You "
                          "can try again."},
            .unavailable = {"Tämä kirjautumistapa ei ole juuri nyt käytettävissä.",
                            "Det här sättet att logga in är inte tillgängligt just nu.",
                            "This way to sign in is not available right now."},
            .rejected = {"Kirjautumista ei voitu vahvistaa. Aloita alusta palvelusta, johon olit "
                         "kirjautumassa.",
                         "Inloggningen kunde inte bekräftas. Börja om från tjänsten som du loggade "
                         "in i.",
                         "Your sign-in could not be confirmed. Start again from the service you "
                         "were signing in to."}};
}

Family make_family(Host& host, saml::xml::Library const& library) {
    auto const& config = host.configuration();
    Family family{
        .name = std::string(plugin_name),
        .tables = tables,
        .settings = suomifi::read_common_settings(host, library, plugin_name, read_levels(config)),
        .method_reference = std::string(plugin_name),
        .words = words_for(text_in_languages(config.at("label"))),
        .read_person = {}};
    auto const mapping = read_mapping(config, host.limits());
    auto& settings = family.settings;
    settings.service_provider.name_id_formats = saml::NameIdFormats::any;
    settings.metadata.name_id_format.clear();
    for (auto const& attribute : mapping.attributes)
        settings.metadata.requested_attributes.push_back({attribute.name, attribute.plain_name});
    family.read_person = [mapping](saml::AuthenticatedSubject const& subject,
                                   suomifi::LevelOfAssurance const&) {
        return read_person(subject, mapping);
    };
    return family;
}

}  // namespace
}  // namespace tunnus::plugin::organisation

TUNNUS_PLUGIN(organisation, "1.0", tunnus::plugin::organisation::config_schema(),
              tunnus::plugin::organisation::migrations,
              [](tunnus::plugin::Host& host) -> tunnus::plugin::Plugin* {
                  using namespace tunnus::plugin;
                  return new suomifi::SamlMethod(host, [&host](auto const& library) {
                      return organisation::make_family(host, library);
                  });
              })
