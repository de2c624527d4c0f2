// SPDX-License-Identifier: MIT
// For whom a person acts at this moment, on every page of their account, plugins' pages too, the
// button that stops it, and what is done when it is over.
#pragma once

#include "idp/login/parts.hpp"

#include <boost/json/array.hpp>

namespace tunnus::login {

inline constexpr std::string_view stop_acting_path = "/profile/acting";

/// The model `acting_now` of conf/pages/acting_now.html: a list with the service, the name, the
/// time and the id that the button sends.
[[nodiscard]] Result<boost::json::array> acting_now(Parts const& parts,
                                                    storage::Session const& session,
                                                    std::string_view locale);

/// POST /profile/acting: ends the grant that the field `grant` names, where it is the person's own;
/// then back to their page. Nothing of it gives a token any more.
[[nodiscard]] Outcome stop_acting(Parts const& parts, HttpRequest const& request);

/// Work of a job: where acting for another is over, because it was stopped, the session or the
/// mandate ended, or its time has come, the source hears that nothing rests on the mandate any
/// more, the grant ends, and what it held of the mandate is gone.
[[nodiscard]] Result<> end_acting_that_is_over(Parts const& parts);

}  // namespace tunnus::login
