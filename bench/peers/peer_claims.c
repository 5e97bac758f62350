/* SPDX-License-Identifier: Apache-2.0 */
/* One set of claims for everybody: writes the kernel's inputs, the model's figures and our results as NumPy arrays
 * (.npy), which the programs beside this file read, and says how long our kernel takes for them.
 *
 *     peer_claims FOLDER [CLAIMS]      default 262,144; claims from which all nine states can be reached, of debtors
 *                                        who pay at once, as the peers know them
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "planner.h"

enum { AGES = 1024, REPEATS = 9 };

static const char *folder;

/* shape: "N," or "A,B,C" as NumPy wants it within its brackets. */
static void put_array(const char *name, const char *type, size_t size, const char *shape, const void *data) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    FILE *file = fopen(path, "wb");
    char header[118];
    int used = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type, shape);
    memset(header + used, ' ', sizeof header - (size_t)used);
    header[sizeof header - 1] = '\n';
    if (file == NULL || fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file) != 10 ||
        fwrite(header, 1, sizeof header, file) != sizeof header || fwrite(data, 1, size, file) != size ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static const char *shape_of(size_t a, size_t b, size_t c, size_t d) {
    static char text[96];
    int used = snprintf(text, sizeof text, "%zu,", a);
    size_t sizes[] = {b, c, d};
    for (int i = 0; i < 3 && sizes[i] > 0; i++) {
        used += snprintf(text + used, sizeof text - (size_t)used, "%zu,", sizes[i]);
    }
    return text;
}

static void put_terms(const jk_terms *t, size_t n) {
    float *bars[2] = {malloc(n * sizeof(float)), malloc(n * sizeof(float))}; /* the peers count in 32 bits */
    if (bars[0] == NULL || bars[1] == NULL) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        bars[0][i] = (float)t->bar_untitled[i];
        bars[1][i] = (float)t->bar_titled[i];
    }
    const struct {
        const char *name;
        const void *data;
        const char *type;
        size_t size;
    } columns[] = {
        {"balance", t->balance, "<f4", 4},
        {"interest", t->interest_monthly, "<f4", 4},
        {"theta", t->theta, "<f4", 4},
        {"garnish", t->garnish, "<f4", 4},
        {"share", t->share, "<f4", 4},
        {"mortality", t->mortality, "<f4", 4},
        {"exit_status", t->exit_status, "<f4", 4},
        {"bar_untitled", bars[0], "<f4", 4},
        {"bar_titled", bars[1], "<f4", 4},
        {"interruption", t->interruption, "<f4", 4},
        {"age", t->age_months, "<i4", 4},
        {"segment", t->segment, "<u2", 2},
        {"jurisdiction", t->jurisdiction, "<u2", 2},
        {"capacity", t->capacity_class, "|u1", 1},
        {"title", t->title_state, "|u1", 1},
        {"allowed", t->allowed, "|u1", 1},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        put_array(columns[i].name, columns[i].type, n * columns[i].size, shape_of(n, 0, 0, 0), columns[i].data);
    }
    free(bars[0]);
    free(bars[1]);
}

static double step_at(const jk_steps *steps, int32_t month) {
    size_t i = steps->count - 1;
    while (i > 0 && steps->month[i] > month) {
        i--;
    }
    return steps->value[i];
}

/* Per segment: 14 plain figures; by treatment and class: curves, multipliers, matrices. */
static void put_segments(const jk_model *model) {
    enum { FIGURES = 14 };
    size_t n = model->segment_count;
    double *figures = calloc(n * FIGURES, sizeof *figures);
    double *kappa = calloc(n * 9, sizeof *kappa);
    double *matrix = calloc(n * 27, sizeof *matrix);
    double *curve = calloc(n * 3 * AGES, sizeof *curve);
    for (size_t g = 0; g < n; g++) {
        const jk_segment *s = &model->segments[g];
        double row[FIGURES] = {s->exit_monthly,
                               s->filing,
                               s->fee_shift * s->filing,
                               s->enforcement_monthly,
                               s->months_to_title,
                               s->pre_title_factor,
                               s->garnish_share[0],
                               s->garnish_share[1],
                               s->garnish_share[2],
                               s->cost[0].monthly,
                               s->cost[1].monthly,
                               s->cost[2].monthly,
                               0,
                               0};
        memcpy(figures + g * FIGURES, row, sizeof row);
        memcpy(kappa + g * 9, s->class_multiplier, sizeof s->class_multiplier);
        memcpy(matrix + g * 27, s->class_monthly, sizeof s->class_monthly);
        for (size_t a = 0; a < 3; a++) {
            for (int32_t month = 0; month < AGES; month++) {
                curve[(g * 3 + a) * AGES + (size_t)month] = step_at(&s->curve[a], month);
            }
        }
    }
    double *shares = calloc(n * 6, sizeof *shares);
    for (size_t g = 0; g < n; g++) {
        for (size_t a = 0; a < 3; a++) {
            shares[g * 6 + a] = model->segments[g].recovery_share[a];
            shares[g * 6 + 3 + a] = model->segments[g].cost[a].contingent;
        }
    }
    put_array("segment_figures", "<f8", n * FIGURES * 8, shape_of(n, FIGURES, 0, 0), figures);
    put_array("segment_kappa", "<f8", n * 9 * 8, shape_of(n, 3, 3, 0), kappa);
    put_array("segment_matrix", "<f8", n * 27 * 8, shape_of(n, 3, 3, 3), matrix);
    put_array("segment_curve", "<f8", n * 3 * AGES * 8, shape_of(n, 3, AGES, 0), curve);
    put_array("segment_shares", "<f8", n * 6 * 8, shape_of(n, 2, 3, 0), shares);
    free(figures);
    free(kappa);
    free(matrix);
    free(curve);
    free(shares);
}

static void put_model(const jk_model *model) {
    put_segments(model);
    size_t n = model->jurisdiction_count;
    double *law = calloc(n * 3, sizeof *law);
    for (size_t i = 0; i < n; i++) {
        const jk_jurisdiction *j = &model->jurisdictions[i];
        bool ends = !j->limitation.title_renewable && j->limitation.title_months < 1e9;
        law[i * 3] = j->mortality.b;
        law[i * 3 + 1] = j->interest.accrual_months;
        law[i * 3 + 2] = ends ? 1.0 / j->limitation.title_months : 0.0;
    }
    put_array("jurisdiction_figures", "<f8", n * 3 * 8, shape_of(n, 3, 0, 0), law);
    put_array("epochs", "<i4", (size_t)model->epoch_count * 4, shape_of((size_t)model->epoch_count, 0, 0, 0),
              model->epochs);
    double general[2] = {model->irr, model->cost_inflation};
    put_array("general", "<f8", sizeof general, shape_of(2, 0, 0, 0), general);
    free(law);
}

static void put_results(const jk_plan_results *r, const jk_cashflow *flow, size_t n) {
    put_array("our_value", "<f4", n * 4, shape_of(n, 0, 0, 0), r->value);
    put_array("our_gross", "<f4", n * 4, shape_of(n, 0, 0, 0), r->erc_gross);
    put_array("our_net", "<f4", n * 4, shape_of(n, 0, 0, 0), r->erc_net);
    put_array("our_decision", "|u1", n, shape_of(n, 0, 0, 0), r->decision);
    static const jk_flow flows[] = {JK_FLOW_GROSS, JK_FLOW_COST, JK_FLOW_FILING, JK_FLOW_SALE};
    enum { FLOWS = sizeof flows / sizeof flows[0] };
    const size_t cells = (size_t)flow->months * flow->segments;
    int64_t *cell = calloc(cells * FLOWS, sizeof *cell);
    if (cell == NULL) {
        abort();
    }
    for (size_t i = 0; i < cells * FLOWS; i++) {
        cell[i] = flow->cell[i / FLOWS * JK_FLOW_COUNT + flows[i % FLOWS]];
    }
    put_array("our_flow", "<i8", cells * FLOWS * 8, shape_of((size_t)flow->months, flow->segments, FLOWS, 0), cell);
    free(cell);
}

static double now(void) {
    struct timespec moment;
    (void)clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec + 1e-9 * (double)moment.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        (void)fprintf(stderr, "usage: peer_claims FOLDER [CLAIMS]\n");
        return 2;
    }
    folder = argv[1];
    size_t rows = argc > 2 ? strtoull(argv[2], NULL, 10) : 262144; /* whole blocks: threads share them evenly */
    bench_claims *claims = bench_claims_make(rows);
    bench_claims_open_all_states(claims);
    bench_claims_pay_at_once(claims);
    put_terms(&claims->terms, rows);
    put_model(claims->model);
    for (int threads = 1; threads <= 2; threads++) {
        bench_planner *planner = bench_planner_make(claims, NULL, threads);
        double best = 1e9;
        for (int i = 0; i < REPEATS; i++) {
            double start = now();
            bench_planner_run(planner, 1);
            double seconds = now() - start;
            best = seconds < best ? seconds : best;
        }
        (void)printf("{\"program\": \"jalki\", \"threads\": %d, \"claims\": %zu, \"seconds\": %.6f}\n", threads, rows,
                     best);
        put_results(bench_planner_results(planner), bench_planner_flow(planner), rows);
        bench_planner_free(planner);
    }
    bench_claims_free(claims);
    return 0;
}
