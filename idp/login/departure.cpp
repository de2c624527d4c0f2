// SPDX-License-Identifier: MIT
#include "idp/login/departure.hpp"

#include "plugins/host/plugins.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

std::string_view method_of(boost::json::value const& proof) {
    return proof.as_object().at("method").as_string();
}

/// What the plugin gave with the proof, without what is the host's own beside it: how the session
/// was proven, and who the person is for a register of mandates.
boost::json::object logout_of(boost::json::value const& proof) {
    auto logout = proof.as_object();
    logout.erase("method");
    logout.erase("subject");
    return logout;
}

}  // namespace

HttpResponse depart(Pages const& pages, plugin::Redirect const& redirect, std::string_view locale) {
    if (redirect.form.empty()) return redirect_response(redirect.url);
    boost::json::array fields;
    for (auto const& [name, value] : redirect.form)
        fields.push_back(boost::json::object{{"name", name}, {"value", value}});
    Pages::Options options;
    options.posts_elsewhere = true;
    return pages.render(200, "form_post",
                        {{"redirect_uri", redirect.url}, {"fields", std::move(fields)}}, locale,
                        options);
}

bool may_leave(plugin::Plugins const& plugins, storage::Session const& session) {
    return std::ranges::any_of(session.logout, [&](auto const& proof) {
        return plugins.logs_out_elsewhere(method_of(proof));
    });
}

std::optional<plugin::Redirect> find_way_out(plugin::Plugins& plugins,
                                             storage::Session const& session, std::string return_to,
                                             std::string_view locale) {
    std::optional<plugin::Redirect> way;
    // Oldest first: each way leads on to the one that was found before. A form cannot be led on to,
    // so it stands only where it is the first stop.
    for (auto const& proof : session.logout) {
        auto found =
            plugins.leave(method_of(proof), {logout_of(proof), return_to, std::string(locale)});
        if (!found) continue;
        if (found->form.empty()) return_to = found->url;
        way = std::move(found);
    }
    return way;
}

}  // namespace tunnus::login
