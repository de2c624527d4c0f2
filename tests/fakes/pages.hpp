// SPDX-License-Identifier: MIT
// Pages without templates: a body that names the template and shows the model.
#pragma once

#include "idp/base/pages.hpp"

#include <boost/json/serialize.hpp>

#include <set>

namespace tunnus::fakes {

class PlainPages final : public Pages {
  public:
    [[nodiscard]] Result<> add_plugin(std::string_view name, std::string_view,
                                      std::string_view) override {
        plugins.emplace(name);
        return {};
    }
    using Pages::render;
    /// The template's name, a line end, and the model as JSON.
    [[nodiscard]] HttpResponse render(int status, std::string_view template_name,
                                      boost::json::object const& model, std::string_view,
                                      Options const&) const override {
        HttpResponse response(status);
        response.body = std::string(template_name) + "\n" + boost::json::serialize(model);
        return response;
    }
    [[nodiscard]] HttpResponse error(int status, std::string_view error_word, std::string_view,
                                     std::string_view event_id, std::string_view) const override {
        HttpResponse response(status);
        response.body = "error\n" + std::string(error_word) + " " + std::string(event_id);
        return response;
    }
    [[nodiscard]] HttpResponse error_again(HttpRequest const&) const override {
        return HttpResponse(200);
    }
    /// A key is its own text.
    [[nodiscard]] std::string text(std::string_view, std::string_view key) const override {
        return std::string(key);
    }

    std::set<std::string, std::less<>> plugins;  ///< that brought pages
};

}  // namespace tunnus::fakes
