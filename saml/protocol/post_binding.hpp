// SPDX-License-Identifier: MIT
// HTTP-POST binding (bindings §3.5): a form with one message in base64.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/limits_fwd.hpp"
#include "saml/protocol/redirect_binding.hpp"

#include <string>

namespace tunnus::saml {

struct PostedMessage {
    std::string xml;
    std::string relay_state;  ///< empty when absent; unsigned, so only ever compared
};
/// The form has one message of this kind and no other SAML message (threats.md S-110); white space
/// inside the base64 is passed over and nothing else (S-111).
[[nodiscard]] Result<PostedMessage> parse_posted_message(MessageKind kind, Form const& form,
                                                         Limits const& limits);

}  // namespace tunnus::saml
