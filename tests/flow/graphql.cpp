// SPDX-License-Identifier: MIT
#include "tests/flow/graphql.hpp"

namespace tunnus::flow {

boost::json::value Told::data(std::string const& pointer) const {
    boost::system::error_code none;
    auto const* const found = body.find_pointer("/data" + pointer, none);
    return found ? *found : boost::json::value(nullptr);
}

std::string Told::codes() const {
    std::string all;
    auto const* const errors = body.as_object().if_contains("errors");
    if (!errors) return all;
    for (auto const& one : errors->as_array()) {
        if (!all.empty()) all += ' ';
        all += one.at("extensions").at("code").as_string();
    }
    return all;
}

std::string Told::path(std::size_t at) const {
    std::string text;
    for (auto const& step : body.at("errors").as_array().at(at).at("path").as_array())
        text += (text.empty() ? "" : ".") + std::string(step.as_string());
    return text;
}

std::string with_api(std::string configuration) {
    auto const put_after = [&](std::string const& place, std::string const& what) {
        auto const at = configuration.find(place);
        if (at == std::string::npos) throw std::logic_error("no " + place);
        configuration.insert(at + place.size(), what);
    };
    std::string const uma = "\"" + std::string(uma_ticket) + "\"";
    std::string const api = R"("resources": ["profile-api"], )";
    auto const let_use_api = [&](std::string const& client) {
        put_after(R"({"client_id": ")" + client + R"(", )",
                  api + R"("grant_types": ["authorization_code", )" + uma + "], ");
    };
    auto const add_public = [&](std::string const& client, std::string const& skip_consent) {
        put_after(R"("clients": [)", R"({"client_id": ")" + client +
                                         R"(", "redirect_uris": ["https://)" + client +
                                         R"(.example/cb"], "scope": "openid profile email access",
             "token_endpoint_auth_method": "none", "skip_consent": )" +
                                         skip_consent + "},");
        let_use_api(client);
    };
    put_after(R"("grant_types": ["authorization_code", "refresh_token")", ", " + uma);
    put_after(R"({"client_id": "library", )", api);
    let_use_api("parks");
    let_use_api("kiosk");
    add_public("bulletins", "false");
    add_public("profile-ui", "true");
    auto const clients = configuration.find("\"clients\": [");
    configuration.insert(clients, R"("services": [
        {"name": "books", "title": {"fi": "Kirjat", "sv": "Böcker", "en": "Books"}, "description": {"fi": "Lainat"},
         "client_ids": ["library"], "data_fields": [{"name": "email", "purpose": {"fi": "Muistutukset"}},
                                                    {"name": "name", "purpose": {"fi": "Kortti"}}]},
        {"name": "gardens", "title": {"fi": "Puutarhat"}, "client_ids": ["parks"],
         "data_fields": [{"name": "phone", "purpose": {"fi": "Avaimet"}}, {"name": "address", "purpose": {"fi": "Kirjeet"}}]},
        {"name": "bulletins", "title": {"fi": "Tiedotteet"}, "client_ids": ["bulletins"],
         "data_fields": [{"name": "email", "purpose": {"fi": "Tiedotteet"}}]},
        {"name": "profile", "title": {"fi": "Omat tiedot"}, "client_ids": ["profile-ui"], "profile_service": true}],
        )");
    return configuration;
}

std::string api_token(Product& product, std::string const& login_token) {
    Headers headers;
    headers.add("Authorization", "Bearer " + login_token);
    auto const answer =
        post_form(product, "/token", {{"audience", "profile-api"}, {"grant_type", uma_ticket}},
                  std::move(headers));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return std::string(json_of(answer).at("access_token").as_string());
}

HttpResponse call_api(Product& product, std::string const& token, std::string body,
                      std::string const& origin) {
    HttpRequest request;
    request.method = Method::POST;
    request.path = "/graphql/";
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    request.headers.add("Content-Type", "application/json");
    if (!origin.empty()) request.headers.add("Origin", origin);
    request.body = std::move(body);
    return product.answer(std::move(request));
}

Told ask_api(Product& product, std::string const& token, std::string const& query,
             boost::json::object const& variables) {
    auto response = call_api(
        product, token,
        boost::json::serialize(boost::json::object{{"query", query}, {"variables", variables}}));
    EXPECT_EQ(response.status, 200) << response.body;
    auto body = boost::json::parse(response.body.empty() ? "{}" : response.body);
    return {std::move(response), std::move(body)};
}

}  // namespace tunnus::flow
