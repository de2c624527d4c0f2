// SPDX-License-Identifier: MIT
// A client's registration (RFC 7591 §2). References to files and variables are left to the host.
#include "idp/base/json.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/redirect_uri.hpp"

#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const object =
        parse_json_object(std::string_view(reinterpret_cast<char const*>(data), size));
    if (!object) return 0;
    auto const* secret = object->if_contains("client_secret");
    if (secret != nullptr && !secret->is_string()) return 0;
    auto const client = oidc::parse_client(*object);
    if (!client) return 0;
    // What was registered is what matches.
    for (auto const& uri : client->redirect_uris)
        if (!oidc::check_redirect_uri(*client, uri)) std::abort();
    return 0;
}
