// SPDX-License-Identifier: MIT
#include "plugins/host/host_services.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/redact.hpp"

#include <filesystem>
#include <fstream>

namespace tunnus::plugin {

Result<std::string> HostServices::read_file(std::string_view path) const {
    auto const full = std::filesystem::path(services_.configuration_folder) / path;
    std::ifstream file(full, std::ios::binary);
    if (!file || !std::filesystem::is_regular_file(full))
        return Error(BaseErrc::not_found, "cannot open " + full.string());
    std::string bytes(limits().plugin_file_bytes + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > limits().plugin_file_bytes) return Error(BaseErrc::too_large, full.string());
    return bytes;
}

void PluginLog::write(Level level, std::string_view event,
                      std::initializer_list<Field> fields) noexcept {
    try {
        // One field, since an initializer_list cannot be grown.
        boost::json::object rest;
        for (auto const& [name, value] : fields)
            rest[redact(name)] = redact_json(value);
        log_.write(level, event,
                   {{"plugin", plugin_}, {"fields", boost::json::value(std::move(rest))}});
    } catch (...) {
        log_.write(Level::error, "log.lost", {});
    }
}

AuditEvent redacted(AuditEvent event) {
    for (auto* const text : {&event.event_id, &event.request_id, &event.user_id, &event.client_id})
        *text = redact(*text);
    event.fields = redact_json(event.fields).as_object();
    return event;
}

Result<> PluginAudit::record(AuditEvent event) {
    return audit_.record(redacted(std::move(event)));
}

std::unique_ptr<Intention> PluginAudit::recording(std::vector<AuditEvent> events) {
    for (auto& event : events)
        event = redacted(std::move(event));
    return audit_.recording(std::move(events));
}

}  // namespace tunnus::plugin
