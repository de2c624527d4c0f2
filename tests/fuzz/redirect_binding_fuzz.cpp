// SPDX-License-Identifier: MIT
// A query of the redirect binding, and a DEFLATE stream by itself.
#include "idp/base/limits.hpp"
#include "saml/protocol/redirect_binding.hpp"
#include "tests/saml/fake_idp.hpp"

#include <cstdlib>

using namespace tunnus;
using namespace tunnus::saml;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    static std::vector<xml::Certificate> const keys{test::fake_idp().signing.certificate()};
    Limits const limits;
    for (auto const kind : {MessageKind::request, MessageKind::response})
        if (parse_redirect_query(kind, text, keys, limits)) std::abort();  // nobody has the key
    if (auto const inflated = inflate(text, limits.xml_bytes))
        if (inflated->size() > limits.xml_bytes) std::abort();
    auto const back = inflate(deflate(text), size);
    if (!back || *back != text) std::abort();
    return 0;
}
