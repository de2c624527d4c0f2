// SPDX-License-Identifier: MIT
// For whom the person of a grant acts. It stands sealed in the grant and goes with it: nothing else
// is kept of a mandate (citizen-services.md 7.2). Every token of such a grant says so, lives no
// longer than limits.mandate_recheck from the last check, and is made anew only after another
// (threats.md M-08).
#pragma once

#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/grants.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tunnus::oidc {

struct ActingFor {
    std::string source;  ///< who checked it and can check it again (ClaimsProvider::mandate_stands)
    bool is_person = true;  ///< else an organisation
    std::string principal;  ///< the person's account, or a lasting name
    std::string name;
    std::string identifier;           ///< where the service may have it; else empty
    std::vector<std::string> themes;  ///< under which, of those that the service takes
    TimePoint checked_at{};
    boost::json::object recheck;
    std::optional<TimePoint> until;  ///< nobody can tell later whether it stands; empty: always

    /// Until when a token about a check of that time may live: limits.mandate_recheck from it, and
    /// never past `until`.
    [[nodiscard]] TimePoint counts_until(TimePoint checked, Limits const& limits) const;
    [[nodiscard]] boost::json::object to_json() const;
    [[nodiscard]] static ActingFor from_json(boost::json::object const& stored);
};

/// What GrantBody::acting_for holds, bound to the person who acts.
[[nodiscard]] std::string seal_acting_for(Provider const& provider, std::string_view user_id,
                                          ActingFor const& acting);
/// Empty where the person acts in their own matter. Errors: the sealing key is another one.
[[nodiscard]] Result<std::optional<ActingFor>> open_acting_for(Provider const& provider,
                                                               std::string_view user_id,
                                                               GrantBody const& body);

/// What is left of a grant's stored body once nobody acts in it. The grant must have ended: else it
/// would be the person's own matter from then on.
[[nodiscard]] boost::json::object without_acting(boost::json::object body);

/// A token travels, in addresses and to others; an answer of ours reaches the service alone.
enum class ToldIn { token, answer };
/// The claim `on_behalf_of`: `sub` of the principal as this service knows people of its sector,
/// whatever its subject_type, `kind`, `name`, `themes`, `checked_at`, `recheck_until` where it
/// cannot be checked for ever, and `national_id_num` or `business_id` in an answer to the service
/// of the grant where that may have it: never in a token, nor for a service that a token is
/// exchanged for (threats.md M-12, M-14).
[[nodiscard]] boost::json::object on_behalf_of(Provider const& provider, Client const& client,
                                               storage::Grant const& grant, ActingFor const& acting,
                                               TimePoint checked_at, ToldIn told_in);
/// `act` (RFC 8693 §4.1) with the person who acts behind all services in it.
[[nodiscard]] boost::json::object with_person(boost::json::object act, std::string_view person);

/// Whether the grant's mandate stands now, where it has one: asked live, on Lane::outbound. When it
/// has ended the grant ends too, and the outcome says `if_ended`. Nothing: go on.
[[nodiscard]] std::optional<Checked<Outcome>> check_mandate(BackChannelCall const& call,
                                                            storage::Grant const& grant,
                                                            GrantBody const& body,
                                                            HttpResponse const& if_ended);

}  // namespace tunnus::oidc
