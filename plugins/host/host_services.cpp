// SPDX-License-Identifier: MIT
#include "plugins/host/host_services.hpp"

#include <filesystem>
#include <fstream>

namespace tunnus::plugin {

namespace {

constexpr std::size_t identity_code_length = 11;

boost::json::value redact_value(boost::json::value value) {
    if (auto* string = value.if_string()) {
        std::string_view const view = *string;
        *string = redact_identity_codes(view);
    }
    if (auto* object = value.if_object())
        for (auto& member : *object)
            member.value() = redact_value(std::move(member.value()));
    if (auto* array = value.if_array())
        for (auto& element : *array)
            element = redact_value(std::move(element));
    return value;
}

}  // namespace

std::string redact_identity_codes(std::string_view text) {
    std::string kept;
    while (!text.empty()) {
        if (PersonalIdentityCode::parse(text.substr(0, identity_code_length))) {
            kept += "[identity code]";
            text.remove_prefix(identity_code_length);
        } else {
            kept += text.front();
            text.remove_prefix(1);
        }
    }
    return kept;
}

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
            rest[name] = redact_value(value);
        log_.write(level, event,
                   {{"plugin", plugin_}, {"fields", boost::json::value(std::move(rest))}});
    } catch (...) {
        log_.write(Level::error, "log.lost", {});
    }
}

}  // namespace tunnus::plugin
