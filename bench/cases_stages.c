/* SPDX-License-Identifier: Apache-2.0 */
/* The stages before the kernel, one thread, blocks as the engine uses them. */
#include "bench.h"
#include "claims.h"

static void *set_up(const bench_case *self) {
    return bench_claims_make(self->items);
}

static void tear_down(void *data) {
    bench_claims_free(data);
}

static void run_law(void *data) {
    bench_claims_law(data);
}

static void run_score(void *data) {
    bench_claims_score(data);
}

static void run_terms(void *data) {
    bench_claims_terms(data);
}

static const bench_case cases[] = {
    {"law/block/1", NULL, 1, 16384, 0, set_up, run_law, tear_down},
    {"score/block/1", NULL, 1, 16384, 0, set_up, run_score, tear_down},
    {"terms/block/1", NULL, 1, 16384, 0, set_up, run_terms, tear_down},
};
const bench_table bench_stages = {cases, sizeof cases / sizeof cases[0]};
