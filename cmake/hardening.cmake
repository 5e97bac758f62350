# SPDX-License-Identifier: Apache-2.0
# What makes a mistake harder to exploit, and costs next to nothing:
#   stack protector, stack clash  a function that writes past its frame is stopped before it returns, and none jumps over the guard page
#   _FORTIFY_SOURCE=3             the C library checks the sizes that the compiler knows, also those known at run time
#   CET                           branches go only where the compiler meant them to (where the processor can tell)
#   relro, now                    tables of addresses read-only once the program has started
# Sanitizer builds check more by themselves; debug builds are not optimised, which fortification needs. Kernels work on columns whose
# bounds were checked before; they go without.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)

# Compiles a target so.
function(jalki_harden target)
  if(JALKI_SANITIZE)
    return()
  endif()
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
    string(MAKE_C_IDENTIFIER "has${flag}" known)
    check_c_compiler_flag("-Werror ${flag}" ${known})
    if(${known})
      target_compile_options(${target} PRIVATE ${flag})
    endif()
  endforeach()
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} PRIVATE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
endfunction()

# Links an executable so.
function(jalki_harden_link target)
  foreach(flag -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
    string(MAKE_C_IDENTIFIER "has${flag}" known)
    check_linker_flag(C ${flag} ${known})
    if(${known})
      target_link_options(${target} PRIVATE ${flag})
    endif()
  endforeach()
endfunction()
