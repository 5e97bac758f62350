# SPDX-License-Identifier: Apache-2.0
# The pages that the program writes: the files of src/report/page become bytes in the library. Charts are drawn by a library that npm
# brings into the build folder when the build is configured; one installation serves all presets, and nothing is fetched again
# until the lock file changes. Without npm (or without its registry) pages have their tables alone.
find_program(JALKI_NODE NAMES node nodejs)
find_program(JALKI_NPM npm)
mark_as_advanced(JALKI_NODE JALKI_NPM)
if(JALKI_NODE AND JALKI_NPM)
  set(charts_default ON)
else()
  set(charts_default OFF)
endif()
option(JALKI_CHARTS "Draw charts in pages (needs node and npm, and its registry the first time)" ${charts_default})

# Where the packages lie: beside the build folders of the presets, else in the build folder.
cmake_path(GET PROJECT_BINARY_DIR PARENT_PATH build_parent)
if(build_parent STREQUAL "${PROJECT_SOURCE_DIR}/build")
  set(page_npm_folder "${build_parent}/npm")
else()
  set(page_npm_folder "${PROJECT_BINARY_DIR}/npm")
endif()

# Sets `installed` to ON if node_modules is what the lock file says.
function(jalki_install_charts installed)
  set(lock "${PROJECT_SOURCE_DIR}/src/report/page/package-lock.json")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${lock}")
  set(stamp "${page_npm_folder}/installed")
  file(MAKE_DIRECTORY "${page_npm_folder}")
  file(LOCK "${page_npm_folder}/lock" GUARD FUNCTION TIMEOUT 300)
  file(SHA256 "${lock}" wanted)
  set(found "")
  if(EXISTS "${stamp}")
    file(READ "${stamp}" found)
  endif()
  if(NOT found STREQUAL wanted)
    file(REMOVE "${stamp}")
    file(COPY "${lock}" "${PROJECT_SOURCE_DIR}/src/report/page/package.json" DESTINATION "${page_npm_folder}")
    message(STATUS "Fetching the chart library (npm ci)")
    execute_process(COMMAND "${JALKI_NPM}" ci --ignore-scripts --no-audit --no-fund
      WORKING_DIRECTORY "${page_npm_folder}" RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE words)
    if(failed)
      message(WARNING "npm could not fetch the chart library; pages of this build have tables only. Configure again to retry.\n${words}")
      set(${installed} OFF PARENT_SCOPE)
      return()
    endif()
    file(WRITE "${stamp}" "${wanted}")
  endif()
  set(${installed} ON PARENT_SCOPE)
endfunction()

# Adds the files of src/report/page, and the bundle of charts, to the target as the table of src/report/page_files.h.
function(jalki_embed_pages target)
  set(folder "${PROJECT_SOURCE_DIR}/src/report/page")
  file(GLOB files CONFIGURE_DEPENDS "${folder}/*.html" "${folder}/*.css" "${folder}/*.js")
  list(REMOVE_ITEM files "${folder}/charts.js")
  set(charts OFF)
  if(JALKI_CHARTS)
    jalki_install_charts(charts)
  endif()
  if(charts)
    set(bundle "${PROJECT_BINARY_DIR}/page/charts.bundle.js")
    file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/page")
    add_custom_command(OUTPUT "${bundle}"
      COMMAND "${JALKI_NODE}" "${folder}/bundle.mjs" "${page_npm_folder}" "${folder}/charts.js" "${bundle}"
      DEPENDS "${folder}/bundle.mjs" "${folder}/charts.js" "${page_npm_folder}/installed"
      COMMENT "Bundling the chart library" VERBATIM)
    list(APPEND files "${bundle}")
  endif()
  jalki_add_wasm(module)
  if(module) # packed once, here: it is the same in every page, and takes longer to pack than a small report to make
    add_executable(jalki_pack "${PROJECT_SOURCE_DIR}/cmake/pack.c")
    target_link_libraries(jalki_pack PRIVATE PkgConfig::DEFLATE)
    add_custom_command(OUTPUT "${module}.z" COMMAND jalki_pack "${module}" "${module}.z" DEPENDS jalki_pack "${module}"
      COMMENT "Packing the prices of pages" VERBATIM)
    list(APPEND files "${module}.z")
  endif()
  set(source "${PROJECT_BINARY_DIR}/page/page_files.c")
  add_custom_command(OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DOUTPUT=${source}" -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    COMMENT "Embedding the pages' files" VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()
