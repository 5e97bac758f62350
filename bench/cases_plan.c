/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel: backward induction and projection over the model's epochs, per instruction set. "all states" has claims
 * from which all nine states can be reached through all epochs; "tape" is a generated tape as it stands. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "planner.h"

typedef struct plan_data {
    bench_claims *claims;
    bench_planner *planner;
} plan_data;

/* variant: "ISA", "ISA tape" for the tape as it stands. */
static void *set_up(const bench_case *self) {
    char isa[8] = "";
    bool tape = strstr(self->variant, "tape") != NULL;
    (void)strncpy(isa, self->variant, strcspn(self->variant, " "));
    plan_data *data = calloc(1, sizeof *data);
    if (data == NULL) {
        return NULL;
    }
    data->claims = bench_claims_make(self->items);
    if (!tape) {
        bench_claims_open_all_states(data->claims);
    }
    data->planner = bench_planner_make(data->claims, isa, self->threads);
    if (data->planner == NULL) {
        bench_claims_free(data->claims);
        free(data);
        return NULL;
    }
    return data;
}

static void tear_down(void *context) {
    plan_data *data = context;
    bench_planner_free(data->planner);
    bench_claims_free(data->claims);
    free(data);
}

static void run_both(void *context) {
    bench_planner_run(((plan_data *)context)->planner, 1);
}

static void run_without_flow(void *context) {
    bench_planner_run(((plan_data *)context)->planner, 0);
}

static void run_induction(void *context) {
    bench_planner_induct(((plan_data *)context)->planner);
}

static void *set_up_kept(const bench_case *self) {
    plan_data *data = set_up(self);
    if (data != NULL) {
        bench_planner_keep(data->planner);
    }
    return data;
}

static void run_projection(void *context) {
    bench_planner_project(((plan_data *)context)->planner);
}

enum { CLAIMS = 262144 };

static const bench_case cases[] = {
    {"plan/induction and projection, all states/base/1", "base", 1, CLAIMS, 0, set_up, run_both, tear_down, NULL},
    {"plan/induction and projection, all states/v3/1", "v3", 1, CLAIMS, 0, set_up, run_both, tear_down, NULL},
    {"plan/induction and projection, all states/v4/1", "v4", 1, CLAIMS, 0, set_up, run_both, tear_down, NULL},
    {"plan/induction and projection, all states/v4/2", "v4", 2, CLAIMS, 0, set_up, run_both, tear_down, NULL},
    {"plan/induction and projection, tape/v4/1", "v4 tape", 1, CLAIMS, 0, set_up, run_both, tear_down, NULL},
    {"plan/induction and projection, tape/v4/2", "v4 tape", 2, CLAIMS, 0, set_up, run_both, tear_down, NULL},
    {"plan/without cash flow, all states/v4/1", "v4", 1, CLAIMS, 0, set_up, run_without_flow, tear_down, NULL},
    {"plan/induction alone, all states/base/1", "base", 1, CLAIMS, 0, set_up, run_induction, tear_down, NULL},
    {"plan/induction alone, all states/v3/1", "v3", 1, CLAIMS, 0, set_up, run_induction, tear_down, NULL},
    {"plan/induction alone, all states/v4/1", "v4", 1, CLAIMS, 0, set_up, run_induction, tear_down, NULL},
    {"plan/projection alone, all states/base/1", "base", 1, CLAIMS, 0, set_up_kept, run_projection, tear_down, NULL},
    {"plan/projection alone, all states/v3/1", "v3", 1, CLAIMS, 0, set_up_kept, run_projection, tear_down, NULL},
    {"plan/projection alone, all states/v4/1", "v4", 1, CLAIMS, 0, set_up_kept, run_projection, tear_down, NULL},
};
const bench_table bench_plan = {cases, sizeof cases / sizeof cases[0]};
