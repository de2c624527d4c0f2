// SPDX-License-Identifier: MIT
// Metadata of an identity provider from a file.
#include "saml/protocol/idp_metadata.hpp"
#include "saml/xml/signature.hpp"

#include <cstdlib>

using namespace tunnus;
using namespace tunnus::saml;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static xml::Library const library;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const document = xml::Document::parse(library, text);
    if (!document) return 0;
    (void)xml::check_signature_shape(document->root(), xml::ReferenceTo::id_or_whole_document,
                                     library.limits());
    IdpMetadataPolicy policy;
    policy.entity_id = "https://idp.example/idp1";
    policy.now = from_unix_s(1'893'553'445);
    auto const metadata = parse_idp_metadata(document->root(), policy, library.limits());
    if (!metadata) return 0;
    if (metadata->signing_certificates.empty() || metadata->entity_id != policy.entity_id ||
        !metadata->single_sign_on_url.starts_with("https://"))
        std::abort();
    return 0;
}
