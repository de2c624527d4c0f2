// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "saml/xml/signature.hpp"
#include "saml/xml/xmlsec_objects.hpp"

#include <libxml/c14n.h>
#include <xmlsec/crypto.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmltree.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace tunnus::saml::xml {
namespace {

/// A context that can do nothing but what our signatures need. One for each verification: a second
/// use of the same object is impossible because it never leaves verify_with (S-53).
SignatureContext make_context(Certificate const& certificate, ReferenceTo reference_to) {
    SignatureContext context(xmlSecDSigCtxCreate(nullptr));  // no keys manager: keys are pinned
    require(context != nullptr);
    context->flags |=
        XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    if (reference_to == ReferenceTo::id_or_whole_document)
        context->enabledReferenceUris |= xmlSecTransformUriTypeEmpty;
    for (auto const transform : {xmlSecTransformExclC14NId, xmlSecTransformRsaSha256Id,
                                 xmlSecTransformRsaSha384Id, xmlSecTransformRsaSha512Id})
        require(xmlSecDSigCtxEnableSignatureTransform(context.get(), transform) == 0);
    for (auto const transform :
         {xmlSecTransformEnvelopedId, xmlSecTransformExclC14NId, xmlSecTransformSha256Id,
          xmlSecTransformSha384Id, xmlSecTransformSha512Id})
        require(xmlSecDSigCtxEnableReferenceTransform(context.get(), transform) == 0);
    context->signKey = make_xmlsec_key(certificate.key()).release();
    return context;
}

/// The octets that were digested, when the signature holds under this key.
std::optional<std::string> verify_with(Certificate const& certificate, xmlNode* signature,
                                       ReferenceTo reference_to) {
    auto const context = make_context(certificate, reference_to);
    int const returned = xmlSecDSigCtxVerify(context.get(), signature);
    if (!signature_holds(returned, context->status,
                         xmlSecPtrListGetSize(&context->signedInfoReferences)))
        return std::nullopt;
    auto* const reference = static_cast<xmlSecDSigReferenceCtx*>(
        xmlSecPtrListGetItem(&context->signedInfoReferences, 0));
    auto* const buffer = xmlSecDSigReferenceCtxGetPreDigestBuffer(reference);
    if (buffer == nullptr || xmlSecBufferGetSize(buffer) == 0) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(xmlSecBufferGetData(buffer)),
                       xmlSecBufferGetSize(buffer));
}

struct FreeText {
    void operator()(xmlChar* text) const { xmlFree(text); }
};

/// The octets that the signature's value is made over: SignedInfo alone, so that they cost little
/// whatever the document holds.
std::optional<std::string> canonical_signed_info(xmlNode const* signature) {
    auto const* signed_info = xmlSecGetNextElementNode(signature->children);
    DocumentPointer const alone(xmlNewDoc(xml_text("1.0")));
    require(signed_info != nullptr && alone != nullptr);
    auto* const copy = xmlDocCopyNode(const_cast<xmlNode*>(signed_info), alone.get(), 1);
    require(copy != nullptr);
    xmlDocSetRootElement(alone.get(), copy);
    xmlChar* text = nullptr;
    int const size =
        xmlC14NDocDumpMemory(alone.get(), nullptr, XML_C14N_EXCLUSIVE_1_0, nullptr, 0, &text);
    std::unique_ptr<xmlChar, FreeText> const owned(text);
    if (size <= 0) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(text), static_cast<std::size_t>(size));
}

/// The key by which the signature's value holds. xmlsec digests what is referred to before it looks
/// at the value, once for each key; whoever has no key shall not make us do that (I9). It decides
/// nothing: xmlsec verifies all of it again.
Certificate const* find_signer(Element const& signature, xmlNode const* node,
                               std::span<Certificate const> keys) {
    auto const parts = signature.children();
    auto const digest = digest_of(parts[0].children()[1].attribute("Algorithm").value_or(""));
    auto const value = decode_base64(parts[1].text(), WhiteSpace::skip);
    auto const octets = canonical_signed_info(node);
    if (!digest || !value || !octets) return nullptr;
    auto const found = std::find_if(keys.begin(), keys.end(), [&](Certificate const& key) {
        return key.verifies(*octets, *value, *digest);
    });
    return found == keys.end() ? nullptr : &*found;
}

/// The signed octets are the element that was to be signed, and not another one.
bool is_same_element(Element const& found, Element const& wanted) {
    return found.is(wanted.namespace_uri(), wanted.name()) &&
           found.attribute("ID") == wanted.attribute("ID");
}

}  // namespace

bool signature_holds(int returned, int status, std::size_t references) {
    return returned == 0 && status == xmlSecDSigStatusSucceeded && references == 1;
}

Result<Verified> verify_signature(Document const& document, Element const& target,
                                  std::span<Certificate const> keys, ReferenceTo reference_to) {
    auto const& limits = document.library().limits();
    auto const shape = check_signature_shape(target, reference_to, limits);
    if (!shape) return shape.error();
    if (keys.empty()) return Error(Reason::signature_no_key, "");
    auto* const target_node = find_node(document, target);
    auto* const signature_node = find_node(document, **shape);
    // An empty URI would sign the whole document, which is the target only where that is the root.
    bool const by_id = target.attribute("ID").has_value();
    if (target_node == nullptr || signature_node == nullptr ||
        (!by_id && &target != &document.root()))
        return Error(Reason::signature_reference, "not an element of this document");

    auto const* signer =
        find_signer(**shape, signature_node, keys.first(std::min(keys.size(), limits.saml_keys)));
    if (signer == nullptr) return Error(Reason::signature_invalid, "");
    RegisteredId const registered(target_node);
    auto bytes = verify_with(*signer, signature_node, reference_to);
    if (!bytes) return Error(Reason::signature_invalid, "");
    auto signed_document = Document::parse(document.library(), *bytes);
    if (!signed_document) return signed_document.error();
    if (!is_same_element(signed_document->root(), target))
        return Error(Reason::signature_content, "");
    return Verified(std::move(*signed_document), std::move(*bytes));
}

}  // namespace tunnus::saml::xml
