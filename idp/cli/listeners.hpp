// SPDX-License-Identifier: MIT
// The edge's settings as a configuration describes them.
#pragma once

#include "idp/cli/product.hpp"
#include "idp/web/server.hpp"

namespace tunnus::cli {

/// Reads certificates and keys. Every route keeps the product alive while it answers. The error's
/// detail is the line to print.
[[nodiscard]] Result<web::ServerSettings> server_settings(std::shared_ptr<Product> const& product);

}  // namespace tunnus::cli
