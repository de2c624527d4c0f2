// SPDX-License-Identifier: MIT
#include "idp/login/front_channel_logout.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/front_channel_logout.hpp"

namespace tunnus::login {

boost::json::array frames_of(Parts const& parts, storage::Session const& session,
                             std::vector<std::string> const& client_ids, std::string_view locale) {
    auto const& provider = parts.provider;
    boost::json::array frames;
    for (auto const& client_id : client_ids) {
        auto const client = provider.clients.find(client_id);
        if (!client || client->frontchannel_logout_uri.empty()) continue;
        if (frames.size() == provider.limits.front_channel_logouts) break;
        frames.push_back(boost::json::object{
            {"name", client->name(locale)},
            {"address",
             oidc::front_channel_logout_location(*client, provider.issuer, session.sid())}});
    }
    return frames;
}

HttpResponse tell_by_frames(Parts const& parts, boost::json::object model,
                            boost::json::array frames, std::optional<std::string> const& return_to,
                            std::string_view locale) {
    Pages::Options options;
    for (auto const& frame : frames)
        options.frames.emplace_back(frame.at("address").as_string());
    model["frames"] = std::move(frames);
    if (return_to) {
        model["return_uri"] = *return_to;
        model["wait_ms"] = parts.provider.limits.front_channel_logout_wait.count();
    }
    auto response = parts.provider.pages.render(200, "logging_out", model, locale, options);
    if (return_to) response.headers.add("Refresh", "0; url=" + *return_to);
    return response;
}

}  // namespace tunnus::login
