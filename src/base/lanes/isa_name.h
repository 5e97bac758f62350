/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what a *_kernel.c exports: the source is compiled once per instruction set, and JK_ISA is that one's name.
 */
#ifndef JK_BASE_ISA_NAME_H
#define JK_BASE_ISA_NAME_H

#define JK_ISA_JOIN_(stem, isa) stem##isa
#define JK_ISA_JOIN(stem, isa)  JK_ISA_JOIN_(stem, isa)

/* JK_ISA_NAME(jk_plan_kernel_) is jk_plan_kernel_v3 where JK_ISA is v3. */
#define JK_ISA_NAME(stem) JK_ISA_JOIN(stem, JK_ISA)

#endif
