/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes: the few vector operations that kernels are written in, for three instruction sets.
 *
 * A *_kernel.c file is compiled once with each of JK_LANES_V4 (AVX-512, 16 lanes), JK_LANES_V3 (AVX2 with fused
 * multiply-adds, 8 lanes) and JK_LANES_BASE (any machine, 4 lanes through the compilers' generic vectors). An operation
 * gives the same bits in each of them: IEEE single precision, rounding to nearest even, fused where it is called fused
 * and nowhere else, denormals kept. Nothing approximate (rcp, rsqrt) is offered, because that differs between machines.
 *
 *     jk_vec      floats; + - * / are written as operators
 *     jk_mask     a truth value per lane
 *     jk_index    an int32 per lane
 *     jk_codes    a small code (0..255) per lane, kept narrow
 *
 * Operations on zeros and NaN: min(a, b) is a < b ? a : b and max(a, b) is a > b ? a : b, as x86 has it.
 */
#ifndef JK_BASE_LANES_H
#define JK_BASE_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define JK_INLINE static inline __attribute__((always_inline))

#if defined(__clang__)
#define JK_UNROLL _Pragma("clang loop unroll(full)")
#define JK_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define JK_UNROLL _Pragma("GCC unroll 16")
#define JK_ROLLED _Pragma("GCC unroll 1")
#endif

/* Adding 1.5 * 2^52 to a double leaves its nearest integer (ties to even) in the low bits. */
#define JK_ROUND_DOUBLE 0x1.8p52

#if defined(JK_LANES_V4)
#include "base/lanes/lanes_v4.h"
#elif defined(JK_LANES_V3)
#include "base/lanes/lanes_v3.h"
#elif defined(JK_LANES_BASE)
#include "base/lanes/lanes_base.h"
#else
#error "kernels are compiled with JK_LANES_V4, JK_LANES_V3 or JK_LANES_BASE (cmake/kernels.cmake)"
#endif

#endif
