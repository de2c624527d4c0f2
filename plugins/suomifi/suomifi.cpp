// SPDX-License-Identifier: MIT
// Strong identification by Suomi.fi. This file says what is Suomi.fi's own about it; what it shares
// with other identity providers is saml_method.cpp.
#include "idp/base/limits.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/suomifi/attributes.hpp"
#include "plugins/suomifi/entity_descriptor.hpp"
#include "plugins/suomifi/saml_method.hpp"
#include "plugins/suomifi/texts.hpp"

#include <array>

namespace tunnus::plugin::suomifi {
namespace {

constexpr std::string_view plugin_name = "suomifi";
constexpr Tables tables = tables_of<plugin_name>();
constexpr std::array migrations{sql::Migration{1, "0001_initial.sql", tables.migration}};

Family make_family(Host& host, saml::xml::Library const& library) {
    Family family{.name = std::string(plugin_name),
                  .tables = tables,
                  .settings = read_settings(host, library),
                  .method_reference = "suomi_fi",  // as citizens' services expect it
                  .words = texts::all(),
                  .read_person = {}};
    PersonPolicy const policy{family.settings.allow_test_identity_codes,
                              host.limits().saml_value_bytes};
    family.read_person = [policy](saml::AuthenticatedSubject const& subject,
                                  LevelOfAssurance const& level) {
        return read_person(subject.attributes, level, policy);
    };
    for (auto const& name : find_missing(family.settings.metadata))
        host.log().warning("suomifi.metadata_incomplete", {{"missing", name}});
    return family;
}

}  // namespace
}  // namespace tunnus::plugin::suomifi

TUNNUS_PLUGIN(suomifi, "1.0", tunnus::plugin::suomifi::config_schema(),
              tunnus::plugin::suomifi::migrations,
              [](tunnus::plugin::Host& host) -> tunnus::plugin::Plugin* {
                  using namespace tunnus::plugin::suomifi;
                  return new SamlMethod(
                      host, [&host](auto const& library) { return make_family(host, library); });
              })
