// SPDX-License-Identifier: MIT
// A service as citizens know it: one name, any number of clients. What it may read of a person is
// listed here, each field with the purpose that the person is told (citizen-services.md 1.2, 1.3).
#pragma once

#include "idp/base/localized_text.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {

/// Immutable once made; oidc/protocol/service.hpp makes it. Every text has all three languages:
/// what was left out is as in Finnish.
struct RegisteredService {
    std::string name;  ///< unique; [a-z0-9] and `-`
    LocalizedText title;
    LocalizedText description;
    std::vector<std::string> client_ids;
    /// What it may read of a person, in the order in which people are shown it.
    struct DataField {
        std::string name;  ///< one that a plugin declares
        LocalizedText purpose;
    };
    std::vector<DataField> data_fields;
    /// The lowest level of its logins; a client's default_acr_values can only ask for more.
    std::string minimum_acr;
    LocalizedText terms_of_use_url;
    LocalizedText privacy_policy_url;
    /// Of title, description and terms: another one asks everybody anew.
    std::string text_version = "1";
    /// Where its data of a person are fetched and erased (citizen-services.md 3.1).
    struct GdprApi {
        std::string url;  ///< with `$user_uuid` or `$profile_id`, or the id is appended
        std::string query_scope;
        std::string delete_scope;
        std::string audience;
    };
    std::optional<GdprApi> gdpr;
    /// The city's own pages about a person's data: reads all of a person's own without being
    /// permitted, and is on nobody's list. One service at most.
    bool is_profile_service = false;
};

/// Where services are found: the configuration's, then those in storage. Any thread may call.
class ServiceDirectory {
  public:
    virtual ~ServiceDirectory() = default;
    /// Null when there is none.
    [[nodiscard]] virtual std::shared_ptr<RegisteredService const> find_service(
        std::string_view name) const = 0;
    /// By name.
    [[nodiscard]] virtual std::vector<std::shared_ptr<RegisteredService const>> services()
        const = 0;
};

}  // namespace tunnus
