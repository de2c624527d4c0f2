// SPDX-License-Identifier: MIT
// One call of the API for services: who asks, what they may have, and what they read or were
// refused of whom, for that person's log (citizen-services.md 1.3, 1.10). Every field passes
// permit(), whatever alias or fragment led there.
#pragma once

#include "plugins/profile/claims.hpp"
#include "plugins/profile/email_confirmation.hpp"
#include "plugins/profile/gdpr_work.hpp"
#include "plugins/profile/graphql/resolver.hpp"
#include "plugins/profile/read_tokens.hpp"
#include "plugins/profile/records.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::plugin::profile {

/// What the API answers out of. Lives as long as the plugin.
struct ApiParts {
    Host& host;
    RecordStore& records;
    EmailConfirmation& emails;
    ReadTokens& tokens;
    GdprWork& gdpr;
    LevelMap const& levels;
    std::vector<std::string> const& official_from;  ///< authenticators that speak for the register
};

/// A kind of data in the log. Never a value.
namespace data_part {
inline constexpr std::string_view base = "base_profile";
inline constexpr std::string_view email = "email";
inline constexpr std::string_view phone = "phone";
inline constexpr std::string_view address = "address";
inline constexpr std::string_view sensitive = "sensitive_data";
inline constexpr std::string_view official = "verified_personal_information";
inline constexpr std::string_view permanent_address = "permanent_address";
inline constexpr std::string_view temporary_address = "temporary_address";
inline constexpr std::string_view foreign_address = "permanent_foreign_address";
}  // namespace data_part

class ApiContext final : public graphql::Context {
  public:
    /// Both live as long as the call.
    ApiContext(ApiParts const& parts, Caller const& caller) : parts_(parts), caller_(caller) {}

    [[nodiscard]] ApiParts const& parts() const { return parts_; }
    [[nodiscard]] Caller const& caller() const { return caller_; }

    [[nodiscard]] std::optional<graphql::FieldError> permit(graphql::Visit const& visit) override;

    /// Whether the caller may read or change data of this kind (data_field) of its person.
    [[nodiscard]] bool may_use(std::string_view data_field) const;
    /// The city's own pages: all of the person's own, and what opens more than that.
    [[nodiscard]] bool is_profile_service() const;
    [[nodiscard]] bool is_strong() const { return loa_of(parts_.levels, caller_.acr) != "low"; }

    /// Why the caller may do nothing about a person: SERVICE_NOT_IDENTIFIED_ERROR, or
    /// PERMISSION_DENIED_ERROR where nobody is signed in or the person permits the service nothing.
    [[nodiscard]] std::optional<graphql::FieldError> refuse_unconnected();
    /// Of these, the first alone, for what needs no person; `user_id` is whose log has it.
    [[nodiscard]] std::optional<graphql::FieldError> refuse_unidentified(std::string_view user_id);
    /// The same for what is the profile service's alone.
    [[nodiscard]] std::optional<graphql::FieldError> refuse_others();

    /// What is stored of the caller's person: read once, and anew after an edit.
    [[nodiscard]] Result<Records const*> own_records();
    void forget_records() { records_.reset(); }
    /// The caller's person is gone: nothing more is done about them.
    void note_erased() { erased_ = true; }

    /// Notes a refusal and gives it back. `user_id` is whose data; may be empty.
    graphql::FieldError refuse(std::string_view user_id, std::string_view part,
                               std::string_view code, std::string message);
    void note_read(std::string_view user_id, std::string_view part);

    /// GENERAL_ERROR; the detail is for operators.
    [[nodiscard]] static graphql::FieldError failed(Error const& error);

    /// What the log says of this call, once: data_read and data_refused, one of each a person.
    [[nodiscard]] std::vector<AuditEvent> take_events();
    /// An event of this call about a person, by the service that calls.
    [[nodiscard]] AuditEvent event(AuditKind kind, std::string_view user_id,
                                   boost::json::object fields) const;

  private:
    struct Noted {
        std::set<std::string, std::less<>> read;
        std::set<std::string, std::less<>> refused;
        std::set<std::string, std::less<>> codes;
    };
    Noted& noted(std::string_view user_id) { return by_person_[std::string(user_id)]; }

    ApiParts const& parts_;
    Caller const& caller_;
    std::optional<Records> records_;
    bool erased_ = false;
    std::map<std::string, Noted> by_person_;
};

/// The identifier that services know the person's profile by: a UUID, another for each service, so
/// that it joins no data of theirs where `sub` does not.
[[nodiscard]] std::string profile_id(Host& host, std::string_view user_id,
                                     RegisteredService const& service);

}  // namespace tunnus::plugin::profile
