// SPDX-License-Identifier: MIT
// The pages of a login: ours, and those of plugins in our frame.
#include "idp/login/walk.hpp"

namespace tunnus::login {
boost::json::object Walk::model(std::string_view action) const {
    std::string const login = "?login=" + transaction_.handle();
    return {{"action", std::string(action) + login + "&ui_locales=" + transaction_.locale},
            {"csrf", browser_.csrf(transaction_.handle())},
            {"languages", Pages::language_links(transaction_.locale, "/login" + login)},
            {"service", {{"name", client_->name(transaction_.locale)}}}};
}

HttpResponse Walk::page(int status, std::string_view name,
                        boost::json::object const& page_model) const {
    return provider_.pages.render(status, name, page_model, transaction_.locale);
}

HttpResponse Walk::plugin_page(Running const& running, int status) const {
    auto page_model = model("/login/return/" + running.plugin);
    for (auto const& member : running.model)
        if (!page_model.contains(member.key())) page_model.emplace(member.key(), member.value());
    return page(status, running.plugin + "/" + running.template_name, page_model);
}

HttpResponse Walk::error_page(int status, std::string_view error, std::string_view text) const {
    return provider_.pages.error(status, error, text, transaction_.event_id, transaction_.locale);
}

}  // namespace tunnus::login
