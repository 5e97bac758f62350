/* SPDX-License-Identifier: Apache-2.0 */
/* The price of missing data against views of the tape valued one by one: every column that can be asked about at the
 * figures that are tried, under models whose score or law tells such a figure from its neighbours. */
#include "cmocka_all.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/missing.h"
#include "scenario/refused_case.h"
#include "support/listing_case.h"
#include "value/engine_case.h"

enum { ROWS = 400, MOST = 9, SEGMENTS = 32 };

static jk_tape *tape;

/* How the figures of a column are meant. */
typedef enum meant { CODE, COUNT, UNITS, RATE, MONTHS_AGO, MONTHS_AHEAD, YEARS_AGO } meant;

typedef struct tried {
    jk_column column;
    meant meant;
    int count;
    double figure[MOST];
    const char *score; /* what the score knows of it; NULL: the law does */
    double beside;     /* a bin of the score is so wide to either side of a figure */
} tried;

static const tried all[] = {
    {JK_COLUMN_INCOME_MONTHLY, UNITS, 9, {0, 500, 1000, 1500, 2000, 3000, 5000, 10000, 50000}, "income_monthly", 0.4},
    {JK_COLUMN_EMPLOYMENT, CODE, 5, {0, 1, 2, 3, 4}, "employment", 0.0},
    {JK_COLUMN_REACHABLE, CODE, 5, {0, 1, 2, 3, 4}, "reachable", 0.0},
    {JK_COLUMN_BIRTH_YEAR, YEARS_AGO, 8, {20, 30, 40, 50, 60, 70, 80, 85}, "age_years", 0.9},
    {JK_COLUMN_DEFAULT_MARKS, COUNT, 6, {0, 1, 2, 4, 6, 10}, "default_marks", 0.4},
    {JK_COLUMN_OTHER_DEBT_ENFORCED, UNITS, 6, {0, 300, 3000, 20000, 50000, 100000}, "other_debt_enforced", 0.4},
    {JK_COLUMN_LAST_PAID_ON, MONTHS_AGO, 8, {0, 4, 9, 18, 36, 60, 120, 240}, "months_since_last_payment", 0.4},
    {JK_COLUMN_PAYMENTS_12M, UNITS, 5, {0, 10, 100, 1000, 10000}, "payments_12m", 0.4},
    {JK_COLUMN_PAYMENTS_24M, UNITS, 5, {0, 10, 100, 1000, 10000}, "payments_24m", 0.4},
    {JK_COLUMN_INSTALMENT_MONTHLY, UNITS, 6, {0, 10, 30, 60, 120, 400}, "instalment_monthly", 0.4},
    {JK_COLUMN_PROMISES_KEPT, COUNT, 4, {0, 1, 3, 10}, "promises_kept", 0.4},
    {JK_COLUMN_PROMISES_BROKEN, COUNT, 4, {0, 1, 3, 10}, "promises_broken", 0.4},
    {JK_COLUMN_PLACEMENTS, COUNT, 5, {0, 1, 2, 3, 5}, "placements", 0.4},
    {JK_COLUMN_DEPENDANTS, COUNT, 5, {0, 1, 2, 3, 5}, "dependants", 0.4},
    {JK_COLUMN_HOUSING_COST, UNITS, 5, {0, 500, 1000, 2000, 10000}, "housing_cost", 0.4},
    {JK_COLUMN_LIMITATION_ON, MONTHS_AHEAD, 7, {-1, 1, 6, 12, 36, 120, 600}, NULL, 0.0},
    {JK_COLUMN_TITLE_ON, MONTHS_AGO, 6, {0, 12, 36, 60, 120, 240}, NULL, 0.0},
    {JK_COLUMN_INTEREST_RATE, RATE, 5, {0, 0.05, 0.1, 0.15, 0.25}, "interest_rate", 0.004},
    {JK_COLUMN_VULNERABLE, CODE, 2, {0, 1}, NULL, 0.0},
    {JK_COLUMN_LEGAL_STATUS, CODE, 9, {0, 1, 2, 3, 4, 5, 6, 7, 8}, NULL, 0.0},
};
enum { COLUMNS = sizeof all / sizeof all[0], USUAL = COLUMNS - 3 };

/* ---- models -------------------------------------------------------------------------------------------------- */

#define SEGMENT(id, when, level)                                                                                       \
    "  - id: " id "\n" when "    exit_monthly: 0.001\n    curves: {surveil: [[0, 0.002]], amicable: [[0, " level       \
    "]], legal: [[0, 0.015]]}\n"                                                                                       \
    "    class_multiplier: {surveil: [0.1, 0.5, 1], amicable: [0.1, 0.5, 1], legal: [0.1, 0.5, 1]}\n"                  \
    "    class_monthly:\n"                                                                                             \
    "      surveil: &still" id " [[0.96, 0.03, 0.01], [0.02, 0.96, 0.02], [0.01, 0.03, 0.96]]\n"                       \
    "      amicable: *still" id "\n      legal: *still" id "\n"                                                        \
    "    recovery_share: {surveil: 1, amicable: 0.9, legal: 1}\n    cost:\n"                                           \
    "      surveil: {monthly: 0.05, contingent: 0.15}\n      amicable: {monthly: 1.5, contingent: 0.18}\n"             \
    "      legal: {monthly: 0.4, contingent: 0.12, filing: 86, enforcement_monthly: 0.9, fee_shift: 1}\n"              \
    "    legal: {months_to_title: 4, pre_title_factor: 0.5, garnish_share: [0, 0, 0]}\n"                               \
    "    market: {price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}\n"

static const char head[] =
    "jalki_model: 1\nname: scored\nbase_currency: EUR\nfx: {EUR: 1, SEK: 0.1}\nhorizon_months: 48\nepochs: [6, 12, "
    "30]\nirr: 0.1\njurisdictions:\n  EU:\n    limitation:\n      periods: [{months: null}]\n      "
    "letter_interrupts: false\n      title_final_months: {consumer: null, business: null}\n"
    "      final_months: {consumer: null, business: null}\n    interest: {consumer: 0, business: 0}\n"
    "    mortality: {G: 0, b: 0, assumed_age: 40}\n    attachable: null\n"
    "statuses: {debt_adjustment: {exit_monthly: 0}}\n"
    "scorecard:\n  intercept: 0\n  weak_from: 490\n  able_from: 530\n  characteristics:\n    - {name: ";
/* The first is too small for a distribution of its own where a third of it is known. */
static const char segments[] = "segments:\n" SEGMENT("few", "    when: {country: [SE], product: [telecom]}\n", "0.03")
    SEGMENT("fi", "    when: {country: [FI]}\n", "0.02") SEGMENT("rest", "", "0.01");

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Points that differ from figure to figure, one of which is far the best, and are others still between them. */
static double points_of(int figure, int best) {
    return figure == best ? 0.8 : 0.4 * sin(1.0 + 2.0 * figure);
}

static void write_bins(FILE *to, const tried *of, int best) {
    double figure[2 * MOST];
    int count = 0;
    for (int i = 0; i < of->count; i++) {
        figure[count++] = of->figure[i];
        figure[count++] = of->meant == UNITS ? 0.1 * of->figure[i] : of->figure[i]; /* a claim's units may be kronor */
    }
    qsort(figure, (size_t)count, sizeof figure[0], rising);
    (void)fputs("missing: -0.15, bins: [", to);
    for (int i = 0; i < count; i++) {
        if (i == 0 || figure[i] > figure[i - 1]) {
            (void)fprintf(to, "{below: %.17g, points: 0.02}, {below: %.17g, points: %.17g}, ", figure[i] - of->beside,
                          figure[i] + of->beside, points_of(i, best));
        }
    }
    (void)fputs("{points: 0.03}]}\n", to);
}

static jk_model *scored_by(const tried *of, int best) {
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    (void)fprintf(to, "%s%s, ", head, of->score);
    if (of->beside > 0.0) {
        write_bins(to, of, best);
    } else {
        size_t levels = 0;
        const char *const *level = jk_schema_levels(of->column, &levels);
        assert_int_equal(levels, of->count);
        (void)fputs("missing: -0.15, other: 0.02, levels: {", to);
        for (int i = 0; i < of->count; i++) {
            (void)fprintf(to, "%s%s: %.17g", i > 0 ? ", " : "", level[i], points_of(i, best));
        }
        (void)fputs("}}\n", to);
    }
    (void)fputs(segments, to);
    (void)fclose(to);
    jk_error error = {0};
    jk_model *made = NULL;
    must(load_text(text, size, &made, &error), &error);
    free(text);
    return made;
}

/* ---- what is expected ------------------------------------------------------------------------------------------ */

/* A tape's claims as a model values them. */
typedef struct valued {
    double value[ROWS], action[ROWS][JK_ACTION_COUNT], face[ROWS], total;
    size_t segment[ROWS];
} valued;

static jk_status note(void *context, const jk_value_block *block, jk_error *error) {
    valued *to = context;
    (void)error;
    for (size_t i = 0; i < block->block->rows; i++) {
        const size_t row = block->block->first_row + i;
        to->value[row] = (double)block->plan->value[i];
        to->face[row] = block->law->balance[i];
        to->segment[row] = block->law->segment[i];
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            const double is = (double)block->plan->action_value[a][i];
            to->action[row][a] = isnan(is) ? 0.0 : is; /* not allowed: closed */
        }
    }
    return JK_OK;
}

static jk_value_options options_of(void) {
    jk_value_options options = jk_value_defaults();
    options.irr = 0.12;
    options.run.threads = 1;
    return options;
}

static void value(const jk_tape *of, const jk_model *under, valued *to) {
    jk_error error = {0};
    const jk_value_options options = options_of();
    const jk_value_sink sink = {.block = note, .context = to};
    jk_valuation valuation;
    must(jk_value_run(of, under, &options, &sink, 1, &valuation, &error), &error);
    to->total = valuation.total.value;
    jk_valuation_reset(&valuation);
}

typedef union element {
    int8_t code;
    int32_t integer;
    int64_t money;
    double real;
} element;

static element element_of(const tried *of, double figure) {
    switch (of->meant) {
    case CODE:
        return (element){.code = (int8_t)figure};
    case COUNT:
        return (element){.integer = (int32_t)figure};
    case UNITS:
        return (element){.money = (int64_t)figure * 100};
    case RATE:
        return (element){.real = figure};
    case YEARS_AGO:
        return (element){.integer = 2026 - (int32_t)figure};
    default:
        return (element){.integer =
                             jk_date_add_months(tape_cutoff(), (int32_t)(of->meant == MONTHS_AGO ? -figure : figure))};
    }
}

static void value_with(const tried *of, const element *is, const jk_model *under, valued *to) {
    jk_error error = {0};
    jk_tape *view = NULL;
    must(jk_tape_view(tape, of->column, is, &view, &error), &error);
    value(view, under, to);
    jk_tape_close(view);
}

/* What a claim of the tape has, as figures are meant; NaN: nothing. */
static double known(const tried *of, const void *values, size_t row) {
    const double days = 30.4375; /* of a month */
    switch (jk_schema_column(of->column)->type) {
    case JK_TYPE_ENUM: {
        const int8_t code = ((const int8_t *)values)[row];
        return code == JK_MISSING_ENUM ? (double)NAN : code;
    }
    case JK_TYPE_MONEY: {
        const int64_t money = ((const int64_t *)values)[row];
        return money == JK_MISSING_MONEY ? (double)NAN : (double)money / 100.0;
    }
    case JK_TYPE_REAL:
        return ((const double *)values)[row];
    default: {
        const int32_t number = ((const int32_t *)values)[row];
        const double ahead = (double)number - tape_cutoff();
        return number == JK_MISSING_INTEGER ? (double)NAN
               : of->meant == YEARS_AGO     ? 2026.0 - number
               : of->meant == MONTHS_AGO    ? -ahead / days
               : of->meant == MONTHS_AHEAD  ? ahead / days
                                            : number;
    }
    }
}

static double place(const tried *of, double figure) {
    return of->meant == CODE || of->meant == RATE ? figure : copysign(log(1.0 + fabs(figure)), figure);
}

static int nearest(const tried *of, double figure) {
    int best = 0;
    for (int t = 1; t < of->count; t++) {
        const double now = fabs(place(of, of->figure[best]) - place(of, figure));
        best = fabs(place(of, of->figure[t]) - place(of, figure)) < now ? t : best;
    }
    return best;
}

typedef struct priced {
    double blanked, worst, best, expected, information;
    double face, value, gap_worst, gap_best, gap_expected, gap_information;
    size_t gaps, known, alone; /* alone: claims whose segment has its own distribution */
} priced;

/* Of each segment, and behind the last of all. */
static void weigh(const tried *of, size_t count, const double *has, const valued *given,
                  double weight[SEGMENTS + 1][MOST], priced *to) {
    double sum[SEGMENTS + 1] = {0.0};
    assert_true(count <= SEGMENTS);
    memset(weight, 0, (SEGMENTS + 1) * sizeof weight[0]);
    for (size_t row = 0; row < ROWS; row++) {
        if (!isnan(has[row])) {
            const int t = nearest(of, has[row]);
            weight[given->segment[row]][t] += 1.0;
            weight[count][t] += 1.0;
            sum[given->segment[row]] += 1.0;
            sum[count] += 1.0;
        }
    }
    to->known = (size_t)sum[count];
    for (size_t g = 0; g < count; g++) {
        const size_t from = sum[g] >= 30.0 ? g : count;
        for (int t = 0; t < of->count; t++) {
            weight[g][t] = weight[from][t] / sum[from];
        }
    }
    for (size_t row = 0; row < ROWS; row++) {
        to->alone += sum[given->segment[row]] >= 30.0;
    }
}

static priced price(const tried *of, const jk_model *under) {
    static valued given, without, with[MOST];
    static double values[ROWS], has[ROWS];
    jk_error error = {0};
    priced sum = {0};
    double weight[SEGMENTS + 1][MOST];
    value(tape, under, &given);
    value_with(of, NULL, under, &without);
    for (int t = 0; t < of->count; t++) {
        const element is = element_of(of, of->figure[t]);
        value_with(of, &is, under, &with[t]);
    }
    must(jk_tape_read(tape, of->column, 0, ROWS, values, &error), &error);
    for (size_t row = 0; row < ROWS; row++) {
        has[row] = known(of, values, row);
    }
    sum.blanked = without.total;
    weigh(of, under->segment_count, has, &given, weight, &sum);
    for (size_t row = 0; row < ROWS; row++) {
        double worst = without.value[row], best = without.value[row], mean = 0.0, actions[JK_ACTION_COUNT] = {0};
        for (int t = 0; t < of->count; t++) {
            const double p = weight[given.segment[row]][t];
            worst = fmin(worst, with[t].value[row]);
            best = fmax(best, with[t].value[row]);
            mean += p * with[t].value[row];
            for (int a = 0; a < JK_ACTION_COUNT; a++) {
                actions[a] += p * with[t].action[row][a];
            }
        }
        double unknowing = 0.0;
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            unknowing = fmax(unknowing, actions[a]);
        }
        const double learns = fmax(0.0, mean - unknowing), gap = isnan(has[row]) ? 1.0 : 0.0;
        sum.worst += worst;
        sum.best += best;
        sum.expected += mean;
        sum.information += learns;
        sum.gaps += gap > 0.0;
        sum.face += gap * given.face[row];
        sum.value += gap * given.value[row];
        sum.gap_worst += gap * worst;
        sum.gap_best += gap * best;
        sum.gap_expected += gap * mean;
        sum.gap_information += gap * learns;
    }
    return sum;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(const tried *of, const char *what, double found, double expected, double slack) {
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= slack)) {
        fail_msg("%s of %s: %.12g, expected %.12g", what, jk_schema_column(of->column)->name, found, expected);
    }
}

static void price_columns(void) {
    size_t with_own = 0, without = 0, learned = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        const tried *of = &all[i];
        const int bests = of->score == NULL ? 1 : of->beside > 0.0 ? 2 * of->count : of->count;
        const int step =
            of->beside > 0.0 && of->meant != UNITS ? 2 : 1; /* figures of units stand there in kronor, too */
        for (int best = 0; best < bests; best += step) {
            jk_error error = {0};
            jk_model *scored = of->score != NULL ? scored_by(of, best) : NULL;
            const jk_model *under = scored != NULL ? scored : model;
            jk_missing_field field;
            const jk_value_options options = options_of();
            must(jk_missing_price(tape, under, &options, &of->column, 1, &field, &error), &error);
            const priced is = price(of, under);
            static valued given;
            value(tape, under, &given);
            const double fine = 1e-6 * given.total, nothing = (double)NAN;
            assert_int_equal(field.column, of->column);
            assert_int_equal(field.trials, of->count);
            near(of, "given", field.given, given.total, 0.0);
            near(of, "blanked", field.blanked, is.blanked, 0.0);
            near(of, "worst", field.worst, is.worst, fine);
            near(of, "best", field.best, is.best, fine);
            near(of, "at stake", field.at_stake, given.total - is.worst, fine);
            near(of, "expected", field.expected, is.known > 0 ? is.expected : nothing, fine);
            near(of, "information", field.information, is.known > 0 ? is.information : nothing, fine);
            assert_int_equal(field.gap_claims, is.gaps);
            near(of, "face", field.gap_face, is.face, 1e-6 * is.face);
            near(of, "value", field.gap_value, is.value, fine);
            near(of, "worst of gaps", field.gap_worst, is.gap_worst, fine);
            near(of, "best of gaps", field.gap_best, is.gap_best, fine);
            near(of, "expected of gaps", field.gap_expected, is.known > 0 ? is.gap_expected : nothing, fine);
            near(of, "information of gaps", field.gap_information, is.known > 0 ? is.gap_information : nothing, fine);
            with_own += is.alone;
            without += ROWS - is.alone;
            learned += is.known > 0 && is.information > 100.0 * fine;
            jk_model_free(scored);
        }
    }
    print_message("%zu with a distribution of their segment, %zu without; %zu columns are worth knowing\n", with_own,
                  without, learned);
    assert_true(with_own > 0 && without > 0 && learned > 2);
}

/* On a tape that knows little of debtors, and on one that knows something of each. */
static void columns_are_priced_as_their_views_say(void **state) {
    (void)state;
    jk_tape *const little = tape;
    price_columns();
    tape = open_made("rest.h5", &(tape_plan){.rows = ROWS, .known = 1});
    price_columns();
    jk_tape_close(tape);
    tape = little;
}

static double number_at(const json_t *object, const char *key) {
    const json_t *number = json_object_get(object, key);
    assert_true(json_is_number(number) || json_is_null(number));
    return json_is_number(number) ? json_number_value(number) : (double)NAN;
}

/* Columns are told by what is at stake, the largest first; rows and keys hold their own figures. */
static void columns_are_told_in_their_order(void **state) {
    (void)state;
    jk_error error = {0};
    jk_column usual[JK_COLUMN_COUNT];
    jk_missing_field fields[USUAL];
    const jk_value_options options = options_of();
    assert_int_equal(jk_missing_usual(usual), USUAL);
    for (size_t i = 0; i < COLUMNS; i++) {
        assert_true(jk_missing_can(all[i].column));
        assert_true(i >= USUAL || usual[i] == all[i].column);
    }
    assert_false(jk_missing_can(JK_COLUMN_PRINCIPAL));
    must(jk_missing_price(tape, model, &options, usual, USUAL, fields, &error), &error);
    const jk_listing listing = jk_missing_listing(fields, USUAL);
    char *text = jk_missing_json(fields, USUAL, 0.125);
    json_t *root = json_loads(text, 0, NULL);
    assert_int_equal(listing.rows, USUAL);
    expect_decimals(&listing, NULL, 0);
    near(&all[0], "irr", number_at(root, "irr"), 0.125, 0.0);
    assert_int_equal(json_array_size(json_object_get(root, "fields")), USUAL);
    for (size_t i = 0; i < USUAL; i++) {
        const jk_missing_field *is = &fields[i];
        assert_true(i == 0 || fields[i - 1].at_stake > is->at_stake ||
                    (fields[i - 1].at_stake == is->at_stake && fields[i - 1].column < is->column));
        jk_missing_field alone; /* what was looked at before leaves nothing */
        must(jk_missing_price(tape, model, &options, &is->column, 1, &alone, &error), &error);
        const tried what = {.column = is->column};
        near(&what, "blanked", is->blanked, alone.blanked, 0.0);
        near(&what, "worst", is->worst, alone.worst, 0.0);
        near(&what, "best", is->best, alone.best, 0.0);
        near(&what, "expected", is->expected, alone.expected, 0.0);
        near(&what, "information", is->information, alone.information, 0.0);
        near(&what, "information of gaps", is->gap_information, alone.gap_information, 0.0);
        assert_int_equal(is->gap_claims, alone.gap_claims);
        const struct {
            const char *name;
            double is;
        } told[] = {{"given", is->given},
                    {"blanked", is->blanked},
                    {"worst", is->worst},
                    {"best", is->best},
                    {"at_stake", is->at_stake},
                    {"gap_claims", (double)is->gap_claims},
                    {"gap_face", is->gap_face},
                    {"gap_value", is->gap_value},
                    {"gap_worst", is->gap_worst},
                    {"gap_best", is->gap_best},
                    {"expected", is->expected},
                    {"information", is->information},
                    {"gap_expected", is->gap_expected},
                    {"gap_information", is->gap_information}};
        jk_cell cells[JK_LISTING_COLUMNS];
        const json_t *object = json_array_get(json_object_get(root, "fields"), i);
        must(jk_listing_row(&listing, i, cells, &error), &error);
        assert_int_equal(listing.column_count, 1 + sizeof told / sizeof told[0]);
        for (size_t k = 0; k < sizeof told / sizeof told[0]; k++) {
            const size_t c = column_named(&listing, told[k].name);
            near(&what, told[k].name, cells[c].number, told[k].is, 0.0);
            near(&what, told[k].name, number_at(object, told[k].name), told[k].is, 1e-9 * fabs(told[k].is));
        }
        assert_string_equal(cells[0].text, jk_schema_column(is->column)->name);
        assert_string_equal(json_string_value(json_object_get(object, "field")), jk_schema_column(is->column)->name);
    }
    json_decref(root);
    free(text);
    const jk_column bad[] = {JK_COLUMN_INCOME_MONTHLY, JK_COLUMN_PRINCIPAL};
    assert_int_equal(jk_missing_price(tape, model, &options, bad, 2, fields, &error), JK_ERROR_ARGUMENT);
}

static jk_status price_once(void *context, jk_error *error) {
    static const jk_column columns[] = {JK_COLUMN_VULNERABLE, JK_COLUMN_PLACEMENTS};
    jk_missing_field fields[2];
    const jk_value_options options = options_of();
    return jk_missing_price(context, model, &options, columns, 2, fields, error);
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    refuse_on_nine_claims(price_once, 100, 10);
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_are_priced_as_their_views_say),
                                       cmocka_unit_test(columns_are_told_in_their_order),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
