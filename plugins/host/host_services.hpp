// SPDX-License-Identifier: MIT
// What one plugin is given as its Host: the process's services, narrowed to the plugin.
#pragma once

#include "idp/base/configuration.hpp"
#include "plugins/host/plugins.hpp"

namespace tunnus::plugin {

/// A log whose lines carry the plugin's name, and from which identity codes and tokens are taken
/// out (idp/base/redact.hpp).
class PluginLog final : public Log {
  public:
    PluginLog(Log& log, std::string plugin) : log_(log), plugin_(std::move(plugin)) {}
    void write(Level level, std::string_view event,
               std::initializer_list<Field> fields) noexcept override;

  private:
    Log& log_;
    std::string plugin_;
};

/// The event without identity codes and tokens. Whatever a plugin has recorded passes here.
[[nodiscard]] AuditEvent redacted(AuditEvent event);

/// The audit, into which a plugin records no identity code either.
class PluginAudit final : public Audit {
  public:
    explicit PluginAudit(Audit& audit) : audit_(audit) {}
    [[nodiscard]] Result<> record(AuditEvent event) override;
    [[nodiscard]] std::unique_ptr<Intention> recording(std::vector<AuditEvent> events) override;

  private:
    Audit& audit_;
};

class HostServices final : public Host {
  public:
    /// `configuration` is valid by the plugin's schema. Holds Services::owner.
    HostServices(std::string plugin, boost::json::object configuration, Services const& services)
        : plugin_(std::move(plugin)),
          configuration_(std::move(configuration)),
          services_(services),
          log_(services.log, plugin_),
          audit_(services.audit) {}

    [[nodiscard]] boost::json::object const& configuration() const override {
        return configuration_;
    }
    [[nodiscard]] Result<Secret> secret(boost::json::value const& reference) const override {
        return read_secret(reference, services_.configuration_folder);
    }
    [[nodiscard]] Result<std::string> read_file(std::string_view path) const override;
    [[nodiscard]] std::string const& issuer() const override { return services_.issuer; }
    [[nodiscard]] Limits const& limits() const override { return services_.limits; }
    [[nodiscard]] std::string seal(std::string_view context, std::string_view plain) override {
        return services_.sealer.seal(own(context), plain, services_.random);
    }
    [[nodiscard]] Result<std::string> open(std::string_view context,
                                           std::string_view sealed) override {
        return services_.sealer.open(own(context), sealed);
    }
    [[nodiscard]] std::string blind_index(std::string_view context,
                                          std::string_view plain) override {
        return services_.sealer.blind_index(own(context), plain);
    }
    [[nodiscard]] HttpResponse page(int status, std::string_view template_name,
                                    boost::json::object const& model,
                                    std::string_view locale) override {
        return services_.pages.render(status, plugin_ + "/" + std::string(template_name), model,
                                      locale);
    }
    using Host::page;
    [[nodiscard]] HttpResponse error_page(int status, std::string_view error_word,
                                          std::string_view message_key,
                                          Caller const& caller) override {
        auto const key = message_key.empty() ? "" : plugin_ + "/" + std::string(message_key);
        return services_.pages.error(status, error_word, key, caller.event_id, caller.locale);
    }
    [[nodiscard]] std::string text(std::string_view locale, std::string_view key) const override {
        return services_.pages.text(locale, plugin_ + "/" + std::string(key));
    }
    [[nodiscard]] sql::Database& database() override { return services_.database; }
    [[nodiscard]] Log& log() override { return log_; }
    [[nodiscard]] Audit& audit() override { return audit_; }
    [[nodiscard]] Clock& clock() override { return services_.clock; }
    [[nodiscard]] Random& random() override { return services_.random; }
    [[nodiscard]] HttpClient& http() override { return services_.http; }
    [[nodiscard]] Mailer& mailer() override { return services_.mailer; }
    [[nodiscard]] Accounts& accounts() override { return services_.accounts; }
    [[nodiscard]] ServiceDirectory const& services() const override { return services_.directory; }
    [[nodiscard]] Permissions& permissions() override { return services_.permissions; }
    [[nodiscard]] AuditTrail& audit_trail() override { return services_.audit_trail; }
    [[nodiscard]] GdprTokens& gdpr_tokens() override { return services_.gdpr_tokens; }

  private:
    /// Another plugin's sealed value does not open here, whatever context either names.
    [[nodiscard]] std::string own(std::string_view context) const {
        return "plugin." + plugin_ + "." + std::string(context);
    }

    std::string plugin_;
    boost::json::object configuration_;
    Services services_;
    PluginLog log_;
    PluginAudit audit_;
};

}  // namespace tunnus::plugin
