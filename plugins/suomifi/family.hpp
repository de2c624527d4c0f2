// SPDX-License-Identifier: MIT
// What differs between the plugins that sign people in by SAML.
#pragma once

#include "plugins/suomifi/settings.hpp"
#include "plugins/suomifi/tables.hpp"

#include <functional>

namespace tunnus::plugin::suomifi {

/// Who the assertion is about.
struct Person {
    /// Suomi.fi: the identity code, `eidas:` and the eIDAS identifier, or `uid:` and the number of
    /// the Finnish Authenticator. None is ever joined to another without proof (suomifi.md part 4).
    Secret subject;
    /// By plain names. Holds personal data, the identity code too: never for a log.
    boost::json::object attributes;
    /// First entry of `amr`, where this level's is not the family's.
    std::string method_reference = {};
};

/// What the person reads, by outcome. One sentence for every refused message: nothing about the
/// reason leaves the audit record (threats.md 0.2, S-REJ).
struct Words {
    Text label;  ///< of the method
    Text cancelled;
    Text not_completed;
    Text passive;
    Text level_not_met;
    Text not_taken;
    Text unavailable;
    Text rejected;
};

struct Family {
    std::string name;  ///< the plugin's
    Tables tables;
    Settings settings;
    std::string method_reference;  ///< first entry of `amr`
    Words words;
    /// An error of saml::Reason refuses the message.
    std::function<Result<Person>(saml::AuthenticatedSubject const&, LevelOfAssurance const&)>
        read_person;
};

}  // namespace tunnus::plugin::suomifi
