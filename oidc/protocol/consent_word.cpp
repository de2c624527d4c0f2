// SPDX-License-Identifier: MIT
#include "oidc/protocol/consent_word.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "oidc/protocol/scope.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

constexpr std::string_view detail_start = "authorization_details:";
constexpr std::string_view field_start = "data_field:";

}  // namespace

std::string detail_word(boost::json::value const& authorization_detail) {
    return std::string(detail_start) +
           encode_base64url(sha256(boost::json::serialize(authorization_detail)));
}

bool is_detail_word(std::string_view claim) {
    return claim.starts_with(detail_start);
}

std::string data_field_word(RegisteredService::DataField const& field) {
    constexpr std::size_t digest_characters = 11;  // 64 bits: texts of our own operator
    auto const text = field.purpose.fi + '\0' + field.purpose.sv + '\0' + field.purpose.en;
    return std::string(field_start) + field.name + "#" +
           encode_base64url(sha256(text)).substr(0, digest_characters);
}

bool is_data_field_word(std::string_view claim) {
    return claim.starts_with(field_start);
}

std::vector<std::string> permitted_fields(RegisteredService const& service,
                                          std::vector<std::string> const& claims) {
    std::vector<std::string> names;
    for (auto const& field : service.data_fields)
        if (contains(claims, data_field_word(field))) names.push_back(field.name);
    return names;
}

}  // namespace tunnus::oidc
