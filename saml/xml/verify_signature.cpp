// SPDX-License-Identifier: MIT
#include "idp/base/limits.hpp"
#include "saml/xml/signature.hpp"
#include "saml/xml/xmlsec_objects.hpp"

#include <xmlsec/crypto.h>
#include <xmlsec/transforms.h>

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

    RegisteredId const registered(target_node);
    for (auto const& key : keys.first(std::min(keys.size(), limits.saml_keys))) {
        auto bytes = verify_with(key, signature_node, reference_to);
        if (!bytes) continue;
        auto signed_document = Document::parse(document.library(), *bytes);
        if (!signed_document) return signed_document.error();
        if (!is_same_element(signed_document->root(), target))
            return Error(Reason::signature_content, "");
        return Verified(std::move(*signed_document));
    }
    return Error(Reason::signature_invalid, "");
}

}  // namespace tunnus::saml::xml
