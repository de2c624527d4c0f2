// SPDX-License-Identifier: MIT
// Every HTML answer: a template, the texts of a language and a model, escaped, with the security
// headers of threats.md W-08, W-09, W-12 and W-23.
#pragma once

#include "idp/base/http.hpp"
#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {

/// Built once at start from folders of templates (`*.html`) and texts (`fi.json`, `sv.json`,
/// `en.json`). Any thread may call.
class Pages {
  public:
    struct Settings {
        std::string templates;      ///< folder
        std::string texts;          ///< folder
        boost::json::object theme;  ///< name, logo: given to every page as `theme`
        std::string issuer;
    };
    /// Errors: a template that does not parse or escapes nothing, a text missing in one language.
    [[nodiscard]] static Result<std::unique_ptr<Pages>> load(Settings const& settings);
    virtual ~Pages() = default;

    /// Adds a plugin's own templates and texts under its name: `render(…, "<plugin>/<template>",
    /// …)`.
    [[nodiscard]] virtual Result<> add_plugin(std::string_view name,
                                              std::string_view templates_folder,
                                              std::string_view texts_folder) = 0;

    /// The page's headers may let forms or redirects after forms lead to further origins, and one
    /// script of our own run.
    struct Options {
        std::vector<std::string> form_action_origins;
        bool auto_submit_script = false;  ///< form_post: the page's one script, by nonce
    };
    [[nodiscard]] virtual HttpResponse render(int status, std::string_view template_name,
                                              boost::json::object const& model,
                                              std::string_view locale,
                                              Options const& options) const = 0;
    [[nodiscard]] HttpResponse render(int status, std::string_view template_name,
                                      boost::json::object const& model,
                                      std::string_view locale) const {
        return render(status, template_name, model, locale, Options());
    }
    /// The neutral error page: `#error` holds the OAuth error word or our own, `#event-id` what
    /// support asks for.
    [[nodiscard]] virtual HttpResponse error(int status, std::string_view error_word,
                                             std::string_view message_key,
                                             std::string_view event_id,
                                             std::string_view locale) const = 0;
    [[nodiscard]] virtual std::string text(std::string_view locale, std::string_view key) const = 0;

    /// fi, sv or en: the first that is known of ui_locales, the `lang` cookie and Accept-Language;
    /// fi otherwise.
    [[nodiscard]] static std::string choose_locale(std::vector<std::string> const& ui_locales,
                                                   HttpRequest const& request);
};

}  // namespace tunnus
