// SPDX-License-Identifier: MIT
// A response from anybody, and an assertion that the identity provider itself would sign: the input
// once as the posted message, once as what stands below a good signature.
#include "tests/saml/service_provider_world.hpp"

#include <cstdlib>

using namespace tunnus;
using namespace tunnus::saml;

namespace {

/// Strangers get nowhere, whatever they send.
void post(std::string_view text) {
    for (bool const required : {true, false}) {
        test::World world;
        world.settings.require_encryption = false;
        world.settings.require_response_signature = required;
        if (std::holds_alternative<AuthenticatedSubject>(world.read_text(text))) std::abort();
    }
}

/// What is read behind the signature, reached by signing the input.
void read_signed(std::string_view text) {
    auto const& key = test::fake_idp().signing;
    auto const signed_text = xml::sign(test::library(), text, key.private_key(), key.certificate());
    if (!signed_text) return;
    auto const document = xml::Document::parse(test::library(), *signed_text);
    if (!document) return;  // the signature may have made it too large
    std::vector<xml::Certificate> const keys{key.certificate()};
    auto const verified = xml::verify_signature(*document, document->root(), keys);
    if (!verified) return;
    if (verified->element().count_named("Signature") >= document->root().count_named("Signature"))
        std::abort();
    if (auto const response = parse_response(verified->element(), 1'024))
        (void)check_response(*response, {});
    if (auto const assertion = parse_assertion(*verified)) (void)check_assertion(*assertion, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    post(text);
    read_signed(text);
    return 0;
}
