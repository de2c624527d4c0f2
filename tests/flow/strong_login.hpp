// SPDX-License-Identifier: MIT
// The fixture of strong logins: the whole product with the plugin `suomifi` and a stand-in for
// Suomi.fi whose answers a test may spoil.
#pragma once

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "saml/protocol/redirect_binding.hpp"
#include "tests/flow/browser.hpp"
#include "tests/saml/fake_idp.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace tunnus::flow {

using saml::test::fake_idp;
using saml::test::Message;

inline constexpr std::string_view loa2 = saml::test::loa2;

/// A folder of its own with the keys of both ends.
inline std::filesystem::path key_folder() {
    static std::filesystem::path const folder = [] {
        auto const made =
            std::filesystem::temp_directory_path() / ("tunnus-flow-" + std::to_string(getpid()));
        std::filesystem::create_directories(made);
        auto const write = [&](char const* name, std::string const& text) {
            std::ofstream(made / name) << text;
            chmod((made / name).c_str(), 0600);
        };
        write("idp.pem", fake_idp().signing.certificate_pem());
        write("sp.pem", fake_idp().sp.certificate_pem());
        write("sp.key", fake_idp().sp.private_pem());
        return made;
    }();
    return folder;
}

inline std::string strong_configuration() {
    auto const folder = key_folder().string();
    return Product::shared_configuration(R"({"name": "suomifi", "config": {
        "entity_id": "https://tunnus.example/suomifi/sp",
        "idp": {"entity_id": "https://idp.example/idp1", "sso_url": "https://idp.example/sso",
                "certificate_files": [")" +
                                         folder + R"(/idp.pem"]},
        "signing": {"key": {"file": ")" + folder +
                                         R"(/sp.key"}, "certificate_file": ")" + folder +
                                         R"(/sp.pem"},
        "allow_test_identity_codes": true}},)");
}

class StrongLogin : public testing::Test {
  protected:
    StrongLogin() : StrongLogin(strong_configuration()) {}
    explicit StrongLogin(
        std::string const& configured,
        std::span<plugin::EntryFunction const> compiled_in = plugin::builtin_entries())
        : product(configured, compiled_in) {}

    /// What Suomi.fi saw: the request's id and the RelayState.
    struct Sent {
        std::string request_id;
        std::string relay_state;
    };
    Sent sent_to_suomifi(Page const& page) {
        EXPECT_TRUE(page.left_for.starts_with("https://idp.example/sso?"))
            << page.status << page.body;
        auto const query = page.left_for.substr(page.left_for.find('?') + 1);
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        auto const message =
            saml::parse_redirect_query(saml::MessageKind::request, query, keys, Limits());
        std::smatch match;
        std::string const xml(message.value().xml);
        EXPECT_TRUE(std::regex_search(xml, match, std::regex(" ID=\"([^\"]+)\"")));
        return {match[1], message.value().relay_state};
    }
    Fields answer(Sent const& sent, Message message = {}) {
        message.request_id = sent.request_id;
        static int count = 0;
        message.response_id = "_p" + std::to_string(++count);
        message.assertion_id = "_a" + std::to_string(count);
        return {{"SAMLResponse", encode_base64(fake_idp().response(message))},
                {"RelayState", sent.relay_state}};
    }
    Page identify(Browser& with, Service const& service, Message const& message = {},
                  Fields more = {}) {
        more.emplace(more.begin(), "acr_values", loa2);  // unless `more` says another
        auto const page = with.get_from_elsewhere(service.authorize(more));
        return with.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page), message));
    }
    static Message person(std::string const& identity_code) {
        Message message;
        message.attributes[0].second = identity_code;
        return message;
    }
    std::string code_from_mailbox() { return product.code_from_mailbox(); }
    /// The pages after the first strong login: e-mail, code, password.
    Page make_light_account(Browser& with, Page page, std::string const& email) {
        EXPECT_TRUE(page.shows("name=\"email\""))
            << page.status << page.left_for << product.audited_reason("saml.reject");
        page = with.submit(page, {{"email", email}});
        page = with.submit(page, {{"code", code_from_mailbox()}});
        return with.submit(page, {{"new_password", password}});
    }
    boost::json::object id_token(Service const& service, Page const& page) {
        EXPECT_FALSE(page.parameter("code").empty())
            << page.status << " " << page.left_for << page.body;
        return payload_of(
            json_of(service.redeem(page.parameter("code"))).at("id_token").as_string());
    }
    Page sign_in_lightly(Browser& with, Service const& service, std::string const& email) {
        auto page = with.get_from_elsewhere(service.authorize());
        page = with.submit(page, {{"method", "password"}});
        return with.submit(page, {{"email", email}, {"password", password}});
    }

    static inline std::string const password = "sateinen-torstai-2024-kello";
    Product product;
    Browser browser{product};
    Service library{product, "library", "https://library.example/cb"};
    Service kiosk{product, "kiosk", "https://kiosk.example/cb", false};
};

}  // namespace tunnus::flow
