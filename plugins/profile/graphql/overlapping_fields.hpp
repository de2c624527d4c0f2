// SPDX-License-Identifier: MIT
// 5.3.2 Field selection merging: fields that come to stand under one name in the response say the
// same, or can never meet in one object.
//
// The specification compares every two such fields. Here a set of fields is compared as a whole:
// "same shape" is an equivalence, and so is "same field and arguments" among fields whose parents
// can be one object, so each field is compared with one other. Sets are expanded through fragments;
// how often is bounded by Bounds::fields and Bounds::merge_steps.
#pragma once

#include "plugins/profile/graphql/findings.hpp"

namespace tunnus::graphql {

/// The document is valid otherwise and within its bounds (check_complexity).
void check_overlapping_fields(Document const& document, FieldInfos const& infos,
                              Bounds const& bounds, Findings& findings);

}  // namespace tunnus::graphql
