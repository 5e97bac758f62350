/* SPDX-License-Identifier: Apache-2.0 */
#include "support/plan_cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number/random.h"

/* A stream of uniform numbers. */
typedef struct stream {
    uint64_t seed, index;
} stream;

static double uniform(stream *random) {
    return jk_uniform(jk_philox(random->seed, 77, random->index++).word[0]);
}

static double between(stream *random, double low, double high) {
    return low + (high - low) * uniform(random);
}

static int pick(stream *random, int count) {
    return (int)(uniform(random) * count);
}

static double normal(stream *random) {
    return sqrt(-2.0 * log(uniform(random))) * cos(6.283185307179586 * uniform(random));
}

static void check(const void *memory) {
    if (memory == NULL) {
        fprintf(stderr, "no memory for a test case\n");
        abort();
    }
}

static void *piece(plan_case *made, size_t bytes) {
    void *memory = calloc(1, bytes);
    check(memory);
    made->pieces[made->piece_count++] = memory;
    return memory;
}

void plan_case_steps(plan_case *made, jk_steps *steps, size_t count, const int32_t *months, const double *values) {
    int32_t *month = piece(made, count * sizeof *month);
    double *value = piece(made, count * sizeof *value);
    memcpy(month, months, count * sizeof *month);
    memcpy(value, values, count * sizeof *value);
    *steps = (jk_steps){count, month, value};
}

void plan_case_epochs(plan_case *made, const int32_t *epochs, int count) {
    made->epochs = piece(made, (size_t)count * sizeof *made->epochs);
    memcpy(made->epochs, epochs, (size_t)count * sizeof *epochs);
    made->model.epochs = made->epochs;
    made->model.epoch_count = count;
    made->model.horizon_months = 0;
    for (int j = 0; j < count; j++) {
        made->model.horizon_months += epochs[j];
    }
}

static void make_classes(stream *random, double q[3][3]) {
    const double typical[3][3] = {{0.985, 0.012, 0.003}, {0.02, 0.96, 0.02}, {0.005, 0.02, 0.975}};
    for (int i = 0; i < 3; i++) {
        double out = 0.0;
        for (int k = 0; k < 3; k++) {
            q[i][k] = typical[i][k] * (i == k ? 1.0 : between(random, 0.6, 1.4));
            out += i == k ? 0.0 : q[i][k];
        }
        q[i][i] = 1.0 - out;
    }
}

static void make_segment(plan_case *made, stream *random, jk_segment *g) {
    static const char *const id = "segment";
    const int32_t knots[4] = {0, 12, 36, 84};
    const double surveil[4] = {0.0012, 0.0011, 0.0010, 0.0008};
    const double amicable[4] = {0.010, 0.006, 0.003, 0.0015};
    const double legal[4] = {0.009, 0.008, 0.006, 0.003};
    const double *curves[3] = {surveil, amicable, legal};
    const double multiplier[3][3] = {{0.1, 0.5, 1.0}, {0.05, 0.45, 1.0}, {0.02, 0.4, 1.0}};
    const int32_t price_knots[4] = {0, 24, 60, 120};
    const double prices[4] = {0.12, 0.07, 0.035, 0.015};
    double spread = between(random, 0.7, 1.4);
    *g = (jk_segment){.id = id, .exit_monthly = between(random, 0.0003, 0.0012)};
    for (int a = 0; a < 3; a++) {
        double values[4];
        for (int i = 0; i < 4; i++) {
            values[i] = curves[a][i] * spread;
        }
        plan_case_steps(made, &g->curve[a], 4, knots, values);
        make_classes(random, g->class_monthly[a]);
        memcpy(g->class_multiplier[a], multiplier[a], sizeof multiplier[a]);
    }
    plan_case_steps(made, &g->market_price, 4, price_knots, prices);
    const double share[3] = {1.0, 0.92, 1.0}, monthly[3] = {0.05, 0.6, 0.4}, contingent[3] = {0.15, 0.18, 0.12};
    for (int a = 0; a < 3; a++) {
        g->recovery_share[a] = share[a];
        g->cost[a] = (jk_treatment_cost){monthly[a] * spread, contingent[a]};
    }
    g->filing = between(random, 40.0, 250.0);
    g->enforcement_monthly = 0.9;
    g->fee_shift = between(random, 0.0, 1.0);
    g->months_to_title = between(random, 1.0, 8.0);
    g->pre_title_factor = between(random, 0.3, 1.0);
    g->garnish_share[1] = 0.3;
    g->garnish_share[2] = 0.8;
    g->title_factor[0] = g->title_factor[1] = 1.0;
    g->title_factor[2] = 1.25;
    g->bar_months = between(random, 12.0, 48.0);
    g->transaction_cost = 0.03;
}

plan_case *plan_case_create(uint64_t seed, size_t segments) {
    static const int32_t epochs[19] = {3, 3, 3, 3, 6, 6, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12};
    stream random = {seed, 0};
    plan_case *made = calloc(1, sizeof *made);
    check(made);
    made->segments = piece(made, segments * sizeof *made->segments);
    made->jurisdictions = piece(made, 2 * sizeof *made->jurisdictions);
    made->model = (jk_model){.name = "test",
                             .path = "test.yaml",
                             .irr = 0.15,
                             .cost_inflation = 0.02,
                             .jurisdiction_count = 2,
                             .jurisdictions = made->jurisdictions,
                             .fallback_jurisdiction = 0,
                             .segment_count = segments,
                             .segments = made->segments};
    plan_case_epochs(made, epochs, 19);
    for (size_t i = 0; i < segments; i++) {
        make_segment(made, &random, &made->segments[i]);
    }
    for (int i = 0; i < 2; i++) {
        jk_jurisdiction *law = &made->jurisdictions[i];
        law->id = i == 0 ? "AA" : "BB";
        law->limitation.title_months = 60.0;
        law->limitation.title_renewable = i == 0;
        law->interest.accrual_months = i == 0 ? INFINITY : 36.0;
        law->mortality.G = 0.00003;
        law->mortality.b = i == 0 ? 0.095 : 0.09;
    }
    return made;
}

void plan_case_free(plan_case *made) {
    for (size_t i = 0; i < made->piece_count; i++) {
        free(made->pieces[i]);
    }
    free(made);
}

void plan_case_push(plan_case *made, uint64_t seed) {
    stream random = {seed, 1000000};
    for (size_t i = 0; i < made->model.segment_count; i++) {
        jk_segment *g = &made->segments[i];
        for (int a = 0; a < 3; a++) {
            double scale = pick(&random, 3) == 0 ? 0.0 : pow(10.0, between(&random, -2.0, 2.0));
            double values[5];
            int32_t months[5] = {0};
            for (int n = 0; n < 5; n++) {
                months[n] = n == 0 ? 0 : months[n - 1] + 1 + pick(&random, 60);
                values[n] = 0.01 * scale * uniform(&random);
            }
            plan_case_steps(made, &g->curve[a], 1 + (size_t)pick(&random, 5), months, values);
            g->cost[a].monthly *= pick(&random, 3) == 0 ? 0.0 : pow(10.0, between(&random, -2.0, 1.5));
            g->cost[a].contingent = pick(&random, 3) == 0 ? 0.0 : uniform(&random);
            g->recovery_share[a] = pick(&random, 4) == 0 ? 0.0 : uniform(&random);
        }
        g->filing = pick(&random, 3) == 0 ? 0.0 : g->filing * pow(10.0, between(&random, -2.0, 1.0));
        g->months_to_title = pick(&random, 2) == 0 ? 0.0 : 40.0 * uniform(&random);
        g->fee_shift = pick(&random, 2);
        g->exit_monthly = pick(&random, 2) == 0 ? 0.0 : 0.2 * uniform(&random);
        g->transaction_cost = pick(&random, 2) == 0 ? 0.0 : uniform(&random);
        g->bar_months = pow(10.0, between(&random, -1.0, 2.5));
    }
}

void plan_case_spell(plan_case *made, uint64_t seed) {
    const double settled[3] = {0.6, 0.35, 0.5}, share[3] = {0.015, 0.03, 0.05}, breakage[3] = {0.12, 0.06, 0.08};
    const double monthly[3] = {0.02, 0.45, 0.45};
    stream random = {seed, 2000000};
    made->spells = true;
    made->model.scorecard.half_life = between(&random, 6.0, 30.0);
    for (size_t i = 0; i < made->model.segment_count; i++) {
        jk_segment *g = &made->segments[i];
        g->payers.given = true;
        g->payers.since_last_payment = 3;
        for (int a = 0; a < 3; a++) {
            g->payers.settled_share[a] = settled[a] * between(&random, 0.5, 1.5);
            g->payers.monthly_share[a] = share[a] * between(&random, 0.5, 1.5);
            g->payers.breakage[a] = breakage[a] * between(&random, 0.5, 1.5);
            g->payers.monthly[a] = monthly[a];
        }
        g->lost_share = between(&random, 0.0, 0.1);
        g->payer_factor = between(&random, 1.0, 2.0);
        g->informed = i % 3 == 0 ? 0.0 : between(&random, 0.2, 1.0);
        g->reference = between(&random, 0.5, 1.0);
        g->insight_cap = 4.0;
    }
}

void plan_case_spell_push(plan_case *made, uint64_t seed) {
    stream random = {seed, 3000000};
    made->model.scorecard.half_life = pick(&random, 2) ? 1.0 : 600.0;
    for (size_t i = 0; i < made->model.segment_count; i++) {
        jk_segment *g = &made->segments[i];
        const double breakage[4] = {0.0, 0.3, 5.0, 10.0}, lost[3] = {0.0, 0.9, 0.99}, informed[3] = {0.0, 0.7, 1.0};
        for (int a = 0; a < 3; a++) {
            g->payers.settled_share[a] = pick(&random, 3) * 0.5;
            g->payers.monthly_share[a] = pick(&random, 3) == 0 ? 0.0 : pow(10.0, between(&random, -3.0, 1.0));
            g->payers.breakage[a] = breakage[pick(&random, 4)];
            g->payers.monthly[a] = pick(&random, 2) ? 0.0 : 3.0 * uniform(&random);
        }
        g->lost_share = lost[pick(&random, 3)];
        g->informed = informed[pick(&random, 3)];
        g->reference = pow(10.0, between(&random, -1.0, 1.0));
        g->insight_cap = pick(&random, 2) ? 1.0 : 10.0;
    }
}

jk_terms plan_terms_alloc(size_t rows) {
    jk_terms terms = {.rows = rows};
    float **floats[] = {&terms.balance,    &terms.interest_monthly, &terms.theta,       &terms.garnish,
                        &terms.share,      &terms.mortality,        &terms.exit_status, &terms.fading,
                        &terms.instalment, &terms.dividend,         &terms.interruption};
    double **bars[] = {&terms.bar_untitled, &terms.bar_titled};
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
        *bars[i] = jk_columns_zero(rows, sizeof(double));
        check(*bars[i]);
    }
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        *floats[i] = jk_columns_zero(rows, sizeof(float));
        check(*floats[i]);
    }
    terms.age_months = jk_columns_zero(rows, sizeof(int32_t));
    terms.segment = jk_columns_zero(rows, sizeof(uint16_t));
    terms.jurisdiction = jk_columns_zero(rows, sizeof(uint16_t));
    terms.capacity_class = jk_columns_zero(rows, 1);
    terms.title_state = jk_columns_zero(rows, 1);
    terms.allowed = jk_columns_zero(rows, 1);
    terms.paying = jk_columns_zero(rows, 1);
    check(terms.age_months);
    check(terms.segment);
    check(terms.jurisdiction);
    check(terms.capacity_class);
    check(terms.title_state);
    check(terms.allowed);
    check(terms.paying);
    for (size_t i = 0; i < rows; i++) {
        terms.instalment[i] = 1.0f;
    }
    return terms;
}

void plan_terms_free(jk_terms *terms) {
    free(terms->balance);
    free(terms->interest_monthly);
    free(terms->theta);
    free(terms->garnish);
    free(terms->share);
    free(terms->mortality);
    free(terms->exit_status);
    free(terms->fading);
    free(terms->instalment);
    free(terms->dividend);
    free(terms->paying);
    free(terms->bar_untitled);
    free(terms->bar_titled);
    free(terms->interruption);
    free(terms->age_months);
    free(terms->segment);
    free(terms->jurisdiction);
    free(terms->capacity_class);
    free(terms->title_state);
    free(terms->allowed);
}

void plan_terms_copy(const jk_terms *from, size_t row, jk_terms *to, size_t to_row) {
    to->balance[to_row] = from->balance[row];
    to->interest_monthly[to_row] = from->interest_monthly[row];
    to->theta[to_row] = from->theta[row];
    to->garnish[to_row] = from->garnish[row];
    to->share[to_row] = from->share[row];
    to->mortality[to_row] = from->mortality[row];
    to->exit_status[to_row] = from->exit_status[row];
    to->fading[to_row] = from->fading[row];
    to->instalment[to_row] = from->instalment[row];
    to->dividend[to_row] = from->dividend[row];
    to->paying[to_row] = from->paying[row];
    to->bar_untitled[to_row] = from->bar_untitled[row];
    to->bar_titled[to_row] = from->bar_titled[row];
    to->interruption[to_row] = from->interruption[row];
    to->age_months[to_row] = from->age_months[row];
    to->segment[to_row] = from->segment[row];
    to->jurisdiction[to_row] = from->jurisdiction[row];
    to->capacity_class[to_row] = from->capacity_class[row];
    to->title_state[to_row] = from->title_state[row];
    to->allowed[to_row] = from->allowed[row];
}

static double random_bar(stream *random, const plan_case *made, plan_kind kind) {
    double days = 1.0 + between(random, 0.0, 8000.0);
    int form = pick(random, kind == PLAN_EXTREME ? 6 : 3);
    if (form == 0) {
        return INFINITY;
    }
    if (form == 3) { /* on an epoch's boundary */
        int boundary = 0, epochs = 1 + pick(random, made->model.epoch_count);
        for (int j = 0; j < epochs; j++) {
            boundary += made->model.epochs[j];
        }
        return boundary;
    }
    return form == 4 ? 1.0 / 30.4375 : floor(days) / 30.4375;
}

static void random_state(stream *random, const plan_case *made, plan_kind kind, jk_terms *terms, size_t row) {
    static const unsigned masks[6] = {
        JK_ALLOW_ALL,
        JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL),
        JK_ALLOW_ALL & ~JK_ALLOW(JK_LEGAL),
        JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_LEGAL) | JK_ALLOW(JK_SELL),
        JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE),
        0,
    };
    bool full = kind == PLAN_FULL || kind == PLAN_FULL_SELL;
    terms->title_state[row] = full ? 0 : (uint8_t)pick(random, 3);
    terms->allowed[row] = (uint8_t)masks[full ? (kind == PLAN_FULL ? 1 : 0) : pick(random, 6)];
    terms->bar_untitled[row] = full ? INFINITY : random_bar(random, made, kind);
    terms->bar_titled[row] = full ? INFINITY : random_bar(random, made, kind);
    if (!full && terms->title_state[row] == 0 && pick(random, 3) > 0) {
        terms->bar_titled[row] = INFINITY; /* mostly a title lasts longer */
    }
    terms->interruption[row] = pick(random, 2) ? (float)(terms->share[row] * 0.07f) : 0.0f;
}

/* What model files of version 2 add to a claim. */
static void random_spell(uint64_t seed, plan_kind kind, jk_terms *terms, size_t row) {
    stream random = {seed, (row << 20) + (1 << 19)};
    bool extreme = kind == PLAN_EXTREME;
    terms->paying[row] = pick(&random, 3) == 0;
    terms->fading[row] = pick(&random, 3) == 0 ? 0.0f : (float)between(&random, -1.5, 1.5);
    terms->instalment[row] = terms->paying[row] ? (float)pow(10.0, between(&random, -0.5, extreme ? 1.0 : 0.5)) : 1.0f;
    terms->dividend[row] = pick(&random, extreme ? 3 : 12) ? 0.0f : (float)(0.002 * uniform(&random));
}

jk_terms plan_terms_create(const plan_case *made, plan_kind kind, uint64_t seed, size_t rows) {
    jk_terms terms = plan_terms_alloc(rows);
    bool extreme = kind == PLAN_EXTREME;
    for (size_t row = 0; row < rows; row++) {
        stream random = {seed, row << 20};
        double balance = exp(7.4 + 1.2 * normal(&random)), theta = exp(0.8 * normal(&random));
        double debtor_age = between(&random, 20.0, 90.0),
               attachable = pick(&random, 3) ? 0.0 : between(&random, 20, 700);
        terms.segment[row] = (uint16_t)pick(&random, (int)made->model.segment_count);
        terms.jurisdiction[row] = (uint16_t)(terms.segment[row] % made->model.jurisdiction_count);
        if (extreme) {
            terms.jurisdiction[row] = (uint16_t)pick(&random, 2);
            balance = pow(10.0, between(&random, -2.0, 9.9));
            theta = pick(&random, 4) == 0 ? 0.0 : pow(10.0, between(&random, -6.0, 6.0));
        }
        terms.share[row] = (float)(pick(&random, 3) ? 1.0 : between(&random, 0.001, 1.0));
        terms.balance[row] = (float)balance;
        terms.interest_monthly[row] = (float)(balance * 0.8 * between(&random, 0.0, 0.12) / 12.0);
        terms.theta[row] = (float)theta;
        terms.garnish[row] = (float)fmin(1.0, attachable * (double)terms.share[row] / balance);
        terms.mortality[row] = (float)(pick(&random, 5) ? 0.00003 * exp(0.095 * debtor_age) / 12.0 : 0.0);
        terms.exit_status[row] = (float)(pick(&random, 12) ? 0.0 : 1.0 / 36.0);
        terms.age_months[row] = extreme ? pick(&random, 2000) : pick(&random, 150);
        terms.capacity_class[row] = (uint8_t)pick(&random, 3);
        random_state(&random, made, kind, &terms, row);
        if (made->spells) {
            random_spell(seed, kind, &terms, row);
        }
    }
    return terms;
}

jk_plan_results plan_results_alloc(size_t rows) {
    jk_plan_results results = {.rows = rows};
    float **columns[] = {&results.value,           &results.erc_gross,       &results.erc_net,
                         &results.gross_12m,       &results.gross_60m,       &results.action_value[0],
                         &results.action_value[1], &results.action_value[2], &results.action_value[3],
                         &results.action_value[4]};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        *columns[i] = jk_columns_alloc(rows, sizeof(float));
        check(*columns[i]);
        memset(*columns[i], 0xAA, rows * sizeof(float));
    }
    results.decision = jk_columns_alloc(rows, 1);
    check(results.decision);
    memset(results.decision, 0xAA, rows);
    return results;
}

void plan_results_free(jk_plan_results *results) {
    free(results->value);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        free(results->action_value[a]);
    }
    free(results->decision);
    free(results->erc_gross);
    free(results->erc_net);
    free(results->gross_12m);
    free(results->gross_60m);
}

static jk_terms terms_from(const jk_terms *t, size_t first, size_t rows) {
    return (jk_terms){.rows = rows,
                      .balance = t->balance + first,
                      .interest_monthly = t->interest_monthly + first,
                      .theta = t->theta + first,
                      .garnish = t->garnish + first,
                      .share = t->share + first,
                      .mortality = t->mortality + first,
                      .exit_status = t->exit_status + first,
                      .fading = t->fading + first,
                      .instalment = t->instalment + first,
                      .dividend = t->dividend + first,
                      .paying = t->paying + first,
                      .bar_untitled = t->bar_untitled + first,
                      .bar_titled = t->bar_titled + first,
                      .interruption = t->interruption + first,
                      .age_months = t->age_months + first,
                      .segment = t->segment + first,
                      .jurisdiction = t->jurisdiction + first,
                      .capacity_class = t->capacity_class + first,
                      .title_state = t->title_state + first,
                      .allowed = t->allowed + first};
}

static jk_plan_results results_from(const jk_plan_results *r, size_t first, size_t rows) {
    jk_plan_results part = {.rows = rows,
                            .value = r->value + first,
                            .decision = r->decision + first,
                            .erc_gross = r->erc_gross + first,
                            .erc_net = r->erc_net + first,
                            .gross_12m = r->gross_12m + first,
                            .gross_60m = r->gross_60m + first};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        part.action_value[a] = r->action_value[a] + first;
    }
    return part;
}

void plan_run(const plan_case *made, double irr, const char *isa, size_t block, const jk_terms *terms,
              jk_plan_results *results, jk_cashflow *flow) {
    jk_plan *plan = NULL;
    jk_error error = {0};
    if (jk_plan_create(&made->model, &(jk_plan_options){.irr = irr, .isa = isa}, &plan, &error) != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fprintf(stderr, "%s\n", jk_error_text(&error, text, sizeof text));
        abort();
    }
    size_t rows = block == 0 ? terms->rows : block;
    jk_plan_workspace *workspace = jk_plan_workspace_create(plan, rows);
    check(workspace);
    for (size_t first = 0; first < terms->rows; first += rows) {
        size_t here = terms->rows - first < rows ? terms->rows - first : rows;
        jk_terms part = terms_from(terms, first, here);
        jk_plan_results out = results_from(results, first, here);
        jk_plan_block(plan, &part, &out, flow, workspace);
    }
    jk_plan_workspace_free(workspace);
    jk_plan_free(plan);
}
