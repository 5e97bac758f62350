/* SPDX-License-Identifier: Apache-2.0 */
/* The valuations of a comparison. Each fills columns by number of the claim (match.h): a valuation of the first tape by
 * its rows, one of the second through the match. */
#include "programme/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "base/team/team.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

enum { LEVELS = 5, FROM = 0, TO = 1, YEAR = 12, FIVE_YEARS = 60 };

typedef struct comparing {
    jk_comparison *comparison;
    jk_compare_own *own;
    const jk_compare_options *options;
    jk_names segments, countries;
    uint16_t *segment_of[2], *country_of[2]; /* number of the names of either side */
    double *exchange;                        /* of the first tape's currencies + 1, by the first model */
    float *gross_60m;                        /* by claim of the first tape */
    int64_t *paid;                           /* by claim, where there is a list of payments */
} comparing;

/* One valuation, and where its figures go. */
typedef struct pass {
    comparing *work;
    int side;
    float *level[2];        /* of the first case, and of the second where there is one */
    bool names, takes_paid; /* what the claims are; what was paid, read off the balances */
    bool decides, projects;
    bool several; /* cases */
} pass;

static inline size_t line_of(const pass *p, size_t row) {
    return p->side == FROM ? row : p->work->own->match.line[row];
}

static void note_names(const pass *p, const jk_value_block *rows, size_t i, size_t line) {
    comparing *work = p->work;
    jk_compare_claims *claims = &work->comparison->claims;
    int32_t year = jk_civil_from_date(JK_BLOCK_INT32(rows->block, WRITTEN_OFF_ON)[i]).year;
    claims->segment[line] = work->segment_of[p->side][rows->law->segment[i]];
    claims->country[line] = work->country_of[p->side][JK_BLOCK_INT32(rows->block, COUNTRY)[i]];
    claims->year[line] = (uint16_t)year;
}

/* What a balance fell by, where the debtor paid since the first cut-off. */
static int64_t read_off_balances(const comparing *work, const jk_value_block *rows, size_t i, size_t line) {
    const jk_comparison *comparison = work->comparison;
    int32_t paid_on = JK_BLOCK_INT32(rows->block, LAST_PAID_ON)[i];
    double fall = comparison->claims.face[FROM][line] - rows->law->balance[i];
    return paid_on > comparison->cutoff[FROM] && fall > 0.0 ? jk_grid_from_double(fall) : 0;
}

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    const pass *p = context;
    comparing *work = p->work;
    jk_compare_claims *claims = &work->comparison->claims;
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        size_t line = line_of(p, rows->block->first_row + i);
        bool is_new = !jk_match_in_from(&work->own->match, line);
        bool several = rows->case_value != NULL;
        p->level[0][line] = several ? rows->case_value[0][i] : rows->plan->value[i];
        if (several) {
            p->level[1][line] = rows->case_value[1][i];
        }
        if (p->takes_paid && !is_new) {
            claims->collected[line] = read_off_balances(work, rows, i, line);
        }
        if (p->names && (p->side == FROM || is_new)) {
            note_names(p, rows, i, line);
        }
        if (p->decides) {
            claims->face[p->side][line] = rows->law->balance[i];
            claims->decision[p->side][line] = several ? rows->case_decision[1][i] : rows->plan->decision[i];
        }
        if (p->projects) {
            claims->expected[line] = rows->plan->gross_12m[i];
            work->gross_60m[line] = rows->plan->gross_60m[i];
            int32_t currency = JK_BLOCK_INT32(rows->block, CURRENCY)[i];
            claims->collected[line] =
                work->paid == NULL
                    ? 0
                    : jk_grid_from_double((double)work->paid[line] / 100.0 * work->exchange[currency + 1]);
        }
    }
    return JK_OK;
}

/* A column by claim whose rows of the pass's tape each rank has filled for its own. */
static jk_status gather_column(const pass *p, void *column, size_t size, jk_error *error) {
    const jk_match *match = &p->work->own->match;
    if (p->side == FROM) {
        return jk_team_gather_rows(column, size, match->from_rows, 1, error);
    }
    size_t rows = match->to_rows, first = 0, end = 0;
    char *by_row = jk_columns_alloc(rows, size), *by_line = column;
    JK_TRY(jk_held(by_row != NULL, error, "the claims to compare"));
    jk_team_rows(JK_PASS_RESULT, rows, &first, &end);
    for (size_t row = first; row < end; row++) {
        memcpy(by_row + row * size, by_line + match->line[row] * size, size);
    }
    jk_status status = jk_team_gather_rows(by_row, size, rows, 1, error);
    for (size_t row = 0; status == JK_OK && row < rows; row++) {
        memcpy(by_line + match->line[row] * size, by_row + row * size, size);
    }
    free(by_row);
    return status;
}

/* What take_block fills. */
static jk_status gather(void *context, jk_error *error) {
    const pass *p = context;
    jk_compare_claims *claims = &p->work->comparison->claims;
    const struct {
        bool filled;
        void *column;
        size_t size;
    } columns[] = {
        {true, p->level[0], sizeof *p->level[0]},
        {p->several, p->level[1], sizeof *p->level[1]},
        {p->takes_paid || p->projects, claims->collected, sizeof *claims->collected},
        {p->names, claims->segment, sizeof *claims->segment},
        {p->names, claims->country, sizeof *claims->country},
        {p->names, claims->year, sizeof *claims->year},
        {p->decides, claims->face[p->side], sizeof *claims->face[0]},
        {p->decides, claims->decision[p->side], sizeof *claims->decision[0]},
        {p->projects, claims->expected, sizeof *claims->expected},
        {p->projects, p->work->gross_60m, sizeof *p->work->gross_60m},
    };
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        if (columns[c].filled) {
            JK_TRY(gather_column(p, columns[c].column, columns[c].size, error));
        }
    }
    return JK_OK;
}

/* Values one side; `irr` has two returns where the second is wanted too. */
static jk_status run_pass(comparing *work, pass *p, const jk_model *model, int32_t cutoff, int32_t accrued_to,
                          const double *irr, size_t count, jk_valuation *valuations, jk_error *error) {
    const jk_compare_side *side = p->side == FROM ? &work->comparison->from : &work->comparison->to;
    jk_value_options options = jk_value_defaults();
    options.cutoff = cutoff;
    options.allow = work->options->allow;
    options.accrued_to = accrued_to;
    options.memory = work->options->memory;
    options.values_only = !p->projects;
    options.run = work->options->run;
    jk_value_case cases[2];
    for (size_t c = 0; c < count; c++) {
        cases[c] = (jk_value_case){.irr = irr[c], .keeps = -1};
    }
    jk_value_sink sink = {.columns = BIT(WRITTEN_OFF_ON) | BIT(COUNTRY) | BIT(LAST_PAID_ON) | BIT(CURRENCY),
                          .block = take_block,
                          .context = p,
                          .gather = gather,
                          .held = work->own->held};
    p->work = work;
    p->several = count > 1;
    return jk_value_cases(side->tape, model, &options, cases, count, &sink, 1, valuations, error);
}

/* ---- what is expected in the period ----------------------------------------------------------------------------- */

/* Gross collections of a segment in the first `months`, part of a month by its share. */
static double flow_until(const jk_valuation *valuation, size_t segment, double months) {
    int whole = (int)fmin(floor(months), (double)valuation->flow.months);
    double sum = jk_valuation_months(valuation, whole, segment).gross;
    return whole < valuation->flow.months
               ? sum + (months - (double)whole) * jk_valuation_month(valuation, whole + 1, segment).gross
               : sum;
}

/* Of a claim is known what it should bring in 12 and in 60 months, of its segment in every month: within a segment the
 * claims share the period's collections as they share those of the 12 months, or of the time from then to the 60th. */
static jk_status expect_period(comparing *work, const jk_valuation *valuation, jk_error *error) {
    jk_comparison *comparison = work->comparison;
    size_t segments = valuation->flow.segments;
    double(*part)[2] = calloc(segments + 1, sizeof *part);
    JK_TRY(jk_held(part != NULL, error, "the segments' flows"));
    for (size_t s = 0; s < segments; s++) {
        double year = flow_until(valuation, s, YEAR), later = flow_until(valuation, s, FIVE_YEARS) - year;
        double period = flow_until(valuation, s, comparison->months);
        bool within = comparison->months <= YEAR;
        part[s][0] = !within ? 1.0 : year > 0.0 ? period / year : 0.0;
        part[s][1] = within || !(later > 0.0) ? 0.0 : (period - year) / later;
    }
    jk_compare_claims *claims = &comparison->claims;
    /* segments of the first model are numbered first, in its order */
    for (size_t i = 0; i < claims->from_count; i++) {
        size_t s = claims->segment[i];
        double year = (double)claims->expected[i], later = (double)work->gross_60m[i] - year;
        claims->expected[i] = (float)(year * part[s][0] + later * part[s][1]);
    }
    free(part);
    return JK_OK;
}

/* ---- before the valuations -------------------------------------------------------------------------------------- */

static void *hold(comparing *work, size_t place, size_t count, size_t size) {
    work->own->held += count * size;
    return work->own->memory[place] = jk_columns_zero(count, size);
}

static jk_status take_memory(comparing *work, jk_error *error) {
    jk_comparison *comparison = work->comparison;
    jk_compare_claims *c = &comparison->claims;
    size_t n = c->count = work->own->match.lines, place = 0;
    c->from_count = work->own->match.from_rows;
    c->to_row = work->own->match.to_row;
    work->own->held = (work->own->match.to_rows + n) * sizeof(uint32_t);
    for (int l = 0; l < LEVELS; l++) {
        bool own = l < 3 || (l == 3 && comparison->model_changed) || (l == 4 && comparison->rate_changed);
        c->level[l] = own ? hold(work, place++, n, sizeof(float)) : c->level[l - 1];
    }
    c->collected = hold(work, place++, n, sizeof *c->collected);
    c->expected = hold(work, place++, n, sizeof *c->expected);
    bool complete = c->collected != NULL && c->expected != NULL;
    for (int s = FROM; s <= TO; s++) {
        c->face[s] = hold(work, place++, n, sizeof(double));
        c->decision[s] = hold(work, place++, n, 1);
        complete = complete && c->face[s] != NULL && c->decision[s] != NULL;
    }
    c->segment = hold(work, place++, n, sizeof(uint16_t));
    c->country = hold(work, place++, n, sizeof(uint16_t));
    c->year = hold(work, place++, n, sizeof(uint16_t));
    work->gross_60m = jk_columns_zero(c->from_count, sizeof *work->gross_60m);
    c->by = work->options->by != NULL ? hold(work, place++, n, sizeof(uint16_t)) : NULL;
    complete = complete && (c->by != NULL || work->options->by == NULL);
    complete = complete && c->segment != NULL && c->country != NULL && c->year != NULL && work->gross_60m != NULL;
    for (int l = 0; l < LEVELS; l++) {
        complete = complete && c->level[l] != NULL;
    }
    for (size_t i = 0; complete && i < n; i++) {
        c->face[FROM][i] = c->face[TO][i] = (double)NAN;
    }
    return jk_held(complete, error, "the claims to compare");
}

static jk_status number_names(comparing *work, int side, jk_error *error) {
    const jk_compare_side *of = side == FROM ? &work->comparison->from : &work->comparison->to;
    size_t segments = of->model->segment_count, countries = 0;
    const char *const *country = jk_tape_dictionary(of->tape, JK_COLUMN_COUNTRY, &countries);
    const char **segment = calloc(segments + 1, sizeof *segment);
    work->segment_of[side] = calloc(segments + 1, sizeof(uint16_t));
    work->country_of[side] = calloc(countries + 1, sizeof(uint16_t));
    jk_status status = segment == NULL || work->segment_of[side] == NULL || work->country_of[side] == NULL
                           ? jk_fail_memory(error, "names")
                           : JK_OK;
    for (size_t s = 0; status == JK_OK && s < segments; s++) {
        segment[s] = of->model->segments[s].id;
    }
    if (status == JK_OK) {
        status = jk_names_add(&work->segments, segment, segments, work->segment_of[side], error);
    }
    if (status == JK_OK) {
        status = jk_names_add(&work->countries, country, countries, work->country_of[side], error);
    }
    free(segment);
    return status;
}

static jk_status list_exchange(comparing *work, jk_error *error) {
    const jk_compare_side *from = &work->comparison->from;
    size_t count = 0;
    const char *const *name = jk_tape_dictionary(from->tape, JK_COLUMN_CURRENCY, &count);
    work->exchange = calloc(count + 1, sizeof *work->exchange);
    JK_TRY(jk_held(work->exchange != NULL, error, "exchange rates"));
    work->exchange[0] = 1.0;
    for (size_t i = 0; i < count; i++) {
        work->exchange[i + 1] = jk_model_exchange_rate(from->model, name[i]);
    }
    return JK_OK;
}

static jk_status settle(jk_comparison *comparison, jk_error *error) {
    const jk_compare_side *sides[2] = {&comparison->from, &comparison->to};
    JK_TRY(jk_pair_settle(sides, comparison->cutoff, comparison->irr, error));
    comparison->base_currency = comparison->from.model->base_currency;
    comparison->months = (double)(comparison->cutoff[TO] - comparison->cutoff[FROM]) / JK_DAYS_PER_MONTH;
    comparison->model_changed = strcmp(comparison->from.model->sha256, comparison->to.model->sha256) != 0;
    comparison->rate_changed = comparison->irr[FROM] != comparison->irr[TO];
    return JK_OK;
}

/* ---- the valuations --------------------------------------------------------------------------------------------- */

static jk_status value_first(comparing *work, jk_error *error) {
    jk_comparison *comparison = work->comparison;
    jk_compare_claims *claims = &comparison->claims;
    jk_valuation valuation = {0};
    pass start = {.side = FROM, .level = {claims->level[0]}, .names = true, .decides = true, .projects = true};
    JK_TRY(run_pass(work, &start, comparison->from.model, comparison->cutoff[FROM], JK_MISSING_INTEGER, comparison->irr,
                    1, &valuation, error));
    comparison->total[FROM] = valuation.total;
    jk_status status = expect_period(work, &valuation, error);
    jk_valuation_reset(&valuation);
    JK_TRY(status);
    if (comparison->cutoff[FROM] == comparison->cutoff[TO]) {
        memcpy(claims->level[1], claims->level[0], claims->from_count * sizeof(float));
        return JK_OK;
    }
    pass later = {.side = FROM, .level = {claims->level[1]}};
    JK_TRY(run_pass(work, &later, comparison->from.model, comparison->cutoff[TO], comparison->cutoff[FROM],
                    comparison->irr, 1, &valuation, error));
    jk_valuation_reset(&valuation);
    return JK_OK;
}

static jk_status value_second(comparing *work, jk_error *error) {
    jk_comparison *comparison = work->comparison;
    jk_compare_claims *claims = &comparison->claims;
    jk_valuation valuation[2];
    memset(valuation, 0, sizeof valuation);
    bool last = !comparison->model_changed;
    size_t returns = comparison->rate_changed ? 2 : 1;
    pass data = {.side = TO,
                 .level = {claims->level[2], claims->level[4]},
                 .names = last,
                 .decides = last,
                 .takes_paid = work->paid == NULL};
    size_t count = last ? returns : 1;
    JK_TRY(run_pass(work, &data, comparison->from.model, comparison->cutoff[TO], JK_MISSING_INTEGER, comparison->irr,
                    count, valuation, error));
    comparison->total[TO] = valuation[count - 1].total;
    jk_valuation_reset(&valuation[0]);
    jk_valuation_reset(&valuation[1]);
    if (last) {
        return JK_OK;
    }
    pass model = {.side = TO, .level = {claims->level[3], claims->level[4]}, .names = true, .decides = true};
    JK_TRY(run_pass(work, &model, comparison->to.model, comparison->cutoff[TO], JK_MISSING_INTEGER, comparison->irr,
                    returns, valuation, error));
    comparison->total[TO] = valuation[returns - 1].total;
    jk_valuation_reset(&valuation[0]);
    jk_valuation_reset(&valuation[1]);
    return JK_OK;
}

static jk_status compare(comparing *work, jk_error *error) {
    jk_comparison *comparison = work->comparison;
    const jk_compare_options *options = work->options;
    JK_TRY(settle(comparison, error));
    JK_TRY(jk_match_tapes(comparison->from.tape, comparison->to.tape, &options->run, &work->own->match, error));
    if (options->payments != NULL) {
        comparison->payments_given = true;
        work->paid = jk_columns_zero(work->own->match.lines, sizeof *work->paid);
        JK_TRY(jk_held(work->paid != NULL, error, "payments by claim"));
        JK_TRY(jk_paid_between(options->payments, options->pseudonyms, &work->own->match, comparison->cutoff[FROM],
                               comparison->cutoff[TO], &options->run, work->paid, &comparison->payments,
                               &comparison->unknown_payments, &comparison->rejected_payments, error));
    }
    jk_match_forget_ids(&work->own->match);
    JK_TRY(take_memory(work, error));
    JK_TRY(list_exchange(work, error));
    JK_TRY(number_names(work, FROM, error));
    JK_TRY(number_names(work, TO, error));
    JK_TRY(value_first(work, error));
    free(work->gross_60m);
    work->gross_60m = NULL;
    JK_TRY(value_second(work, error));
    if (options->by != NULL) { /* bands are of the balances that the valuations found */
        JK_TRY(jk_compare_group_by(comparison, &work->own->match, options->by, error));
    }
    comparison->segment_name = work->segments.name;
    comparison->segment_count = work->segments.count;
    comparison->country_name = work->countries.name;
    comparison->country_count = work->countries.count;
    return jk_compare_sum(comparison, &options->run, error);
}

static void free_names(char **name, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(name[i]);
    }
    free(name);
}

jk_status jk_compare(const jk_compare_side *from, const jk_compare_side *to, const jk_compare_options *options,
                     jk_comparison *comparison, jk_error *error) {
    *comparison = (jk_comparison){.from = *from, .to = *to};
    jk_compare_own *own = comparison->own = calloc(1, sizeof *own);
    JK_TRY(jk_held(own != NULL, error, "a comparison"));
    comparing work = {.comparison = comparison, .own = own, .options = options};
    jk_status status = compare(&work, error);
    for (int s = FROM; s <= TO; s++) {
        free(work.segment_of[s]);
        free(work.country_of[s]);
    }
    free(work.exchange);
    free(work.gross_60m);
    free(work.paid);
    if (status != JK_OK) {
        bool handed = comparison->segment_name != NULL;
        if (!handed) {
            free_names(work.segments.name, work.segments.count);
            free_names(work.countries.name, work.countries.count);
        }
        jk_comparison_reset(comparison);
    }
    return status;
}

void jk_comparison_reset(jk_comparison *comparison) {
    jk_compare_own *own = comparison->own;
    if (own != NULL) {
        jk_match_reset(&own->match);
        for (size_t i = 0; i < sizeof own->memory / sizeof own->memory[0]; i++) {
            free(own->memory[i]);
        }
    }
    free_names(comparison->segment_name, comparison->segment_count);
    free_names(comparison->country_name, comparison->country_count);
    free_names(comparison->by_name, comparison->by_count);
    free(comparison->group);
    free(own);
    *comparison = (jk_comparison){0};
}
