/* SPDX-License-Identifier: Apache-2.0 */
/* Listings of what fits found: figures that are written down here, each in the column of its name, and decimals as CSV
 * has them. */
#include <math.h>
#include <string.h>

#include "base/words/listing.h"
#include "cmocka_all.h"
#include "fit/experiment/experiment_internal.h"
#include "fit/payers/payers.h"
#include "jalki/calibrate.h"
#include "support/listing_case.h"
#include "support/must.h"

static const jk_segment segments[] = {{.id = "north"}, {.id = "south"}};
static const jk_model model = {.segment_count = 2, .segments = segments};

/* A cell that should be in a column; NULL: it has a number. */
typedef struct wanted {
    const char *column, *text;
    double number;
} wanted;

static void row_is(const jk_listing *listing, size_t row, const wanted *cells, size_t count) {
    jk_cell got[JK_LISTING_COLUMNS];
    jk_error error = {0};
    must(jk_listing_row(listing, row, got, &error), &error);
    assert_int_equal(count, listing->column_count);
    for (size_t i = 0; i < count; i++) {
        const size_t c = column_named(listing, cells[i].column);
        const bool text = listing->columns[c].kind == JK_LISTING_TEXT;
        assert_int_equal(text, cells[i].text != NULL);
        if (text) {
            assert_string_equal(got[c].text, cells[i].text);
        } else if (!(got[c].number == cells[i].number || (isnan(got[c].number) && isnan(cells[i].number)))) {
            fail_msg("%s of row %zu: %.17g, expected %.17g", cells[i].column, row, got[c].number, cells[i].number);
        }
    }
}

#define ROW_IS(listing, row, ...)                                                                                      \
    row_is(listing, row, (const wanted[]){__VA_ARGS__}, sizeof((const wanted[]){__VA_ARGS__}) / sizeof(wanted))

static void figures_of_a_fit(void **state) {
    (void)state;
    const jk_fit_term terms[] = {{.kind = JK_FIT_CURVE,
                                  .segment = 1,
                                  .treatment = JK_TREAT_LEGAL,
                                  .characteristic = "curve",
                                  .level = "0 to below 12",
                                  .state = JK_PPML_FREE,
                                  .estimate = -4.5,
                                  .std_error = 0.25,
                                  .low = -5.0,
                                  .high = -4.125,
                                  .value = -4.25,
                                  .credibility = 0.75,
                                  .exposure = 1250.5,
                                  .cash = 17.5,
                                  .expected = 18.25,
                                  .payers = 9.0},
                                 {.kind = JK_FIT_POINTS,
                                  .segment = -1,
                                  .treatment = -1,
                                  .characteristic = "employment",
                                  .level = "retired",
                                  .state = JK_PPML_HELD,
                                  .reference = 1,
                                  .std_error = (double)NAN,
                                  .low = (double)NAN,
                                  .high = (double)NAN,
                                  .exposure = 77.0},
                                 {.segment = 0,
                                  .treatment = JK_TREAT_SURVEIL,
                                  .characteristic = "capacity_class",
                                  .level = "weak",
                                  .state = JK_PPML_COLLINEAR,
                                  .payers = 2.0}};
    const jk_fit_result result = {.term_count = 3, .terms = terms};
    const jk_listing listing = jk_fit_listing(&result, &model), none = jk_fit_listing(NULL, NULL);
    assert_string_equal(listing.name, "fit");
    assert_true(listing.rows == 3 && none.rows == 0 && none.column_count == listing.column_count);
    ROW_IS(&listing, 0, {"segment", "south", 0}, {"treatment", "legal", 0}, {"characteristic", "curve", 0},
           {"level", "0 to below 12", 0}, {"state", "estimated", 0}, {"estimate", NULL, -4.5},
           {"std_error", NULL, 0.25}, {"low", NULL, -5.0}, {"high", NULL, -4.125}, {"shrunk", NULL, -4.25},
           {"credibility", NULL, 0.75}, {"exposure", NULL, 1250.5}, {"cash", NULL, 17.5}, {"expected", NULL, 18.25},
           {"payers", NULL, 9.0});
    ROW_IS(&listing, 1, {"segment", "", 0}, {"treatment", "", 0}, {"characteristic", "employment", 0},
           {"level", "retired", 0}, {"state", "reference", 0}, {"estimate", NULL, 0.0}, {"std_error", NULL, NAN},
           {"low", NULL, NAN}, {"high", NULL, NAN}, {"shrunk", NULL, 0.0}, {"credibility", NULL, 0.0},
           {"exposure", NULL, 77.0}, {"cash", NULL, 0.0}, {"expected", NULL, 0.0}, {"payers", NULL, 0.0});
    ROW_IS(&listing, 2, {"segment", "north", 0}, {"treatment", "surveil", 0}, {"characteristic", "capacity_class", 0},
           {"level", "weak", 0}, {"state", "collinear", 0}, {"estimate", NULL, 0.0}, {"std_error", NULL, 0.0},
           {"low", NULL, 0.0}, {"high", NULL, 0.0}, {"shrunk", NULL, 0.0}, {"credibility", NULL, 0.0},
           {"exposure", NULL, 0.0}, {"cash", NULL, 0.0}, {"expected", NULL, 0.0}, {"payers", NULL, 2.0});
    for (size_t c = 0; c < listing.column_count; c++) {
        const jk_listing_column *column = &listing.columns[c];
        const int digits = strcmp(column->name, "credibility") == 0 ? -6 : -12;
        assert_true(column->kind != JK_LISTING_NUMBER || column->decimals == digits);
    }
}

static void figures_of_payers(void **state) {
    (void)state;
    const jk_payer_term terms[] = {{.figure = JK_PAYER_SETTLED_SHARE,
                                    .segment = 0,
                                    .index = JK_TREAT_AMICABLE,
                                    .estimate = 0.25,
                                    .std_error = 0.125,
                                    .low = 0.1875,
                                    .high = 0.375,
                                    .value = 0.3125,
                                    .credibility = 0.625,
                                    .events = 12.0,
                                    .exposure = 48.0,
                                    .debtors = 31.0},
                                   {.figure = JK_PAYER_BREAKAGE, .segment = -1, .index = JK_TREAT_SURVEIL},
                                   {.figure = JK_PAYER_MONTHLY_SHARE, .segment = 1, .index = JK_CAPACITY_NONE},
                                   {.figure = JK_PAYER_MONTHLY_SHARE, .segment = 1, .index = 2, .together = true},
                                   {.figure = JK_PAYER_HALF_LIFE, .segment = -1, .index = -1, .value = 17.0},
                                   {.figure = JK_PAYER_MONTHLY_SHARE, .segment = -1, .index = -1}};
    static const char *const names[][5] = {{"settled_share", "north", "amicable", "", "logit"},
                                           {"breakage", "", "surveil", "", "log"},
                                           {"monthly_share", "south", "", "none", "log"},
                                           {"monthly_share", "south", "", "", "log"},
                                           {"half_life", "", "", "", "log"},
                                           {"monthly_share", "", "", "", "log"}};
    const jk_payers_result result = {.term_count = 6, .terms = terms};
    const jk_listing listing = jk_payers_listing(&result, &model), none = jk_payers_listing(NULL, NULL);
    assert_string_equal(listing.name, "fit: payers");
    assert_true(listing.rows == 6 && none.rows == 0 && none.column_count == listing.column_count);
    for (size_t r = 0; r < 6; r++) {
        const jk_payer_term *of = &terms[r];
        ROW_IS(&listing, r, {"figure", names[r][0], 0}, {"segment", names[r][1], 0}, {"treatment", names[r][2], 0},
               {"capacity_class", names[r][3], 0}, {"link", names[r][4], 0}, {"estimate", NULL, of->estimate},
               {"std_error", NULL, of->std_error}, {"value", NULL, of->value}, {"credibility", NULL, of->credibility},
               {"low", NULL, of->low}, {"high", NULL, of->high}, {"events", NULL, of->events},
               {"exposure", NULL, of->exposure}, {"debtors", NULL, of->debtors});
    }
    assert_true(column_named(&listing, "low") == JK_PAYERS_DRAWN &&
                column_named(&listing, "credibility") < JK_PAYERS_DRAWN);
    for (size_t c = 0; c < listing.column_count; c++) {
        const int digits = strcmp(listing.columns[c].name, "credibility") == 0 ? -6 : -12;
        assert_true(listing.columns[c].kind != JK_LISTING_NUMBER || listing.columns[c].decimals == digits);
    }
}

static void levels_of_payers(void **state) {
    (void)state;
    const jk_payer_level levels[] = {{.what = "curve",
                                      .segment = 1,
                                      .treatment = JK_TREAT_LEGAL,
                                      .level = "",
                                      .actual = 900.5,
                                      .expected = 1000.25,
                                      .debtors = 44.0,
                                      .ratio = 0.875,
                                      .std_error = 0.0625,
                                      .value = 0.9375,
                                      .credibility = 0.5},
                                     {.what = "points", .segment = -1, .treatment = -1, .level = "6 to below 24"},
                                     {.what = "monthly_share", .segment = 0, .treatment = 0, .level = ""}};
    static const char *const names[][2] = {{"south", "legal"}, {"", ""}, {"north", "surveil"}};
    const jk_payers_result result = {.level_count = 3, .levels = levels};
    const jk_listing listing = jk_payer_levels_listing(&result, &model), none = jk_payer_levels_listing(NULL, NULL);
    assert_string_equal(listing.name, "fit: levels");
    assert_true(listing.rows == 3 && none.rows == 0 && none.column_count == listing.column_count);
    for (size_t r = 0; r < 3; r++) {
        const jk_payer_level *of = &levels[r];
        ROW_IS(&listing, r, {"what", of->what, 0}, {"segment", names[r][0], 0}, {"treatment", names[r][1], 0},
               {"level", of->level, 0}, {"actual", NULL, of->actual}, {"expected", NULL, of->expected},
               {"ratio", NULL, of->ratio}, {"std_error", NULL, of->std_error}, {"debtors", NULL, of->debtors},
               {"value", NULL, of->value}, {"credibility", NULL, of->credibility});
    }
    for (size_t c = 0; c < listing.column_count; c++) {
        const int digits = strcmp(listing.columns[c].name, "credibility") == 0 ? -6 : -12;
        assert_true(listing.columns[c].kind != JK_LISTING_NUMBER || listing.columns[c].decimals == digits);
    }
}

static void effects_and_overlap(void **state) {
    (void)state;
    const jk_effect effects[] = {{.treatment = JK_TREAT_AMICABLE,
                                  .segment = -1,
                                  .band = -1,
                                  .claims = {40, 60},
                                  .payers = {5, 11},
                                  .rate = {0.0078125, 0.015625},
                                  .uplift = 0.0234375,
                                  .low = -0.00390625,
                                  .high = 0.03125,
                                  .hidden = 1.75},
                                 {.treatment = JK_TREAT_LEGAL, .segment = 1, .band = -1},
                                 {.treatment = JK_TREAT_LEGAL, .segment = -1, .band = 4},
                                 {.treatment = JK_TREAT_LEGAL, .segment = 0, .band = -1},
                                 {.treatment = JK_TREAT_LEGAL, .segment = -1, .band = 0}};
    static const char *const names[][3] = {{"amicable", "all", "all"},
                                           {"legal", "segment", "south"},
                                           {"legal", "score_band", "400-499"},
                                           {"legal", "segment", "north"},
                                           {"legal", "score_band", "0-99"}};
    const jk_overlap_band overlap[] = {{JK_TREAT_AMICABLE, 0.25, 0.5, {7, 9}, {1000.5, 2000.25}},
                                       {JK_TREAT_LEGAL, 0.0, 0.05, {3, 0}, {70.5, 0.0}}};
    const jk_experiment of = {
        .model = &model, .result = {.effect_count = 5, .effects = effects, .overlap_count = 2, .overlap = overlap}};
    const jk_listing listing = jk_effects_listing(&of), bands = jk_overlap_listing(&of);
    assert_string_equal(listing.name, "fit --experiment");
    assert_string_equal(bands.name, "fit --experiment, overlap");
    assert_true(listing.rows == 5 && jk_effects_listing(NULL).rows == 0);
    assert_true(bands.rows == 2 && jk_overlap_listing(NULL).rows == 0);
    for (size_t r = 0; r < 5; r++) {
        const jk_effect *e = &effects[r];
        ROW_IS(&listing, r, {"treatment", names[r][0], 0}, {"group", names[r][1], 0}, {"name", names[r][2], 0},
               {"claims", NULL, (double)e->claims[1]}, {"claims_watched", NULL, (double)e->claims[0]},
               {"payers", NULL, (double)e->payers[1]}, {"payers_watched", NULL, (double)e->payers[0]},
               {"rate", NULL, 100.0 * e->rate[1]}, {"rate_watched", NULL, 100.0 * e->rate[0]},
               {"uplift", NULL, 100.0 * e->uplift}, {"uplift_low", NULL, 100.0 * e->low},
               {"uplift_high", NULL, 100.0 * e->high}, {"hidden", NULL, e->hidden});
    }
    ROW_IS(&bands, 0, {"treatment", "amicable", 0}, {"chance_from", NULL, 0.25}, {"chance_to", NULL, 0.5},
           {"claims", NULL, 9.0}, {"claims_watched", NULL, 7.0}, {"balance", NULL, 2000.25},
           {"balance_watched", NULL, 1000.5});
    ROW_IS(&bands, 1, {"treatment", "legal", 0}, {"chance_from", NULL, 0.0}, {"chance_to", NULL, 0.05},
           {"claims", NULL, 0.0}, {"claims_watched", NULL, 3.0}, {"balance", NULL, 0.0},
           {"balance_watched", NULL, 70.5});
    static const decimals of_effects[] = {{"rate", 4},       {"rate_watched", 4}, {"uplift", 4},
                                          {"uplift_low", 4}, {"uplift_high", 4},  {"hidden", 2}};
    static const decimals of_bands[] = {{"chance_from", 2}, {"chance_to", 2}};
    expect_decimals(&listing, of_effects, sizeof of_effects / sizeof of_effects[0]);
    expect_decimals(&bands, of_bands, sizeof of_bands / sizeof of_bands[0]);
}

static void calibrations(void **state) {
    (void)state;
    jk_own_calibration_group groups[] = {{.segment = "all",
                                          .state = JK_CALIBRATED,
                                          .rows = 90,
                                          .without_score = 13,
                                          .debtors = 41,
                                          .payers = 22,
                                          .cash = 700.5,
                                          .expected = 650.25,
                                          .slope = 0.875,
                                          .intercept = 2.5,
                                          .slope_error = 0.0625,
                                          .intercept_error = 0.125,
                                          .covariance = -0.015625,
                                          .slope_before = 1.0,
                                          .intercept_before = 3.0},
                                         {.segment = "north", .state = JK_CALIBRATED_BY_ALL},
                                         {.segment = "south", .state = JK_CALIBRATED_LEVEL},
                                         {.segment = "rest", .state = JK_CALIBRATED_NOT}};
    static const char *const states[] = {"its rows", "all segments", "the level alone", "nothing"};
    const jk_own_calibration calibration = {.count = 4, .groups = groups};
    const jk_listing listing = jk_own_calibration_listing(&calibration);
    assert_string_equal(listing.name, "calibration");
    assert_true(listing.rows == 4 && jk_own_calibration_listing(NULL).rows == 0);
    for (size_t r = 0; r < 4; r++) {
        const jk_own_calibration_group *g = &groups[r];
        ROW_IS(&listing, r, {"segment", g->segment, 0}, {"state", states[r], 0}, {"rows", NULL, (double)g->rows},
               {"without_score", NULL, (double)g->without_score}, {"debtors", NULL, (double)g->debtors},
               {"payers", NULL, (double)g->payers}, {"cash", NULL, g->cash}, {"expected", NULL, g->expected},
               {"slope", NULL, g->slope}, {"slope_error", NULL, g->slope_error}, {"intercept", NULL, g->intercept},
               {"intercept_error", NULL, g->intercept_error}, {"covariance", NULL, g->covariance},
               {"slope_before", NULL, g->slope_before}, {"intercept_before", NULL, g->intercept_before});
    }
    static const decimals of[] = {{"slope", 6},           {"slope_error", 6}, {"intercept", 6},
                                  {"intercept_error", 6}, {"covariance", 9},  {"slope_before", 6},
                                  {"intercept_before", 6}};
    expect_decimals(&listing, of, sizeof of / sizeof of[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_fit),    cmocka_unit_test(figures_of_payers), cmocka_unit_test(levels_of_payers),
        cmocka_unit_test(effects_and_overlap), cmocka_unit_test(calibrations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
