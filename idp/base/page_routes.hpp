// SPDX-License-Identifier: MIT
// What the routes of pages have in common, around their handlers.
#pragma once

#include "idp/base/cookies.hpp"
#include "idp/base/outcome.hpp"
#include "idp/base/pages.hpp"

#include <string>

namespace tunnus {

/// Whether the client names text/html among what it accepts, as every browser does for a page.
[[nodiscard]] bool accepts_pages(HttpRequest const& request);

/// Around a handler of a form of ours. A redirect to another site becomes a page that goes there by
/// itself (Refresh, no script), with a link for those whose browser does not. The form's navigation
/// ends at that page: browsers hold every redirect that follows a form, a service's own onward ones
/// too, to the form-action of the page that the form stood on, and nobody knows where services
/// lead. A client that does not accept text/html by name, which no browser is, gets the redirect
/// itself. `pages` outlives the handler.
[[nodiscard]] Handler leave_by_page(Pages const& pages, std::string issuer, Handler handler);

/// Around a handler of a page with language links: remembers in the cookie `lang` the language that
/// a person has chosen by one. A service that asks for a language, or another site's link, does not
/// change what the person chose.
[[nodiscard]] Handler keep_language(Cookies cookies, seconds lifetime, Handler handler);

}  // namespace tunnus
