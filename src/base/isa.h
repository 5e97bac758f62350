/* SPDX-License-Identifier: Apache-2.0 */
/* Which instruction sets kernels were built for, which run here, and which one to use. */
#ifndef JK_BASE_ISA_H
#define JK_BASE_ISA_H

#include <stdbool.h>

#include "jalki/status.h"

typedef enum jk_isa { JK_ISA_BASE, JK_ISA_V3, JK_ISA_V4, JK_ISA_COUNT } jk_isa;

/* "base" (any machine), "v3" (x86-64-v3: AVX2, fused multiply-adds), "v4" (x86-64-v4: AVX-512). */
const char *jk_isa_name(jk_isa isa);

/* true if it was built in and this machine (processor and operating system) runs it. */
bool jk_isa_runs(jk_isa isa);

/* The instruction set called `wanted`; where that is NULL or empty, the one that JALKI_ISA of the environment names;
 * else the best that runs here. JK_ERROR_UNSUPPORTED if it is unknown or does not run here. */
jk_status jk_isa_choose(const char *wanted, jk_isa *isa, jk_error *error);

#endif
