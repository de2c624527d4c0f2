// SPDX-License-Identifier: MIT
// What is known of the identity provider, and how it stays so: its metadata from a file or an
// address, believed only as signed by a pinned certificate, kept while it is valid whatever happens
// to its source (threats.md S-121, S-122, S-25).
#pragma once

#include "plugins/suomifi/settings.hpp"
#include "plugins/suomifi/tables.hpp"

#include <memory>
#include <mutex>

namespace tunnus::plugin::suomifi {

/// Any thread may call. What it is given outlives it.
class IdpSource {
  public:
    /// Begins with what the settings hold or, where the metadata comes from an address, with what
    /// was stored when it was last fetched.
    IdpSource(Host& host, saml::xml::Library const& library, Settings const& settings,
              Tables const& tables);

    /// The service provider with the newest metadata; it may have expired
    /// (ServiceProvider::usable). Null: nothing is known yet, since the address has never answered
    /// rightly.
    [[nodiscard]] std::shared_ptr<saml::ServiceProvider const> current();
    /// The same for a login that is about to begin: where nothing is known, asks the address, not
    /// more often than once a minute; whoever comes meanwhile does not wait.
    [[nodiscard]] std::shared_ptr<saml::ServiceProvider const> current_for_login();

    /// Reads file or address again, and tells operators when what is known expires within
    /// limits.saml_metadata_alarm. A document that does not hold changes nothing: the error says
    /// why. Does nothing for an identity provider that was configured by its parts.
    [[nodiscard]] Result<> refresh();

  private:
    [[nodiscard]] Result<std::string> read_document();
    [[nodiscard]] Result<> take(std::string const& document);
    void look_at_table();
    void warn_of_expiry();

    Host& host_;
    saml::xml::Library const& library_;
    Settings const& settings_;
    Tables const& tables_;
    std::mutex asking_;  ///< held by who asks the address
    std::mutex mutex_;   ///< guards everything below
    std::shared_ptr<saml::ServiceProvider const> current_;
    std::string document_;  ///< that current_ was made of
    MonotonicPoint looked_at_{};
    std::optional<MonotonicPoint> asked_at_;
};

}  // namespace tunnus::plugin::suomifi
