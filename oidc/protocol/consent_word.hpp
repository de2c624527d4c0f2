// SPDX-License-Identifier: MIT
// The words that stand among the claims which a person permits (storage::Consent), for what is no
// claim: where what a word stands for changes, so does the word, and the person is asked anew.
#pragma once

#include "idp/base/registered_service.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// One object of authorization_details (RFC 9396): the next one, be it only of another amount, is
/// another word.
[[nodiscard]] std::string detail_word(boost::json::value const& authorization_detail);
[[nodiscard]] bool is_detail_word(std::string_view claim);

/// A data field with its purpose.
[[nodiscard]] std::string data_field_word(RegisteredService::DataField const& field);
[[nodiscard]] bool is_data_field_word(std::string_view claim);
/// The fields that these permitted claims give the service now.
[[nodiscard]] std::vector<std::string> permitted_fields(RegisteredService const& service,
                                                        std::vector<std::string> const& claims);

}  // namespace tunnus::oidc
