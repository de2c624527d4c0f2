// SPDX-License-Identifier: MIT
// The service provider's side of a login (profiles §4.1): the request that leaves, and what to make
// of the form that comes back. It keeps nothing: the caller stores the pending request, and uses it
// and the assertion up (threats.md S-102, S-103).
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/random.hpp"
#include "saml/outgoing.hpp"
#include "saml/protocol/assertion.hpp"
#include "saml/protocol/idp_metadata.hpp"
#include "saml/protocol/name_id.hpp"
#include "saml/protocol/response.hpp"
#include "saml/xml/key.hpp"
#include "saml/xml/library.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tunnus::saml {

struct ServiceProviderSettings {
    std::string entity_id;
    std::string acs_url;
    IdpMetadata idp;
    xml::PrivateKey signing_key;
    std::vector<xml::PrivateKey> decryption_keys;
    /// The assertion's signature is always demanded, since nothing is read but what it covers. The
    /// response's may be waived; where there is one it must hold in any case (S-26).
    bool require_response_signature = true;
    /// A plain assertion is refused.
    bool require_encryption = true;
    bool allow_cbc = false;  ///< AES-CBC content, in a response whose signature held (S-73)
    seconds skew{60};
    /// Names signing_key inside messages that are posted; without it none can be.
    std::optional<xml::Certificate> signing_certificate = std::nullopt;
    std::string slo_url = {};  ///< our single logout service
    /// How requests leave, where the identity provider takes them by either binding.
    Binding authn_request_binding = Binding::redirect;
    NameIdFormats name_id_formats = NameIdFormats::transient;
    [[nodiscard]] Signer signer() const { return {signing_key, signing_certificate}; }
};

/// How many operations with a private key one response may cost (S-78): limits.saml_keys, and half
/// as many where it is not signed, since whoever has begun a login may have written it.
[[nodiscard]] std::size_t allowed_unwraps(bool response_signed, Limits const& limits);

/// What the caller wants of one login.
struct AuthnOptions {
    std::string relay_state;  ///< a handle of the caller's, at most limits.saml_relay_state_bytes
    std::string language;
    bool force_authn = false;
    std::vector<std::string> authn_context_class_refs;
    bool is_passive = false;
};

/// A request under way; the caller keeps it until the response comes.
struct PendingRequest {
    std::string id;
    std::string relay_state;
    TimePoint issued_at{};
    bool force_authn = false;
    /// The levels that satisfy this login: the response must carry one of them (S-100).
    std::vector<std::string> acceptable_levels;
};

/// The person, by values that all stood in one signed assertion.
struct AuthenticatedSubject {
    NameId name_id;
    std::string session_index;
    TimePoint authn_instant{};
    std::string level;                        ///< AuthnContextClassRef
    std::vector<AttributeValues> attributes;  ///< by Name, none twice
    std::string assertion_id;                 ///< to be used once
};
/// The message is not to be believed. Both are for operators alone. The detail says in a few words
/// where the reason lies (`in Assertion`, `Recipient`) and holds no value of the message.
struct Rejected {
    Reason reason;
    std::string detail;
};
/// A genuine message says that the identification did not succeed (suomifi.md 2.3).
struct NotCompleted {
    Status status;
};
using ResponseOutcome = std::variant<AuthenticatedSubject, Rejected, NotCompleted>;

/// Immutable after construction; any thread may call. `library` outlives it.
class ServiceProvider {
  public:
    ServiceProvider(xml::Library const& library, ServiceProviderSettings settings);

    /// Throws std::invalid_argument when the identity provider's metadata has expired; ask
    /// usable().
    [[nodiscard]] Outgoing make_authn_request(AuthnOptions const& options, Random& random,
                                              TimePoint now) const;
    /// Whether the identity provider's metadata is still valid (S-121).
    [[nodiscard]] bool usable(TimePoint now) const;

    /// Every check of suomifi.md part 6, a to g, in that order.
    [[nodiscard]] ResponseOutcome read_response(Form const& form, PendingRequest const& pending,
                                                TimePoint now) const;

    [[nodiscard]] ServiceProviderSettings const& settings() const { return settings_; }
    [[nodiscard]] xml::Library const& library() const { return library_; }

  private:
    xml::Library const& library_;
    ServiceProviderSettings settings_;
};

}  // namespace tunnus::saml
