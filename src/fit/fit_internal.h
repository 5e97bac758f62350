/* SPDX-License-Identifier: Apache-2.0 */
/* A fit under way: rows, design, estimates, and what is made of them. */
#ifndef JK_FIT_INTERNAL_H
#define JK_FIT_INTERNAL_H

#include <stdbool.h>

#include "base/memory.h"
#include "fit/fit_rows.h"
#include "fit/ppml/ppml.h"
#include "jalki/fit_payers.h"

/* Exposure, cash and rows by what design and score need to know before there are estimates. */
typedef struct jk_fit_survey {
    size_t curves;
    uint64_t *curve_rows;                            /* [curves] */
    double (*class_exposure)[JK_FIT_CLASS_CODES];    /* [curves] balance · months */
    double (*class_cash)[JK_FIT_CLASS_CODES];        /* [curves] */
    double (*level_exposure)[JK_FIT_LEVELS_MAX + 6]; /* [characteristics][fine level] */
    double (*level_cash)[JK_FIT_LEVELS_MAX + 6];     /* likewise */
} jk_fit_survey;

/* Levels of a characteristic as they are fitted: runs of fine ones. */
typedef struct jk_fit_card_item {
    const jk_characteristic *from; /* of the base model */
    size_t fine;                   /* fine levels; the last is missing, categorical: the one before is other */
    size_t levels;                 /* fitted ones, in the same order */
    uint8_t level_of[JK_FIT_LEVELS_MAX + 6]; /* by fine level */
    size_t reference;                        /* the one with most exposure of those that pay */
    int direction;                           /* of its points with its value; 0: free */
} jk_fit_card_item;

/* A characteristic whose points are a smooth function (fit_spline.c). */
typedef struct jk_fit_spline {
    double variance; /* of a step from a bin to the next, log scale; 0: no spline */
    double freedom;  /* effective degrees of freedom */
} jk_fit_spline;

/* A characteristic that may count differently by segment (fit_interactions.c). */
typedef struct jk_fit_interaction {
    bool tried, kept;
    double gain, gain_error; /* of the log likelihood of debtors held out, in payments */
    double spread, freedom;  /* deviation of factors from 1, and effective degrees of freedom */
    double *std_error;       /* [segments] of the factors; NULL: not kept */
} jk_fit_interaction;

/* One parameter of the likelihood. */
typedef struct jk_fit_parameter {
    jk_fit_kind kind;
    bool pending; /* the held factor of pending cases: no figure of the fit */
    int curve;    /* segment · treatments + treatment; -1: shared */
    int item;     /* of the scorecard; -1: none */
    int index;    /* knot, class, level */
} jk_fit_parameter;

typedef struct jk_fit_design {
    jk_ppml_design ppml;
    jk_arena *arena; /* owns all below */
    jk_fit_parameter *parameter;
    double *start;
    uint8_t *held;
    int32_t **curve_parameter;                     /* [curves] by knot */
    int32_t (*class_parameter)[JK_CAPACITY_COUNT]; /* [curves]; -1: no exposure, or not fitted */
    int32_t **level_parameter;                     /* [characteristics] by level */
} jk_fit_design;

struct jk_fit {
    const jk_model *base;
    jk_fit_options options;
    jk_arena *arena; /* owns texts, terms and the new model's parts */
    jk_panel *panel;
    const char *panel_source, *panel_digest;
    jk_transitions transitions;
    jk_fit_rows rows;
    jk_fit_survey survey;
    jk_fit_card_item *card;          /* [characteristics] */
    jk_fit_spline *spline;           /* [characteristics] */
    jk_fit_interaction *interaction; /* [characteristics]; NULL: not asked for */
    double spline_dispersion;        /* by which their penalties weigh */
    uint8_t *class_fitted;           /* [segments] 1: the panel gives the classes */
    bool points_held;         /* at 0 where curves are estimated: those who paid are too few to tell both at once */
    uint8_t *class_reference; /* [curves] jk_capacity */
    jk_fit_design design;
    jk_ppml estimates;
    double *drawn_error, *drawn_quantile; /* by parameter of the likelihood; NULL: no bootstrap */
    double cash_chance; /* relative variance of the panel's cash by chance alone, as the weighed rows tell it */
    double
        *covariance; /* [parameters][parameters] of figures from rows weighed as the curves are; NULL: the estimates' */
    /* What the model takes, log scale, by parameter of the likelihood; and the weight of own data in it. */
    double *value, *credibility;
    /* Beside what the credibility leaves, as the variance between segments is not known: of steps and classes. */
    double *unknown, *figure_unknown;         /* by parameter of the likelihood; by place in the covariance */
    double (*base_level)[JK_CAPACITY_COUNT];  /* [segments] log of what the base model's figures of a class are times as
                                                 much as they say beside the new model's theta */
    double (*class_value)[JK_CAPACITY_COUNT]; /* [curves] against the reference class; NaN: no data, the base model's */
    double **curve_value;                     /* [curves] by knot; NaN: no data at all, the base model's */
    double **curve_credibility;               /* likewise */
    double *curve_unknown;                    /* [curves] likewise, common to the steps */
    bool base_curves[JK_TREATMENT_COUNT];     /* the base model's curves stand: too few paid under the treatment */
    jk_fit_result result;
    struct jk_fit_payers *payers; /* NULL until they are read */
    jk_payers_result payers_result;
    const char **messages;
    size_t messages_room;
    jk_scorecard scorecard;
    jk_segment *segments;
    jk_fit_titles titles;
    const char *trees_name; /* of the file beside the model's; NULL: no trees */
    jk_fit_trees_result trees;
    struct jk_fit_factors *factors; /* jk_fit_add_factors; NULL: none */
};

static inline size_t jk_fit_curves(const jk_model *base) {
    return base->segment_count * JK_TREATMENT_COUNT;
}
static inline const jk_segment *jk_fit_segment(const jk_fit *fit, size_t curve) {
    return &fit->base->segments[curve / JK_TREATMENT_COUNT];
}
static inline const jk_steps *jk_fit_steps(const jk_fit *fit, size_t curve) {
    return &jk_fit_segment(fit, curve)->curve[curve % JK_TREATMENT_COUNT];
}
/* The new scorecard's characteristics, which the fit made and may change. */
static inline jk_characteristic *jk_fit_items(jk_fit *fit) {
    return (jk_characteristic *)(uintptr_t)fit->scorecard.characteristics;
}
/* Bits of a number as a draw has them, for folds and samples of debtors: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
 */
static inline uint64_t jk_fit_scramble(uint64_t number) {
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}
const char *jk_fit_treatment_name(size_t treatment); /* "surveil", "amicable", "legal" */

/* Keeps a message for the analyst. */
__attribute__((format(printf, 3, 4))) jk_status jk_fit_say(jk_fit *fit, jk_error *error, const char *format, ...);
/* A text in the fit's arena; NULL if there is no memory. */
__attribute__((format(printf, 2, 3))) const char *jk_fit_text(jk_fit *fit, const char *format, ...);

/* fit_design.c */
jk_status jk_fit_survey_rows(jk_fit *fit, jk_error *error);
jk_status jk_fit_card_init(jk_fit *fit, jk_error *error);
jk_status jk_fit_design_build(jk_fit *fit, jk_error *error);
void jk_fit_design_reset(jk_fit_design *design);
/* Debtors that paid anything under each treatment, added to `payers`. */
void jk_fit_count_payers(const jk_fit *fit, size_t payers[JK_TREATMENT_COUNT]);
/* The reference of an item: its level with most exposure, of those that pay a hundredth of the mean. */
void jk_fit_set_reference(const jk_fit *fit, size_t item);

/* fit_titles.c: what a title brings, pre_title_factor and garnish_share, from the rows under legal; `fit->base` becomes
 * a copy of the base model that has them. `share` and `first` as for jk_fit_rows_read. */
jk_status jk_fit_learn_titles(jk_fit *fit, const double *share, const uint8_t *first, jk_error *error);

/* fit_spline.c: variances of steps, from the rows; links of the design at a dispersion of cash by debtor, into room for
 * them; what is said where no smooth function was found. */
jk_status jk_fit_spline_variances(jk_fit *fit, jk_error *error);
jk_status jk_fit_spline_room(const jk_fit *fit, jk_arena *arena, jk_ppml_link **links, jk_error *error);
size_t jk_fit_spline_links(const jk_fit *fit, double dispersion, jk_ppml_link *links);
jk_status jk_fit_spline_tell(jk_fit *fit, jk_error *error);
/* The variance of a debtor's cash per unit of expected cash, as long as nothing is expected: of payments that are rare.
 */
double jk_fit_payment_size(const jk_ppml_rows *rows);

/* fit_interactions.c: factors on points by segment, where they help on debtors held out; into the new scorecard. */
jk_status jk_fit_interactions(jk_fit *fit, jk_error *error);

/* fit_bins.c: joins fine bins that the data cannot tell apart, and bins against the direction asked for. */
jk_status jk_fit_join_bins(jk_fit *fit, jk_error *error);
/* Joins neighbours that run against the direction; *joined is their number. */
jk_status jk_fit_join_monotone(jk_fit *fit, size_t *joined, jk_error *error);
/* Fine bins without cash are joined to a neighbour before anything is estimated. */
void jk_fit_join_empty(jk_fit *fit);

/* fit_straub.c: factors of cells by Bühlmann and Straub. Volumes are expected cash; `within` is the variance of a
 * cell's cash per unit of it. Complement of the credibility: `complement`, or the mean ratio of all cells where it is
 * NaN. Returns the variance between cells. Cells that expect nothing get the complement. */
double jk_fit_straub(const double *actual, const double *expected, size_t count, double within, double complement,
                     double *factor, double *credibility);

/* Relative variance of each cell's factor beside what its credibility leaves, because the variance between cells is not
 * known: see fit_straub.c. 0 where one cell is all there is. */
void jk_fit_straub_unknown(const double *actual, const double *expected, size_t count, double within, double *unknown);

/* fit_points.c: points as the model takes them, into `value` and `credibility` by parameter (all others as estimated).
 */
jk_status jk_fit_points(jk_fit *fit, jk_error *error);

/* fit_ridge.c: the power of the balance that the variance of cash goes with; points by rows
 * that are weighed by it, drawn to each other by a spread that cross-validation chooses (NaN: there is nothing to
 * draw), into `value` and `credibility`; parameters that are loose are drawn nowhere. */
double jk_fit_balance_power(const jk_ppml_rows *rows);
/* `weight` are the weights of `rows`; `mean` is room for as many. */
jk_status jk_fit_ridge(jk_fit *fit, const jk_ppml_rows *rows, double *weight, double *mean, const uint8_t *loose,
                       double *spread, jk_error *error);

/* fit_weights.c: rows whose balance and cash are multiplied by balance^-power, the power of the variance of cash, so
 * that their likelihood weighs them by what they tell: the fit's own rows where nothing is shrunk. `memory` is to be
 * freed after the rows. */
jk_status jk_fit_weigh_rows(const jk_fit *fit, jk_ppml_rows *rows, double **memory, jk_error *error);

/* Their covariance of all figures, into fit->covariance; `within` as below. */
jk_status jk_fit_weighed_covariance(jk_fit *fit, const jk_ppml_rows *rows, double within, jk_error *error);

/* The relative variance of the panel's cash by chance alone, from the weighed rows, the design and parameters that
 * expect their cash, and `within`, the variance of a debtor's weighed cash per unit of it; into fit->cash_chance. */
jk_status jk_fit_cash_chance(jk_fit *fit, const jk_ppml_rows *rows, const jk_ppml_design *design,
                             const double *parameters, double within, jk_error *error);

/* fit_pooled.c: all segments' curves in one. */
typedef struct jk_fit_pooled {
    jk_ppml_design design;
    size_t steps; /* of curves: the first parameters */
    double *start;
    uint8_t *held;
    int32_t *point; /* [its parameters] the fit's parameter of points, or -1 */
    int32_t *of;    /* [the fit's parameters] its own, or -1 */
} jk_fit_pooled;
jk_status jk_fit_pooled_build(const jk_fit *fit, jk_arena *arena, jk_fit_pooled *pooled, jk_error *error);
jk_status jk_fit_pooled_segments(const jk_fit *fit, const jk_ppml_rows *rows, const double *mean, double within,
                                 double *weight, jk_error *error);

/* fit_credibility.c: value, class_value, curve_value and their credibilities. */
jk_status jk_fit_shrink(jk_fit *fit, jk_error *error);

/* fit_smooth.c: neighbouring steps of a curve lean on each other. */
jk_status jk_fit_smooth(jk_fit *fit, jk_error *error);

/* fit_score.c: what a file can say: points with six decimals, figures with nine significant digits. */
double jk_fit_round_points(double value);
double jk_fit_round_figure(double value);

/* fit_score.c: scorecard and segments of the new model. */
jk_status jk_fit_make_model(jk_fit *fit, jk_error *error);
double jk_fit_points_of_row(const jk_fit *fit, size_t row);   /* eta without the intercept */
double jk_fit_expected_of_row(const jk_fit *fit, size_t row); /* cash by the new model, beside what is known */
int jk_fit_class_by_score(const jk_fit *fit, double eta, int code);

/* fit_guess.c: what claims of a class by the new score truly are, into the new scorecard, where the panel says it. */
void jk_fit_guess_classes(jk_fit *fit);

/* fit_terms.c: the result's terms, covariance and messages on figures that could not be estimated. */
jk_status jk_fit_make_terms(jk_fit *fit, jk_error *error);

/* fit_bootstrap.c: errors and quantiles by draws, where they were asked for; the interval of a term that has them; how
 * many there are, into the result, and what is said of those that have none. */
jk_status jk_fit_bootstrap(jk_fit *fit, jk_error *error);
void jk_fit_bootstrap_interval(jk_fit_term *term);
jk_status jk_fit_bootstrap_tell(jk_fit *fit, jk_error *error);

/* fit_bounds.c: the new model's figures held to what a model file may have; what had to be cut is a worry. */
jk_status jk_fit_hold_bounds(jk_fit *fit, jk_error *error);

/* fit_summary.c: the result's sentences, and one of them; a NULL text is a lack of memory. */
enum { JK_FIT_LINES_MAX = 40 };
jk_status jk_fit_summarise(jk_fit *fit, jk_error *error);
jk_status jk_fit_worry(jk_fit *fit, const char *text, jk_error *error);

#endif
