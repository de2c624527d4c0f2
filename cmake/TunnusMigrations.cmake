# SPDX-License-Identifier: MIT
# tunnus_migrations(<target> <namespace> <function> <folder>): the folder's NNNN_name.sql become part of the target as
# `std::span<tunnus::sql::Migration const> <namespace>::<function>()`, which a header of the target declares.
function(tunnus_migrations target namespace function folder)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/[0-9][0-9][0-9][0-9]_*.sql)
    set(entries "")
    foreach(file IN LISTS files)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        cmake_path(GET file FILENAME name)
        string(SUBSTRING ${name} 0 4 number)
        string(REGEX REPLACE "^0+" "" number ${number})
        file(READ ${file} text)
        string(APPEND entries "    {${number}, \"${name}\", R\"~sql~(${text})~sql~\"},\n")
    endforeach()
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
    file(CONFIGURE OUTPUT ${output} CONTENT [[
// Made by cmake/TunnusMigrations.cmake.
#include "storage/sql/database.hpp"

namespace @namespace@ {
namespace {
constexpr tunnus::sql::Migration migrations[] = {
@entries@};
}  // namespace
std::span<tunnus::sql::Migration const> @function@();
std::span<tunnus::sql::Migration const> @function@() { return migrations; }
}  // namespace @namespace@
]] @ONLY)
    target_sources(${target} PRIVATE ${output})
endfunction()
