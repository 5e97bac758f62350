# SPDX-License-Identifier: Apache-2.0
# Programs are linked with HDF5's archive where it is there: its shared library wants some thirty others, for files on the web that are
# never opened here, and linking them at each start takes longer than most of what a small tape asks for. The archive leaves out what
# nobody calls, and wants zlib and szip alone. Modules of Python and R take the shared library: archives are not made for those.
option(JALKI_ARCHIVES "Link HDF5's archive into programs where it is there, for a short start" ON)
set(jalki_archives "")
foreach(name hdf5 sz aec)
  find_library(JALKI_ARCHIVE_${name} lib${name}.a HINTS ${HDF5_LIBRARY_DIRS})
  mark_as_advanced(JALKI_ARCHIVE_${name})
  list(APPEND jalki_archives ${JALKI_ARCHIVE_${name}})
endforeach()
if(JALKI_ARCHIVES)
  include(CheckCSourceCompiles)
  include(CMakePushCheckState)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_INCLUDES ${HDF5_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_LIBRARIES ${jalki_archives} ${ZLIB_LINK_LIBRARIES} ${CMAKE_DL_LIBS} m)
  check_c_source_compiles("
    #include <hdf5.h>
    int main(void) { return H5open() < 0 || H5Fopen(\"\", H5F_ACC_RDONLY, H5P_DEFAULT) < 0; }" JALKI_ARCHIVES_LINK)
  cmake_pop_check_state()
  if(NOT JALKI_ARCHIVES_LINK)
    message(STATUS "HDF5's archive (libhdf5.a, libsz.a, libaec.a) is not there or does not link: programs take its shared library")
  endif()
endif()

# Links a program of ours: what the archive has is not looked for in the shared library behind it, which is left out then.
function(jalki_link_program target)
  target_link_libraries(${target} PRIVATE jalki_cli jalki_flags)
  if(JALKI_ARCHIVES AND JALKI_ARCHIVES_LINK)
    target_link_libraries(${target} PRIVATE jalki ${jalki_archives})
    target_link_options(${target} PRIVATE -Wl,--as-needed)
  endif()
endfunction()
