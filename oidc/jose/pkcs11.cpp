// SPDX-License-Identifier: MIT
// Engines are OpenSSL's older interface; Debian 12 has no provider for PKCS#11.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "oidc/jose/pkcs11.hpp"

#include "oidc/jose/key_material.hpp"

#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#include <array>
#include <string_view>

namespace tunnus::jose {

struct Pkcs11::Engine {
    ENGINE* handle;
};

namespace {

/// A way to ask a person that answers nothing.
UI_METHOD* no_questions() {
    return const_cast<UI_METHOD*>(UI_null());  // which the engine only reads
}

/// CKR_PIN_INCORRECT to CKR_PIN_LOCKED (PKCS#11 v2.40 §5.1.6).
bool is_about_pin(unsigned long code) {
    auto const* const library = ERR_lib_error_string(code);
    return library != nullptr && std::string_view(library) == "PKCS#11 module" &&
           ERR_GET_REASON(code) >= 0xa0 && ERR_GET_REASON(code) <= 0xa4;
}

Error openssl_error(JoseErrc code, std::string what) {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    ERR_clear_error();
    return {code, std::move(what.append(": ").append(reason.data()))};
}

}  // namespace

Result<std::shared_ptr<Pkcs11>> Pkcs11::open(std::string const& module, Secret const& pin) {
    ENGINE_load_dynamic();
    auto* const handle = ENGINE_by_id("pkcs11");
    if (handle == nullptr)
        return openssl_error(JoseErrc::unsupported_key, "OpenSSL's engine pkcs11");
    std::string const user_pin(pin.reveal());
    // Its story goes into our errors, not to stderr.
    ENGINE_ctrl_cmd_string(handle, "QUIET", nullptr, 0);
    if (ENGINE_ctrl_cmd_string(handle, "MODULE_PATH", module.c_str(), 0) != 1 ||
        ENGINE_ctrl_cmd_string(handle, "PIN", user_pin.c_str(), 0) != 1 ||
        ENGINE_init(handle) != 1) {
        auto error = openssl_error(JoseErrc::unsupported_key, module);
        ENGINE_free(handle);
        return error;
    }
    return std::shared_ptr<Pkcs11>(new Pkcs11(*new Engine{handle}));
}

Result<SigningKey> Pkcs11::load(std::string const& uri, Algorithm algorithm) const {
    if (shape_for(algorithm).type == KeyType::OKP)
        return Error(JoseErrc::unsupported_key, "EdDSA in a token");
    // Errors name the URI.
    if (uri.find("pin-value") != std::string::npos)
        return Error(JoseErrc::unsupported_key, "a PIN in the URI");
    if (pin_refused_)
        return Error(JoseErrc::unknown_key, uri + ": the token has refused the PIN before");
    // The engine forgets a PIN that was refused, and would ask whoever sits at the terminal.
    evp::Pkey key(ENGINE_load_private_key(engine_.handle, uri.c_str(), no_questions(), nullptr));
    if (!key) {
        if (is_about_pin(ERR_peek_error())) pin_refused_ = true;
        return openssl_error(JoseErrc::unknown_key, uri);
    }
    auto public_jwk = export_public_key(*key, shape_for(algorithm));
    if (!public_jwk) return public_jwk.error();
    return SigningKey::from_held(algorithm, std::move(*public_jwk), *key.release());
}

}  // namespace tunnus::jose
