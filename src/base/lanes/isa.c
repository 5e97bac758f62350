/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lanes/isa.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const char *const isa_names[JK_ISA_COUNT] = {"base", "v3", "v4"};

const char *jk_isa_name(jk_isa isa) {
    return isa_names[isa];
}

bool jk_isa_runs(jk_isa isa) {
#ifdef JK_HAVE_X86_LEVELS
    /* __builtin_cpu_supports asks the processor and, for the wide registers, the operating system. */
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
    return isa == JK_ISA_BASE || (isa == JK_ISA_V3 && v3) || (isa == JK_ISA_V4 && v4);
#else
    return isa == JK_ISA_BASE;
#endif
}

jk_isa jk_isa_best(void) {
    return jk_isa_runs(JK_ISA_V4) ? JK_ISA_V4 : jk_isa_runs(JK_ISA_V3) ? JK_ISA_V3 : JK_ISA_BASE;
}

jk_isa jk_isa_usual(void) {
    jk_isa isa = JK_ISA_BASE;
    jk_error ignored = {0};
    return jk_isa_choose(NULL, &isa, &ignored) == JK_OK ? isa : jk_isa_best();
}

jk_status jk_isa_choose(const char *wanted, jk_isa *isa, jk_error *error) {
    const char *source = "the instruction set asked for";
    if (wanted == NULL || wanted[0] == '\0') {
        wanted = getenv("JALKI_ISA");
        source = "JALKI_ISA";
    }
    if (wanted == NULL || wanted[0] == '\0') {
        *isa = jk_isa_best();
        return JK_OK;
    }
    for (int i = 0; i < JK_ISA_COUNT; i++) {
        if (strcmp(wanted, isa_names[i]) == 0) {
            if (!jk_isa_runs((jk_isa)i)) {
                return jk_fail(error, JK_ERROR_UNSUPPORTED, NULL, 0, NULL, "%s is \"%s\", which does not run here",
                               source, wanted);
            }
            *isa = (jk_isa)i;
            return JK_OK;
        }
    }
    return jk_fail(error, JK_ERROR_UNSUPPORTED, NULL, 0, NULL, "%s is \"%.32s\"; expected v4, v3 or base", source,
                   wanted);
}
