/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a history as a fit has them, held against the history row by row; what there is of each curve, class and
 * level by plain sums, and the parameters that this makes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"
#include "fit/payers/payers.h"

enum { SEGMENTS = 2, CURVES = SEGMENTS * JK_TREATMENT_COUNT, ITEMS = 2, MARKS = 1, THREADS = 2 };

/* A row as the panel has it. */
typedef struct row {
    double cash, balance, months, age, garnish, dividend, theta, marks;
    int32_t debtor, claim, start;
    int segment, treatment, title, class, given, forced, employment;
} row;

typedef struct history {
    jk_model model;
    jk_segment segment[SEGMENTS];
    jk_jurisdiction country[1];
    jk_panel *panel;
    row *row;
    size_t rows, debtors;
    uint8_t *state, *first;
    double share[CURVES];
    jk_fit fit;
} history;

static int make_history(void **state) {
    (void)state;
    return make_panel(900, 0.5, 0.3);
}

static jk_status take_rows(void *context, const jk_panel_block *block, jk_error *error) {
    (void)error;
    history *h = context;
    const int8_t *employment = JK_BLOCK_ENUM(block->block, EMPLOYMENT);
    double *marks = calloc(block->rows, sizeof *marks);
    assert_non_null(marks);
    jk_score_numbers(jk_panel_scorer(h->panel), MARKS, block->block, block->law, marks);
    for (size_t i = 0; i < block->rows; i++) {
        const int by_score = block->score->capacity_class[i];
        row *r = &h->row[block->first_row + i];
        *r = (row){.cash = block->cash[i],
                   .balance = block->balance_start[i],
                   .months = block->months[i],
                   .age = block->age_start[i],
                   .garnish = block->garnish[i],
                   .dividend = block->law->dividend[i],
                   .marks = marks[i],
                   .debtor = block->debtor[i],
                   .claim = block->claim[i],
                   .start = block->period_start[i],
                   .segment = block->law->segment[i],
                   .treatment = block->treatment[i],
                   .title = block->title_state[i],
                   .given = block->class_start[i] >= 0,
                   .class = block->class_start[i] >= 0 ? block->class_start[i] : by_score,
                   .forced = block->law->class_override[i] >= 0,
                   .employment = employment[i]};
        r->theta = exp(block->score->eta[i] - h->segment[r->segment].theta_center[r->class]);
    }
    free(marks);
    return JK_OK;
}

/* The base model with changes: `known` is whether something may be garnished or paid as dividends; nothing is learnt of
 * cases that wait for a title in the last segment. */
static history *new_history(bool known) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    jk_error error = {0};
    h->model = *base;
    memcpy(h->segment, base->segments, sizeof h->segment);
    h->model.segments = h->segment;
    for (int k = 0; k < JK_CAPACITY_COUNT && known; k++) {
        h->segment[0].garnish_share[k] = 0.1 + 0.2 * k;
    }
    static const jk_attachable_band band = {1.0, 0.3, 12.0};
    static const jk_legal_status with_dividends[] = {JK_STATUS_BANKRUPTCY, JK_STATUS_DEBT_ADJUSTMENT,
                                                     JK_STATUS_ENFORCEMENT};
    for (size_t i = 0; i < sizeof with_dividends / sizeof with_dividends[0] && known; i++) {
        h->model.statuses[with_dividends[i]].dividend_monthly = 0.01;
    }
    assert_int_equal(base->jurisdiction_count, 1);
    h->country[0] = base->jurisdictions[0];
    h->country[0].attachable.allowed = 1;
    h->country[0].attachable.base = 500.0;
    h->country[0].attachable.max_share = 1.0;
    h->country[0].attachable.assumed_attachable = 80.0;
    h->country[0].attachable.band_count = 1;
    h->country[0].attachable.bands = &band;
    h->model.jurisdictions = h->country;
    h->segment[1].pre_title_factor = 0.0;
    h->segment[1].theta_center[1] = 0.125;
    must(jk_panel_open(panel_path, &h->model, &h->panel, &error), &error);
    h->rows = jk_tape_rows(jk_panel_tape(h->panel));
    h->debtors = jk_tape_debtors(jk_panel_tape(h->panel));
    h->row = calloc(h->rows, sizeof *h->row);
    h->state = calloc(h->rows, 1);
    h->first = calloc(h->rows, 1);
    assert_true(h->row != NULL && h->state != NULL && h->first != NULL);
    must(jk_panel_stream(h->panel, &(jk_run){.threads = 1}, take_rows, h, &error), &error);
    for (size_t i = 0; i < h->rows; i++) {
        h->state[i] = (uint8_t)(i * 7 % 4);
        h->first[i] = i % 3 == 0;
    }
    for (size_t c = 0; c < CURVES; c++) {
        h->share[c] = 0.5 + 0.05 * (double)c;
    }
    h->fit = (jk_fit){.base = &h->model, .options = jk_fit_defaults(), .panel = h->panel, .arena = jk_arena_create()};
    h->fit.options.run = (jk_run){.threads = THREADS, .block_rows = 700};
    assert_non_null(h->fit.arena);
    return h;
}

static void read_rows(history *h, bool states) {
    jk_error error = {0};
    must(jk_fit_rows_read(h->panel, &h->model, &h->fit.options, h->share, states ? h->state : NULL, h->first,
                          &h->fit.rows, &error),
         &error);
}

static void free_history(history *h) {
    jk_fit_rows_reset(&h->fit.rows);
    jk_fit_design_reset(&h->fit.design);
    jk_arena_free(h->fit.arena);
    jk_panel_close(h->panel);
    free(h->row);
    free(h->state);
    free(h->first);
    free(h);
}

static void near(double got, double wanted, const char *what, size_t of) {
    if (!(fabs(got - wanted) <= 1e-12 * fmax(fabs(wanted), 1.0))) {
        fail_msg("%s of %zu: %.17g, expected %.17g", what, of, got, wanted);
    }
}

/* ---- row by row -------------------------------------------------------------------------------------------------- */

/* Levels in the order of the base model: employed, unemployed, retired, other, missing. */
static size_t employment_level(int value) {
    static const char *const names[] = {"employed", "unemployed", "retired"};
    for (size_t l = 0; l < 3 && value >= 0; l++) {
        if (value == jk_schema_level(JK_COLUMN_EMPLOYMENT, names[l], strlen(names[l]))) {
            return l;
        }
    }
    return value < 0 || value == JK_EMPLOYMENT_UNKNOWN ? 4 : 3;
}

static void row_is(const history *h, size_t at, size_t i, bool known, bool states) {
    const jk_fit_rows *got = &h->fit.rows;
    const row *r = &h->row[i];
    const jk_segment *segment = &h->segment[r->segment];
    const bool legal = r->treatment == JK_TREAT_LEGAL, titled = r->title == JK_TITLE_HELD;
    const int state = states ? h->state[i] : JK_PAYER_AS_EVER;
    const double garnished = legal && titled ? segment->garnish_share[r->class] * r->garnish : 0.0;
    const size_t curve = (size_t)(r->segment * JK_TREATMENT_COUNT + r->treatment);
    double weight = legal && !titled && r->segment == 1 ? 0.0 : r->balance;
    weight = state == JK_PAYER_SILENT ? 0.0 : weight;
    const double cash = state == JK_PAYER_AS_EVER ? r->cash : state == JK_PAYER_BEGINS ? h->share[curve] * weight : 0.0;
    near(got->cash[at], cash, "cash", at);
    near(got->weight[at], weight, "weight", at);
    near(got->start[at], r->age, "age", at);
    near(got->months[at], state == JK_PAYER_BEGINS ? r->months / 2.0 : r->months, "months", at);
    assert_int_equal(got->curve[at], curve);
    assert_int_equal(got->first[at], h->first[i]);
    assert_true((got->known != NULL) == known);
    if (known) {
        near(got->known[at], state == JK_PAYER_AS_EVER ? (garnished + r->dividend) * r->balance * r->months : 0.0,
             "known", at);
    }
    assert_int_equal(got->garnished[at], known && garnished > 0.0 && !(r->dividend > 0.0));
    assert_true(fabs((double)got->base_theta[at] / r->theta - 1.0) < 1e-6);
    const uint8_t *level = got->level + at * got->terms;
    assert_int_equal(level[JK_FIT_TERM_CLASS], r->class + (r->given ? 0 : 3) + (r->forced ? 6 : 0));
    assert_int_equal(level[JK_FIT_TERM_PENDING], legal && !titled);
    assert_int_equal(level[JK_FIT_TERMS_FIXED], employment_level(r->employment));
    if (got->cuts[MARKS].count == 0) {
        assert_int_equal(level[JK_FIT_TERMS_FIXED + MARKS], isnan(r->marks)  ? 3
                                                            : r->marks < 1.0 ? 0
                                                            : r->marks < 4.0 ? 1
                                                                             : 2);
    } else {
        size_t bin = 0;
        while (!isnan(r->marks) && r->marks >= got->cuts[MARKS].below[bin]) {
            bin++;
        }
        assert_int_equal(level[JK_FIT_TERMS_FIXED + MARKS], isnan(r->marks) ? got->cuts[MARKS].count : bin);
    }
}

/* Debtor after debtor, the rows of each as the panel has them; sums of them all. */
static void check_rows(const history *h, bool known, bool states) {
    const jk_fit_rows *got = &h->fit.rows;
    const jk_panel_filter *filter = &h->fit.options.filter;
    size_t at = 0, clusters = 0, payers = 0, unlike = 0;
    double exposure = 0.0, cash = 0.0;
    for (size_t d = 0; d < h->debtors; d++) {
        const size_t begin = at;
        double paid = 0.0;
        for (size_t i = 0; i < h->rows; i++) {
            const bool in = filter->from == JK_MISSING_INTEGER || h->row[i].start >= filter->from;
            if (h->row[i].debtor == (int32_t)d && in) {
                row_is(h, at, i, known, states);
                exposure += got->weight[at] * got->months[at];
                cash += got->cash[at];
                paid += got->cash[at];
                unlike += at != i;
                at++;
            }
        }
        if (at > begin) {
            assert_int_equal(got->cluster_begin[clusters], begin);
            clusters++;
            payers += paid > 0.0;
        }
    }
    assert_true(got->columns.rows == at && got->columns.clusters == clusters && got->cluster_begin[clusters] == at);
    assert_true(got->payers == payers && unlike > 0 && got->terms == 4 && got->characteristics == ITEMS);
    near(got->exposure, exposure, "exposure", 0);
    near(got->total_cash, cash, "cash", 0);
    assert_true(got->columns.cash == got->cash && got->columns.weight == got->weight &&
                got->columns.start == got->start);
    assert_true(got->columns.months == got->months && got->columns.known == got->known &&
                got->columns.curve == got->curve);
    assert_true(got->columns.level == got->level && got->columns.cluster_begin == got->cluster_begin);
}

static void rows_are_those_of_the_panel(void **state) {
    (void)state;
    for (int how = 0; how < 5; how++) {
        history *h = new_history(how % 2 == 0);
        double garnished = 0.0, dividends = 0.0;
        for (size_t i = 0; i < h->rows; i++) {
            const row *r = &h->row[i];
            garnished += r->treatment == JK_TREAT_LEGAL && r->title == JK_TITLE_HELD ? r->garnish : 0.0;
            dividends += r->dividend;
        }
        assert_true(garnished > 0.0 && (dividends > 0.0) == (how % 2 == 0));
        h->fit.options.filter.from = how == 3 ? jk_panel_span_of(h->panel).first_start + 100 : JK_MISSING_INTEGER;
        h->fit.options.auto_bins = how == 4;
        read_rows(h, how == 1 || how == 2);
        assert_true((h->fit.rows.cuts[MARKS].count > 0) == (how == 4));
        check_rows(h, how % 2 == 0, how == 1 || how == 2);
        free_history(h);
    }
}

/* A model that something is known of for one reason alone: garnishment of one class, dividends of one status. */
static void reasons_to_know_something(void **state) {
    (void)state;
    for (int how = 0; how < 4; how++) {
        history *h = new_history(false);
        jk_error error = {0};
        h->segment[1].garnish_share[2] = how == 0 ? 0.1 : 0.0;
        h->segment[0].garnish_share[0] = how == 1 ? 0.1 : 0.0;
        h->model.statuses[how == 2 ? 0 : JK_LEGAL_STATUS_COUNT - 1].dividend_monthly = how >= 2 ? 0.001 : 0.0;
        must(jk_fit_rows_read(h->panel, &h->model, &h->fit.options, h->share, NULL, h->first, &h->fit.rows, &error),
             &error);
        assert_non_null(h->fit.rows.known);
        free_history(h);
    }
}

/* What no fit can be of is told: trees, networks, scores of others, too many characteristics or levels, no rows. */
static void models_that_cannot_be_fitted(void **state) {
    (void)state;
    static const char *const keys[] = {
        "scorecard.trees", "scorecard.network", "scorecard.own_score", "scorecard.characteristics", "many", ""};
    static jk_characteristic many[JK_PPML_TERMS_MAX];
    static const jk_characteristic wide = {.name = "many", .is_numeric = 1, .count = JK_FIT_LEVELS_MAX};
    for (int how = 0; how < 6; how++) {
        history *h = new_history(false);
        jk_error error = {0};
        jk_scorecard *card = &h->model.scorecard;
        card->trees = how == 0 ? (const jk_trees *)(const void *)many : NULL;
        card->network = how == 1 ? (const jk_network *)(const void *)many : NULL;
        card->own_score = how == 2 ? (const jk_own_score *)(const void *)many : NULL;
        card->characteristics = how == 3 ? many : how == 4 ? &wide : card->characteristics;
        card->count = how == 3 ? JK_PPML_TERMS_MAX - 1 : how == 4 ? 1 : card->count;
        h->fit.options.filter.from = how == 5 ? jk_panel_span_of(h->panel).last_start + 1 : JK_MISSING_INTEGER;
        const jk_status status =
            jk_fit_rows_read(h->panel, &h->model, &h->fit.options, h->share, NULL, h->first, &h->fit.rows, &error);
        assert_int_equal(status, how == 5 ? JK_ERROR_DATA : JK_ERROR_MODEL);
        assert_string_equal(error.key, keys[how]);
        assert_true(h->fit.rows.memory == NULL && h->fit.rows.cuts == NULL);
        h->model.scorecard = base->scorecard; /* which the panel is bound to */
        free_history(h);
    }
}

/* ---- fine bins --------------------------------------------------------------------------------------------------- */

static void bounds_are(const double *sample, size_t count, size_t most, const double *bounds, size_t bins) {
    double values[2000];
    jk_fit_cuts cuts = {0};
    memcpy(values, sample, count * sizeof *values);
    assert_int_equal(jk_fit_cuts_make(values, count, most, &cuts, NULL), JK_OK);
    assert_int_equal(cuts.count, bins + 1);
    for (size_t b = 0; b < bins; b++) {
        near(cuts.below[b], bounds[b], "bound", b);
    }
    assert_true(isinf(cuts.below[bins]));
    free(cuts.below);
}

static void fine_bins(void **state) {
    (void)state;
    double sample[2000];
    for (int i = 0; i < 1000; i++) { /* 12340 to 13339 backwards, every other one unknown */
        sample[2 * i] = 13339.0 - i;
        sample[2 * i + 1] = i % 2 == 0 ? NAN : INFINITY;
    }
    bounds_are(sample, 2000, 4, (const double[]){12590.0, 12840.0, 13000.0}, 3); /* 12,000 is below the lowest */
    for (int i = 0; i < 100; i++) {
        sample[i] = 0.01 * (i + 1);
    }
    bounds_are(sample, 100, 5, (const double[]){0.21, 0.41, 0.61, 0.81}, 4);
    for (int i = 0; i < 100; i++) {
        sample[i] = i - 150.5;
    }
    bounds_are(sample, 100, 2, (const double[]){-110.0}, 1); /* downwards from -100.5 */
    for (int i = 0; i < 100; i++) { /* six in ten have nothing: a bin of their own, and the same bound but once */
        sample[i] = i < 60 ? 0.0 : 0.5 * (i - 59);
    }
    bounds_are(sample, 100, 10, (const double[]){0.5, 5.5, 10.0, 15.0}, 4);
    for (int i = 0; i < 10; i++) {
        sample[i] = 7.0;
    }
    bounds_are(sample, 10, 4, NULL, 0);
    bounds_are(sample, 0, 4, NULL, 0);
    sample[9] = 9.9996;
    bounds_are(sample, 10, 2, (const double[]){9.9}, 1);
    double below[] = {1.0, 4.5, INFINITY};
    const jk_fit_cuts cuts = {.count = 3, .below = below};
    assert_true(jk_fit_cuts_bin(&cuts, 0.99) == 0 && jk_fit_cuts_bin(&cuts, 1.0) == 1 &&
                jk_fit_cuts_bin(&cuts, 4.4) == 1);
    assert_true(jk_fit_cuts_bin(&cuts, 4.5) == 2 && jk_fit_cuts_bin(&cuts, 1e9) == 2 &&
                jk_fit_cuts_bin(&cuts, NAN) == 3);
}

/* ---- the survey, references and parameters ------------------------------------------------------------------------
 */

static void survey_is_plain_sums(void **state) {
    (void)state;
    history *h = new_history(true);
    jk_error error = {0};
    read_rows(h, false);
    must(jk_fit_survey_rows(&h->fit, &error), &error);
    must(jk_fit_card_init(&h->fit, &error), &error);
    const jk_fit_survey *got = &h->fit.survey;
    const jk_fit_rows *rows = &h->fit.rows;
    assert_int_equal(got->curves, CURVES);
    for (size_t c = 0; c < CURVES; c++) {
        double exposure[JK_FIT_CLASS_CODES] = {0.0}, cash[JK_FIT_CLASS_CODES] = {0.0};
        size_t count = 0;
        for (size_t i = 0; i < rows->columns.rows; i++) {
            const int code = rows->level[i * rows->terms];
            exposure[code] += rows->curve[i] == c ? rows->weight[i] * rows->months[i] : 0.0;
            cash[code] += rows->curve[i] == c ? rows->cash[i] : 0.0;
            count += rows->curve[i] == c;
        }
        assert_int_equal(got->curve_rows[c], count);
        int reference = -1;
        for (int code = 0; code < JK_FIT_CLASS_CODES; code++) {
            near(got->class_exposure[c][code], exposure[code], "exposure of a class", c);
            near(got->class_cash[c][code], cash[code], "cash of a class", c);
        }
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            reference = cash[k] + cash[k + 3] + cash[k + 6] + cash[k + 9] > 0.0 ? k : reference;
        }
        assert_int_equal(h->fit.class_reference[c], reference >= 0 ? reference : JK_CAPACITY_ABLE);
    }
    for (size_t item = 0; item < ITEMS; item++) {
        for (size_t l = 0; l < (item == MARKS ? 4 : 5); l++) {
            double exposure = 0.0, cash = 0.0;
            for (size_t i = 0; i < rows->columns.rows; i++) {
                const bool has = rows->level[i * rows->terms + JK_FIT_TERMS_FIXED + item] == l;
                exposure += has ? rows->weight[i] * rows->months[i] : 0.0;
                cash += has ? rows->cash[i] : 0.0;
            }
            near(got->level_exposure[item][l], exposure, "exposure of a level", l);
            near(got->level_cash[item][l], cash, "cash of a level", l);
        }
        assert_int_equal(h->fit.card[item].fine, item == MARKS ? 4 : 5);
        assert_int_equal(h->fit.card[item].levels, item == MARKS ? 4 : 5);
    }
    size_t payers[JK_TREATMENT_COUNT] = {100, 200, 300}, wanted[JK_TREATMENT_COUNT] = {100, 200, 300};
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            double paid = 0.0;
            for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
                paid += rows->curve[i] % JK_TREATMENT_COUNT == t ? rows->cash[i] : 0.0;
            }
            wanted[t] += paid > 0.0;
        }
    }
    jk_fit_count_payers(&h->fit, payers);
    assert_memory_equal(payers, wanted, sizeof payers);
    free_history(h);
}

/* The level with most exposure of those that pay a hundredth of the mean. */
static void references_pay(void **state) {
    (void)state;
    static const struct {
        double exposure[4], cash[4];
        size_t reference;
    } cases[] = {
        {{100, 300, 200, 50}, {1, 3, 2, 1}, 1},   {{100, 300, 300, 50}, {1, 3, 3, 1}, 1},
        {{100, 300, 200, 50}, {1, 0, 2, 1}, 2},   {{100, 300, 200, 50}, {1, 0.01, 2, 1}, 2},
        {{100, 300, 200, 400}, {0, 0, 0, 0}, 3},  {{400, 300, 200, 50}, {0, 0, 0, 5}, 3},
        {{400, 300, 200, 50}, {4, 0, 0, 0.5}, 0}, {{300, 300, 1, 1}, {0.0299, 0.0301, 0, 5.96}, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static double exposure[1][JK_FIT_LEVELS_MAX + 6], cash[1][JK_FIT_LEVELS_MAX + 6];
        jk_fit_card_item card = {.fine = 4, .levels = 4, .level_of = {0, 1, 2, 3}, .reference = 9};
        jk_fit fit = {.card = &card, .survey = {.level_exposure = exposure, .level_cash = cash}};
        for (size_t l = 0; l < 4; l++) {
            exposure[0][l] = cases[i].exposure[l];
            cash[0][l] = cases[i].cash[l];
            fit.rows.exposure += exposure[0][l];
            fit.rows.total_cash += cash[0][l];
        }
        jk_fit_set_reference(&fit, 0);
        if (card.reference != cases[i].reference) {
            fail_msg("case %zu: level %zu, expected %zu", i, card.reference, cases[i].reference);
        }
    }
}

/* Classes are fitted where the panel gives them for half of a segment's exposure; a segment without rows goes with all.
 */
static void classes_that_the_panel_gives(void **state) {
    (void)state;
    for (int how = 0; how < 5; how++) {
        history *h = new_history(false);
        jk_error error = {0};
        read_rows(h, false);
        must(jk_fit_survey_rows(&h->fit, &error), &error);
        for (size_t c = 0; c < CURVES; c++) {
            const bool south = c >= JK_TREATMENT_COUNT;
            for (int code = 0; code < JK_FIT_CLASS_CODES; code++) {
                const bool scored = code / 3 % 2 == 1;
                double exposure = scored ? 10.0 : how == 1 ? 9.0 : how == 2 ? 11.0 : 10.0;
                exposure = south ? (how == 4 ? (scored ? 90.0 : 1.0) : 0.0) : exposure;
                h->fit.survey.class_exposure[c][code] = how == 3 ? 0.0 : exposure;
            }
        }
        must(jk_fit_card_init(&h->fit, &error), &error);
        assert_int_equal(h->fit.class_fitted[0], how != 1 && how != 3);
        assert_int_equal(h->fit.class_fitted[1], how != 1 && how != 3 && how != 4);
        free_history(h);
    }
}

/* Each parameter of the likelihood, in its order: steps of curves that have rows, classes with exposure, the factor of
 * pending cases where it is not 1, levels; what is held, and at what. */
static void parameters_in_their_order(void **state) {
    (void)state;
    for (int how = 0; how < 3; how++) {
        history *h = new_history(false);
        jk_error error = {0};
        read_rows(h, false);
        h->segment[1].pre_title_factor = how == 1 ? 1.0 : 0.0;
        jk_fit *fit = &h->fit;
        fit->options.monotone_count = 1;
        fit->options.monotone[0] = (jk_fit_monotone){"default_marks", -1};
        must(jk_fit_survey_rows(fit, &error), &error);
        must(jk_fit_card_init(fit, &error), &error);
        assert_true(fit->card[MARKS].direction == -1 && fit->card[0].direction == 0);
        fit->points_held = how == 2;
        fit->survey.curve_rows[4] = 0; /* as if the second segment were never amicable */
        must(jk_fit_design_build(fit, &error), &error);
        const jk_fit_design *design = &fit->design;
        int32_t next = 0;
        for (size_t c = 0; c < CURVES; c++) {
            const jk_steps *steps = &h->segment[c / 3].curve[c % 3];
            assert_int_equal(design->ppml.curve[c].count, steps->count);
            for (size_t k = 0; k < steps->count; k++) {
                assert_true(design->ppml.curve[c].month[k] == (double)steps->month[k]);
                const int32_t p = design->curve_parameter[c][k];
                assert_int_equal(p, fit->survey.curve_rows[c] > 0 ? next++ : -1);
                assert_int_equal(design->ppml.curve[c].parameter[k], p);
                if (p >= 0) {
                    const jk_fit_parameter *of = &design->parameter[p];
                    assert_true(of->kind == JK_FIT_CURVE && of->curve == (int)c && of->index == (int)k &&
                                of->item == -1);
                    assert_true(!design->held[p] && !of->pending);
                }
            }
        }
        for (size_t c = 0; c < CURVES; c++) {
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                const double *exposure = fit->survey.class_exposure[c];
                const bool has = exposure[k] + exposure[k + 3] + exposure[k + 6] + exposure[k + 9] > 0.0;
                const int32_t p = design->class_parameter[c][k];
                assert_int_equal(p, has && fit->class_fitted[c / 3] ? next++ : -1);
                for (int code = k; code < JK_FIT_CLASS_CODES; code += 3) {
                    assert_int_equal(
                        design->ppml.term[JK_FIT_TERM_CLASS].parameter[c * JK_FIT_CLASS_CODES + (size_t)code], p);
                }
                if (p >= 0) {
                    const jk_fit_parameter *of = &design->parameter[p];
                    assert_true(of->kind == JK_FIT_CLASS && of->curve == (int)c && of->index == k && !of->pending);
                    assert_true(design->held[p] == (k == fit->class_reference[c]) && design->start[p] == 0.0);
                }
            }
        }
        for (size_t c = 0; c < CURVES; c++) {
            const jk_ppml_term *term = &design->ppml.term[JK_FIT_TERM_PENDING];
            const bool wanted = c == JK_TREAT_LEGAL; /* the other segment's factor is 0 or 1 */
            assert_int_equal(term->parameter[2 * c], -1);
            assert_int_equal(term->parameter[2 * c + 1], wanted ? next : -1);
            if (wanted) {
                assert_true(design->parameter[next].pending && design->held[next]);
                near(design->start[next], log(0.5), "factor", c);
                next++;
            }
        }
        for (size_t item = 0; item < ITEMS; item++) {
            const jk_ppml_term *term = &design->ppml.term[JK_FIT_TERMS_FIXED + item];
            assert_true(term->levels == fit->card[item].fine && !term->by_curve);
            for (size_t l = 0; l < fit->card[item].levels; l++) {
                const int32_t p = design->level_parameter[item][l];
                const jk_fit_parameter *of = &design->parameter[p];
                assert_int_equal(p, next++);
                assert_int_equal(term->parameter[l], p);
                assert_true(of->kind == JK_FIT_POINTS && of->item == (int)item && of->index == (int)l &&
                            of->curve == -1);
                assert_int_equal(design->held[p], how == 2 || l == fit->card[item].reference);
            }
        }
        assert_true(design->ppml.parameters == (size_t)next && design->ppml.terms == 4 &&
                    design->ppml.curves == CURVES);
        assert_true(design->ppml.term[JK_FIT_TERM_CLASS].by_curve && design->ppml.term[JK_FIT_TERM_PENDING].by_curve);
        assert_true(design->ppml.term[JK_FIT_TERM_CLASS].levels == JK_FIT_CLASS_CODES);
        assert_true(design->ppml.term[JK_FIT_TERM_PENDING].levels == 2);
        free_history(h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_the_panel),  cmocka_unit_test(reasons_to_know_something),
        cmocka_unit_test(models_that_cannot_be_fitted), cmocka_unit_test(fine_bins),
        cmocka_unit_test(survey_is_plain_sums),         cmocka_unit_test(references_pay),
        cmocka_unit_test(classes_that_the_panel_gives), cmocka_unit_test(parameters_in_their_order),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
