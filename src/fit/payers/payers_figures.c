/* SPDX-License-Identifier: Apache-2.0 */
/* Shares, instalments and breakage of payers: ratios of sums, their errors clustered by debtor, thin segments leaning
 * on all together.
 *
 * With q the share of spells ended per month paid and c the cash of a payment over the balance, a payer goes on for
 * another month with s = (1 - c)(1 - q). The chain of model.md section 4 has the same share of debtors paying after
 * each month, and the same cash, with rho + beta = -log s,   rho = (rho + beta) c / (1 - s),   beta = (rho + beta) q (1
 * - c) / (1 - s).
 *
 * Errors. The ratio of sums N / D has the influence (n_d - r d_d) / D for debtor d, and his part p_d = d_d / D of the
 * denominator draws the ratio to himself; errors and covariances are sums over debtors of products of influences over
 * root(1 - p_d) (CR2: Bell, McCaffrey 2002), carried to the links by their derivatives. Where variances go with d_d the
 * error has 1 / (sum p^2 + (sum q)^2 - sum q^2) degrees of freedom, q = p^2 / (1 - p) (Satterthwaite 1946).
 *
 * Thin segments. Settled shares and breakage lean on segments of debts as large (payers_thin.c). On the link's scale a
 * class's share of the balance is drawn to that of all segments by Z = t2 / (t2 + v), v its variance and t2 that
 * between segments by moments (DerSimonian, Laird, Controlled Clinical Trials 7 (1986), 177-188). */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"
#include "fit/payers/payers.h"
#include "fit/payers/payers_thin.h"

enum { KINDS = 3, OWN_MIN = 10 };

/* One ratio and what is made of it. */
typedef struct cell_figure {
    double numerator, denominator, debtors;
    double estimate, variance;    /* of the link; NaN: none */
    double slope;                 /* of the link by the ratio of sums */
    double part, odd, odd_square; /* sums over debtors of p^2, q and q^2 */
    double value, credibility;    /* on the link's scale */
    int parameter;                /* of the covariance; -1 */
} cell_figure;

typedef struct figures {
    jk_fit *fit;
    struct jk_fit_payers *payers;
    size_t segments;
    cell_figure *cell; /* [segments + 1][JK_PAYER_CELLS]; the last are all segments together */
    double *own;       /* [cells of one debtor] his influence */
    double *below;     /* likewise, his denominator */
} figures;

static bool is_share(size_t kind) {
    return kind == JK_PAYER_SETTLED_SHARE;
}
static double to_link(size_t kind, double value) {
    return is_share(kind) ? log(value / (1.0 - value)) : log(value);
}
static double from_link(size_t kind, double link) {
    return is_share(kind) ? 1.0 / (1.0 + exp(-link)) : exp(link);
}

/* ---- ratios ------------------------------------------------------------------------------------------------------ */

static void add_up(figures *self) {
    const struct jk_fit_payers *payers = self->payers;
    size_t cells = self->segments * JK_PAYER_CELLS;
    for (size_t i = 0; i < payers->part_count; i++) {
        const jk_payer_part *part = &payers->part[i];
        for (int all = 0; all < 2; all++) {
            cell_figure *cell = &self->cell[all ? cells + part->cell % JK_PAYER_CELLS : part->cell];
            cell->numerator += part->numerator;
            cell->denominator += part->denominator;
        }
    }
}

static double ratio_of(const cell_figure *cell) {
    return cell->denominator > 0.0 ? cell->numerator / cell->denominator : (double)NAN;
}

/* Mean over three cells of a kind, of all segments. */
static double mean_of(const figures *self, size_t kind) {
    double n = 0.0, d = 0.0;
    for (size_t j = 0; j < 3; j++) {
        const cell_figure *cell = &self->cell[jk_payer_cell(self->segments, (jk_payer_figure)kind, j)];
        n += cell->numerator;
        d += cell->denominator;
    }
    return d > 0.0 ? n / d : 0.0;
}

/* What carries a payment's share of the balance over to rho, and an end over to beta, by c and q. */
static double carried(size_t kind, double c, double q) {
    const double most = 0.999;
    double share = fmin(c, most), stop = fmin(q, most), s = (1.0 - share) * (1.0 - stop);
    double rate = s < 1.0 ? -log(s) / (1.0 - s) : 1.0;
    return kind == JK_PAYER_MONTHLY_SHARE ? rate : kind == JK_PAYER_BREAKAGE ? rate * (1.0 - share) : 1.0;
}

/* Sums as they stand give c by class and q by treatment; with them every part is carried over. */
static void carry_over(figures *self) {
    struct jk_fit_payers *payers = self->payers;
    double c[JK_CAPACITY_COUNT], q[JK_TREATMENT_COUNT], sums[2][2][3] = {{{0.0}}};
    for (size_t i = 0; i < payers->part_count; i++) {
        const jk_payer_part *part = &payers->part[i];
        size_t kind = part->cell % JK_PAYER_CELLS / 3;
        if (kind != JK_PAYER_SETTLED_SHARE) {
            bool share = kind == JK_PAYER_MONTHLY_SHARE;
            double *to = sums[share][0], *below = sums[share][1];
            to[share ? part->capacity_class : part->treatment] += part->numerator;
            below[share ? part->capacity_class : part->treatment] += part->denominator;
        }
    }
    for (int j = 0; j < 3; j++) {
        q[j] = sums[0][1][j] > 0.0 ? sums[0][0][j] / sums[0][1][j] : 0.0;
        c[j] = sums[1][1][j] > 0.0 ? sums[1][0][j] / sums[1][1][j] : 0.0;
    }
    for (size_t i = 0; i < payers->part_count; i++) {
        jk_payer_part *part = &payers->part[i];
        part->numerator *= carried(part->cell % JK_PAYER_CELLS / 3, c[part->capacity_class], q[part->treatment]);
    }
}

static void estimate_cell(size_t kind, cell_figure *cell) {
    double ratio = ratio_of(cell);
    cell->estimate = cell->value = (double)NAN;
    cell->variance = 0.0;
    bool inside = ratio > 0.0 && (!is_share(kind) || ratio < 1.0);
    if (!inside) {
        return;
    }
    cell->estimate = to_link(kind, ratio);
    cell->slope = is_share(kind) ? 1.0 / (ratio * (1.0 - ratio)) : 1.0 / ratio;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* Adds one debtor's products to the covariance; those of all segments together have a variance only. */
static void add_debtor(const figures *self, const uint32_t *touched, size_t count, double *covariance,
                       size_t parameters) {
    for (size_t a = 0; a < count; a++) {
        double x = self->own[touched[a]];
        cell_figure *cell = &self->cell[touched[a]];
        cell->variance += x * x;
        for (size_t b = 0; b < count && cell->parameter >= 0; b++) {
            int second = self->cell[touched[b]].parameter;
            if (second >= 0) {
                covariance[(size_t)cell->parameter * parameters + (size_t)second] += x * self->own[touched[b]];
            }
        }
    }
}

/* Of 1 less a debtor's part, that the rest is nothing but rounding. */
#define ALONE 1e-9

/* What a debtor's part of the denominator does to a cell's degrees of freedom; returns what his influence is divided
 * by. */
static double count_part(cell_figure *cell, double denominator) {
    double part = denominator / cell->denominator, rest = fmax(1.0 - part, ALONE), odd = part * part / rest;
    cell->part += part * part;
    cell->odd += odd;
    cell->odd_square += odd * odd;
    return sqrt(rest);
}

static double degrees_of(const cell_figure *cell) {
    return 1.0 / (cell->part + cell->odd * cell->odd - cell->odd_square);
}

/* Influence of a part on its cell, on the link's scale. */
static double influence(const cell_figure *cell, const jk_payer_part *part) {
    double ratio = ratio_of(cell);
    return cell->slope * (part->numerator - ratio * part->denominator) / cell->denominator;
}

static jk_status sum_errors(figures *self, double *covariance, size_t parameters, jk_error *error) {
    const struct jk_fit_payers *payers = self->payers;
    const size_t all = self->segments * JK_PAYER_CELLS, cells = all + JK_PAYER_CELLS;
    uint32_t *touched = jk_columns_alloc(cells, sizeof *touched);
    JK_TRY(jk_held(touched != NULL, error, "the payers"));
    for (size_t from = 0, to = 0; from < payers->part_count; from = to) {
        size_t count = 0;
        for (to = from; to < payers->part_count && payers->part[to].debtor == payers->part[from].debtor; to++) {
            const jk_payer_part *part = &payers->part[to];
            uint32_t at[2] = {part->cell, (uint32_t)(all + part->cell % JK_PAYER_CELLS)};
            for (int k = 0; k < 2; k++) {
                cell_figure *cell = &self->cell[at[k]];
                bool seen = false;
                for (size_t t = 0; t < count; t++) {
                    seen = seen || touched[t] == at[k];
                }
                if (!seen) {
                    touched[count++] = at[k];
                    self->own[at[k]] = self->below[at[k]] = 0.0;
                    cell->debtors += 1.0;
                }
                self->own[at[k]] += isnan(cell->estimate) ? 0.0 : influence(cell, part);
                self->below[at[k]] += part->denominator;
            }
        }
        for (size_t t = 0; t < count; t++) {
            cell_figure *cell = &self->cell[touched[t]];
            self->own[touched[t]] /= cell->denominator > 0.0 ? count_part(cell, self->below[touched[t]]) : 1.0;
        }
        add_debtor(self, touched, count, covariance, parameters);
    }
    free(touched);
    return JK_OK;
}

/* ---- thin segments ----------------------------------------------------------------------------------------------- */

/* Variance between segments by moments; 0 or below where they do not differ by more than chance. */
static double between(const figures *self, size_t kind, size_t j) {
    double w = 0.0, ww = 0.0, wy = 0.0, wyy = 0.0, n = 0.0;
    for (size_t g = 0; g < self->segments; g++) {
        const cell_figure *cell = &self->cell[jk_payer_cell(g, (jk_payer_figure)kind, j)];
        if (!isnan(cell->estimate) && cell->variance > 0.0 && cell->debtors >= OWN_MIN) {
            double weight = 1.0 / cell->variance;
            w += weight;
            ww += weight * weight;
            wy += weight * cell->estimate;
            wyy += weight * cell->estimate * cell->estimate;
            n += 1.0;
        }
    }
    double spread = wyy - wy * wy / w - (n - 1.0);
    return n >= 2.0 ? spread / (w - ww / w) : 0.0;
}

/* All segments together; where a treatment or class has next to nothing, all of its kind. */
static double parent_of(const figures *self, size_t kind, size_t j) {
    const cell_figure *cell = &self->cell[jk_payer_cell(self->segments, (jk_payer_figure)kind, j)];
    if (!isnan(cell->estimate) && cell->debtors >= OWN_MIN) {
        return cell->estimate;
    }
    const double least = 1e-6;
    double mean = mean_of(self, kind);
    return to_link(kind, is_share(kind) ? fmin(fmax(mean, least), 1.0 - least) : fmax(mean, least));
}

/* The weight of a segment's own share: none where one debtor alone tells of it, who tells of no error. */
static double own_weight(const figures *self, const cell_figure *cell, double t2) {
    if (isnan(cell->estimate)) {
        return 0.0;
    }
    if (!self->fit->options.shrink || self->segments == 1) {
        return 1.0;
    }
    return cell->debtors > 1.0 && t2 > 0.0 ? t2 / (t2 + cell->variance) : 0.0;
}

/* Classes' shares of the balance: segments lean on all together. */
static void lean_classes(figures *self) {
    const size_t kind = JK_PAYER_MONTHLY_SHARE;
    for (size_t j = 0; j < 3; j++) {
        double parent = parent_of(self, kind, j), t2 = between(self, kind, j);
        for (size_t g = 0; g < self->segments; g++) {
            cell_figure *cell = &self->cell[jk_payer_cell(g, JK_PAYER_MONTHLY_SHARE, j)];
            double z = own_weight(self, cell, t2);
            cell->credibility = z;
            cell->value = z > 0.0 ? z * cell->estimate + (1.0 - z) * parent : parent;
        }
    }
}

/* Mean logarithm of the balance of each segment's claims when they entered; where it has none, of all. */
static void see_sizes(const figures *self, double *size) {
    const struct jk_fit_payers *payers = self->payers;
    double sum = 0.0, count = 0.0;
    for (size_t g = 0; g < self->segments; g++) {
        double own = 0.0, claims = 0.0;
        for (size_t i = 0; i < payers->count; i++) {
            const jk_payer_row *row = &payers->row[i];
            bool first = payers->first[row->row] && row->segment == g && row->balance > 0.0;
            own += first ? jk_log(row->balance) : 0.0;
            claims += first;
        }
        size[g] = claims > 0.0 ? own / claims : (double)NAN;
        sum += own;
        count += claims;
    }
    for (size_t g = 0; g < self->segments; g++) {
        size[g] = isnan(size[g]) ? (count > 0.0 ? sum / count : 0.0) : size[g];
    }
}

/* Settled shares or breakage: segments lean on those of debts as large as theirs. */
static void lean_treatments(figures *self, jk_payer_figure kind, jk_payer_thin *thin) {
    thin->share = is_share(kind);
    for (size_t i = 0; i < self->segments * JK_TREATMENT_COUNT; i++) {
        const cell_figure *cell = &self->cell[jk_payer_cell(i / JK_TREATMENT_COUNT, kind, i % JK_TREATMENT_COUNT)];
        thin->cell[i] = (jk_payer_thin_cell){.numerator = cell->numerator, .denominator = cell->denominator};
    }
    jk_fit_payers_thin(thin);
    const bool alone = !self->fit->options.shrink || self->segments == 1;
    for (size_t i = 0; i < self->segments * JK_TREATMENT_COUNT; i++) {
        cell_figure *cell = &self->cell[jk_payer_cell(i / JK_TREATMENT_COUNT, kind, i % JK_TREATMENT_COUNT)];
        bool own = !isnan(cell->estimate);
        double z = alone ? (own ? 1.0 : 0.0) : jk_fit_payers_thin_weight(thin, i, cell->variance);
        cell->credibility = own ? z : 0.0;
        cell->value = z * jk_fit_payers_thin_link(thin, i) + (1.0 - z) * thin->cell[i].link;
    }
}

static jk_status lean(figures *self, jk_error *error) {
    const size_t cells = self->segments * JK_TREATMENT_COUNT;
    double *size = jk_arena_alloc(self->fit->arena, self->segments, sizeof *size);
    jk_payer_thin thin = {.segments = self->segments, .size = size};
    thin.cell = jk_arena_alloc(self->fit->arena, cells, sizeof *thin.cell);
    JK_TRY(jk_held(size != NULL && thin.cell != NULL, error, "the payers"));
    see_sizes(self, size);
    lean_treatments(self, JK_PAYER_SETTLED_SHARE, &thin);
    lean_treatments(self, JK_PAYER_BREAKAGE, &thin);
    lean_classes(self);
    for (size_t i = 0; i < JK_PAYER_CELLS; i++) { /* all together are told as they are */
        cell_figure *cell = &self->cell[self->segments * JK_PAYER_CELLS + i];
        bool own = !isnan(cell->estimate);
        cell->credibility = own ? 1.0 : 0.0;
        cell->value = own ? cell->estimate : parent_of(self, i / 3, i % 3);
    }
    return JK_OK;
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

static bool is_together(const figures *self, size_t g) {
    return g < self->segments && self->payers->whole_class[g] != 0;
}

static void put_term(const figures *self, size_t kind, size_t g, size_t j, jk_payer_term *term) {
    const cell_figure *cell = &self->cell[jk_payer_cell(g, (jk_payer_figure)kind, j)];
    const bool own = !isnan(cell->estimate), known = own && cell->debtors > 1.0; /* one alone tells of no error */
    const double error = known ? sqrt(cell->variance) : (double)NAN;
    const double half = known ? jk_student_95(degrees_of(cell)) * error : (double)NAN;
    *term = (jk_payer_term){.figure = (jk_payer_figure)kind,
                            .segment = g == self->segments ? -1 : (int)g,
                            .index = (int)j,
                            .together = kind == JK_PAYER_MONTHLY_SHARE && is_together(self, g),
                            .parameter = cell->parameter,
                            .estimate = own ? from_link(kind, cell->estimate) : ratio_of(cell),
                            .std_error = error,
                            .low = from_link(kind, cell->estimate - half),
                            .high = from_link(kind, cell->estimate + half),
                            .value = from_link(kind, cell->value),
                            .credibility = cell->credibility,
                            .events = cell->numerator,
                            .exposure = cell->denominator,
                            .debtors = cell->debtors};
}

static jk_status list_terms(figures *self, double *covariance, size_t parameters, jk_error *error) {
    jk_payers_result *result = &self->fit->payers_result;
    size_t most = (self->segments + 1) * JK_PAYER_CELLS + 1; /* and the half-life */
    jk_payer_term *terms = jk_arena_alloc(self->fit->arena, most, sizeof *terms);
    JK_TRY(jk_held(terms != NULL, error, "the payers"));
    size_t count = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        for (size_t g = 0; g <= self->segments; g++) {
            for (size_t j = 0; j < 3; j++) {
                if (j == 0 || kind != JK_PAYER_MONTHLY_SHARE || !is_together(self, g)) {
                    put_term(self, kind, g, j, &terms[count++]);
                }
            }
        }
    }
    result->terms = terms;
    result->term_count = count;
    result->covariance = covariance;
    result->parameter_count = parameters;
    return JK_OK;
}

jk_status jk_fit_payers_figures(jk_fit *fit, jk_error *error) {
    figures self = {.fit = fit, .payers = fit->payers, .segments = fit->base->segment_count};
    size_t cells = (self.segments + 1) * JK_PAYER_CELLS, parameters = 0;
    self.cell = jk_arena_alloc(fit->arena, cells, sizeof *self.cell);
    self.own = jk_arena_alloc(fit->arena, cells, sizeof *self.own);
    self.below = jk_arena_alloc(fit->arena, cells, sizeof *self.below);
    JK_TRY(jk_held(self.cell != NULL && self.own != NULL && self.below != NULL, error, "the payers"));
    carry_over(&self);
    add_up(&self);
    for (size_t i = 0; i < cells; i++) {
        estimate_cell(i % JK_PAYER_CELLS / 3, &self.cell[i]);
        bool own = !isnan(self.cell[i].estimate) && i < cells - JK_PAYER_CELLS;
        self.cell[i].parameter = own ? (int)parameters++ : -1;
    }
    double *covariance = jk_arena_alloc(fit->arena, parameters * parameters + 1, sizeof *covariance);
    JK_TRY(jk_held(covariance != NULL, error, "the payers"));
    JK_TRY(sum_errors(&self, covariance, parameters, error));
    JK_TRY(lean(&self, error));
    return list_terms(&self, covariance, parameters, error);
}

/* ---- into the model ---------------------------------------------------------------------------------------------- */

static double *figure_in(jk_payers *payers, const jk_payer_term *term) {
    return term->figure == JK_PAYER_SETTLED_SHARE ? &payers->settled_share[term->index]
           : term->figure == JK_PAYER_BREAKAGE    ? &payers->breakage[term->index]
                                                  : &payers->monthly_share[term->index];
}

void jk_fit_payers_apply(jk_fit *fit) {
    const jk_payers_result *result = &fit->payers_result;
    const double most = 10.0; /* of the format */
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        jk_payers *payers = &fit->segments[g].payers;
        if (!payers->given) { /* nothing is known of what it costs to keep a plan: as much as to make one */
            for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
                payers->monthly[t] = fit->segments[g].cost[t].monthly;
            }
        }
        payers->given = true;
        payers->since_last_payment = result->since_last_payment;
    }
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_payer_term *term = &result->terms[i];
        if (term->segment < 0 || term->figure == JK_PAYER_HALF_LIFE) {
            continue;
        }
        jk_payers *payers = &fit->segments[term->segment].payers;
        double value = jk_fit_round_figure(fmin(term->value, most));
        *figure_in(payers, term) = value;
        if (term->figure == JK_PAYER_MONTHLY_SHARE && fit->payers->whole_class[term->segment]) {
            payers->monthly_share[1] = payers->monthly_share[2] = value;
        }
    }
}
