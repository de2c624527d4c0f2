// SPDX-License-Identifier: MIT
// The fixture of acting for others: Maija may act for two children, for an adult by two themes, and
// for two companies; the library lets people act, the parks do not.
#pragma once

#include "tests/fakes/rsa_signer.hpp"
#include "tests/fakes/valtuudet.hpp"
#include "tests/flow/strong_login.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::flow {

/// How the register is asked again later.
enum class Checks { without_session, in_session, signed_in_session };
struct ActingSetup {
    Checks checks = Checks::without_session;
    bool first_strong = false;  ///< the first strong login asks for an address and a password
    bool asks_consent = false;  ///< the library asks the person
    std::string more = {};      ///< further members of what the library takes
};

/// The key pair of a register that signs.
inline fakes::RsaSigner const& register_signer() {
    static fakes::RsaSigner const made;
    return made;
}

inline std::string checks_configuration(Checks checks) {
    if (checks == Checks::in_session) return "";
    if (checks == Checks::without_session)
        return R"("rest_api_key": {"env": "TUNNUS_TEST_REST_KEY"},)";
    auto const file = key_folder() / "register.pem";
    std::ofstream(file) << register_signer().public_key();
    return R"("signed_answers": {"public_key_file": ")" + file.string() + R"(", "audience": ")" +
           std::string(fakes::Valtuudet::service_uuid) + R"("},)";
}

inline std::string acting_configuration(ActingSetup const& setup = {}) {
    auto text = strong_configuration();
    auto const replace = [&](std::string const& from, std::string const& to) {
        auto const at = text.find(from);
        if (at == std::string::npos) throw std::logic_error("not there: " + from);
        text.replace(at, from.size(), to);
    };
    using fakes::Valtuudet;
    setenv("TUNNUS_TEST_API_KEY", std::string(Valtuudet::api_key).c_str(), 1);
    setenv("TUNNUS_TEST_OAUTH_PASSWORD", std::string(Valtuudet::oauth_password).c_str(), 1);
    setenv("TUNNUS_TEST_REST_KEY", std::string(Valtuudet::rest_api_key).c_str(), 1);
    std::string const skips = setup.asks_consent ? "" : R"("skip_consent": true,)";
    replace(
        R"("grant_types": ["authorization_code", "refresh_token"],
             "scope": "openid profile email offline_access")",
        R"("grant_types": ["authorization_code", "refresh_token",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "urn:ietf:params:oauth:grant-type:device_code"],
             "authorization_details_types": ["mandate"],)" +
            skips +
            R"("scope": "openid profile email offline_access mandate:person mandate:organisation")");
    if (!setup.first_strong)
        replace(R"({"name": "password", "config": {}})",
                R"({"name": "password", "config": {"first_strong": false}})");
    replace(R"({"name": "profile", "config": {}})", R"({"name": "profile", "config": {}},
        {"name": "mandates", "config": {
            "base_url": "https://valtuudet.example", "client_id": "abcd1234",
            "api_key": {"env": "TUNNUS_TEST_API_KEY"},
            "oauth_password": {"env": "TUNNUS_TEST_OAUTH_PASSWORD"},)" +
                                                        checks_configuration(setup.checks) + R"(
            "services": {"library": {)" + setup.more +
                                                        R"(
                "person": ["ALL", "GUARDIAN", "http://valtuusrekisteri.suomi.fi/lainaus",
                           "http://valtuusrekisteri.suomi.fi/maksut"],
                "organisation": ["NIMKO", "http://valtuusrekisteri.suomi.fi/lainaus"]}}}})");
    return text;
}

class ActingFlow : public StrongLogin {
  protected:
    ActingFlow() : ActingFlow(acting_configuration()) {}
    explicit ActingFlow(
        std::string const& configured,
        std::span<plugin::EntryFunction const> compiled_in = plugin::builtin_entries())
        : StrongLogin(configured, compiled_in) {
        product.http.set_server(
            [this](OutboundRequest const& request) { return register_.answer(request); });
        register_.persons[std::string(maija)] = {{child, "Lapsi Yksi", {"ALL"}},
                                                 {other_child, "Lapsi Kaksi", {"ALL"}},
                                                 {adult, "Aikuinen Antti", {lending, fees}}};
        register_.organisations[std::string(maija)] = {{company, "Yritys Oy", {"NIMKO", "TJ"}},
                                                       {other_company, "Toinen Oy", {lending}}};
    }

    static inline std::string const maija = "210281-9988";
    static inline std::string const child = "010117A9128";
    static inline std::string const other_child = "150614A923W";
    static inline std::string const adult = "240890-945M";
    static inline std::string const company = "0201256-6";
    static inline std::string const other_company = "0112038-9";
    static inline std::string const lending = "http://valtuusrekisteri.suomi.fi/lainaus";
    static inline std::string const fees = "http://valtuusrekisteri.suomi.fi/maksut";
    static inline Fields const by_scope{{"scope", "openid mandate:person mandate:organisation"}};

    /// From the service to the page that asks for whom the person acts.
    Page until_choice(Browser& with, Fields const& more = by_scope) {
        auto page = with.get_from_elsewhere(library.authorize(more));
        if (page.left_for.starts_with("https://idp.example/"))
            page = with.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page)));
        EXPECT_TRUE(page.shows("act-cancel")) << page.status << page.left_for << page.body;
        return page;
    }
    /// The choice, and the trip to the register and back.
    Page choose(Browser& with, Page const& page, std::string const& kind,
                std::vector<std::string> const& ids) {
        auto const away = with.submit(page, {{"acting", kind}});
        EXPECT_TRUE(away.left_for.starts_with("https://valtuudet.example/oauth/authorize?"))
            << away.status << away.body;
        return with.get_from_elsewhere(register_.choose(away.left_for, ids));
    }
    Page act_for(Browser& with, std::string const& id, Fields const& more = by_scope) {
        auto const kind = id == company || id == other_company ? "organisation" : "person";
        return choose(with, until_choice(with, more), kind, {id});
    }
    boost::json::object tokens(Page const& page) {
        EXPECT_FALSE(page.parameter("code").empty()) << page.status << page.left_for << page.body;
        return json_of(library.redeem(page.parameter("code")));
    }
    static boost::json::object claims(boost::json::object const& tokens) {
        return payload_of(tokens.at("id_token").as_string());
    }
    static std::string text(boost::json::object const& of, std::string_view name) {
        auto const* value = of.if_contains(name);
        return value == nullptr || !value->is_string() ? "" : std::string(value->as_string());
    }
    /// The sentence of the product in this language.
    static std::string text_in(std::string const& locale, std::string const& key) {
        std::ifstream file(TUNNUS_SOURCE_DIR "/plugins/mandates/texts/" + locale + ".json");
        return text(boost::json::parse(file).as_object(), key);
    }
    /// What the first button that stops acting sends.
    static std::string grant_on(Page const& page) {
        constexpr std::string_view before = "name=\"grant\" value=\"";
        auto const found = page.body.find(before);
        if (found == std::string::npos) throw std::logic_error("no button: " + page.body);
        auto const at = found + before.size();
        return page.body.substr(at, page.body.find('"', at) - at);
    }
    HttpResponse introspect(std::string const& token) {
        Headers headers;
        headers.add("Authorization", "Basic " + encode_base64("library:client-secret-for-tests"));
        return post_form(product, "/introspect", {{"token", token}}, std::move(headers));
    }
    HttpResponse refresh(boost::json::object const& tokens) {
        return library.token(
            {{"grant_type", "refresh_token"}, {"refresh_token", text(tokens, "refresh_token")}});
    }
    HttpResponse exchange(boost::json::object const& tokens) {
        return library.token(
            {{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
             {"subject_token", text(tokens, "access_token")},
             {"subject_token_type", "urn:ietf:params:oauth:token-type:access_token"}});
    }

    fakes::Valtuudet register_{product.clock};
};

}  // namespace tunnus::flow
