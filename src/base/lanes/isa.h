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

/* The best that runs here. */
jk_isa jk_isa_best(void);

/* That of kernels which nobody chooses one for: what JALKI_ISA names, or the best, where it names none that runs here.
 */
jk_isa jk_isa_usual(void);

/* What a *_kernel.c exports (base/lanes/isa_name.h), for each instruction set that it was compiled for: JK_ISA_DECLARE
 * names the constants stem##base, stem##v3, ...; JK_ISA_OF is the address of one of them. */
#ifdef JK_HAVE_X86_LEVELS
#define JK_ISA_DECLARE(type, stem) extern const type stem##base, stem##v3, stem##v4
#define JK_ISA_OF(stem, isa)       ((isa) == JK_ISA_V4 ? &stem##v4 : (isa) == JK_ISA_V3 ? &stem##v3 : &stem##base)
#else
#define JK_ISA_DECLARE(type, stem) extern const type stem##base
#define JK_ISA_OF(stem, isa)       ((void)(isa), &stem##base)
#endif

#endif
