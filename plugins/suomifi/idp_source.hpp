// SPDX-License-Identifier: MIT
// What is known of the identity provider, and how it stays so: its metadata from a file or an
// address, believed only as signed by a pinned certificate, kept while it is valid whatever happens
// to its source, and never turned back to an earlier document by whoever serves the address
// (threats.md S-121, S-122, S-25).
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

    /// Reads file or address again. A document that does not hold changes nothing: the error says
    /// why. Does nothing for an identity provider that was configured by its parts.
    [[nodiscard]] Result<> refresh();
    /// Tells operators, at the log's level of errors and each time it is asked, when nothing is
    /// known, or what is known has expired or does so within limits.saml_metadata_alarm.
    void tell_operators();

  private:
    [[nodiscard]] Result<std::string> read_document();
    [[nodiscard]] Result<Published> read(std::string const& document) const;
    void take(Published published, std::string document, TimePoint verified_at);
    /// In the table, unless it was published before what is there.
    [[nodiscard]] Result<> keep(Published const& published, std::string const& document,
                                TimePoint verified_at);
    [[nodiscard]] Result<> replace(sql::Row const& known, Published const& published,
                                   std::string const& document, TimePoint verified_at);
    [[nodiscard]] Result<> store(std::vector<sql::Statement> steps);
    void look_at_table();

    Host& host_;
    saml::xml::Library const& library_;
    Settings const& settings_;
    Tables const& tables_;
    std::mutex asking_;  ///< held by who asks the address
    std::mutex mutex_;   ///< guards everything below
    std::shared_ptr<saml::ServiceProvider const> current_;
    std::string document_;  ///< that current_ was made of
    TimePoint verified_at_{};
    MonotonicPoint looked_at_{};
    std::optional<MonotonicPoint> asked_at_;
};

}  // namespace tunnus::plugin::suomifi
