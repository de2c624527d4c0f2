// SPDX-License-Identifier: MIT
// Somebody else's RSA key, such as the register's of mandates.
#pragma once

#include "idp/base/encoding.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string>

namespace tunnus::fakes {

/// A key pair whose private half signs JWTs by RS256.
class RsaSigner {
  public:
    explicit RsaSigner(int bits = 2'048) : key_(EVP_RSA_gen(static_cast<unsigned>(bits))) {}
    RsaSigner(RsaSigner const&) = delete;
    RsaSigner& operator=(RsaSigner const&) = delete;
    ~RsaSigner() { EVP_PKEY_free(key_); }

    std::string public_key() const {
        unsigned char* der = nullptr;
        auto const size = i2d_PUBKEY(key_, &der);
        auto text = encode_base64({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
        OPENSSL_free(der);
        return text;
    }
    std::string sign(boost::json::object const& claims, std::string const& header) const {
        auto const text =
            encode_base64url(header) + "." + encode_base64url(boost::json::serialize(claims));
        auto* const context = EVP_MD_CTX_new();
        std::string signature(1'024, '\0');
        std::size_t size = signature.size();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<unsigned char const*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return text + "." + encode_base64url(signature.substr(0, size));
    }

  private:
    EVP_PKEY* key_;
};

}  // namespace tunnus::fakes
