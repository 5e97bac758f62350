# SPDX-License-Identifier: Apache-2.0
# The plan and the price, compiled to WebAssembly for the page of a report, which prices its portfolio again in the reader's browser.
# Needs Clang with its run-time library for WebAssembly, lld and wasi-libc; without them pages say that they cannot price again.
find_program(JALKI_WASM_CLANG NAMES clang clang-14)
find_program(JALKI_WASM_LLD NAMES wasm-ld wasm-ld-14)
find_file(JALKI_WASM_LIBC NAMES wasm32-wasi/libc.a PATHS /usr/lib NO_DEFAULT_PATH)
mark_as_advanced(JALKI_WASM_CLANG JALKI_WASM_LLD JALKI_WASM_LIBC)
set(wasm_default OFF)
if(JALKI_WASM_CLANG AND JALKI_WASM_LLD AND JALKI_WASM_LIBC)
  execute_process(COMMAND "${JALKI_WASM_CLANG}" --target=wasm32-wasi -print-libgcc-file-name
    OUTPUT_VARIABLE wasm_runtime OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(EXISTS "${wasm_runtime}")
    set(wasm_default ON)
  endif()
endif()
option(JALKI_WASM "Reports price their portfolio again in the page (needs clang, lld, wasi-libc, libclang-rt-dev-wasm32)" ${wasm_default})

# Sets `module` to the file, or to nothing; a page embeds it by its name.
function(jalki_add_wasm module)
  set(${module} "" PARENT_SCOPE)
  if(NOT JALKI_WASM)
    return()
  endif()
  # Vectors of 128 bits; bits as everywhere (flags.cmake). The pages follow no kept plan, which is a third of the kernels. A page carries
  # the module: what is not a kernel is compiled to be small.
  set(flags --target=wasm32-wasi -std=c17 -msimd128 -mbulk-memory -ffunction-sections -fdata-sections -ffp-contract=off -fno-math-errno
    -fno-trapping-math -ftls-model=local-exec -w -D_GNU_SOURCE -DJK_ISA=base -DJK_LANES_BASE -DJK_PLANS_ONLY -DNDEBUG)
  set(folder "${PROJECT_BINARY_DIR}/page/wasm")
  file(MAKE_DIRECTORY "${folder}")
  set(objects "")
  foreach(source base/error base/text/escape base/lanes/isa base/lanes/lanes_wasm base/memory model/economics model/split terms/terms plan/block plan/cashflow plan/payers_kernel
      plan/plan plan/plan_kernel plan/policy plan/tables price/irr price/irr_kernel price/price value/offer scenario/stress scenario/stress_field reprice/book reprice/module
      reprice/module_text reprice/pack reprice/price)
    string(REPLACE "/" "_" name "${source}")
    set(object "${folder}/${name}.o")
    set(effort -Oz)
    if(source MATCHES "_kernel$|lanes")
      set(effort -O2)
    endif()
    add_custom_command(OUTPUT "${object}" DEPFILE "${object}.d" DEPENDS "${PROJECT_SOURCE_DIR}/src/${source}.c"
      COMMAND ${CMAKE_C_COMPILER_LAUNCHER} "${JALKI_WASM_CLANG}" ${flags} ${effort} -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/src
        -MD -MF "${object}.d" -MT "${object}" -c "${PROJECT_SOURCE_DIR}/src/${source}.c" -o "${object}"
      COMMENT "WebAssembly: ${source}.c" VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  set(linked "${PROJECT_BINARY_DIR}/page/reprice.wasm")
  # Whoever exports the constructors gets exports that are the functions themselves, not wrappers that run constructors at every call.
  add_custom_command(OUTPUT "${linked}" DEPENDS ${objects}
    COMMAND "${JALKI_WASM_CLANG}" --target=wasm32-wasi -nostartfiles -Wl,--no-entry -Wl,--export=__wasm_call_ctors -Wl,--gc-sections -Wl,--strip-all ${objects} -lm -o "${linked}"
    COMMENT "WebAssembly: the prices of pages" VERBATIM)
  set(${module} "${linked}" PARENT_SCOPE)
endfunction()
