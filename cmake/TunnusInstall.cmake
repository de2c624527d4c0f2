# SPDX-License-Identifier: MIT
# What a plugin built outside the tree needs: the headers it may include and a package for find_package(Tunnus). The component
# `development` installs without building anything.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(headers ${CMAKE_INSTALL_INCLUDEDIR}/tunnus)
foreach(folder IN ITEMS idp/base plugins/api)
    install(DIRECTORY ${folder}/ DESTINATION ${headers}/${folder} COMPONENT development
        FILES_MATCHING PATTERN "*.hpp" PATTERN "curl_*.hpp" EXCLUDE)
endforeach()
install(FILES storage/sql/database.hpp storage/sql/value.hpp DESTINATION ${headers}/storage/sql COMPONENT development)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/Tunnus)
configure_package_config_file(cmake/TunnusConfig.cmake.in ${CMAKE_BINARY_DIR}/TunnusConfig.cmake
    INSTALL_DESTINATION ${package} PATH_VARS headers NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/TunnusConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/TunnusConfig.cmake ${CMAKE_BINARY_DIR}/TunnusConfigVersion.cmake
    DESTINATION ${package} COMPONENT development)

if(TARGET tunnus)
    install(TARGETS tunnus RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()
