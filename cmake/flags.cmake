# SPDX-License-Identifier: Apache-2.0
# Flags that every target of the project is compiled with.
#   -ffp-contract=off    results must be the same bits from every compiler and instruction set
#   -fvisibility=hidden  in a shared library the linker's map says what is seen (package.cmake)
#   -fno-trapping-math   lets GCC vectorise loops with selects; changes no result
add_library(jalki_flags INTERFACE)
target_compile_definitions(jalki_flags INTERFACE _GNU_SOURCE)
target_compile_options(jalki_flags INTERFACE
  -ffp-contract=off -fno-math-errno -fno-trapping-math $<$<NOT:$<BOOL:${JALKI_SHARED}>>:-fvisibility=hidden>
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef)
if(JALKI_WERROR)
  target_compile_options(jalki_flags INTERFACE -Werror)
endif()
if(JALKI_SANITIZE)
  target_compile_options(jalki_flags INTERFACE -fsanitize=${JALKI_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(jalki_flags INTERFACE -fsanitize=${JALKI_SANITIZE})
  if(JALKI_SANITIZE MATCHES "undefined")
    target_compile_options(jalki_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
