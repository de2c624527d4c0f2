// SPDX-License-Identifier: MIT
// `response_mode`: OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode, and JARM §2.3.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"
#include "oidc/protocol/response_type.hpp"

namespace tunnus::oidc {

enum class ResponseMode { query, fragment, form_post };

/// How an authorization response travels.
struct ResponseWay {
    ResponseMode mode = ResponseMode::query;
    bool jwt = false;  ///< as one signed JWT (JARM)
};

/// query for `code`, fragment for every type that gives tokens.
[[nodiscard]] ResponseWay default_response_way(ResponseType response_type);

/// `query`, `fragment`, `form_post`, with `.jwt` behind any of them, or `jwt` alone for the default
/// one; absent for the default. Refused with invalid_request: anything else, and tokens in a query,
/// which servers and histories keep; `query.jwt` is fine when it comes encrypted (JARM §2.3.1).
[[nodiscard]] Checked<ResponseWay> check_response_mode(Form const& form, ResponseType response_type,
                                                       Client const& client);

}  // namespace tunnus::oidc
