/* SPDX-License-Identifier: Apache-2.0 */
/* What lanes_base.h has in other words for WebAssembly. */
#ifndef JK_BASE_LANES_WASM_H
#define JK_BASE_LANES_WASM_H

JK_INLINE bool jk_any(jk_mask mask) {
    typedef signed char bytes __attribute__((vector_size(16)));
    return __builtin_wasm_any_true_v128((bytes)mask);
}

/* Called, not inlined: a kernel has thousands of them, a page has them all in it, and where the browser has the
 * instruction the page puts it in the place of every call (src/report/page/report_panel.js). */
__attribute__((const)) jk_vec jk_fma(jk_vec a, jk_vec b, jk_vec c);

#endif
