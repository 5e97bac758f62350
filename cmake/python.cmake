# SPDX-License-Identifier: Apache-2.0
# The Python package, in python/ of the build folder as it would be installed: its module on the stable ABI of Python 3.11,
# so that one build serves every later Python. Without Python's headers there is none, and the tests that need it say so.
if(JALKI_SANITIZE) # an interpreter without sanitizers cannot load it
  return()
endif()
if(NOT Python3_EXECUTABLE AND EXISTS /usr/bin/python3) # the system's own, whatever stands before it in PATH
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 3.11 QUIET COMPONENTS Interpreter Development.Module)
if(NOT Python3_Development.Module_FOUND)
  message(STATUS "No Python package: python3-dev is not there")
  return()
endif()

set(python_folder ${PROJECT_BINARY_DIR}/python/jalki)
add_library(jalki_python MODULE python/jalki/_jalki.c)
set_target_properties(jalki_python PROPERTIES OUTPUT_NAME _jalki.abi3 PREFIX "" SUFFIX .so
  LIBRARY_OUTPUT_DIRECTORY ${python_folder})
target_include_directories(jalki_python SYSTEM PRIVATE ${Python3_INCLUDE_DIRS})
target_link_libraries(jalki_python PRIVATE jalki_cli jalki_flags)
target_link_options(jalki_python PRIVATE -Wl,--exclude-libs,ALL)
jalki_harden(jalki_python)
jalki_harden_link(jalki_python)

file(GLOB python_sources CONFIGURE_DEPENDS python/jalki/*.py python/jalki/*.pyi python/jalki/py.typed)
foreach(source IN LISTS python_sources)
  cmake_path(GET source FILENAME name)
  add_custom_command(OUTPUT ${python_folder}/${name} DEPENDS ${source}
    COMMAND ${CMAKE_COMMAND} -E copy ${source} ${python_folder}/${name})
  list(APPEND python_copies ${python_folder}/${name})
endforeach()
add_custom_target(jalki_python_sources ALL DEPENDS ${python_copies})
add_dependencies(jalki_python jalki_python_sources)
install(DIRECTORY ${python_folder} DESTINATION lib/python3/dist-packages PATTERN __pycache__ EXCLUDE)
