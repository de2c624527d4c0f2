// SPDX-License-Identifier: MIT
// Every HTML answer: a template, the texts of a language and a model, escaped, with the security
// headers of threats.md W-08, W-09, W-12 and W-23.
#pragma once

#include "idp/base/http.hpp"
#include "idp/base/locale.hpp"
#include "idp/base/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

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
        std::string link_key;  ///< proves that a link to an error page is ours; one a cluster
    };
    /// Errors: a template that does not parse or escapes nothing, a text missing in one language.
    [[nodiscard]] static Result<std::unique_ptr<Pages>> load(Settings const& settings);
    virtual ~Pages() = default;

    /// Adds a plugin's templates and texts (empty: none) as `<plugin>/<template>`. One that does
    /// not begin with `<!DOCTYPE html>` is put into frame.html, its title the text
    /// `<template>_title`.
    [[nodiscard]] virtual Result<> add_plugin(std::string_view name,
                                              std::string_view templates_folder,
                                              std::string_view texts_folder) = 0;

    /// A page's forms lead to ourselves and stay here: CSP form-action also holds every redirect
    /// that follows a form, those of other servers too, so a form of ours must not end in a
    /// redirect to another site (page_routes.hpp). form_post alone posts to a service, which may
    /// redirect on as it likes: no form-action, and the page's own script may run.
    ///
    /// `frames`: the addresses of other sites that the page shows in frames, which nothing else may
    /// be shown in; the page's own script may run.
    struct Options {
        bool posts_elsewhere = false;
        std::vector<std::string> frames = {};
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
    /// support asks for. Its language links lead to `/error`, which changes nothing: the request
    /// that failed is not repeated.
    [[nodiscard]] virtual HttpResponse error(int status, std::string_view error_word,
                                             std::string_view message_key,
                                             std::string_view event_id,
                                             std::string_view locale) const = 0;
    [[nodiscard]] virtual std::string text(std::string_view locale, std::string_view key) const = 0;

    /// `GET /error`: an error page that was shown before, in the language of the request, under its
    /// own event id. Only what a page of ours linked to is shown (threats.md W-09).
    [[nodiscard]] virtual HttpResponse error_again(HttpRequest const& request) const = 0;

    /// The model's `languages`: links to the same page in each language, `address` with
    /// `ui_locales` added. An empty address is the path that the page was asked by, without its
    /// query.
    [[nodiscard]] static boost::json::array language_links(std::string_view locale,
                                                           std::string_view address);
    [[nodiscard]] static std::string choose_locale(std::vector<std::string> const& ui_locales,
                                                   HttpRequest const& request) {
        return tunnus::choose_locale(ui_locales, request);
    }
};

}  // namespace tunnus
