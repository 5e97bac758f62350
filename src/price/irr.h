/* SPDX-License-Identifier: Apache-2.0 */
/* Present values at many rates at once. */
#ifndef JK_PRICE_IRR_H
#define JK_PRICE_IRR_H

typedef struct jk_irr_problem {
    const double *net;
    int months;
    double outlay;
    const struct jk_irr_kernel *kernel; /* looked up once: it asks the environment */
} jk_irr_problem;

enum { JK_IRR_LANES = 64 };

/* Compiled once per instruction set (irr_kernel.c). */
typedef struct jk_irr_kernel {
    int lanes; /* a power of two up to JK_IRR_LANES */
    /* Present value less outlay at so many forces = ln(1 + rate). */
    void (*surplus)(const jk_irr_problem *problem, const double *force, double *surplus);
} jk_irr_kernel;

#endif
