/* SPDX-License-Identifier: Apache-2.0 */
/* The model file in memory: law, scorecard, curves, costs and prices. Loaded once, constant afterwards and
 * shared by all threads.
 *
 * All money here is in the model's base currency: what a jurisdiction gives in its own currency is converted
 * when the file is read. Months and rates are plain numbers; `null` in the file is INFINITY where the field
 * says so. Arrays indexed by treatment, class or title follow the enumerations below.
 */
#ifndef JALKI_MODEL_H
#define JALKI_MODEL_H

#include <stdbool.h>

#include "jalki/schema.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Actions in the order in which ties are decided: a later one must be strictly better. */
typedef enum jk_action { JK_CLOSE, JK_SELL, JK_SURVEIL, JK_AMICABLE, JK_LEGAL, JK_ACTION_COUNT } jk_action;
#define JK_ALLOW(action) (1u << (action))
#define JK_ALLOW_ALL     ((1u << JK_ACTION_COUNT) - 1u)

/* The three actions that work a claim; index of curves, costs and matrices. action = treatment + JK_SURVEIL. */
typedef enum jk_treatment { JK_TREAT_SURVEIL, JK_TREAT_AMICABLE, JK_TREAT_LEGAL, JK_TREATMENT_COUNT } jk_treatment;
typedef enum jk_capacity { JK_CAPACITY_NONE, JK_CAPACITY_WEAK, JK_CAPACITY_ABLE, JK_CAPACITY_COUNT } jk_capacity;
typedef enum jk_title { JK_TITLE_NONE, JK_TITLE_PENDING, JK_TITLE_HELD, JK_TITLE_COUNT } jk_title;

/* "close", "sell", …; "none", "weak", "able"; "none", "pending", "title". */
const char *jk_action_name(jk_action action);
const char *jk_capacity_name(jk_capacity capacity);
const char *jk_title_name(jk_title title);

enum { JK_HORIZON_MAX = 600, JK_EPOCHS_MAX = 600, JK_SEGMENTS_MAX = 1024 };

/* A step function of months: value[i] holds from month[i] until month[i+1]; the last one for ever.
 * month[0] is 0, months ascend. */
typedef struct jk_steps {
    size_t count;
    const int32_t *month;
    const double *value;
} jk_steps;

/* Integral of a step function over months [from, from + months), from >= 0. */
double jk_steps_integral(const jk_steps *steps, double from, double months);

/* `when:` — all terms must hold. A term with values holds if the claim's column (after the tape's defaults) has one of
 * them: country, debtor_type, product, currency, legal_status, employment, reachable, placements, vulnerable, and own
 * columns of texts. A term without values is a range of a number, an amount (base currency), a date (days since
 * 1970-01-01), or of a figure that the row alone gives (jk_condition_figure); what is missing is in no range. No terms:
 * matches all. */
typedef struct jk_condition_term {
    int figure;       /* a jk_derived, or JK_DERIVED_NONE: `column` */
    jk_column column; /* an own column: its place among the model's extras; of a figure JK_COLUMN_COUNT */
    size_t count;
    const char *const *values; /* as written; integers in decimal */
    double from, below;        /* where count is 0: from <= number < below; infinite: no bound */
} jk_condition_term;
typedef struct jk_condition {
    size_t count;
    const jk_condition_term *terms;
} jk_condition;

typedef struct jk_limitation_period {
    jk_condition when;
    double months; /* INFINITY: never barred */
} jk_limitation_period;

typedef struct jk_attachable_band {
    double from_multiple; /* of the protected amount */
    double rate;          /* share taken of the part of income from here to the next band */
    double months;        /* of the year in which it may be taken, 1..12 */
} jk_attachable_band;

typedef struct jk_jurisdiction {
    const char *id;       /* ISO 3166 alpha-2, or EU: the fallback */
    const char *currency; /* in which the file gives its money (already converted here) */
    struct {
        size_t period_count; /* at least 1; the last matches all */
        const jk_limitation_period *periods;
        int letter_interrupts;
        double interruption_cost; /* one letter, per debtor, base currency */
        double title_months;      /* life of a title; INFINITY: titles do not end */
        int title_renewable;
        double title_final_months[JK_DEBTOR_TYPE_COUNT]; /* from the title's date; INFINITY: never */
        double final_months[JK_DEBTOR_TYPE_COUNT];       /* from defaulted_on; INFINITY: never */
    } limitation;
    struct {
        double rate[JK_DEBTOR_TYPE_COUNT]; /* statutory, simple, per year */
        double accrual_months;             /* INFINITY: no cap */
    } interest;
    struct {
        double G, b;        /* yearly hazard G·exp(b·age) */
        double assumed_age; /* years */
    } mortality;
    struct {
        int allowed;                /* 0: `attachable: null`, private creditors cannot garnish; the rest is then 0 */
        double base, per_dependant; /* base currency a month */
        int housing_counts;
        double max_share;
        double assumed_attachable; /* base currency a month, where income is missing */
        size_t band_count;
        const jk_attachable_band *bands;
    } attachable;
} jk_jurisdiction;

typedef struct jk_status_rule {
    int class_override; /* a jk_capacity, or -1: by the score */
    jk_title title;     /* title state that the status implies */
    unsigned allow;     /* bits JK_ALLOW(action); close is always set */
    double exit_monthly;
    double dividend_monthly; /* v: intensity of dividends that come whatever is done */
} jk_status_rule;

/* Where a characteristic's value comes from: a tape column, or one of these derived figures (model-file.md). */
typedef enum jk_derived {
    JK_DERIVED_NONE = -1, /* a tape column */
    JK_DERIVED_BALANCE,
    JK_DERIVED_AGE_YEARS,
    JK_DERIVED_MONTHS_SINCE_WRITE_OFF,
    JK_DERIVED_MONTHS_SINCE_DEFAULT,
    JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT,
    JK_DERIVED_MONTHS_TO_BAR,
    JK_DERIVED_PAID_12M_SHARE,
    JK_DERIVED_PAID_24M_SHARE,
    JK_DERIVED_PRINCIPAL_SHARE,
    JK_DERIVED_KEPT_SHARE,
    JK_DERIVED_ATTACHABLE,
    JK_DERIVED_ATTACHABLE_YEARS,
    JK_DERIVED_DEBTOR_CLAIMS,
    JK_DERIVED_DEBTOR_BALANCE,
    JK_DERIVED_COUNT
} jk_derived;
const char *jk_derived_name(jk_derived derived); /* "balance", "age_years", … */

/* Whether a condition may name the figure: balance, age_years and the months since write-off, default and last
 * payment. */
bool jk_condition_figure(jk_derived derived);

typedef struct jk_characteristic {
    const char *name;
    jk_derived derived; /* JK_DERIVED_NONE: `column` */
    jk_column column;
    int is_numeric;
    bool fades;                /* its points lose half of their weight every half_life months */
    double missing_points;     /* 0 unless given */
    double other_points;       /* categorical: a level that is not listed */
    size_t count;              /* bins, or listed levels */
    const double *below;       /* numeric: exclusive upper bounds, ascending; the last is INFINITY */
    const char *const *levels; /* categorical: names */
    const double *points;      /* count of them */
    const double *in_segments; /* [place of segment] what they are multiplied by; NULL: 1 everywhere */
} jk_characteristic;

/* An ensemble of regression trees, read from a model file of XGBoost (JSON) or LightGBM (text). A claim walks each tree
 * from its root to a leaf; the leaves' values add up. */
typedef enum jk_tree_scale {
    JK_TREE_AS_IS, /* nodes compare the feature itself, in 32 bits */
    JK_TREE_RANK,  /* nodes compare how many of `edges` lie below it: exact where training compared 64 bits */
    JK_TREE_CODE,  /* nodes look its whole part up in a set; below 0 it is missing */
} jk_tree_scale;
typedef struct jk_tree_feature {
    jk_characteristic from;    /* name, column or derived figure, is_numeric; neither bins nor levels */
    const char *level;         /* categorical: the feature is 1 for this level and 0 for others; NULL: see levels */
    const char *const *levels; /* categorical: the feature is the index of the level here, missing for others; NULL: the
                                  number itself */
    size_t level_count;
    jk_tree_scale scale;
    bool nan_is_zero;    /* a missing value counts as 0 */
    bool zero_is_nan;    /* 0 (within 1e-35) counts as missing */
    const double *edges; /* JK_TREE_RANK: ascending, all different */
    size_t edge_count;
} jk_tree_feature;
typedef struct jk_tree_node {
    float threshold;      /* goes left if the feature, on its scale, is below it */
    int32_t left;         /* index of the left child, the right one follows it; of itself in a leaf */
    uint16_t feature;     /* index into features */
    uint8_t missing_left; /* goes left if the feature is missing */
    uint8_t leaf;
    int32_t set; /* index into sets: goes left if the feature is in it, instead of by the threshold; -1: none */
} jk_tree_node;
typedef struct jk_tree_set {
    uint32_t first, words; /* bits: code c is in the set if bit c % 32 of word c / 32 is set; beyond the words: not */
} jk_tree_set;
typedef struct jk_trees {
    double base;  /* on the scale of the output */
    double scale; /* of log odds: they are the output times this; otherwise 1 */
    size_t feature_count, tree_count, node_count;
    const jk_tree_feature *features;
    const int32_t *roots;   /* [tree_count] index into nodes */
    const uint16_t *depths; /* [tree_count] forks on the longest way to a leaf */
    const jk_tree_node *nodes;
    const double *values; /* [node_count] of a leaf: what it adds; of a fork: the mean of the leaves below it by their
                             weight in training */
    size_t set_count;     /* 0: no tree splits by a set of categories */
    const jk_tree_set *sets;
    const uint32_t *bits;
    double missing_number; /* training took this for missing: it goes the way of what is missing; NaN: none */
    size_t trees_left_out; /* of the file: grown after the best iteration of early stopping */
} jk_trees;

/* A logistic model or a neural network on standardised columns (docs/model-file.md): layer after layer, each output is
 * activation(bias + sum of weights times inputs); the last layer has one output. Weights and inputs are rounded to
 * grids on which every sum is exact (docs/numerics.md). */
enum { JK_NETWORK_OUTPUTS_MAX = 1024 }; /* of a layer */
typedef enum jk_activation {
    JK_ACTIVATION_IDENTITY,
    JK_ACTIVATION_RELU,
    JK_ACTIVATION_TANH,
    JK_ACTIVATION_LOGISTIC,
    JK_ACTIVATION_COUNT
} jk_activation;
typedef struct jk_network_input {
    jk_characteristic from; /* name, column or derived figure, is_numeric; neither bins nor levels */
    const char *level;      /* categorical: 1 for this level, 0 for others; NULL: a number */
    bool is_missing;        /* 1 where the number is missing, else 0 */
    double missing;         /* what a missing number counts as; NaN: as one that gives an input of 0 */
    double low, high;       /* what lies beyond counts as these; infinite: no bound */
    bool log1p;             /* the logarithm of 1 + the number is taken, */
    double mean, scale;     /* and the input is (that - mean) / scale */
} jk_network_input;
typedef struct jk_network_layer {
    size_t inputs, outputs;
    const double *weights; /* [outputs][inputs], on a grid */
    const double *bias;    /* [outputs] */
    jk_activation activation;
    double grid;  /* inputs are rounded to multiples of this, */
    double reach; /* where none of them lies beyond this */
} jk_network_layer;
typedef struct jk_network {
    size_t input_count, layer_count;
    const jk_network_input *inputs;
    const jk_network_layer *layers;
    size_t widest; /* most outputs of a layer */
} jk_network;

/* A score that somebody else made, brought to eta: a column of the tape, a scorecard of points, or trees or a network
 * whose output is log odds. With raw value r and x what it says on the scale of eta,
 *
 *     eta form           x = r
 *     points             log odds l = ln base_odds + (r - base_points) ln 2 / points_to_double
 *     log odds           l = r
 *     probability        l = ln(r / (1 - r))
 *     over months m      x = ln(ln(1 + e^l) / m): the intensity that pays with that probability within m months
 *     without months     x = l
 *
 * and slope x + intercept, both of the claim's segment, is added to eta; where there is no score, missing_eta alone. */
typedef enum jk_score_form {
    JK_FORM_ETA,
    JK_FORM_POINTS,
    JK_FORM_LOG_ODDS,
    JK_FORM_PROBABILITY,
    JK_FORM_COUNT
} jk_score_form;
typedef struct jk_own_score {
    jk_score_form form;
    double base_points, base_odds, points_to_double; /* of points */
    double months;                                   /* 0: none */
    double slope, intercept;                         /* of segments that say none */
    double missing_eta;
    jk_characteristic column; /* name NULL: a scorecard, trees or a network */
    size_t special_count;     /* values of the column that stand for something else, and eta where they do */
    const double *special, *special_eta;
    size_t card_count; /* characteristics whose points add up to r; 0: none */
    const jk_characteristic *card;
    double card_base;          /* points before any characteristic */
    const jk_trees *trees;     /* NULL: none */
    const jk_network *network; /* NULL: none */
} jk_own_score;

/* eta = intercept + points of the characteristics + output of the trees and of the network, if there are any, + the own
 * score. */
typedef struct jk_scorecard {
    double intercept;
    double weak_from, able_from; /* rounded scores */
    double half_life;            /* of the points that fade, months; 0: no characteristic fades */
    size_t count;
    const jk_characteristic *characteristics;
    const jk_trees *trees;         /* NULL: none */
    const jk_network *network;     /* NULL: none */
    const jk_own_score *own_score; /* NULL: none */
    /* What claims of a class by the score truly are: rows by the score's class, columns the class; all 0: what the
     * score says. */
    double class_given_score[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT];
} jk_scorecard;

/* Whether a class by the score is a guess of which the model knows how often it is right. */
static inline bool jk_class_is_guessed(const jk_scorecard *card) {
    return card->class_given_score[0][0] + card->class_given_score[0][1] + card->class_given_score[0][2] > 0.0;
}

typedef struct jk_treatment_cost {
    double monthly;    /* per debtor and month, base currency */
    double contingent; /* share of what comes in */
} jk_treatment_cost;

/* What debtors who pay do: they begin, pay instalments, stop, and may begin again (model.md sections 4 and 5). Costs in
 * base currency. */
typedef struct jk_payers {
    bool given;                               /* false: who pays, pays at once; the rest is then 0 */
    double settled_share[JK_TREATMENT_COUNT]; /* pi: of new payers, those who settle in one payment */
    double
        monthly_share[JK_CAPACITY_COUNT]; /* rho: of the balance at the cut-off that a payer pays a month, by class */
    double breakage[JK_TREATMENT_COUNT];  /* beta: intensity of stopping, per month */
    double monthly[JK_TREATMENT_COUNT];   /* cost of a debtor who pays, per month */
    int since_last_payment;               /* paying at the cut-off: last payment less than so many months ago */
} jk_payers;

typedef struct jk_segment {
    const char *id;
    size_t place; /* among the segments of the model file; parts of a segment that is split keep it */
    jk_condition when;
    double exit_monthly;
    double theta_center[JK_CAPACITY_COUNT];
    double own_slope, own_intercept;    /* of the scorecard's own score: eta gets slope x + intercept */
    jk_steps curve[JK_TREATMENT_COUNT]; /* monthly intensity by month since write-off */
    double class_multiplier[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT];                 /* kappa */
    double class_monthly[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT][JK_CAPACITY_COUNT]; /* Q, rows sum to 1 */
    double recovery_share[JK_TREATMENT_COUNT];                                      /* sigma */
    jk_treatment_cost cost[JK_TREATMENT_COUNT];
    double filing, enforcement_monthly;      /* base currency, per debtor */
    double fee_shift;                        /* share of the filing fee that the debtor comes to owe */
    double months_to_title;                  /* L */
    double pre_title_factor;                 /* psi */
    double garnish_share[JK_CAPACITY_COUNT]; /* phi */
    double lost_share; /* of the cases that are decided, those that are lost, and the claim with them */
    jk_payers payers;
    double effort_hours[JK_TREATMENT_COUNT];  /* agent hours in the first epoch */
    double hour;                              /* price of an agent hour, base currency; 0: none */
    double hours_monthly[JK_TREATMENT_COUNT]; /* effort_hours by the months of the first epoch */
    jk_steps market_price;                    /* share of balance by month since write-off */
    double title_factor[JK_TITLE_COUNT];
    double bar_months; /* > 0: price falls in proportion below this time to the bar */
    double transaction_cost;
    double payer_factor; /* on the price where the debtor is paying */
    double informed;     /* 0..1: how far the price follows the claim's own intensity; 0: one price for all */
    double reference;    /* intensity, relative to the curve, at which the price is that of `price` */
    double insight_cap;  /* largest multiple of the reference that a buyer pays for */
} jk_segment;

typedef struct jk_exchange_rate {
    const char *currency;
    double rate;    /* base units per unit */
    double written; /* as the file has it: units of its own currency per unit */
} jk_exchange_rate;

/* Where a country's collections go beyond what is expected: log m(t) is a stationary AR(1) by months with this standard
 * deviation and this correlation between values a year apart (model.md section 11, docs/simulate.md). */
typedef struct jk_risk_factor {
    double volatility;  /* standard deviation of log m */
    double persistence; /* 0..1; 1: one draw for the whole horizon */
} jk_risk_factor;

/* How such factors move together: countries alone, any two by one number, or by a whole matrix between factors of
 * segments, of countries and of segments in countries. */
enum { JK_RISK_FACTORS_MOST = 512 };
typedef struct jk_risk_correlation {
    double countries;          /* 0..1, of log m between any two jurisdictions; NaN where there is a matrix */
    size_t count;              /* factors of the matrix; 0: there is none, and each jurisdiction is a factor */
    const char *const *factor; /* [count] SEGMENT, COUNTRY or SEGMENT/COUNTRY */
    const double *matrix;      /* [count][count] correlations of log m, positive semi-definite */
    const double *root;        /* [count][count] lower triangle whose product with its transpose is the matrix */
    const uint32_t *of;        /* [segment_count][jurisdiction_count] factor of a claim: the most exact that is named */
} jk_risk_correlation;

typedef struct jk_risk {
    int given;                              /* 0: the file has no `risk`, everything below is the format's default */
    const jk_risk_correlation *correlation; /* NULL only in the model of a page, which nobody simulates */
    jk_risk_factor all;                     /* jurisdictions that `countries` does not name */
    const jk_risk_factor *jurisdiction;     /* [jurisdiction_count] */
    /* Standard errors of the logarithm of parameters, where no fit's covariance says better. */
    double curve_error;            /* of the level of each segment's curve, by treatment */
    double class_multiplier_error; /* of each segment's multipliers of the classes none and weak */
    double garnish_share_error;    /* of each segment's share of garnished income */
} jk_risk;

/* What a model was made of: another model, or data. Texts may be NULL. */
typedef struct jk_model_source {
    const char *name, *version, *sha256;
} jk_model_source;

/* Where a model comes from, as its own file says. */
typedef struct jk_lineage {
    const char *fitted_on; /* YYYY-MM-DD, NULL: not said */
    const char *program;   /* that fitted it, with its version; or NULL */
    size_t parent_count, data_count;
    const jk_model_source *parents; /* models whose law, costs and structure it has */
    const jk_model_source *data;    /* files that its figures were fitted to */
} jk_lineage;

struct jk_model_origin;

typedef struct jk_model {
    const char *name;
    const char *version; /* NULL: none; of the file itself, not of what it includes */
    jk_lineage lineage;  /* likewise */
    const char *path;
    char sha256[65];              /* over the bytes of the file and its includes, in the order read, and changes */
    const char *base_currency;    /* of all money in here and in results: the file's own, or the one asked for */
    const char *written_currency; /* the file's own: of the amounts that scores and conditions name, and of claims whose
                                     currency is missing */
    double written_rate;          /* base units per unit of the file's own; 1 where nothing else was asked for */
    bool base_apart; /* the base currency stands in another file than the segments, whose costs are in it */
    size_t exchange_rate_count;
    const jk_exchange_rate *exchange_rates; /* includes the base currency at 1 */
    int horizon_months;                     /* H */
    int epoch_count;                        /* J */
    const int32_t *epochs;                  /* E_j, months; sum is H */
    double irr;                             /* required yearly return */
    double cost_inflation;                  /* per year */
    double onboarding_cost;                 /* per claim, base currency */
    size_t jurisdiction_count;
    const jk_jurisdiction *jurisdictions;
    int fallback_jurisdiction; /* index of EU, or -1 if the model has none */
    jk_status_rule statuses[JK_LEGAL_STATUS_COUNT];
    unsigned vulnerable_allow;  /* bits; never legal or sell */
    unsigned unreachable_allow; /* bits: actions where the debtor is known to be out of reach (reachable: none) */
    jk_scorecard scorecard;
    size_t segment_count; /* at least 1; the last matches all */
    const jk_segment *segments;
    jk_risk risk;
    size_t warning_count; /* what is allowed but odd (first epochs of 12 months, …): for the caller to show */
    const char *const *warnings;
    const struct jk_model_origin *origin; /* of a model made by jk_model_split; NULL otherwise */
    jk_extras extras;                     /* own columns that it uses; a tape has them in places of its own */
    const struct jk_yaml_node *tree;      /* what it was read from, with its changes; of no use outside */
    void *arena;                          /* owns everything above */
} jk_model;

/* Reads a model file with its includes. On failure *model is NULL and the error names file, line and key:
 * JK_ERROR_IO (cannot be read), JK_ERROR_MODEL (syntax, unknown or missing key, value out of range). */
jk_status jk_model_load(const char *path, jk_model **model, jk_error *error);

/* The same with `count` values put in the place of those of the files, before anything is checked: "irr=0.12",
 * "risk.correlation=0.3", "segments[fi-bills].cost.hour=30" (an item of a list by its id or its number from 0, * for
 * all), values in YAML. They count for sha256. Besides the above: JK_ERROR_ARGUMENT where a key leads nowhere; the
 * error's file is then "change KEY". And told in `currency`, which must be the file's own or one under fx
 * (JK_ERROR_ARGUMENT if it is neither): all money is converted at the file's rates, which scores and conditions do not
 * see. NULL: the file's own. sha256 stays that of the file and its changes. */
jk_status jk_model_load_told(const char *path, const char *const *changes, size_t count, const char *currency,
                             jk_model **model, jk_error *error);

/* Frees a model; NULL is accepted. */
void jk_model_free(jk_model *model);

/* Exchange rate of a currency, or NaN if the model has none. */
double jk_model_exchange_rate(const jk_model *model, const char *currency);
const jk_exchange_rate *jk_model_rate(const jk_model *model, const char *currency); /* or NULL */

/* Whether some segment has `payers`. */
bool jk_model_has_payers(const jk_model *model);

/* ---- models made of models -----------------------------------------------------------------------------------------
 */

/* Which claims something is about: those in one of the countries and one of the segments. */
typedef struct jk_where {
    size_t country_count; /* 0: all */
    const char *const *countries;
    size_t segment_count; /* 0: all */
    const char *const *segments;
} jk_where;

/* What a split model was made of. Its segments keep the ids of the segments that they were cut from. */
typedef struct jk_model_origin {
    const jk_model *model;
    const uint16_t *segment; /* by segment of the split model: index in `model` */
    const char *const
        *country; /* by segment: all its claims are of this country; NULL: of none that was named for it */
} jk_model_origin;

/* A model that values every claim as `model` does, but whose segments none of the `count` wheres cuts in two: a segment
 * that holds claims of several countries is divided where one of them is named. Where none cuts, it has the same
 * segments. Valuations of a split model report the segments of `model`. JK_ERROR_MODEL where the segments become too
 * many. `model` and the wheres' texts must outlive it; freed by jk_model_free. */
jk_status jk_model_split(const jk_model *model, const jk_where *wheres, size_t count, jk_model **split,
                         jk_error *error);

/* Whether a segment of a split model lies within one of the wheres that it was split by. */
int jk_where_holds(const jk_where *where, const jk_model *split, size_t segment);

#ifdef __cplusplus
}
#endif
#endif
