/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of the machine, measured in the same run as what is compared with them. */
#ifndef JK_BENCH_MACHINE_H
#define JK_BENCH_MACHINE_H

double bench_seconds(void);      /* a monotonic clock */
double bench_core_seconds(void); /* processor time of the calling thread: others on the machine do not count */

/* Single-precision multiply-adds (counted as two operations) per second that `threads` cores reach together with all
 * operands in registers, best of a few short runs; and the core's clock in cycles per second. */
double bench_multiply_add_rate(int threads);
double bench_clock_rate(void);

#endif
