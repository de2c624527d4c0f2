// SPDX-License-Identifier: MIT
// For whom a person acts at this moment, on the pages of their account that are ours (those of
// plugins do not show it), and the button that stops it.
#pragma once

#include "idp/login/parts.hpp"

#include <boost/json/object.hpp>

namespace tunnus::login {

inline constexpr std::string_view stop_acting_path = "/profile/acting";

/// The model `nav` of conf/pages/profile_nav.html, as far as it tells of acting for others: a list
/// `acting` with the service, the name, the time and the id that the button sends.
[[nodiscard]] Result<boost::json::object> acting_now(Parts const& parts,
                                                     storage::Session const& session,
                                                     std::string_view locale);

/// POST /profile/acting: ends the grant that the field `grant` names, where it is the person's own;
/// then back to their page. Nothing of it gives a token any more.
[[nodiscard]] Outcome stop_acting(Parts const& parts, HttpRequest const& request);

}  // namespace tunnus::login
