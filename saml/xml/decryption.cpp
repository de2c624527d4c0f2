// SPDX-License-Identifier: MIT
#include "saml/xml/decryption.hpp"

#include "idp/base/limits.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/xmlsec_objects.hpp"

#include <xmlsec/crypto.h>
#include <xmlsec/transforms.h>

#include <algorithm>
#include <optional>

namespace tunnus::saml::xml {
namespace {

bool is_xenc(Element const& element, std::string_view name) {
    return element.is(ns::encryption, name);
}

/// CipherData with a CipherValue in place; CipherReference would fetch something (S-78).
bool has_cipher_value(Element const& cipher_data) {
    auto const children = cipher_data.children();
    return is_xenc(cipher_data, "CipherData") && children.size() == 1 &&
           is_xenc(children[0], "CipherValue") && children[0].children().empty();
}

std::string_view method_of(Element const& encrypted) {
    return encrypted.children()[0].attribute("Algorithm").value_or("");
}

/// RSA-OAEP with SHA-1 and MGF1-SHA-1, spelt out or by default; nothing else reaches a private key
/// (S-72, S-76).
Result<> check_key_algorithm(Element const& encrypted_key) {
    if (method_of(encrypted_key) != algorithm::rsa_oaep_mgf1p)
        return Error(Reason::encryption_algorithm, "key transport");
    for (auto const& parameter : encrypted_key.children()[0].children())
        if (!parameter.is(ns::signature, "DigestMethod") ||
            parameter.attribute("Algorithm") != algorithm::sha1)
            return Error(Reason::encryption_algorithm, "OAEP parameters");
    return {};
}

/// EncryptionMethod, KeyInfo (a hint that we do not follow), CipherData, ReferenceList.
Result<> check_encrypted_key(Element const& encrypted_key) {
    auto const children = encrypted_key.children();
    if (!is_xenc(encrypted_key, "EncryptedKey") || children.size() < 2 ||
        !is_xenc(children[0], "EncryptionMethod"))
        return Error(Reason::encryption_shape, "EncryptedKey");
    std::size_t at = 1;
    if (children[at].is(ns::signature, "KeyInfo")) ++at;
    if (at == children.size() || !has_cipher_value(children[at]))
        return Error(Reason::encryption_shape, "EncryptedKey");
    if (++at < children.size() && is_xenc(children[at], "ReferenceList")) ++at;
    if (at != children.size()) return Error(Reason::encryption_shape, "EncryptedKey");
    return check_key_algorithm(encrypted_key);
}

/// The length in bytes of the content key, by the content's algorithm.
Result<std::size_t> content_key_bytes(Element const& encrypted_data, bool allow_cbc) {
    auto const method = method_of(encrypted_data);
    if (!encrypted_data.children()[0].children().empty())
        return Error(Reason::encryption_algorithm, "parameters");
    if (method == algorithm::aes128_gcm) return std::size_t{16};
    if (method == algorithm::aes256_gcm) return std::size_t{32};
    if (allow_cbc && method == algorithm::aes128_cbc) return std::size_t{16};
    if (allow_cbc && method == algorithm::aes256_cbc) return std::size_t{32};
    return Error(Reason::encryption_algorithm, "content");
}

Result<> check_encrypted_data(Element const& encrypted_data, Limits const& limits) {
    auto const children = encrypted_data.children();
    if (!is_xenc(encrypted_data, "EncryptedData") || children.size() != 3 ||
        !is_xenc(children[0], "EncryptionMethod") || !children[1].is(ns::signature, "KeyInfo") ||
        !has_cipher_value(children[2]))
        return Error(Reason::encryption_shape, "EncryptedData");
    auto const keys = children[1].children();
    if (keys.empty() || keys.size() > limits.saml_keys)
        return Error(Reason::encryption_shape, "KeyInfo");
    for (auto const& key : keys)
        if (auto checked = check_encrypted_key(key); !checked) return checked;
    return {};
}

/// A context that knows one key, the given algorithms, and no way to fetch anything.
EncryptionContext make_context(XmlsecKey key, std::initializer_list<xmlSecTransformId> enabled) {
    EncryptionContext context(xmlSecEncCtxCreate(nullptr));
    require(context != nullptr);
    context->encKey = key.release();
    context->transformCtx.enabledUris = xmlSecTransformUriTypeNone;
    for (auto const id : enabled)
        require(xmlSecPtrListAdd(&context->transformCtx.enabledTransforms,
                                 const_cast<xmlSecPtr>(static_cast<void const*>(id))) == 0);
    return context;
}

std::optional<std::string> decrypt_with(xmlSecEncCtx& context, xmlNode* node) {
    auto* const buffer = xmlSecEncCtxDecryptToBuffer(&context, node);
    if (buffer == nullptr) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(xmlSecBufferGetData(buffer)),
                       xmlSecBufferGetSize(buffer));
}

std::optional<Secret> unwrap(xmlNode* encrypted_key, PrivateKey const& key) {
    auto const context = make_context(make_xmlsec_key(key.key()), {xmlSecTransformRsaOaepId});
    context->mode = xmlEncCtxModeEncryptedKey;
    auto bytes = decrypt_with(*context, encrypted_key);
    if (!bytes) return std::nullopt;
    return Secret(std::move(*bytes));
}

std::optional<std::string> open_content(xmlNode* encrypted_data, Secret const& content_key,
                                        bool allow_cbc) {
    XmlsecKey key(xmlSecKeyReadMemory(
        xmlSecKeyDataAesId, reinterpret_cast<xmlSecByte const*>(content_key.reveal().data()),
        static_cast<xmlSecSize>(content_key.reveal().size())));
    require(key != nullptr);
    auto const context =
        allow_cbc
            ? make_context(std::move(key), {xmlSecTransformAes128GcmId, xmlSecTransformAes256GcmId,
                                            xmlSecTransformAes128CbcId, xmlSecTransformAes256CbcId})
            : make_context(std::move(key),
                           {xmlSecTransformAes128GcmId, xmlSecTransformAes256GcmId});
    return decrypt_with(*context, encrypted_data);
}

}  // namespace

Result<std::string> decrypt(Document const& document, Element const& encrypted_data,
                            std::span<PrivateKey const> keys, DecryptionPolicy const& policy) {
    auto const& limits = document.library().limits();
    if (auto const shape = check_encrypted_data(encrypted_data, limits); !shape)
        return shape.error();
    auto const key_bytes = content_key_bytes(encrypted_data, policy.allow_cbc);
    if (!key_bytes) return key_bytes.error();
    auto* const data_node = find_node(document, encrypted_data);
    require(data_node != nullptr);

    auto unwraps_left = policy.unwraps;
    for (auto const& encrypted_key : encrypted_data.children()[1].children()) {
        if (encrypted_key.attribute("Recipient").value_or(policy.recipient) != policy.recipient)
            continue;
        auto* const key_node = find_node(document, encrypted_key);
        for (auto const& key : keys.first(std::min(keys.size(), limits.saml_keys))) {
            if (unwraps_left-- == 0) return Error(Reason::decryption_failed, "too many keys");
            auto const content_key = unwrap(key_node, key);
            if (!content_key || content_key->reveal().size() != *key_bytes) continue;
            auto plain = open_content(data_node, *content_key, policy.allow_cbc);
            if (plain) return std::move(*plain);
        }
    }
    return Error(Reason::decryption_failed, "");
}

}  // namespace tunnus::saml::xml
