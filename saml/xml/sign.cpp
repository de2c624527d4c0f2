// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/signature.hpp"
#include "saml/xml/xmlsec_objects.hpp"

#include <xmlsec/crypto.h>
#include <xmlsec/templates.h>
#include <xmlsec/transforms.h>

namespace tunnus::saml::xml {
namespace {

/// An empty ds:Signature for the root, placed where the schema wants it.
xmlNode* add_template(Document const& document, std::string const& reference,
                      Certificate const& certificate) {
    auto* const tree = document.tree().document.get();
    auto* const root = xmlDocGetRootElement(tree);
    auto* const signature = xmlSecTmplSignatureCreateNsPref(
        tree, xmlSecTransformExclC14NId, xmlSecTransformRsaSha256Id, nullptr, xml_text("ds"));
    require(signature != nullptr);
    auto const children = document.root().children();
    bool const after_issuer = !children.empty() && children[0].is(ns::assertion, "Issuer");
    if (after_issuer)
        xmlAddNextSibling(find_node(document, children[0]), signature);
    else if (root->children != nullptr)
        xmlAddPrevSibling(root->children, signature);
    else
        xmlAddChild(root, signature);

    auto* const added = xmlSecTmplSignatureAddReference(signature, xmlSecTransformSha256Id, nullptr,
                                                        xml_text(reference.c_str()), nullptr);
    require(added != nullptr);
    require(xmlSecTmplReferenceAddTransform(added, xmlSecTransformEnvelopedId) != nullptr);
    require(xmlSecTmplReferenceAddTransform(added, xmlSecTransformExclC14NId) != nullptr);
    auto* const key_info = xmlSecTmplSignatureEnsureKeyInfo(signature, nullptr);
    auto* const x509 = xmlSecTmplKeyInfoAddX509Data(key_info);
    require(x509 != nullptr);
    auto const text = encode_base64(certificate.der());
    require(xmlNewTextChild(x509, x509->ns, xml_text("X509Certificate"), xml_text(text.c_str())) !=
            nullptr);
    return signature;
}

std::string serialize(xmlDoc* document) {
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(document, &text, &size, "UTF-8");
    std::string bytes(view(text));
    xmlFree(text);
    return bytes;
}

}  // namespace

Result<std::string> sign(Library const& library, std::string_view xml, PrivateKey const& key,
                         Certificate const& certificate) {
    auto const document = Document::parse(library, xml);
    if (!document) return document.error();
    auto const id = document->root().attribute("ID");
    if (!id || !key.belongs_to(certificate))
        return Error(Reason::signing_failed, "no ID, or another key");
    auto* const signature = add_template(*document, "#" + std::string(*id), certificate);
    RegisteredId const registered(xmlDocGetRootElement(document->tree().document.get()));
    SignatureContext const context(xmlSecDSigCtxCreate(nullptr));
    require(context != nullptr);
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    context->signKey = make_xmlsec_key(key.key()).release();
    // The key information is ours already; xmlsec must not fill in or follow anything.
    context->keyInfoWriteCtx.flags |= XMLSEC_KEYINFO_FLAGS_DONT_STOP_ON_KEY_FOUND;
    if (xmlSecDSigCtxSign(context.get(), signature) != 0 ||
        context->status != xmlSecDSigStatusSucceeded)
        return Error(Reason::signing_failed, "xmlsec");
    return serialize(document->tree().document.get());
}

}  // namespace tunnus::saml::xml
