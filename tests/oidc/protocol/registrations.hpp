// SPDX-License-Identifier: MIT
// The clients of threats.md section 2, and how a test finds them.
#pragma once

#include "oidc/protocol/client.hpp"

#include <boost/json/parse.hpp>

#include <map>
#include <memory>
#include <string_view>

namespace tunnus::oidc::tests {

/// A confidential web client at https://rp.example/cb, with `more` members on top.
inline boost::json::object metadata(boost::json::object const& more = {}) {
    boost::json::object object{{"client_id", "rp"},
                               {"client_name", "Library"},
                               {"client_secret", "correct horse battery staple"},
                               {"redirect_uris", {"https://rp.example/cb"}},
                               {"scope", "openid profile email offline_access api"}};
    for (auto const& member : more)
        object[member.key()] = member.value();
    return object;
}

/// The object with `more` members on top; null removes.
inline boost::json::object changed(boost::json::object object, boost::json::object const& more) {
    for (auto const& member : more) {
        if (member.value().is_null())
            object.erase(member.key());
        else
            object[member.key()] = member.value();
    }
    return object;
}

inline Client client(boost::json::object const& more = {}) {
    return parse_client(metadata(more)).value();
}

inline boost::json::object public_client() {
    auto object = metadata(
        {{"client_id", "app"},
         {"token_endpoint_auth_method", "none"},
         {"application_type", "native"},
         {"redirect_uris", {"http://127.0.0.1/cb", "http://[::1]/cb", "com.example.app:/cb"}}});
    object.erase("client_secret");
    return object;
}

class KnownClients final : public Clients {
  public:
    KnownClients() = default;
    explicit KnownClients(std::initializer_list<boost::json::object> list) {
        for (auto const& object : list)
            add(parse_client(object).value());
    }
    void add(Client client) {
        auto id = client.client_id;
        clients_[std::move(id)] = std::make_shared<Client const>(std::move(client));
    }
    void remove(std::string_view client_id) { clients_.erase(std::string(client_id)); }
    [[nodiscard]] std::shared_ptr<Client const> find(std::string_view client_id) const override {
        auto const found = clients_.find(std::string(client_id));
        return found == clients_.end() || found->second->disabled ? nullptr : found->second;
    }
    [[nodiscard]] bool allows_origin(std::string_view origin) const override {
        for (auto const& [id, client] : clients_)
            for (auto const& allowed : client->allowed_origins)
                if (allowed == origin && !client->disabled) return true;
        return false;
    }

  private:
    std::map<std::string, std::shared_ptr<Client const>> clients_;
};

}  // namespace tunnus::oidc::tests
