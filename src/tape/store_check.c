/* SPDX-License-Identifier: Apache-2.0 */
#include "tape/store_check.h"

extern const jk_store_checks jk_store_checks_base;
#ifdef JK_HAVE_X86_LEVELS
extern const jk_store_checks jk_store_checks_v3, jk_store_checks_v4;
#endif

const jk_store_checks *jk_store_checks_get(void) {
#ifdef JK_HAVE_X86_LEVELS
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return v4 ? &jk_store_checks_v4 : v3 ? &jk_store_checks_v3 : &jk_store_checks_base;
#else
    return &jk_store_checks_base;
#endif
}
