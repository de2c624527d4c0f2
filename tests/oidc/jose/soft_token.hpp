// SPDX-License-Identifier: MIT
// A PKCS#11 token of softhsm2 in a folder of its own. One in a process: the module reads where its
// tokens are once.
#pragma once

#include "idp/base/secret.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tunnus::jose::tests {

class SoftToken {
  public:
    static constexpr char const* module = "/usr/lib/softhsm/libsofthsm2.so";
    static inline Secret const pin{"1234"};

    static SoftToken& instance() {
        static SoftToken token;
        return token;
    }
    SoftToken(SoftToken const&) = delete;
    SoftToken& operator=(SoftToken const&) = delete;

    /// Puts a new key into the token: "EC" with its curve, or "RSA".
    template <class... Parameter>
    void add_key(std::string const& label, char const* type, Parameter... parameter) {
        auto* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, type, parameter...);
        auto const file = (folder_ / (label + ".pem")).string();
        auto* const out = std::fopen(file.c_str(), "w");
        EXPECT_EQ(PEM_write_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
        std::fclose(out);
        EVP_PKEY_free(key);
        run("--import " + file + " --token tunnus --label " + label + " --id 0" +
            std::to_string(++keys_) + " --pin 1234");
    }
    static std::string uri(std::string const& label) {
        return "pkcs11:token=tunnus;object=" + label + ";type=private";
    }

  private:
    SoftToken() {
        std::string pattern = (std::filesystem::temp_directory_path() / "tunnus-token-XXXXXX");
        folder_ = mkdtemp(pattern.data());
        std::filesystem::create_directory(folder_ / "tokens");
        auto const settings = folder_ / "softhsm2.conf";
        std::ofstream(settings) << "directories.tokendir = " << (folder_ / "tokens").string()
                                << "\nobjectstore.backend = file\nlog.level = ERROR\n";
        setenv("SOFTHSM2_CONF", settings.c_str(), 1);
        run("--init-token --free --label tunnus --pin 1234 --so-pin 12345678");
    }
    ~SoftToken() { std::filesystem::remove_all(folder_); }
    static void run(std::string const& arguments) {
        EXPECT_EQ(std::system(("softhsm2-util " + arguments + " >/dev/null 2>&1").c_str()), 0)
            << "softhsm2-util " << arguments;
    }

    std::filesystem::path folder_;
    int keys_ = 0;
};

}  // namespace tunnus::jose::tests
