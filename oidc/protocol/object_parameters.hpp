// SPDX-License-Identifier: MIT
// The parameters that a signed request carries as claims (RFC 9101 §4, OpenID CIBA Core §7.1.1).
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/object.hpp>

namespace tunnus::oidc {

/// The claims but the registered ones (`iss`, `exp`, …), as if they had come as a form: a list in
/// `resource` becomes several fields, other JSON values become their text. Refuses with
/// invalid_request_object, delivery redirect, what no parameter is: null, a fraction, a NUL.
[[nodiscard]] Checked<Form> parameters_of(boost::json::object const& claims);

}  // namespace tunnus::oidc
