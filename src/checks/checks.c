/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds and policies, summed up claim by claim:
 *
 *     seen     V, the class seen in every epoch                     upper bound
 *     never    max over plans of (epoch, title, mood)               lower bound: a plan that was found
 *     every n  the same between checks, W(k) = blind(k) - price     a policy
 *     now      sum_k b_k never(k) - never(b) >= 0, b = row k0 of Q_surveil^months
 *
 * The value of information is that of Raiffa and Schlaifer, "Applied Statistical Decision Theory" (1961); plans of who
 * does not see the state go back to Drake (1962) and Smallwood and Sondik, Operations Research 21 (1973). */
#include "jalki/checks.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "base/number/random.h"
#include "checks/claim.h"

const int jk_check_months[JK_CHECK_INTERVALS] = {0, 6, 12, 24, 36, 60};

enum { SEED = 20260101, STREAM = 7 };

/* Sums of a segment by one thread, on the grid. */
typedef struct line_sum {
    uint64_t claims, sampled, pays;
    int64_t seen, never, gain, sample_seen, interval[JK_CHECK_INTERVALS];
} line_sum;

typedef struct checks_run {
    jk_checks *checks;
    const jk_checks_options *options;
    jk_checks_tables tables;
    double *belief; /* [segments][class][class] */
    double *chance; /* [segments] of being in the sample */
    bool *checked;  /* [JK_CHECK_INTERVALS][epochs] */
    int threads;
    jk_checks_claim *claim; /* [threads] */
    line_sum *sum;          /* [threads][segments] */
} checks_run;

/* ---- before the work --------------------------------------------------------------------------------------------- */

/* Row by row, Q of surveillance to the power of the months. */
static void fill_belief(const jk_segment *segment, int months, double *belief) {
    for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
        double now[JK_CAPACITY_COUNT] = {0};
        now[from] = 1.0;
        for (int m = 0; m < months; m++) {
            double next[JK_CAPACITY_COUNT] = {0};
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
                    next[to] += now[k] * segment->class_monthly[JK_TREAT_SURVEIL][k][to];
                }
            }
            memcpy(now, next, sizeof now);
        }
        memcpy(belief + from * JK_CAPACITY_COUNT, now, sizeof now);
    }
}

/* The first epoch that begins so many months after the last check has the next one. */
static void fill_checked(const jk_model *model, int months, bool *checked) {
    int start = 0, last = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        checked[j] = j > 0 && start - last >= months;
        last = checked[j] ? start : last;
        start += model->epochs[j];
    }
}

static jk_status prepare(checks_run *run, jk_error *error) {
    const jk_model *model = run->checks->model;
    size_t epochs = (size_t)model->epoch_count, segments = model->segment_count;
    double irr = isnan(run->options->value.irr) ? model->irr : run->options->value.irr;
    JK_TRY(jk_checks_tables_init(&run->tables, model, irr, error));
    run->belief = calloc(segments * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT, sizeof *run->belief);
    run->chance = calloc(segments, sizeof *run->chance);
    run->checked = calloc(JK_CHECK_INTERVALS * epochs, sizeof *run->checked);
    JK_TRY(jk_held(run->belief != NULL && run->chance != NULL && run->checked != NULL, error, "the checks"));
    for (size_t g = 0; g < segments; g++) {
        double claims = (double)run->checks->valuation.segment[g].claims, sample = (double)run->options->sample;
        run->chance[g] = sample > 0.0 && claims > sample ? sample / claims : 1.0;
        fill_belief(&model->segments[g], run->options->last_seen,
                    run->belief + g * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT);
    }
    for (size_t n = 0; n < JK_CHECK_INTERVALS; n++) {
        fill_checked(model, jk_check_months[n], run->checked + n * epochs);
    }
    return JK_OK;
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    checks_run *run = context;
    run->threads = shape->threads;
    run->claim = calloc((size_t)shape->threads, sizeof *run->claim);
    run->sum = calloc((size_t)shape->threads * run->checks->model->segment_count, sizeof *run->sum);
    bool complete = run->claim != NULL && run->sum != NULL;
    for (int t = 0; complete && t < shape->threads; t++) {
        complete = jk_checks_claim_create(&run->claim[t], &run->tables);
    }
    return jk_held(complete, error, "the checks");
}

/* ---- one claim ----------------------------------------------------------------------------------------------------
 */

/* What it is worth to see the class now, when it was last seen as k0, and never again afterwards. */
static double worth_now(jk_checks_claim *claim, const double *belief, int z, int r) {
    const double nothing[CHECKS_STATES] = {0};
    double mass[CHECKS_STATES] = {0}, unseen_by_class[JK_CAPACITY_COUNT], seen = 0.0;
    assert(jk_is_distribution(belief, JK_CAPACITY_COUNT, 1e-6));
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        mass[checks_state(z, k, r)] = belief[k];
    }
    double unseen = jk_checks_blind(claim, 0, claim->epochs, mass, nothing);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        unseen_by_class[k] = claim->value[checks_state(z, k, r)];
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        double one[CHECKS_STATES] = {0};
        one[checks_state(z, k, r)] = 1.0;
        /* Who sees the class can still follow the plan of who does not. */
        seen += belief[k] * fmax(unseen_by_class[k], jk_checks_blind(claim, 0, claim->epochs, one, nothing));
    }
    return fmax(0.0, seen - unseen);
}

static int32_t hundredths(double amount) {
    double rounded = nearbyint(amount * 100.0);
    return rounded < 2147483647.0 ? (int32_t)rounded : INT32_MAX;
}

static void take_claim(checks_run *run, jk_checks_claim *claim, const jk_terms *terms, size_t i, size_t row,
                       line_sum *sum) {
    const size_t epochs = (size_t)run->checks->model->epoch_count;
    const double nothing[CHECKS_STATES] = {0};
    double one[CHECKS_STATES] = {0}, price = run->options->price;
    int z = terms->title_state[i], r = terms->paying[i] != 0, k = (int)jk_terms_class(terms, i),
        at = checks_state(z, k, r);
    size_t g = terms->segment[i];
    jk_checks_claim_load(claim, terms, i);
    one[at] = 1.0;
    sum->seen += jk_grid_from_double(claim->full[at]);
    sum->never += jk_grid_from_double(jk_checks_blind(claim, 0, claim->epochs, one, nothing));
    double now = worth_now(claim, run->belief + (g * JK_CAPACITY_COUNT + (size_t)k) * JK_CAPACITY_COUNT, z, r);
    run->checks->worth[row] = hundredths(now);
    run->checks->cost[row] = hundredths(price * claim->share);
    run->checks->pays[row] = now > price * claim->share;
    sum->pays += (uint64_t)run->checks->pays[row];
    sum->gain += now > price * claim->share ? jk_grid_from_double(now - price * claim->share) : 0;
    if (jk_uniform(jk_philox(SEED, STREAM, row).word[0]) < run->chance[g]) {
        sum->sampled++;
        sum->sample_seen += jk_grid_from_double(claim->full[at]);
        for (size_t n = 0; n < JK_CHECK_INTERVALS; n++) {
            sum->interval[n] += jk_grid_from_double(jk_checks_policy(claim, run->checked + n * epochs, price, at));
        }
    }
}

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    checks_run *run = context;
    line_sum *sums = run->sum + (size_t)rows->thread * run->checks->model->segment_count;
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        size_t row = rows->block->first_row + i;
        line_sum *sum = &sums[rows->terms->segment[i]];
        sum->claims++;
        run->checks->worth[row] = run->checks->cost[row] = run->checks->pays[row] = 0;
        if (rows->terms->allowed[i] != 0) {
            take_claim(run, &run->claim[rows->thread], rows->terms, i, row, sum);
        }
    }
    return JK_OK;
}

/* ---- sums ---------------------------------------------------------------------------------------------------------
 */

static void add_line(line_sum *into, const line_sum *from) {
    into->claims += from->claims;
    into->sampled += from->sampled;
    into->pays += from->pays;
    into->seen += from->seen;
    into->never += from->never;
    into->gain += from->gain;
    into->sample_seen += from->sample_seen;
    for (int n = 0; n < JK_CHECK_INTERVALS; n++) {
        into->interval[n] += from->interval[n];
    }
}

static void choose_best(jk_checks_line *line) {
    line->best = JK_CHECK_INTERVALS;
    line->best_value = line->never;
    for (int n = JK_CHECK_INTERVALS - 1; n >= 0; n--) {
        if (line->interval[n] > line->best_value) {
            line->best = n;
            line->best_value = line->interval[n];
        }
    }
}

/* A segment's intervals are its sample's, by what they leave of the value of who sees all. */
static void finish_line(const line_sum *sum, jk_checks_line *line) {
    line->claims = sum->claims;
    line->sampled = sum->sampled;
    line->seen = jk_grid_to_double(sum->seen);
    line->never = jk_grid_to_double(sum->never);
    line->pays = sum->pays;
    line->pays_gain = jk_grid_to_double(sum->gain);
    for (int n = 0; n < JK_CHECK_INTERVALS; n++) {
        line->interval[n] = sum->sample_seen > 0 ? line->seen * (double)sum->interval[n] / (double)sum->sample_seen
                                                 : (sum->seen > 0 ? (double)NAN : 0.0);
    }
    choose_best(line);
}

static void finish(checks_run *run) {
    jk_checks *checks = run->checks;
    size_t segments = checks->model->segment_count;
    jk_checks_line *all = &checks->line[segments];
    *all = (jk_checks_line){.name = "all"};
    for (size_t g = 0; g < segments; g++) {
        line_sum sum = {0};
        for (int t = 0; t < run->threads; t++) {
            add_line(&sum, &run->sum[(size_t)t * segments + g]);
        }
        jk_checks_line *line = &checks->line[g];
        line->name = checks->model->segments[g].id;
        finish_line(&sum, line);
        all->claims += line->claims;
        all->sampled += line->sampled;
        all->seen += line->seen;
        all->never += line->never;
        all->pays += line->pays;
        all->pays_gain += line->pays_gain;
        for (int n = 0; n < JK_CHECK_INTERVALS; n++) {
            all->interval[n] += isnan(line->interval[n]) ? line->never : line->interval[n];
        }
    }
    choose_best(all);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------
 */

static void drop(checks_run *run) {
    for (int t = 0; run->claim != NULL && t < run->threads; t++) {
        jk_checks_claim_free(&run->claim[t]);
    }
    free(run->claim);
    free(run->sum);
    free(run->belief);
    free(run->chance);
    free(run->checked);
    jk_checks_tables_reset(&run->tables);
}

static jk_status take_tape(checks_run *run, jk_error *error) {
    jk_checks *checks = run->checks;
    jk_value_options options = run->options->value;
    jk_valuation again = {0};
    jk_value_sink sink = {
        .begin = begin, .block = take_block, .context = run, .held = jk_tape_rows(checks->tape) * 3 * sizeof(int32_t)};
    options.values_only = true;
    options.allow &= ~JK_ALLOW(JK_SELL);
    JK_TRY(jk_value_run(checks->tape, checks->model, &options, NULL, 0, &checks->valuation, error));
    JK_TRY(prepare(run, error));
    JK_TRY(jk_value_run(checks->tape, checks->model, &options, &sink, 1, &again, error));
    jk_valuation_reset(&again);
    finish(run);
    return JK_OK;
}

jk_status jk_checks_make(const jk_tape *tape, const jk_model *model, const jk_checks_options *options,
                         jk_checks *checks, jk_error *error) {
    size_t rows = jk_tape_rows(tape);
    *checks = (jk_checks){.tape = tape,
                          .model = model,
                          .price = options->price,
                          .last_seen = options->last_seen,
                          .line_count = model->segment_count + 1};
    if (!(options->price >= 0.0) || options->last_seen < 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "a check costs %g, %d months ago; expected 0 or more",
                       options->price, options->last_seen);
    }
    checks->line = calloc(checks->line_count, sizeof *checks->line);
    checks->worth = jk_columns_alloc(rows, sizeof *checks->worth);
    checks->cost = jk_columns_alloc(rows, sizeof *checks->cost);
    checks->pays = jk_columns_alloc(rows, sizeof *checks->pays);
    checks_run run = {.checks = checks, .options = options};
    jk_status status = checks->line != NULL && checks->worth != NULL && checks->cost != NULL && checks->pays != NULL
                           ? take_tape(&run, error)
                           : jk_fail_memory(error, "the checks");
    drop(&run);
    if (status != JK_OK) {
        jk_checks_reset(checks);
    }
    return status;
}

void jk_checks_reset(jk_checks *checks) {
    free(checks->line);
    free(checks->worth);
    free(checks->cost);
    free(checks->pays);
    jk_valuation_reset(&checks->valuation);
    *checks = (jk_checks){0};
}
