/* SPDX-License-Identifier: Apache-2.0 */
/* What a fit must not notice: debtors are what errors and penalties count, so that every claim written down twice, by
 * its debtor, says nothing more; and no figure is one of money, so that history in another coin says the same. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"
#include "jalki/import.h"

enum { LINE_ROOM = 1024, COIN = 4, CELLS_MAX = 64 };
typedef enum written { AS_IT_WAS, TWICE, OTHER_COIN, WRITTEN } written;
static char text_path[PATH_ROOM], way_path[WRITTEN][PATH_ROOM];

static const char *const money[] = {"balance_start", "cash", "cash_principal", "cash_interest", "cash_costs", "cost"};

static bool is_money(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof money / sizeof money[0]; i++) {
        if (strlen(money[i]) == length && memcmp(money[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* A line with its amounts in the other coin. */
static void put_in_coin(FILE *out, const char *line, const bool *amount) {
    for (size_t cell = 0; *line != '\0'; cell++) {
        const size_t length = strcspn(line, ",\n");
        if (amount[cell] && length > 0) {
            (void)fprintf(out, "%.2f", COIN * strtod(line, NULL));
        } else {
            (void)fwrite(line, 1, length, out);
        }
        line += length;
        (void)fputc(*line, out);
        line += *line != '\0';
    }
}

static void write_way(written way) {
    char line[LINE_ROOM], path[PATH_ROOM];
    put_path(path, "way.csv");
    FILE *in = fopen(text_path, "r"), *out = fopen(path, "w");
    assert_true(in != NULL && out != NULL);
    assert_non_null(fgets(line, sizeof line, in));
    bool amount[CELLS_MAX] = {false};
    const char *name = line;
    for (size_t cell = 0; *name != '\0'; cell++) {
        const size_t length = strcspn(name, ",\n");
        assert_true(cell < CELLS_MAX);
        amount[cell] = is_money(name, length);
        name += length + 1;
    }
    (void)fputs(line, out);
    while (fgets(line, sizeof line, in) != NULL) {
        if (way == OTHER_COIN) {
            put_in_coin(out, line, amount);
        } else {
            (void)fputs(line, out);
        }
        if (way == TWICE) {
            (void)fprintf(out, "X%s", line); /* the claim's number comes first */
        }
    }
    (void)fclose(in);
    assert_int_equal(fclose(out), 0);
    jk_error error = {0};
    jk_import_summary *summary = NULL;
    const char *source = path;
    const jk_import_options options = {.kind = JK_KIND_PANEL,
                                       .sources = &source,
                                       .source_count = 1,
                                       .output = way_path[way],
                                       .cutoff = JK_MISSING_INTEGER,
                                       .expect_balance = JK_MISSING_MONEY};
    must(jk_import(&options, NULL, &summary, &error), &error);
    jk_import_summary_free(summary);
    (void)unlink(path);
}

static int make_history(void **state) {
    (void)state;
    put_path(text_path, "csv");
    static const char *const endings[WRITTEN] = {"was.h5", "twice.h5", "coin.h5"};
    for (written way = 0; way < WRITTEN; way++) {
        put_path(way_path[way], endings[way]);
    }
    jk_error error = {0};
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = 1000;
    options.months = 12;
    options.instalments = 0.6;
    load_base();
    must(jk_generate_panel(&options, base, text_path, JK_PANEL_CSV, NULL, NULL, &error), &error);
    for (written way = 0; way < WRITTEN; way++) {
        write_way(way);
    }
    return 0;
}

static int drop_history(void **state) {
    (void)unlink(text_path);
    for (written way = 0; way < WRITTEN; way++) {
        (void)unlink(way_path[way]);
    }
    return drop_panel(state);
}

/* ---- what is the same -------------------------------------------------------------------------------------------- */

static bool is_near(double got, double wanted, double part) {
    return (isnan(got) && isnan(wanted)) || fabs(got - wanted) <= part * fmax(fabs(wanted), 1.0);
}

static void same(double got, double wanted, double part, const char *what, size_t of) {
    if (!is_near(got, wanted, part)) {
        fail_msg("%s of %zu: %.17g, was %.17g", what, of, got, wanted);
    }
}

/* Amounts are `size` times as large, errors that count rows `rows` times. */
static void same_terms(const jk_fit_result *now, const jk_fit_result *was, double size, double rows) {
    assert_int_equal(now->term_count, was->term_count);
    for (size_t t = 0; t < was->term_count; t++) {
        const jk_fit_term *a = &now->terms[t], *b = &was->terms[t];
        same(a->estimate, b->estimate, 1e-7, "estimate", t);
        same(a->std_error, b->std_error, 1e-7, "error", t);
        same(a->degrees, b->degrees, 1e-6, "degrees", t);
        same(a->std_model, rows * b->std_model, 1e-7, "error by rows", t);
        if (rows == 1.0) { /* an interval may be one by rows */
            same(a->low, b->low, 1e-6, "low", t);
            same(a->high, b->high, 1e-6, "high", t);
        }
        same(a->drawn_error, b->drawn_error, 1e-6, "drawn error", t);
        same(a->drawn_quantile, b->drawn_quantile, 1e-5, "drawn quantile", t);
        same(a->value, b->value, 1e-5, "value", t);
        same(a->credibility, b->credibility, 1e-5, "credibility", t);
        same(a->payers, b->payers, 0.0, "payers", t);
        same(a->exposure, size * b->exposure, 1e-9, "exposure", t);
        same(a->cash, size * b->cash, 1e-9, "cash", t);
        same(a->expected, size * b->expected, 1e-6, "expected", t);
    }
}

static void same_fit(const jk_fit *now, const jk_fit *was, double size, bool twice) {
    const jk_fit_result *a = &now->result, *b = &was->result;
    assert_true(a->debtors == b->debtors && a->payers == b->payers);
    assert_true(a->rows_used == b->rows_used * (twice ? 2 : 1));
    const double rest = (double)b->rows_used - (double)was->estimates.estimated;
    same_terms(a, b, size, twice ? sqrt(rest / (rest + (double)b->rows_used)) : 1.0);
    same(a->cluster_dispersion, size * b->cluster_dispersion, 1e-7, "dispersion", 0);
    same(a->balance_power, b->balance_power, 1e-7, "power", 0);
    same(a->points_spread, b->points_spread, 0.0, "spread", 0);
    same(a->expected, size * b->expected, 1e-5, "expected", 0);
    for (size_t c = 0; c < base->scorecard.count; c++) {
        same(now->spline[c].variance, was->spline[c].variance, 1e-5, "variance", c);
        same(now->spline[c].freedom, was->spline[c].freedom, 1e-5, "freedom", c);
        if (was->interaction != NULL) {
            const jk_fit_interaction *x = &now->interaction[c], *y = &was->interaction[c];
            assert_true(x->kept == y->kept);
            same(x->gain, y->gain, 1e-5, "gain", c);
            same(x->gain_error, y->gain_error, 1e-5, "error of the gain", c);
            same(x->spread, y->spread, 1e-5, "spread", c);
            same(x->freedom, y->freedom, 1e-5, "freedom", c);
        }
    }
    for (size_t g = 0; g < base->segment_count; g++) {
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            const jk_segment *x = &a->segments[g], *y = &b->segments[g];
            const double share = log(x->recovery_share[t] / y->recovery_share[t]); /* settlements count themselves */
            assert_int_equal(x->curve[t].count, y->curve[t].count);
            for (size_t k = 0; k < x->curve[t].count; k++) {
                same(log(x->curve[t].value[k]) + share, log(y->curve[t].value[k]), 1e-5, "step", k);
            }
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                same(x->class_multiplier[t][k], y->class_multiplier[t][k], 1e-5, "class", (size_t)k);
            }
        }
    }
}

static jk_fit_options variant(size_t v) {
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    options.interactions = v == 0;
    options.smooth = v == 0;
    options.splines = v == 0 ? "default_marks" : NULL;
    options.shrink = v == 0;
    options.bootstrap = v == 1 ? JK_FIT_DRAWS_LEAST : 0;
    return options;
}

static void neither_copies_nor_coins_are_noticed(void **state) {
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        const jk_fit_options options = variant(v);
        jk_fit *fit[WRITTEN] = {NULL};
        for (written way = 0; way < WRITTEN; way++) {
            jk_error error = {0};
            must(jk_fit_run(way_path[way], base, &options, &fit[way], &error), &error);
        }
        same_fit(fit[TWICE], fit[AS_IT_WAS], 2.0, true);
        same_fit(fit[OTHER_COIN], fit[AS_IT_WAS], COIN, false);
        for (written way = 0; way < WRITTEN; way++) {
            jk_fit_free(fit[way]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(neither_copies_nor_coins_are_noticed)};
    return cmocka_run_group_tests(tests, make_history, drop_history);
}
