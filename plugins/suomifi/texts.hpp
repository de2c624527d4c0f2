// SPDX-License-Identifier: MIT
// What the person reads of Suomi.fi.
#pragma once

#include "plugins/suomifi/family.hpp"

namespace tunnus::plugin::suomifi::texts {

inline Text label() {
    return {"Suomi.fi-tunnistus", "Suomi.fi-identifikation", "Suomi.fi e-Identification"};
}
inline Text cancelled() {
    return {"Tunnistautuminen keskeytyi tai epäonnistui. Voit yrittää uudelleen.",
            "Identifieringen avbröts eller misslyckades. Du kan försöka igen.",
            "Identification was cancelled or failed. You can try again."};
}
inline Text not_completed() {
    return {"Tunnistautuminen ei onnistunut.", "Identifieringen lyckades inte.",
            "Identification was not completed."};
}
inline Text passive() {
    return {"Tunnistautumista ei voitu tehdä kysymättä sinulta mitään.",
            "Identifieringen kunde inte göras utan att fråga dig något.",
            "You could not be identified without being asked anything."};
}
inline Text level_not_met() {
    return {
        "Palvelu vaatii vahvempaa tunnistautumista kuin käyttämäsi tapa antaa. Voit yrittää "
        "uudelleen toisella tavalla.",
        "Tjänsten kräver starkare identifiering än det sätt du använde ger. Du kan försöka "
        "igen på ett annat sätt.",
        "The service needs a stronger identification than the way you used gives. You can try "
        "again in another way."};
}
inline Text not_taken() {
    return {
        "Suomi.fi-tunnistus ei ottanut pyyntöä vastaan, ehkä koska se oli odottanut liian "
        "kauan. Voit yrittää uudelleen.",
        "Suomi.fi-identifikation tog inte emot begäran, kanske för att den hade väntat för "
        "länge. Du kan försöka igen.",
        "Suomi.fi e-Identification did not take the request, perhaps because it had waited too "
        "long. You can try again."};
}
inline Text unavailable() {
    return {"Suomi.fi-tunnistus ei ole juuri nyt käytettävissä.",
            "Suomi.fi-identifikation är inte tillgänglig just nu.",
            "Suomi.fi e-Identification is not available right now."};
}
inline Text rejected() {
    return {
        "Tunnistautumista ei voitu vahvistaa. Aloita alusta palvelusta, johon olit kirjautumassa.",
        "Identifieringen kunde inte bekräftas. Börja om från tjänsten som du loggade in i.",
        "Your identification could not be confirmed. Start again from the service you were "
        "signing in to."};
}

inline Words all() {
    return {.label = label(),
            .cancelled = cancelled(),
            .not_completed = not_completed(),
            .passive = passive(),
            .level_not_met = level_not_met(),
            .not_taken = not_taken(),
            .unavailable = unavailable(),
            .rejected = rejected()};
}

}  // namespace tunnus::plugin::suomifi::texts
