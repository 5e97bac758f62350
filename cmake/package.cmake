# SPDX-License-Identifier: Apache-2.0
# The library for other programs: installed static, with JALKI_SHARED also shared; found by find_package(jalki) and by
# pkg-config; and a Debian package of all (cpack in the build folder).
include(CMakePackageConfigHelpers)

# A shared library shows what the public headers name, and nothing else.
if(JALKI_SHARED)
  file(GLOB public_headers CONFIGURE_DEPENDS include/jalki/*.h)
  set(names "")
  foreach(header IN LISTS public_headers)
    file(READ ${header} text)
    string(REGEX MATCHALL "jk_[a-z0-9_]+" found "${text}")
    list(APPEND names ${found})
  endforeach()
  list(REMOVE_DUPLICATES names)
  list(JOIN names "; " names)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/jalki.map CONTENT "JALKI_0 { global: @names@; local: *; };\n" @ONLY)
  add_library(jalki_shared SHARED $<TARGET_OBJECTS:jalki>)
  foreach(level base v3 v4)
    if(TARGET jalki_kernels_${level})
      target_sources(jalki_shared PRIVATE $<TARGET_OBJECTS:jalki_kernels_${level}>)
    endif()
  endforeach()
  set_target_properties(jalki_shared PROPERTIES OUTPUT_NAME jalki VERSION ${PROJECT_VERSION} SOVERSION 0 EXPORT_NAME jalki
    LINK_DEPENDS ${PROJECT_BINARY_DIR}/jalki.map)
  target_include_directories(jalki_shared INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(jalki_shared PRIVATE $<BUILD_INTERFACE:jalki_flags> ${jalki_needs})
  target_link_options(jalki_shared PRIVATE -Wl,--version-script=${PROJECT_BINARY_DIR}/jalki.map -Wl,--no-undefined
    -Wl,-Bsymbolic)
  install(TARGETS jalki_shared EXPORT jalkiTargets)
endif()
set_target_properties(jalki PROPERTIES EXPORT_NAME jalki_static)
install(TARGETS jalki EXPORT jalkiTargets)
install(TARGETS jalki_program)
install(DIRECTORY include/jalki DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY models data/mappings data/scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/jalki)
install(DIRECTORY docs/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/jalki)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/jalki)

# What the static library needs of others, as the two ways of finding it say it.
set(PC_PACKAGES "")
set(CONFIG_PACKAGES "")
foreach(prefix IN LISTS jalki_prefixes)
  list(JOIN ${prefix}_PACKAGES " " modules)
  string(APPEND PC_PACKAGES " ${modules}")
  string(APPEND CONFIG_PACKAGES "pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${modules})\n")
endforeach()
set(PC_REQUIRES Requires)
set(PC_LIBS Libs.private)
if(JALKI_SHARED) # its own needs are in the shared library
  set(PC_REQUIRES Requires.private)
endif()
set(PC_LIBRARIES "-lbz2 ${OpenMP_C_FLAGS} -lm")
configure_file(cmake/jalki.pc.in jalki.pc @ONLY)
configure_package_config_file(cmake/jalkiConfig.cmake.in jalkiConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jalki)
write_basic_package_version_file(jalkiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT jalkiTargets NAMESPACE jalki:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jalki)
install(FILES ${PROJECT_BINARY_DIR}/jalkiConfig.cmake ${PROJECT_BINARY_DIR}/jalkiConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jalki)
install(FILES ${PROJECT_BINARY_DIR}/jalki.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jalki)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Jalki project <jalki@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Values portfolios of written-off receivables")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION math)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS coinor-libcbc3) # loaded when decisions need it
# Loaded when trees are trained; for the Python package; and what linking the static library needs.
file(STRINGS scripts/packages.txt build_packages REGEX "^build .*-dev")
list(TRANSFORM build_packages REPLACE "^build +([^ ]+).*" "\\1")
list(JOIN build_packages ", " build_packages)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libxgboost0, python3, ${build_packages}")
include(CPack)
