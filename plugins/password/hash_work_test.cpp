// SPDX-License-Identifier: MIT
// threats.md L-02: every failed login costs the same Argon2id work. The work is counted where
// libsodium is called, so nothing here depends on a clock.
#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <string>
#include <vector>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1_password();

namespace {

/// The parameters of every hash that was computed or compared: `m=65536,t=3,p=1`.
std::vector<std::string>& work() {
    static std::vector<std::string> done;
    return done;
}

}  // namespace

// The program's own symbol stands before the library's.
extern "C" int crypto_pwhash_str_verify(char const text[crypto_pwhash_STRBYTES],
                                        char const* password, unsigned long long size) {
    using Function = int (*)(char const*, char const*, unsigned long long);
    static auto const real =
        reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "crypto_pwhash_str_verify"));
    std::string const hash = text;
    auto const from = hash.find("m=");
    work().push_back(hash.substr(from, hash.find('$', from) - from));
    return real(text, password, size);
}

namespace tunnus::plugin {
namespace {

class HashWork : public testing::Test {
  protected:
    HashWork() {
        host_.config = {{"acr", "light"}, {"amr", {"pwd"}}, {"first_strong", true}};
        host_.bounds.argon2_memory_kib = 64;
        host_.bounds.argon2_passes = 2;
        plugin_ = host_.create(*tunnus_plugin_v1_password());
        for (auto const* email : {"matti@example.org", "new@example.org"})
            EXPECT_TRUE(plugin_->provisioner()->provision(
                {.email = email, .password = Secret(good), .verified = email[0] == 'm'}));
    }
    struct Tried {
        std::vector<std::string> work;
        bool done;
        std::string page;
    };
    Tried try_login(std::string const& email, std::string const& password) {
        auto& login = *plugin_->authenticator();
        LoginView const view;
        auto const begun = login.begin(view);
        BrowserRequest request;
        request.method = Method::POST;
        request.client_address = "192.0.2.1";
        request.form.add("email", email);
        request.form.add("password", password);
        work().clear();
        auto const answer = login.resume(view, std::get<Page>(begun).state, request);
        auto const* page = std::get_if<Page>(&answer);
        auto model = page ? page->model : boost::json::object();
        model.erase("email");
        return {work(), std::holds_alternative<Identity>(answer),
                page ? std::to_string(page->status) + boost::json::serialize(model) : ""};
    }

    static constexpr auto good = "neljä sinistä majakkaa";
    fakes::FakeHost host_{"password"};
    Plugin* plugin_;
};

TEST_F(HashWork, L02_IsTheSameForEveryFailure) {
    auto const right = try_login("matti@example.org", good);
    EXPECT_TRUE(right.done);
    EXPECT_EQ(right.work, std::vector<std::string>{"m=64,t=2,p=1"});
    auto const wrong = try_login("matti@example.org", "not the one");
    EXPECT_FALSE(wrong.done);
    EXPECT_EQ(wrong.work, right.work);
    for (auto const& [email, password] :
         {std::pair("nobody@example.org", "not the one"), std::pair("nobody@example.org", good),
          std::pair("new@example.org", "not the one"), std::pair("new@example.org", good)}) {
        auto const failed = try_login(email, password);
        EXPECT_FALSE(failed.done) << email;
        EXPECT_EQ(failed.work, wrong.work) << email;
        EXPECT_EQ(failed.page, wrong.page) << email << ": the same words too";
    }
}

TEST_F(HashWork, L02_OfAnOldHashIsDoneOnceMoreOnlyByItsOwner) {
    host_.bounds.argon2_passes = 3;
    plugin_ = host_.create(*tunnus_plugin_v1_password());
    EXPECT_EQ(try_login("nobody@example.org", good).work, std::vector<std::string>{"m=64,t=3,p=1"})
        << "as a hash of today";
    EXPECT_TRUE(try_login("matti@example.org", good).done);
    EXPECT_EQ(try_login("matti@example.org", "not the one").work,
              std::vector<std::string>{"m=64,t=3,p=1"});
}

}  // namespace
}  // namespace tunnus::plugin
