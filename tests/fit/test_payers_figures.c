/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of payers from parts of debtors that are drawn here: ratios, errors and covariances summed once more debtor
 * by debtor, and what thin segments lean on. */
#include <math.h>
#include <stdlib.h>

#include "base/number/distribution.h"
#include "cmocka_all.h"
#include "fit/payers/payers.h"
#include "fit/payers/payers_thin.h"

enum { SEGMENTS = 3, DEBTORS = 240, PARTS_MAX = DEBTORS * 12, CELLS = (SEGMENTS + 1) * JK_PAYER_CELLS };

typedef struct sample {
    jk_model model;
    jk_segment segment[SEGMENTS];
    jk_fit fit;
    struct jk_fit_payers payers;
    jk_payer_part part[PARTS_MAX], as_drawn[PARTS_MAX];
    jk_payer_row row[DEBTORS];
    uint8_t first[DEBTORS], whole_class[SEGMENTS];
} sample;

/* Segments unlike each other, alike but for chance, one of which alone much is known, or two beside one debtor. */
typedef enum made { UNLIKE, ALIKE, ONE_KNOWN, ONE_DEBTOR, MADE } made;

static double draw(uint64_t *state) {
    return (double)(jk_fit_scramble((*state)++) >> 11) * 0x1p-53;
}

static size_t segment_of(made how, int debtor) {
    return how == ONE_KNOWN    ? (debtor < 8    ? 1
                                  : debtor < 12 ? 2
                                                : 0)
           : how == ONE_DEBTOR ? (debtor == 5 ? 2 : (size_t)debtor / 2 % 2)
                               : (size_t)debtor % SEGMENTS;
}

/* Each debtor begins once, under one treatment and of one class, and has some payments. */
static sample *new_sample(made how, int shrink) {
    sample *s = calloc(1, sizeof *s);
    assert_non_null(s);
    uint64_t state = 3;
    for (int d = 0; d < DEBTORS; d++) {
        const size_t g = segment_of(how, d);
        const double own = how == UNLIKE || how == ONE_DEBTOR ? (double)g : 1.0;
        const uint8_t treatment = (uint8_t)(d / 3 % 2), class = (uint8_t)(d / 7 % 3); /* nobody is under legal */
        const size_t index = s->whole_class[g] ? 0 : class;
        jk_payer_part part = {.debtor = d, .treatment = treatment, .capacity_class = class, .denominator = 1.0};
        part.cell = (uint32_t)jk_payer_cell(g, JK_PAYER_SETTLED_SHARE, treatment);
        part.numerator = draw(&state) < 0.2 + 0.2 * own;
        s->as_drawn[s->payers.part_count++] = part;
        for (int i = (int)(5.0 * draw(&state)); i >= 0; i--) {
            part.cell = (uint32_t)jk_payer_cell(g, JK_PAYER_BREAKAGE, treatment);
            part.denominator = 1.0 + (int)(2.0 * draw(&state));
            part.numerator = draw(&state) < 0.1 + 0.1 * own;
            s->as_drawn[s->payers.part_count++] = part;
            part.cell = (uint32_t)jk_payer_cell(g, JK_PAYER_MONTHLY_SHARE, index);
            part.denominator = 1000.0 * (1.0 + draw(&state));
            part.numerator = part.denominator * (0.02 + 0.02 * own) * (0.5 + draw(&state));
            s->as_drawn[s->payers.part_count++] = part;
        }
        s->row[d] = (jk_payer_row){.balance = exp(5.0 + (double)g + draw(&state)), .row = (uint32_t)d};
        s->row[d].segment = (uint16_t)g;
        s->first[d] = d % 4 != 0;
    }
    for (size_t i = 0; i < s->payers.part_count; i++) {
        s->part[i] = s->as_drawn[i];
    }
    s->model = (jk_model){.segment_count = SEGMENTS, .segments = s->segment};
    s->payers.count = DEBTORS;
    s->payers.row = s->row;
    s->payers.first = s->first;
    s->payers.part = s->part;
    s->payers.whole_class = s->whole_class;
    s->fit.base = &s->model;
    s->fit.payers = &s->payers;
    s->fit.options.shrink = shrink;
    s->fit.arena = jk_arena_create();
    assert_non_null(s->fit.arena);
    return s;
}

static void free_sample(sample *s) {
    jk_arena_free(s->fit.arena);
    free(s);
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct figure {
    double above, below, debtors, ratio, link, variance, degrees, value, credibility;
    double own[DEBTORS]; /* how debtors move the link */
} figure;

static bool is_of(const jk_payer_part *part, size_t cell) {
    return part->cell == cell ||
           (cell >= SEGMENTS * JK_PAYER_CELLS && part->cell % JK_PAYER_CELLS == cell % JK_PAYER_CELLS);
}

/* What payments and ends are carried over by, as they lie in continuous time: c of the balance is paid a month and q
 * stop, of whom (1 - c)(1 - q) go on. */
static double carried(const sample *s, const jk_payer_part *of) {
    const size_t kind = of->cell % JK_PAYER_CELLS / 3;
    double c[2] = {0.0}, q[2] = {0.0};
    for (size_t i = 0; i < s->payers.part_count; i++) {
        const jk_payer_part *part = &s->as_drawn[i];
        const size_t other = part->cell % JK_PAYER_CELLS / 3;
        if (other == JK_PAYER_MONTHLY_SHARE && part->capacity_class == of->capacity_class) {
            c[0] += part->numerator;
            c[1] += part->denominator;
        } else if (other == JK_PAYER_BREAKAGE && part->treatment == of->treatment) {
            q[0] += part->numerator;
            q[1] += part->denominator;
        }
    }
    const double share = c[0] / c[1], stop = q[0] / q[1], on = (1.0 - share) * (1.0 - stop);
    const double rho = -log(on) * share / (1.0 - on), beta = -log(on) * stop * (1.0 - share) / (1.0 - on);
    assert_true(fabs(rho + beta + log(on)) < 1e-12);
    return kind == JK_PAYER_MONTHLY_SHARE ? rho / share : kind == JK_PAYER_BREAKAGE ? beta / stop : 1.0;
}

static void look_at(const sample *s, size_t cell, figure *f) {
    const bool share = cell % JK_PAYER_CELLS / 3 == JK_PAYER_SETTLED_SHARE;
    double above[DEBTORS] = {0.0}, below[DEBTORS] = {0.0}, p = 0.0, q = 0.0, qq = 0.0;
    *f = (figure){.link = NAN};
    for (size_t i = 0; i < s->payers.part_count; i++) {
        const jk_payer_part *part = &s->as_drawn[i];
        if (is_of(part, cell)) {
            above[part->debtor] += part->numerator * carried(s, part);
            below[part->debtor] += part->denominator;
        }
    }
    for (int d = 0; d < DEBTORS; d++) {
        f->above += above[d];
        f->below += below[d];
        f->debtors += below[d] > 0.0;
    }
    f->ratio = f->below > 0.0 ? f->above / f->below : NAN;
    if (!(f->ratio > 0.0) || (share && !(f->ratio < 1.0))) {
        return;
    }
    f->link = share ? log(f->ratio / (1.0 - f->ratio)) : log(f->ratio);
    for (int d = 0; d < DEBTORS; d++) {
        const double part = below[d] / f->below, odd = part * part / fmax(1.0 - part, 1e-9);
        f->own[d] = (above[d] - f->ratio * below[d]) / f->below / (f->ratio * (share ? 1.0 - f->ratio : 1.0)) /
                    sqrt(fmax(1.0 - part, 1e-9));
        f->variance += f->own[d] * f->own[d];
        p += part * part;
        q += odd;
        qq += odd * odd;
    }
    f->degrees = 1.0 / (p + q * q - qq);
}

/* DerSimonian and Laird's variance between segments of ten debtors and more. */
static double between(const figure *f, size_t j) {
    double w = 0.0, mean = 0.0, squares = 0.0, chance = 0.0, ww = 0.0, n = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t g = 0; g < SEGMENTS; g++) {
            const figure *one = &f[jk_payer_cell(g, JK_PAYER_MONTHLY_SHARE, j)];
            if (one->debtors >= 10.0 && one->variance > 0.0 && pass == 0) {
                w += 1.0 / one->variance;
                ww += 1.0 / one->variance / one->variance;
                mean += one->link / one->variance;
                n += 1.0;
            } else if (one->debtors >= 10.0 && one->variance > 0.0) {
                squares += (one->link - mean / w) * (one->link - mean / w) / one->variance;
            }
        }
        chance = n - 1.0;
    }
    return n >= 2.0 ? fmax(0.0, (squares - chance) / (w - ww / w)) : 0.0;
}

/* Where a class or treatment is known of fewer than ten debtors, all of its kind speak for it. */
static double parent_of(const figure *f, size_t kind, size_t j) {
    const figure *all = &f[jk_payer_cell(SEGMENTS, (jk_payer_figure)kind, 0)];
    if (isfinite(all[j].link) && all[j].debtors >= 10.0) {
        return all[j].link;
    }
    const double mean = (all[0].above + all[1].above + all[2].above) / (all[0].below + all[1].below + all[2].below);
    return kind == JK_PAYER_SETTLED_SHARE ? log(mean / (1.0 - mean)) : log(mean);
}

static void lean_on_the_large(const sample *s, size_t kind, figure *f) {
    double size[SEGMENTS] = {0.0}, count[SEGMENTS] = {0.0};
    for (int d = 0; d < DEBTORS; d++) {
        size[s->row[d].segment] += s->first[d] ? log(s->row[d].balance) : 0.0;
        count[s->row[d].segment] += s->first[d];
    }
    jk_payer_thin_cell cell[SEGMENTS * 3] = {{0}};
    for (size_t g = 0; g < SEGMENTS; g++) {
        size[g] /= count[g];
    }
    for (size_t i = 0; i < SEGMENTS * 3; i++) {
        const figure *one = &f[jk_payer_cell(i / 3, (jk_payer_figure)kind, i % 3)];
        cell[i] = (jk_payer_thin_cell){.numerator = one->above, .denominator = one->below};
    }
    jk_payer_thin thin = {.share = kind == JK_PAYER_SETTLED_SHARE, .segments = SEGMENTS, .size = size, .cell = cell};
    jk_fit_payers_thin(&thin);
    for (size_t i = 0; i < SEGMENTS * 3; i++) {
        figure *one = &f[jk_payer_cell(i / 3, (jk_payer_figure)kind, i % 3)];
        const bool own = isfinite(one->link);
        const double z = s->fit.options.shrink ? jk_fit_payers_thin_weight(&thin, i, one->variance) : own ? 1.0 : 0.0;
        one->credibility = own ? z : 0.0;
        one->value = z * jk_fit_payers_thin_link(&thin, i) + (1.0 - z) * cell[i].link;
    }
}

static figure *look(const sample *s) {
    figure *f = calloc(CELLS, sizeof *f);
    assert_non_null(f);
    for (size_t i = 0; i < CELLS; i++) {
        look_at(s, i, &f[i]);
    }
    lean_on_the_large(s, JK_PAYER_SETTLED_SHARE, f);
    lean_on_the_large(s, JK_PAYER_BREAKAGE, f);
    for (size_t j = 0; j < 3; j++) {
        const double t2 = between(f, j), parent = parent_of(f, JK_PAYER_MONTHLY_SHARE, j);
        for (size_t g = 0; g < SEGMENTS; g++) {
            figure *one = &f[jk_payer_cell(g, JK_PAYER_MONTHLY_SHARE, j)];
            const bool own = isfinite(one->link), known = own && one->debtors > 1.0;
            one->credibility = !s->fit.options.shrink ? (own ? 1.0 : 0.0) : known ? t2 / (t2 + one->variance) : 0.0;
            one->value = parent + (own ? one->credibility * (one->link - parent) : 0.0);
        }
    }
    for (size_t i = 0; i < JK_PAYER_CELLS; i++) {
        figure *one = &f[SEGMENTS * JK_PAYER_CELLS + i];
        const bool own = isfinite(one->link);
        one->credibility = own ? 1.0 : 0.0;
        one->value = own ? one->link : parent_of(f, i / 3, i % 3);
    }
    return f;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(double got, double wanted, const char *what, size_t of) {
    const bool same = (isnan(got) && isnan(wanted)) || fabs(got - wanted) <= 1e-9 * fmax(fabs(wanted), 1e-6);
    if (!same) {
        fail_msg("%s of %zu: %.17g, expected %.17g", what, of, got, wanted);
    }
}

static double from_link(size_t kind, double link) {
    return kind == JK_PAYER_SETTLED_SHARE ? 1.0 / (1.0 + exp(-link)) : exp(link);
}

static void check(const sample *s, const figure *f) {
    const jk_payers_result *result = &s->fit.payers_result;
    int own_parameters = 0;
    const size_t n = result->parameter_count;
    assert_int_equal(result->term_count, CELLS);
    for (size_t t = 0; t < CELLS; t++) {
        const jk_payer_term *term = &result->terms[t];
        const size_t kind = t / (3 * (SEGMENTS + 1)), g = t / 3 % (SEGMENTS + 1), j = t % 3;
        assert_true(term->figure == (jk_payer_figure)kind && term->index == (int)j && !term->together);
        assert_int_equal(term->segment, g == SEGMENTS ? -1 : (int)g);
        const figure *one = &f[jk_payer_cell(g, term->figure, j)];
        const bool known = isfinite(one->link) && one->debtors > 1.0;
        const double error = known ? sqrt(one->variance) : NAN,
                     half = known ? jk_student_95(one->degrees) * error : NAN;
        near(term->events, one->above, "events", t);
        near(term->exposure, one->below, "exposure", t);
        near(term->debtors, one->debtors, "debtors", t);
        near(term->estimate, one->ratio, "estimate", t);
        near(term->std_error, error, "error", t);
        near(term->low, from_link(kind, one->link - half), "low", t);
        near(term->high, from_link(kind, one->link + half), "high", t);
        near(term->value, from_link(kind, one->value), "value", t);
        near(term->credibility, one->credibility, "credibility", t);
        assert_int_equal(term->parameter >= 0, g < SEGMENTS && isfinite(one->link));
        own_parameters += term->parameter >= 0;
        for (size_t u = 0; u < CELLS && term->parameter >= 0; u++) {
            const jk_payer_term *other = &result->terms[u];
            double both = 0.0;
            for (int d = 0; d < DEBTORS && other->parameter >= 0; d++) {
                both +=
                    one->own[d] * f[jk_payer_cell((size_t)other->segment, other->figure, (size_t)other->index)].own[d];
            }
            if (other->parameter >= 0) {
                const double got = result->covariance[(size_t)term->parameter * n + (size_t)other->parameter];
                const figure *second = &f[jk_payer_cell((size_t)other->segment, other->figure, (size_t)other->index)];
                const double size = sqrt(one->variance * second->variance);
                assert_true(fabs(got - both) <= 1e-9 * size + 1e-11);
            }
        }
    }
    assert_int_equal(own_parameters, n);
}

static void figures_are_ratios_of_sums(void **state) {
    (void)state;
    for (int i = 0; i < 2 * MADE; i++) {
        sample *s = new_sample((made)(i / 2), i % 2);
        assert_int_equal(jk_fit_payers_figures(&s->fit, NULL), JK_OK);
        figure *f = look(s);
        check(s, f);
        free(f);
        free_sample(s);
    }
}

/* The samples are what they are meant to be: unlike, alike, and one that is known. */
static void samples_are_what_they_say(void **state) {
    (void)state;
    sample *s[MADE];
    figure *f[MADE];
    for (int i = 0; i < MADE; i++) {
        s[i] = new_sample((made)i, 1);
        f[i] = look(s[i]);
    }
    assert_true(between(f[UNLIKE], 0) > 0.0 && between(f[ONE_KNOWN], 0) == 0.0);
    assert_true(between(f[ONE_DEBTOR], 0) > 0.0);
    assert_true(f[ONE_DEBTOR][jk_payer_cell(2, JK_PAYER_MONTHLY_SHARE, 0)].debtors == 1.0);
    assert_true(between(f[ALIKE], 0) == 0.0 || between(f[ALIKE], 1) == 0.0 || between(f[ALIKE], 2) == 0.0);
    for (int i = 0; i < MADE; i++) {
        free(f[i]);
        free_sample(s[i]);
    }
}

/* Into the model: figures of its segments; classes that are taken together have one share; who had no payers keeps a
 * plan for what it costs to make one; nobody stops more than ten times a month. */
static void figures_into_the_model(void **state) {
    (void)state;
    sample *s = new_sample(UNLIKE, 1);
    jk_segment segments[SEGMENTS] = {{0}};
    s->fit.segments = segments;
    s->fit.payers_result.since_last_payment = 4;
    s->whole_class[2] = 1;
    segments[0].payers = (jk_payers){.given = true, .monthly = {7.0, 8.0, 9.0}};
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        segments[1].cost[t].monthly = 1.5 + t;
    }
    assert_int_equal(jk_fit_payers_figures(&s->fit, NULL), JK_OK);
    jk_payers_result *result = &s->fit.payers_result;
    assert_int_equal(result->term_count, CELLS - 2);
    jk_payer_term *terms = (jk_payer_term *)(uintptr_t)result->terms;
    for (size_t t = 0; t < result->term_count; t++) {
        terms[t].value = terms[t].figure == JK_PAYER_BREAKAGE && terms[t].segment == 1 ? 11.0 : terms[t].value;
    }
    jk_fit_payers_apply(&s->fit);
    for (size_t t = 0; t < result->term_count; t++) {
        const jk_payer_term *term = &terms[t];
        if (term->segment >= 0) {
            const jk_payers *to = &segments[term->segment].payers;
            const double got = term->figure == JK_PAYER_SETTLED_SHARE ? to->settled_share[term->index]
                               : term->figure == JK_PAYER_BREAKAGE    ? to->breakage[term->index]
                                                                      : to->monthly_share[term->index];
            assert_true(fabs(got - fmin(term->value, 10.0)) <= 1e-8 * term->value);
            assert_int_equal(term->together, term->figure == JK_PAYER_MONTHLY_SHARE && term->segment == 2);
        }
    }
    assert_true(segments[2].payers.monthly_share[0] > 0.0);
    assert_true(segments[2].payers.monthly_share[1] == segments[2].payers.monthly_share[0]);
    assert_true(segments[2].payers.monthly_share[2] == segments[2].payers.monthly_share[0]);
    assert_true(segments[1].payers.monthly_share[1] != segments[1].payers.monthly_share[0]);
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        assert_true(segments[0].payers.monthly[t] == 7.0 + t && segments[1].payers.monthly[t] == 1.5 + t);
    }
    for (size_t g = 0; g < SEGMENTS; g++) {
        assert_true(segments[g].payers.given && segments[g].payers.since_last_payment == 4);
    }
    free_sample(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_ratios_of_sums),
        cmocka_unit_test(samples_are_what_they_say),
        cmocka_unit_test(figures_into_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
