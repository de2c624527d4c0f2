// SPDX-License-Identifier: MIT
// Signs and encrypts by composing text. Whatever is written here is already in canonical form
// (attributes in order, namespaces declared where they are first used, no empty-element tags), so a
// digest of the text is the digest of its canonicalization, and no XML library is needed: the tests
// are an opinion of their own about what saml/xml must accept.
#pragma once

#include "idp/base/encoding.hpp"
#include "saml/xml/namespaces.hpp"
#include "tests/saml/test_key.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tunnus::saml::test {

using Edit = std::function<void(std::string&)>;

/// Replaces the first `from`; a test that edits nothing is a mistake and throws.
inline void replace(std::string& text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    if (at == std::string::npos) throw std::logic_error("nothing to replace: " + std::string(from));
    text.replace(at, from.size(), to);
}
inline Edit replacing(std::string from, std::string to) {
    return [from = std::move(from), to = std::move(to)](std::string& text) {
        replace(text, from, to);
    };
}
inline std::string tag(std::string_view name, std::string_view attributes, std::string_view body) {
    std::string text = "<" + std::string(name);
    if (!attributes.empty()) text.append(" ").append(attributes);
    return text.append(">").append(body).append("</").append(name).append(">");
}
inline std::string attribute(std::string_view name, std::string_view value) {
    return std::string(name).append("=\"").append(value).append("\"");
}
inline std::string id_of(std::string_view text) {
    auto const at = text.find(" ID=\"");
    if (at == std::string_view::npos) return {};
    return std::string(text.substr(at + 5, text.find('"', at + 5) - at - 5));
}

inline std::string digest_of(std::string_view text, EVP_MD const* digest) {
    std::string value(static_cast<std::size_t>(EVP_MD_size(digest)), '\0');
    demand(EVP_Digest(text.data(), text.size(), octets(value), nullptr, digest, nullptr) == 1);
    return value;
}

/// How a signature is made. The defaults are Suomi.fi's.
struct SignatureRecipe {
    bool present = true;
    std::string_view method = xml::algorithm::rsa_sha256;
    EVP_MD const* method_digest = EVP_sha256();
    std::string_view digest_method = xml::algorithm::sha256;
    EVP_MD const* digest = EVP_sha256();
    std::string_view c14n = xml::algorithm::exclusive_c14n;
    std::string transforms = default_transforms();
    /// Of the Reference; `%` stands for `#` and the ID of the signed element.
    std::string uri_attribute = R"( URI="%")";
    std::string second_reference;  ///< text after the first Reference
    std::string key_info;          ///< the whole ds:KeyInfo
    std::string object;            ///< the whole ds:Object
    Edit edit_signed_info;         ///< before it is signed
    Edit edit_signature;           ///< the finished ds:Signature
    std::string digested;          ///< digest this text in place of the element

    static std::string default_transforms() {
        return transform(xml::algorithm::enveloped_signature) +
               transform(xml::algorithm::exclusive_c14n);
    }
    static std::string transform(std::string_view algorithm, std::string_view body = {}) {
        return tag("ds:Transform", attribute("Algorithm", algorithm), body);
    }
};

inline std::string make_reference(std::string_view element, SignatureRecipe const& recipe) {
    auto uri = recipe.uri_attribute;
    if (uri.find('%') != std::string::npos) replace(uri, "%", "#" + id_of(element));
    auto const& digested = recipe.digested.empty() ? std::string(element) : recipe.digested;
    return "<ds:Reference" + uri + ">" + tag("ds:Transforms", "", recipe.transforms) +
           tag("ds:DigestMethod", attribute("Algorithm", recipe.digest_method), "") +
           tag("ds:DigestValue", "", encode_base64(digest_of(digested, recipe.digest))) +
           "</ds:Reference>";
}

/// The ds:Signature over `element`, a canonical text without signature.
inline std::string make_signature(std::string_view element, TestKey const& key,
                                  SignatureRecipe const& recipe) {
    auto const ds = attribute("xmlns:ds", xml::ns::signature);
    auto signed_info =
        tag("ds:SignedInfo", ds,
            tag("ds:CanonicalizationMethod", attribute("Algorithm", recipe.c14n), "") +
                tag("ds:SignatureMethod", attribute("Algorithm", recipe.method), "") +
                make_reference(element, recipe) + recipe.second_reference);
    if (recipe.edit_signed_info) recipe.edit_signed_info(signed_info);
    auto const value = key.sign(signed_info, recipe.method_digest);
    replace(signed_info, " " + ds, "");  // it stands on the parent
    auto signature = tag("ds:Signature", ds,
                         signed_info + tag("ds:SignatureValue", "", encode_base64(value)) +
                             recipe.key_info + recipe.object);
    if (recipe.edit_signature) recipe.edit_signature(signature);
    return signature;
}

/// `element` with its signature after Issuer, or first where there is no Issuer.
inline std::string with_signature(std::string element, std::string const& signature) {
    constexpr std::string_view issuer_end = "</saml:Issuer>";
    auto at = element.find(issuer_end);
    at = at == std::string::npos ? element.find('>') + 1 : at + issuer_end.size();
    return element.insert(at, signature);
}
inline std::string sign(std::string const& element, TestKey const& key,
                        SignatureRecipe const& recipe = {}) {
    if (!recipe.present) return element;
    return with_signature(element, make_signature(element, key, recipe));
}

/// How an element is encrypted. The defaults are Suomi.fi's.
struct EncryptionRecipe {
    std::string_view content = xml::algorithm::aes128_gcm;
    EVP_CIPHER const* cipher = EVP_aes_128_gcm();
    std::string_view transport = xml::algorithm::rsa_oaep_mgf1p;
    EVP_MD const* oaep_digest = EVP_sha1();
    std::string transport_parameters =
        tag("ds:DigestMethod", attribute("Algorithm", xml::algorithm::sha1), "");
    std::string recipient;         ///< of the EncryptedKey; empty: none
    Edit edit_content_key;         ///< before it is wrapped
    Edit edit_cipher;              ///< nonce, ciphertext and tag
    std::string more_keys_before;  ///< EncryptedKey elements that stand first
    Edit edit_text;                ///< the finished xenc:EncryptedData
    std::string content_key = std::string(16, 'k');
    TestKey const* to = nullptr;  ///< in place of the service provider's key
};

inline std::string encrypt_content(std::string_view plain, EncryptionRecipe const& recipe) {
    bool const gcm = EVP_CIPHER_mode(recipe.cipher) == EVP_CIPH_GCM_MODE;
    std::string nonce(static_cast<std::size_t>(EVP_CIPHER_iv_length(recipe.cipher)), 'n');
    std::string sealed(plain.size() + 32, '\0');
    std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> const context(EVP_CIPHER_CTX_new(),
                                                                             EVP_CIPHER_CTX_free);
    int size = 0;
    int rest = 0;
    demand(EVP_EncryptInit_ex(context.get(), recipe.cipher, nullptr, octets(recipe.content_key),
                              octets(nonce)) == 1);
    demand(EVP_EncryptUpdate(context.get(), octets(sealed), &size, octets(plain),
                             static_cast<int>(plain.size())) == 1);
    demand(EVP_EncryptFinal_ex(context.get(), octets(sealed) + size, &rest) == 1);
    sealed.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
    if (gcm) {
        std::string mark(16, '\0');
        demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, 16, mark.data()) == 1);
        sealed += mark;
    }
    return nonce + sealed;
}

inline std::string make_encrypted_key(TestKey const& recipient_key,
                                      EncryptionRecipe const& recipe) {
    auto content_key = recipe.content_key;
    if (recipe.edit_content_key) recipe.edit_content_key(content_key);
    auto const wrapped = recipient_key.wrap(content_key, recipe.oaep_digest);
    return tag("xenc:EncryptedKey",
               recipe.recipient.empty() ? "" : attribute("Recipient", recipe.recipient),
               tag("xenc:EncryptionMethod", attribute("Algorithm", recipe.transport),
                   recipe.transport_parameters) +
                   tag("xenc:CipherData", "", tag("xenc:CipherValue", "", encode_base64(wrapped))));
}

/// The xenc:EncryptedData of `plain`.
inline std::string encrypt(std::string_view plain, TestKey const& recipient_key,
                           EncryptionRecipe const& recipe = {}) {
    auto cipher = encrypt_content(plain, recipe);
    if (recipe.edit_cipher) recipe.edit_cipher(cipher);
    auto text =
        tag("xenc:EncryptedData",
            attribute("xmlns:xenc", xml::ns::encryption) + " " +
                attribute("Type", "http://www.w3.org/2001/04/xmlenc#Element"),
            tag("xenc:EncryptionMethod", attribute("Algorithm", recipe.content), "") +
                tag("ds:KeyInfo", attribute("xmlns:ds", xml::ns::signature),
                    recipe.more_keys_before + make_encrypted_key(recipient_key, recipe)) +
                tag("xenc:CipherData", "", tag("xenc:CipherValue", "", encode_base64(cipher))));
    if (recipe.edit_text) recipe.edit_text(text);
    return text;
}

}  // namespace tunnus::saml::test
