// SPDX-License-Identifier: MIT
// The Authorization header of a client (RFC 6749 §2.3.1).
#include "idp/base/limits.hpp"
#include "oidc/protocol/client_authentication.hpp"
#include "tests/oidc/protocol/registrations.hpp"

using namespace tunnus;
using namespace tunnus::oidc;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static tests::KnownClients const clients{tests::metadata()};
    auto const credentials =
        parse_basic(std::string_view(reinterpret_cast<char const*>(data), size));
    static Limits const limits;
    static CertificatePolicy const policy;
    if (credentials)
        (void)authenticate_client(*credentials, clients.find(credentials->client_id),
                                  {"https://id.example", {}, nullptr, limits, {}}, {{}, policy});
    return 0;
}
