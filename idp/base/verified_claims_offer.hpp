// SPDX-License-Identifier: MIT
// What somebody vouches for about people, beyond saying it: OpenID Connect for Identity Assurance
// 1.0 §8, whose members of the provider's metadata these are.
#pragma once

#include <string>
#include <vector>

namespace tunnus {

struct VerifiedClaimsOffer {
    std::vector<std::string> claims;              ///< empty: nothing is vouched for
    std::vector<std::string> trust_frameworks;    ///< those of any answer; one at least
    std::vector<std::string> evidence;            ///< types: document, electronic_record, vouch
    std::vector<std::string> documents;           ///< types, where evidence has document
    std::vector<std::string> electronic_records;  ///< types, where evidence has electronic_record
};

}  // namespace tunnus
