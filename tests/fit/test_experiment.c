/* SPDX-License-Identifier: Apache-2.0 */
/* Effects by lot on a history that is written here claim by claim: claims followed, weighed by their segment's shares
 * of the arms, and summed debtor by debtor. */
#include "jalki/experiment.h"

#include <math.h>
#include <string.h>

#include "base/number/calendar.h"
#include "base/number/distribution.h"
#include "cmocka_all.h"
#include "fit/panel_case.h"
#include "jalki/import.h"

enum { CLAIMS = 360, MONTHS = 14, FOLLOW = 6, SEGMENTS = 2, ALL = SEGMENTS, NO_ARM = 3 };

/* A claim as it is written, and what its comparison should see. */
typedef struct claim {
    int debtor, segment, arm; /* jk_treatment; NO_ARM: none was drawn */
    double balance, months, followed, cash, exposure;
} claim;

static char text_path[PATH_ROOM], mapping_path[PATH_ROOM];
static claim claims[CLAIMS];
static int32_t first_day, last_day;

static double draw(uint64_t *state) { /* SplitMix64, in 0..1 */
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

static void write_row(FILE *out, int c, int32_t start, double months, double cash, int treatment, const char *exit) {
    static const char *const treatments[] = {"surveil", "amicable", "legal"};
    static const char *const arms[] = {"surveil", "amicable", "legal", "", "held_out"};
    char day[JK_DATE_TEXT];
    const claim *of = &claims[c];
    const int arm = of->arm == JK_TREAT_SURVEIL && c % 2 == 0 ? 4 : of->arm;
    (void)fprintf(out, "C%d,D%d,%s,2020-06-01,%s,%.2f,%.2f,%.2f,%s,%s,%s\n", c, of->debtor,
                  of->segment == 0 ? "FI" : "SE", jk_date_format(start, day), months, of->balance, cash,
                  treatments[treatment], exit, arms[arm]);
}

/* Claim c: it begins in one of four months and has up to eleven rows; some leave for one reason or another, some have a
 * gap, some change their treatment, one has a row of all but six months. Counts what belongs into `follow` months. */
static void write_claim(FILE *out, int c, uint64_t *state) {
    static const char *const exits[] = {"paid", "death", "insolvency", "sold", "closed", "none"};
    claim *of = &claims[c];
    const double lot = draw(state), fi = c % 3 == 0 ? 0.5 : 0.0;
    *of = (claim){.debtor = c / 3 * 2 + (c % 3) % 2, .segment = c % 3 == 0 ? 0 : 1, .balance = 400.0 + 5.0 * c};
    of->arm = lot < 0.1              ? NO_ARM
              : lot < 0.3 + fi / 2.0 ? JK_TREAT_SURVEIL
              : lot < 0.8            ? JK_TREAT_AMICABLE
                                     : JK_TREAT_LEGAL;
    const int begin = c % 4, rows = 1 + (int)(11.0 * draw(state)), leaves = c % 7;
    const double longer = c == 21 ? 5.99 : 1.0;
    bool counts = true;
    for (int r = 0; r < rows; r++) {
        const int32_t start = jk_date_add_months(first_day, begin + r + (r > 0 && longer > 1.0 ? 5 : 0));
        const double months = r == 0 ? longer : 1.0;
        const int treatment = of->arm == NO_ARM || (c % 5 == 0 && r >= 3) ? JK_TREAT_SURVEIL : of->arm;
        const double cash = draw(state) < 0.2 + 0.2 * (of->arm == JK_TREAT_AMICABLE)
                                ? floor(100.0 * of->balance * draw(state)) / 1000.0
                                : 0.0;
        const char *exit = r + 1 == rows && leaves < 6 ? exits[leaves] : "none";
        if (c % 11 == 0 && r == 2) {
            counts = false; /* a month without a row: what follows does not count */
            continue;
        }
        write_row(out, c, start, months, floor(100.0 * cash) / 100.0, treatment, exit);
        const int32_t end = jk_date_add_months(start, (int)months) + (int)(30.4375 * (months - floor(months)) + 1e-6);
        last_day = end > last_day ? end : last_day;
        counts = counts && of->months < FOLLOW - 0.01;
        of->cash += counts ? floor(100.0 * cash) / 100.0 : 0.0;
        of->months += counts ? months : 0.0;
        of->followed += counts && treatment == of->arm ? months : 0.0;
        of->exposure = counts && leaves < 3 && r + 1 == rows ? -(double)start : of->exposure; /* see settle */
    }
}

/* Who paid, died or became insolvent is watched to the end: of the months or of the panel. */
static void settle(int c) {
    claim *of = &claims[c];
    const int32_t start = jk_date_add_months(first_day, c % 4);
    const double possible = (last_day - start) / 30.4375;
    const bool whole = of->exposure < 0.0;
    of->exposure = of->balance * (whole ? fmax(of->months, fmin(possible, FOLLOW)) : of->months);
}

static int make_history(void **state) {
    (void)state;
    uint64_t random = 11;
    put_path(text_path, "csv");
    put_path(mapping_path, "mapping.yaml");
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_base();
    first_day = 18628; /* 2021-01-01 */
    FILE *out = fopen(text_path, "w"), *mapping = fopen(mapping_path, "w");
    if (out == NULL || mapping == NULL) {
        return -1;
    }
    static const char *const columns[] = {"claim_id",      "debtor_id",     "country", "written_off_on", "period_start",
                                          "period_months", "balance_start", "cash",    "treatment",      "exit"};
    (void)fputs("name: arms\ncolumns:\n", mapping);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        (void)fprintf(mapping, "  %s: %s\n", columns[i], columns[i]);
        (void)fprintf(out, "%s,", columns[i]);
    }
    (void)fputs("extra:\n  arm: {column: arm, type: text}\n", mapping);
    (void)fputs("arm\n", out);
    for (int c = 0; c < CLAIMS; c++) {
        write_claim(out, c, &random);
    }
    for (int c = 0; c < CLAIMS; c++) {
        settle(c);
    }
    if (fclose(out) != 0 || fclose(mapping) != 0) {
        return -1;
    }
    jk_error error = {0};
    const char *source = text_path;
    const jk_import_options options = {.kind = JK_KIND_PANEL,
                                       .sources = &source,
                                       .source_count = 1,
                                       .output = panel_path,
                                       .mapping = mapping_path,
                                       .cutoff = JK_MISSING_INTEGER,
                                       .expect_balance = JK_MISSING_MONEY};
    must(jk_import(&options, NULL, NULL, &error), &error);
    return 0;
}

static int drop_history(void **state) {
    (void)unlink(text_path);
    (void)unlink(mapping_path);
    return drop_panel(state);
}

/* ---- effects, once more ------------------------------------------------------------------------------------------ */

static void near(double got, double wanted, const char *what) {
    if (!((isnan(got) && isnan(wanted)) || fabs(got - wanted) <= 1e-9 * fmax(fabs(wanted), 1e-6))) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

static bool is_in(const claim *of, int treatment, int segment) {
    return (of->arm == treatment || of->arm == JK_TREAT_SURVEIL) && (segment == ALL || of->segment == segment) &&
           of->exposure > 0.0;
}

/* A claim stands for one over its arm's share of the segment. */
static double weight_of(const claim *of, int treatment) {
    double arm = 0.0, both = 0.0;
    for (int c = 0; c < CLAIMS; c++) {
        both += is_in(&claims[c], treatment, of->segment);
        arm += is_in(&claims[c], treatment, of->segment) && claims[c].arm == of->arm;
    }
    return both / arm;
}

static void check_effect(const jk_effect *effect, int treatment, int segment) {
    double count[2] = {0}, exposure[2] = {0}, cash[2] = {0}, above[2] = {0}, below[2] = {0}, moved[CLAIMS] = {0};
    double payers[2] = {0}, debtors[2] = {0}, all = 0.0, square = 0.0;
    for (int c = 0; c < CLAIMS; c++) {
        if (is_in(&claims[c], treatment, segment)) {
            const int a = claims[c].arm == treatment;
            const double weight = weight_of(&claims[c], treatment);
            count[a] += 1.0;
            exposure[a] += claims[c].exposure;
            cash[a] += claims[c].cash;
            above[a] += weight * claims[c].cash;
            below[a] += weight * claims[c].exposure;
        }
    }
    for (int d = 0; d < CLAIMS; d++) { /* debtors have numbers below that of claims */
        double own[2] = {0.0}, paid[2] = {0.0};
        for (int c = 0; c < CLAIMS; c++) {
            if (claims[c].debtor == d && is_in(&claims[c], treatment, segment)) {
                const int a = claims[c].arm == treatment;
                const double rest = claims[c].cash - above[a] / below[a] * claims[c].exposure;
                own[a] += 1.0;
                paid[a] += claims[c].cash;
                moved[d] += (a == 1 ? 1.0 : -1.0) * weight_of(&claims[c], treatment) * rest / below[a];
            }
        }
        for (int a = 0; a < 2; a++) {
            debtors[a] += own[a] > 0.0;
            payers[a] += paid[a] > 0.0;
        }
        all += own[0] + own[1] > 0.0;
        square += moved[d] * moved[d];
    }
    for (int a = 0; a < 2; a++) {
        near((double)effect->claims[a], count[a], "claims");
        near((double)effect->debtors[a], debtors[a], "debtors");
        near((double)effect->payers[a], payers[a], "payers");
        near(effect->exposure[a], exposure[a], "exposure");
        near(effect->cash[a], cash[a], "cash");
        near(effect->rate[a], above[a] / below[a], "rate");
    }
    const double error = sqrt(square * all / (all - 1.0));
    const double half = jk_student_95(fmin(debtors[0], debtors[1]) - 1.0) * error;
    near(effect->uplift, above[1] / below[1] - above[0] / below[0], "uplift");
    near(effect->std_error, error, "error");
    near(effect->low, effect->uplift - half, "low");
    near(effect->high, effect->uplift + half, "high");
    assert_true(isnan(effect->hidden));
}

static void effects_by_lot(void **state) {
    (void)state;
    jk_experiment_options options = jk_experiment_defaults();
    options.follow = FOLLOW;
    jk_experiment *experiment = NULL;
    jk_error error = {0};
    must(jk_experiment_run(panel_path, base, &options, &experiment, &error), &error);
    const jk_experiment_result *result = jk_experiment_result_of(experiment);
    assert_true(result->randomised && result->follow == FOLLOW && result->overlap_count == 0);
    assert_string_equal(result->arm, "arm");
    double months = 0.0, followed = 0.0, compared = 0.0, seen[3] = {0.0};
    for (int c = 0; c < CLAIMS; c++) {
        const bool treated = claims[c].arm == JK_TREAT_AMICABLE || claims[c].arm == JK_TREAT_LEGAL;
        compared += claims[c].arm != NO_ARM;
        months += treated ? claims[c].months : 0.0;
        followed += treated ? claims[c].followed : 0.0;
    }
    near((double)result->claims, compared, "compared");
    near(result->followed, followed / months, "followed");
    assert_true(result->left_out == 0 && result->no_arm > 0);
    size_t whole = 0, banded = 0;
    for (size_t e = 0; e < result->effect_count; e++) {
        const jk_effect *effect = &result->effects[e];
        if (effect->band < 0) {
            check_effect(effect, effect->treatment, effect->segment < 0 ? ALL : effect->segment);
            seen[effect->treatment] += 1.0;
            whole += effect->segment < 0 ? effect->claims[0] + effect->claims[1] : 0;
        } else {
            banded += effect->claims[0] + effect->claims[1];
        }
    }
    assert_true(seen[JK_TREAT_AMICABLE] == 3.0 && seen[JK_TREAT_LEGAL] == 3.0);
    assert_int_equal(whole, banded); /* scores are few: both arms are in each band */
    jk_experiment_free(experiment);
}

static void months_that_can_be_asked_for(void **state) {
    (void)state;
    static const int follow[] = {0, 1, 120, 121};
    for (int i = 0; i < 4; i++) {
        jk_experiment_options options = jk_experiment_defaults();
        jk_experiment *experiment = NULL;
        jk_error error = {0};
        options.follow = follow[i];
        const jk_status status = jk_experiment_run(panel_path, base, &options, &experiment, &error);
        assert_int_equal(status, i % 3 == 0 ? JK_ERROR_ARGUMENT : JK_OK);
        jk_experiment_free(experiment);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_by_lot),
        cmocka_unit_test(months_that_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, make_history, drop_history);
}
