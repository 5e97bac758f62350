# SPDX-License-Identifier: Apache-2.0
# Compiles each *_kernel.c once per instruction set. The source names its one exported table with JK_ISA_NAME(...);
# JK_LANES_V4, JK_LANES_V3 or JK_LANES_BASE tells src/base/lanes/lanes.h which registers to use.
function(jalki_add_kernels target)
  if(NOT ARGN)
    return()
  endif()
  set(levels base)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT JALKI_FUZZ AND NOT JALKI_SANITIZE STREQUAL "thread")
    # (those two look at what no level does otherwise, and need not compile all three)
    list(APPEND levels v3 v4)
    target_compile_definitions(${target} PRIVATE JK_HAVE_X86_LEVELS)
  endif()
  if(JALKI_SANITIZE) # the plan's two kernels are one long inlined loop: instrumented, each takes minutes to compile and gigabytes;
    # without, they may be as quick as tests of the plan want them
    set(long_kernels ${ARGN})
    list(FILTER long_kernels INCLUDE REGEX "src/plan/[a-z_]*_kernel\\.c$")
    set_source_files_properties(${long_kernels} PROPERTIES COMPILE_OPTIONS "-fno-sanitize=all;-O2")
  endif()
  if(JALKI_FUZZ) # no bytes from outside reach a kernel, and instrumented ones take minutes to compile
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "-fno-sanitize=all;-O1")
  endif()
  foreach(level IN LISTS levels)
    add_library(jalki_kernels_${level} OBJECT ${ARGN})
    target_include_directories(jalki_kernels_${level} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(jalki_kernels_${level} PRIVATE jalki_flags)
    target_compile_options(jalki_kernels_${level} PRIVATE -Wdouble-promotion)
    string(TOUPPER ${level} LEVEL)
    target_compile_definitions(jalki_kernels_${level} PRIVATE JK_ISA=${level} JK_LANES_${LEVEL})
    if(NOT level STREQUAL "base")
      target_compile_options(jalki_kernels_${level} PRIVATE -march=x86-64-${level})
    endif()
    # Lanes live on inlining: even a debug build optimises kernels a little (and -O0 has other, noisier intrinsics). Checks added
    # by sanitizers make -O3 take minutes.
    if(CMAKE_BUILD_TYPE STREQUAL "Debug" OR JALKI_SANITIZE)
      target_compile_options(jalki_kernels_${level} PRIVATE -O1)
    else()
      target_compile_options(jalki_kernels_${level} PRIVATE -O3)
    endif()
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:jalki_kernels_${level}>)
  endforeach()
endfunction()
