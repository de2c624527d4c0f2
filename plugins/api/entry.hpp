// SPDX-License-Identifier: MIT
// The door through which every plugin comes in, compiled in or loaded as a shared object. It
// returns plain C data first; the host compares it and refuses, naming the value that differs,
// before it touches a C++ object (design.md part 5).
#pragma once

#include "plugins/api/plugin.hpp"

#include <cstddef>
#include <cstdint>

/// Moves only when plugin.hpp breaks. A plugin built for it keeps loading in later releases on the
/// same system.
#define TUNNUS_PLUGIN_API 1u

/// What must be equal between the plugin's build and the host's for C++ objects to cross: compiler
/// family and major version, the string ABI, the JSON library's version and the C++ standard.
#define TUNNUS_TEXT_OF_(x) #x
#define TUNNUS_TEXT_OF(x) TUNNUS_TEXT_OF_(x)
#if defined(__clang__)
#define TUNNUS_COMPILER "clang" TUNNUS_TEXT_OF(__clang_major__)
#else
#define TUNNUS_COMPILER "gcc" TUNNUS_TEXT_OF(__GNUC__)
#endif
#include <boost/version.hpp>
#define TUNNUS_BUILD_STAMP                                                                    \
    TUNNUS_COMPILER " libstdc++" TUNNUS_TEXT_OF(_GLIBCXX_RELEASE) " cxx11abi" TUNNUS_TEXT_OF( \
        _GLIBCXX_USE_CXX11_ABI) " boost" TUNNUS_TEXT_OF(BOOST_VERSION) " c++" TUNNUS_TEXT_OF(__cplusplus)

extern "C" {

/// Plain data, in this order for ever; new members are added at the end and `size` tells which are
/// there.
struct TunnusPluginV1 {
    std::uint32_t size;  ///< sizeof(TunnusPluginV1) in the plugin's build
    std::uint32_t api;   ///< TUNNUS_PLUGIN_API
    char const* stamp;   ///< TUNNUS_BUILD_STAMP
    char const* name;  ///< [a-z][a-z0-9_]{1,31}: also its configuration name, table prefix and path
    char const* version;  ///< for people
    /// JSON Schema of its `config`, of the keywords in idp/base/json_schema.hpp and no others; the
    /// host validates and adds the defaults before create().
    char const* config_schema;
    /// Its migrations in order, numbered 1, 2, …; `migration_count` of them. Tables and indexes are
    /// named `<name>_…`. A text may hold several statements, each ended by `;`. One SQL serves
    /// SQLite and MariaDB: VARCHAR(n), VARBINARY(n), MEDIUMTEXT, MEDIUMBLOB and BIGINT (times are
    /// milliseconds since 1970), PRIMARY KEY, UNIQUE, NOT NULL; no AUTO_INCREMENT, no upsert. What
    /// was applied is remembered by its SHA-256: an applied migration never changes, add another.
    tunnus::sql::Migration const* migrations;
    std::size_t migration_count;
    /// Makes the plugin. May throw std::runtime_error with a text for the administrator: the start
    /// then stops (exit 78).
    tunnus::plugin::Plugin* (*create)(tunnus::plugin::Host& host);
};

}  // extern "C"

/// In one file of a plugin: TUNNUS_PLUGIN(example_claims, "1.0", schema_text, migrations_span,
/// create_function) A shared object exports `tunnus_plugin_v1`; a compiled-in plugin exports
/// `tunnus_plugin_v1_<name>`.
#if defined(TUNNUS_PLUGIN_SHARED)
#define TUNNUS_PLUGIN_ENTRY(name) \
    extern "C" __attribute__((visibility("default"))) TunnusPluginV1 const* tunnus_plugin_v1()
#else
#define TUNNUS_PLUGIN_ENTRY(name) extern "C" TunnusPluginV1 const* tunnus_plugin_v1_##name()
#endif
#define TUNNUS_PLUGIN(plugin_name, plugin_version, schema, migration_list, create_function) \
    TUNNUS_PLUGIN_ENTRY(plugin_name) {                                                      \
        static TunnusPluginV1 const entry{sizeof(TunnusPluginV1),  TUNNUS_PLUGIN_API,       \
                                          TUNNUS_BUILD_STAMP,      #plugin_name,            \
                                          plugin_version,          schema,                  \
                                          (migration_list).data(), (migration_list).size(), \
                                          create_function};                                 \
        return &entry;                                                                      \
    }
