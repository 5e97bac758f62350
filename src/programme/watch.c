/* SPDX-License-Identifier: Apache-2.0 */
/* Four valuations at most, each keeping what it saw of a claim by the claim's number (match.h); then the two sights of
 * every claim are held against each other, and those that changed put in order. */
#include "jalki/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "programme/compare.h"
#include "programme/watch_own.h"

#define BIT(NAME)    (UINT64_C(1) << JK_COLUMN_##NAME)
#define CHANGE(NAME) (UINT32_C(1) << JK_CHANGED_##NAME)

enum { FROM, TO, PAYING_MONTHS = 3 };

/* A claim as one valuation saw it. */
typedef struct sight {
    int64_t income, principal, fees;
    int32_t paid_on, title_on, bar; /* bar: a day, INT32_MAX: never */
    float value, balance;
    int8_t employment, reachable, status;
    uint8_t capacity_class, decision, paying, worked; /* worked: amicable or legal is allowed */
} sight;

typedef struct watching {
    jk_watch *watch;
    const jk_watch_options *options;
    jk_match match;
    sight *seen[2];
    uint8_t *later, *data; /* decisions: of the first tape on the second cut-off, of the second with the first model */
    int32_t *later_bar;    /* bar of the first tape's claims seen on the second cut-off */
    float *gain;
    uint32_t *own; /* own columns that changed, by their place in the watch's list */
    size_t held;
} watching;

typedef struct pass {
    watching *work;
    int side, moment; /* whose tape, whose cut-off */
    const jk_model *model;
    double irr;
    sight *seen;       /* NULL: the decision alone is kept, */
    uint8_t *decision; /* here, */
    int32_t *bar;      /* and here the bar, or NULL */
} pass;

/* By the model where it knows of payers; else whoever paid within the last months. */
static bool is_paying(const jk_model *model, const jk_value_block *rows, size_t i) {
    int32_t months = rows->law->paid_months[i];
    return model->segments[rows->law->segment[i]].payers.given ? rows->score->paying[i] != 0
                                                               : months >= 0 && months < PAYING_MONTHS;
}

static int32_t bar_of(const jk_watch *watch, int moment, const jk_law_facts *law, size_t i) {
    double months = law->title_state[i] == JK_TITLE_NONE ? law->bar_untitled[i] : law->bar_titled[i];
    return isinf(months) ? INT32_MAX : watch->cutoff[moment] + (int32_t)nearbyint(months * JK_DAYS_PER_MONTH);
}

static void see(const pass *p, const jk_value_block *rows, size_t i, sight *seen) {
    const jk_watch *watch = p->work->watch;
    const jk_block *block = rows->block;
    *seen = (sight){
        .income = JK_BLOCK_MONEY(block, INCOME_MONTHLY)[i],
        .principal = JK_BLOCK_MONEY(block, PRINCIPAL)[i],
        .fees = jk_money_or_zero(JK_BLOCK_MONEY(block, FEES)[i]),
        .paid_on = JK_BLOCK_INT32(block, LAST_PAID_ON)[i],
        .title_on = JK_BLOCK_INT32(block, TITLE_ON)[i],
        .bar = bar_of(watch, p->moment, rows->law, i),
        .value = rows->plan->value[i],
        .balance = (float)rows->law->balance[i],
        .employment = JK_BLOCK_ENUM(block, EMPLOYMENT)[i],
        .reachable = JK_BLOCK_ENUM(block, REACHABLE)[i],
        .status = JK_BLOCK_ENUM(block, LEGAL_STATUS)[i],
        .capacity_class = rows->score->capacity_class[i],
        .decision = rows->plan->decision[i],
        .paying = is_paying(p->model, rows, i),
        .worked = (rows->law->allowed[i] & (JK_ALLOW(JK_AMICABLE) | JK_ALLOW(JK_LEGAL))) != 0,
    };
}

/* What the decision is worth more now than going on with the old one; of a new claim than waiting. */
static float gain_of(const watching *work, const jk_value_block *rows, size_t i, size_t line) {
    bool is_new = !jk_match_in_from(&work->match, line);
    int old = is_new ? JK_SURVEIL : work->seen[FROM][line].decision;
    float on = rows->plan->action_value[old][i];
    float gain = rows->plan->value[i] - (on > 0.0f ? on : 0.0f); /* what is not allowed is NaN: close */
    return gain > 0.0f ? gain : 0.0f;
}

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    const pass *p = context;
    watching *work = p->work;
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        size_t row = rows->block->first_row + i;
        size_t line = p->side == FROM ? row : work->match.line[row];
        if (p->seen == NULL) {
            p->decision[line] = rows->plan->decision[i];
            if (p->bar != NULL) {
                p->bar[line] = bar_of(work->watch, p->moment, rows->law, i);
            }
            continue;
        }
        see(p, rows, i, &p->seen[line]);
        if (p->side == TO) {
            work->gain[line] = gain_of(work, rows, i, line);
        }
    }
    return JK_OK;
}

static jk_status run_pass(watching *work, pass p, jk_group *total, jk_error *error) {
    const jk_watch *watch = work->watch;
    jk_value_options options = jk_value_defaults();
    jk_valuation valuation = {0};
    options.cutoff = watch->cutoff[p.moment];
    options.irr = p.irr;
    options.allow = work->options->allow;
    options.accrued_to = watch->cutoff[p.side];
    options.memory = work->options->memory;
    options.values_only = true;
    options.run = work->options->run;
    p.work = work;
    jk_value_sink sink = {.columns = BIT(INCOME_MONTHLY) | BIT(PRINCIPAL) | BIT(FEES) | BIT(LAST_PAID_ON) |
                                     BIT(TITLE_ON) | BIT(EMPLOYMENT) | BIT(REACHABLE) | BIT(LEGAL_STATUS),
                          .block = take_block,
                          .context = &p,
                          .held = work->held};
    const jk_tape *tape = p.side == FROM ? watch->from.tape : watch->to.tape;
    JK_TRY(jk_value_run(tape, p.model, &options, &sink, 1, &valuation, error));
    if (total != NULL) {
        *total = valuation.total;
    }
    jk_valuation_reset(&valuation);
    return JK_OK;
}

/* ---- what changed ----------------------------------------------------------------------------------------------- */

static int level_or(int8_t level, int other) {
    return level == JK_MISSING_ENUM ? other : level;
}

static uint32_t changes_of_data(const jk_watch *watch, const sight *was, int32_t later_bar, const sight *is) {
    uint32_t changes = 0;
    int status[2] = {level_or(was->status, JK_STATUS_NONE), level_or(is->status, JK_STATUS_NONE)};
    bool barred[2] = {was->bar <= watch->cutoff[FROM], is->bar <= watch->cutoff[TO]};
    changes |= was->income != is->income ? CHANGE(INCOME) : 0;
    changes |= level_or(was->employment, JK_EMPLOYMENT_UNKNOWN) != level_or(is->employment, JK_EMPLOYMENT_UNKNOWN)
                   ? CHANGE(EMPLOYMENT)
                   : 0;
    changes |= level_or(was->reachable, JK_REACHABLE_UNKNOWN) != level_or(is->reachable, JK_REACHABLE_UNKNOWN)
                   ? CHANGE(REACHABLE)
                   : 0;
    changes |= status[0] != status[1] ? CHANGE(STATUS) : 0;
    changes |= was->title_on != is->title_on ? CHANGE(TITLE) : 0;
    changes |= was->principal != is->principal || was->fees != is->fees ? CHANGE(BALANCE) : 0;
    changes |= is->paid_on > was->paid_on && is->paid_on > watch->cutoff[FROM] ? CHANGE(PAID) : 0;
    changes |= is->capacity_class > was->capacity_class ? CHANGE(ABLE) : 0;
    changes |= is->capacity_class < was->capacity_class ? CHANGE(WEAKER) : 0;
    changes |= is->paying > was->paying ? CHANGE(BEGAN) : 0;
    changes |= is->paying < was->paying ? CHANGE(STOPPED) : 0;
    changes |= barred[0] != barred[1] || (!barred[1] && later_bar != is->bar) ? CHANGE(BAR) : 0;
    changes |= status[0] != JK_STATUS_DECEASED && status[1] == JK_STATUS_DECEASED ? CHANGE(DIED) : 0;
    changes |= was->worked && !is->worked ? CHANGE(ALONE) : 0;
    return changes;
}

static uint32_t changes_of(const watching *work, size_t line) {
    bool is_new = !jk_match_in_from(&work->match, line);
    if (is_new || work->match.to_row[line] == JK_MATCH_NONE) {
        return is_new ? CHANGE(NEW) : CHANGE(LEFT);
    }
    const sight *was = &work->seen[FROM][line], *is = &work->seen[TO][line];
    uint32_t changes = changes_of_data(work->watch, was, work->later_bar[line], is);
    changes |= work->own[line] != 0 ? CHANGE(OWN) : 0;
    if (was->decision != is->decision) {
        changes |= CHANGE(DECISION);
        changes |= work->data[line] == was->decision ? CHANGE(MODEL) : 0;
        changes |= work->later[line] == is->decision && work->data[line] == is->decision ? CHANGE(TIME) : 0;
    }
    return changes;
}

typedef struct exact_sums {
    int64_t balance, before, after, gain;
} exact_sums;

static void add_sum(const watching *work, size_t line, uint32_t changes, jk_watch_sum *sum, exact_sums *exact) {
    bool was = jk_match_in_from(&work->match, line), is = work->match.to_row[line] != JK_MATCH_NONE;
    const sight *old = &work->seen[FROM][was ? line : 0], *now = &work->seen[TO][line];
    sum->claims++;
    sum->flips += (changes & CHANGE(DECISION)) != 0;
    exact->balance += jk_grid_from_double((double)(is ? now : old)->balance);
    exact->before += was ? jk_grid_from_double((double)old->value) : 0;
    exact->after += is ? jk_grid_from_double((double)now->value) : 0;
    exact->gain += is ? jk_grid_from_double((double)work->gain[line]) : 0;
}

static void finish_sum(jk_watch_sum *sum, const exact_sums *exact) {
    sum->balance = jk_grid_to_double(exact->balance);
    sum->before = jk_grid_to_double(exact->before);
    sum->after = jk_grid_to_double(exact->after);
    sum->gain = jk_grid_to_double(exact->gain);
}

static jk_watch_row row_of(const watching *work, size_t line, uint32_t changes) {
    bool was = jk_match_in_from(&work->match, line), is = work->match.to_row[line] != JK_MATCH_NONE;
    const sight *old = &work->seen[FROM][was ? line : 0], *now = &work->seen[TO][line];
    return (jk_watch_row){
        .from_row = was ? (uint32_t)line : JK_MATCH_NONE,
        .to_row = work->match.to_row[line],
        .changes = changes,
        .own = work->own[line],
        .decision = {was ? old->decision : JK_ACTION_COUNT, is ? now->decision : JK_ACTION_COUNT},
        .capacity_class = {was ? old->capacity_class : JK_CAPACITY_COUNT, is ? now->capacity_class : JK_CAPACITY_COUNT},
        .balance = (double)(is ? now : old)->balance,
        .value = {was ? (double)old->value : (double)NAN, is ? (double)now->value : (double)NAN},
        .gain = is ? (double)work->gain[line] : 0.0,
    };
}

/* ---- the list --------------------------------------------------------------------------------------------------- */

/* What the order of a row rests on. */
typedef struct place {
    double debtor_gain;
    int32_t debtor; /* of the second tape; -1: the claim left */
    uint32_t line;
    float gain;
} place;

static int by_gain(const void *a, const void *b) {
    const place *one = a, *other = b;
    if (one->debtor_gain != other->debtor_gain) {
        return one->debtor_gain > other->debtor_gain ? -1 : 1;
    }
    if (one->debtor != other->debtor) {
        return (one->debtor < 0) != (other->debtor < 0) ? (one->debtor < 0) - (other->debtor < 0)
               : one->debtor < other->debtor            ? -1
                                                        : 1;
    }
    if (one->gain != other->gain) {
        return one->gain > other->gain ? -1 : 1;
    }
    return (one->line > other->line) - (one->line < other->line);
}

/* The debtors' gains over all their claims that changed; sums of integers, so that order does not show. */
static jk_status sum_debtors(const watching *work, const uint32_t *changes, const int32_t *debtor, int64_t *gain) {
    for (size_t row = 0; row < work->match.to_rows; row++) {
        size_t line = work->match.line[row];
        gain[debtor[row]] += changes[line] != 0 ? jk_grid_from_double((double)work->gain[line]) : 0;
    }
    return JK_OK;
}

static jk_status make_rows(watching *work, const uint32_t *changes, size_t wanted, jk_error *error) {
    jk_watch *watch = work->watch;
    jk_status status = JK_OK;
    int32_t *debtor = jk_columns_alloc(work->match.to_rows, sizeof *debtor);
    int64_t *gain = jk_columns_zero(jk_tape_debtors(watch->to.tape), sizeof *gain);
    place *places = jk_columns_alloc(wanted, sizeof *places);
    JK_TRY_CLEANUP(jk_held(debtor != NULL && gain != NULL && places != NULL, error, "the list of what changed"));
    JK_TRY_CLEANUP(jk_tape_read(watch->to.tape, JK_COLUMN_DEBTOR_INDEX, 0, work->match.to_rows, debtor, error));
    JK_TRY_CLEANUP(sum_debtors(work, changes, debtor, gain));
    size_t count = 0;
    for (size_t line = 0; line < work->match.lines && count < wanted; line++) {
        if (work->options->only >= 0 ? (changes[line] >> work->options->only & 1) != 0 : changes[line] != 0) {
            uint32_t row = work->match.to_row[line];
            int32_t who = row == JK_MATCH_NONE ? -1 : debtor[row];
            places[count++] = (place){.debtor_gain = who < 0 ? 0.0 : jk_grid_to_double(gain[who]),
                                      .debtor = who,
                                      .line = (uint32_t)line,
                                      .gain = who < 0 ? 0.0f : work->gain[line]};
        }
    }
    jk_sort(places, count, sizeof *places, by_gain);
    watch->count = count < work->options->top ? count : work->options->top;
    watch->rows = jk_columns_alloc(watch->count, sizeof *watch->rows);
    JK_TRY_CLEANUP(jk_held(watch->rows != NULL, error, "the list of what changed"));
    for (size_t i = 0; i < watch->count; i++) {
        watch->rows[i] = row_of(work, places[i].line, changes[places[i].line]);
        watch->rows[i].debtor_gain = places[i].debtor_gain;
    }
cleanup:
    free(debtor);
    free(gain);
    free(places);
    return status;
}

static jk_status sum_up(watching *work, jk_error *error) {
    jk_watch *watch = work->watch;
    exact_sums exact[JK_CHANGED_COUNT] = {{0}}, exact_own[JK_EXTRA_COUNT] = {{0}};
    size_t lines = work->match.lines, wanted = 0;
    uint32_t *changes = jk_columns_alloc(lines, sizeof *changes);
    JK_TRY(jk_held(changes != NULL, error, "what changed"));
    for (size_t line = 0; line < lines; line++) {
        changes[line] = changes_of(work, line);
        watch->changed += changes[line] != 0;
        wanted += work->options->only >= 0 ? changes[line] >> work->options->only & 1 : changes[line] != 0;
        for (int c = 0; c < JK_CHANGED_COUNT; c++) {
            if ((changes[line] >> c & 1) != 0) {
                add_sum(work, line, changes[line], &watch->sum[c], &exact[c]);
            }
        }
        for (size_t i = 0; i < watch->own_count; i++) {
            if ((work->own[line] >> i & 1) != 0) {
                add_sum(work, line, changes[line], &watch->own[i].sum, &exact_own[i]);
            }
        }
    }
    for (int c = 0; c < JK_CHANGED_COUNT; c++) {
        finish_sum(&watch->sum[c], &exact[c]);
    }
    for (size_t i = 0; i < watch->own_count; i++) {
        finish_sum(&watch->own[i].sum, &exact_own[i]);
    }
    jk_status status = make_rows(work, changes, wanted, error);
    free(changes);
    return status;
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

static jk_status take_memory(watching *work, jk_error *error) {
    size_t n = work->match.lines;
    work->seen[FROM] = jk_columns_zero(work->match.from_rows, sizeof(sight));
    work->seen[TO] = jk_columns_zero(n, sizeof(sight));
    work->later = jk_columns_zero(n, 1);
    work->later_bar = jk_columns_zero(work->match.from_rows, sizeof *work->later_bar);
    work->data = jk_columns_zero(n, 1);
    work->gain = jk_columns_zero(n, sizeof *work->gain);
    work->own = jk_columns_zero(n, sizeof *work->own);
    work->held = (work->match.from_rows + n) * sizeof(sight) + work->match.from_rows * sizeof(int32_t) +
                 n * (2 + sizeof *work->gain + 3 * sizeof(uint32_t)) + work->match.to_rows * sizeof(uint32_t);
    bool complete = work->seen[FROM] != NULL && work->seen[TO] != NULL && work->later != NULL &&
                    work->later_bar != NULL && work->data != NULL && work->gain != NULL && work->own != NULL;
    return jk_held(complete, error, "the claims of both tapes");
}

static jk_status watch_claims(watching *work, jk_error *error) {
    jk_watch *watch = work->watch;
    const jk_compare_side *sides[2] = {&watch->from, &watch->to};
    const jk_model *old = watch->from.model, *now = watch->to.model;
    JK_TRY(jk_pair_settle(sides, watch->cutoff, watch->irr, error));
    JK_TRY(jk_match_tapes(watch->from.tape, watch->to.tape, &work->options->run, &work->match, error));
    jk_match_forget_ids(&work->match);
    JK_TRY(take_memory(work, error));
    jk_watch_own_list(watch);
    JK_TRY(jk_watch_own_compare(watch, &work->match, work->own, error));
    const double *irr = watch->irr;
    pass first = {.side = FROM, .moment = FROM, .model = old, .irr = irr[FROM], .seen = work->seen[FROM]};
    pass later = {
        .side = FROM, .moment = TO, .model = old, .irr = irr[FROM], .decision = work->later, .bar = work->later_bar};
    pass data = {.side = TO, .moment = TO, .model = old, .irr = irr[FROM], .decision = work->data};
    pass last = {.side = TO, .moment = TO, .model = now, .irr = irr[TO], .seen = work->seen[TO]};
    bool other = strcmp(old->sha256, now->sha256) != 0 || irr[FROM] != irr[TO];
    JK_TRY(run_pass(work, first, &watch->total[FROM], error));
    JK_TRY(run_pass(work, later, NULL, error));
    if (other) {
        JK_TRY(run_pass(work, data, NULL, error));
    }
    JK_TRY(run_pass(work, last, &watch->total[TO], error));
    for (size_t line = 0; !other && line < work->match.lines; line++) {
        work->data[line] = work->seen[TO][line].decision;
    }
    return sum_up(work, error);
}

jk_status jk_watch_run(const jk_compare_side *from, const jk_compare_side *to, const jk_watch_options *options,
                       jk_watch *watch, jk_error *error) {
    *watch = (jk_watch){.from = *from, .to = *to};
    watching work = {.watch = watch, .options = options};
    jk_status status = watch_claims(&work, error);
    jk_match_reset(&work.match);
    free(work.seen[FROM]);
    free(work.seen[TO]);
    free(work.later);
    free(work.later_bar);
    free(work.data);
    free(work.gain);
    free(work.own);
    if (status != JK_OK) {
        jk_watch_reset(watch);
    }
    return status;
}

void jk_watch_reset(jk_watch *watch) {
    free(watch->rows);
    *watch = (jk_watch){0};
}
