// SPDX-License-Identifier: MIT
#include "oidc/provider.hpp"

#include "idp/base/encoding.hpp"

namespace tunnus::oidc {

std::vector<std::string> addresses_of(Provider const& provider, std::string_view path) {
    std::vector<std::string> addresses{std::string(provider.issuer).append(path)};
    auto const& url = provider.certificates.url;
    if (!url.empty()) addresses.push_back(std::string(url).append(path));
    return addresses;
}

std::string subject_for(Provider const& provider, Client const& client, std::string_view user_id) {
    if (client.subject_type == SubjectType::public_) return std::string(user_id);
    return pairwise_subject(provider, client, user_id);
}

std::string pairwise_subject(Provider const& provider, Client const& client,
                             std::string_view user_id) {
    // A host has no NUL, so that no other pair gives the same text.
    std::string text =
        client.sector_identifier.empty() ? client.client_id : client.sector_identifier;
    text.push_back('\0');
    text.append(user_id);
    return encode_base64url(hmac_sha256(provider.pairwise_salt.reveal(), text));
}

std::string browser_state_of(Provider const& provider, std::string_view session_id) {
    return encode_base64url(provider.sealer.blind_index("oidc.browser_state", session_id));
}

}  // namespace tunnus::oidc
