// SPDX-License-Identifier: MIT
#include "idp/base/audit.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tunnus {
namespace {

TEST(AuditKind, HasAWireNameOfItsOwn) {
    EXPECT_EQ(to_string(AuditKind::login_finished), "login.finished");
    EXPECT_EQ(to_string(AuditKind::saml_reject), "saml.reject");
    EXPECT_EQ(to_string(AuditKind::code_redeemed), "code.redeemed");
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(AuditKind::administration); ++i)
        names.insert(to_string(static_cast<AuditKind>(i)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(AuditKind::administration) + 1);
    EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace tunnus
