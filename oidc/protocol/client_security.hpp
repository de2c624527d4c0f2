// SPDX-License-Identifier: MIT
// The part of a registration that says how the client proves itself, how its requests must come and
// how its tokens are protected. For client.cpp alone.
#pragma once

#include "oidc/protocol/metadata_reader.hpp"

#include <string>

namespace tunnus::oidc {

/// After names, addresses and grants have been read.
void read_security(MetadataReader& metadata, Client& client, Limits const& limits,
                   std::string const& folder);

}  // namespace tunnus::oidc
