# SPDX-License-Identifier: MIT
# What `cmake --install` puts where. The component `development` is what a plugin built outside the tree needs: the headers it may
# include and a package for find_package(Tunnus); it installs without building anything.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(headers ${CMAKE_INSTALL_INCLUDEDIR}/tunnus)
foreach(folder IN ITEMS idp/base plugins/api)
    install(DIRECTORY ${folder}/ DESTINATION ${headers}/${folder} COMPONENT development
        FILES_MATCHING PATTERN "*.hpp" PATTERN "curl_*.hpp" EXCLUDE)
endforeach()
install(FILES storage/sql/database.hpp storage/sql/open.hpp storage/sql/value.hpp DESTINATION ${headers}/storage/sql COMPONENT development)

set(archives ${CMAKE_INSTALL_LIBDIR}/tunnus)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/Tunnus)
configure_package_config_file(cmake/TunnusConfig.cmake.in ${CMAKE_BINARY_DIR}/TunnusConfig.cmake
    INSTALL_DESTINATION ${package} PATH_VARS headers archives NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/TunnusConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/TunnusConfig.cmake ${CMAKE_BINARY_DIR}/TunnusConfigVersion.cmake
    DESTINATION ${package} COMPONENT development)

# The component `testing`: the fakes and the code behind the headers, for tests of plugins (Tunnus::plugin_testing).
install(DIRECTORY tests/fakes/ DESTINATION ${headers}/tests/fakes COMPONENT testing
    FILES_MATCHING PATTERN "*.hpp" PATTERN "loopback_server.hpp" EXCLUDE)
install(TARGETS tunnus_base tunnus_sql ARCHIVE DESTINATION ${archives} COMPONENT testing)

# The component `program`: what idp/assets finds beside an installed program.
if(TARGET tunnus)
    install(TARGETS tunnus RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()
set(share ${CMAKE_INSTALL_DATAROOTDIR}/tunnus)
install(DIRECTORY conf/pages conf/texts DESTINATION ${share} COMPONENT program
    FILES_MATCHING PATTERN "*.html" PATTERN "*.json")
install(DIRECTORY conf/static/public/ DESTINATION ${share}/static COMPONENT program)
get_property(plugins GLOBAL PROPERTY TUNNUS_PLUGINS)
foreach(plugin IN LISTS plugins)
    foreach(folder IN ITEMS pages texts)
        if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/plugins/${plugin}/${folder})
            install(DIRECTORY plugins/${plugin}/${folder} DESTINATION ${share}/plugins/${plugin} COMPONENT program
                FILES_MATCHING PATTERN "*.html" PATTERN "*.json")
        endif()
    endforeach()
endforeach()
