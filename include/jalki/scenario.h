/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios (model.md section 11): named stresses from a file, made into figures that the plan stage can use, and the
 * portfolio valued under them, re-planned (the owner knows the scenario) or committed (the base plan is kept, only the
 * flows change). docs/scenario.md defines every stress.
 *
 *     jk_scenarios *set = NULL;
 *     jk_scenario_grid grid = {0};
 *     jk_scenarios_load("stress.yaml", model, &set, &error);
 *     jk_scenario_run run = {.scenarios = set->scenarios, .scenario_count = set->count, .irr = &irr, .returns = 1,
 *                            .modes = JK_MODE_REPLANNED | JK_MODE_COMMITTED};
 *     jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error);
 *     jk_offer offer = jk_offer_make(jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, 2), NULL, 0, NAN);
 *     jk_scenario_grid_reset(&grid);
 *     jk_scenarios_free(set);
 */
#ifndef JALKI_SCENARIO_H
#define JALKI_SCENARIO_H

#include "jalki/strata.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_stress_key {
    JK_STRESS_RECOVERY,     /* factor on the baseline intensities, by month after the cut-off */
    JK_STRESS_DELAY,        /* months without any of them */
    JK_STRESS_GARNISHMENT,  /* factor on what garnishment takes */
    JK_STRESS_COSTS,        /* factor on running costs, enforcement, court fees and interruption */
    JK_STRESS_COURT_COST,   /* factor on court fees and enforcement alone */
    JK_STRESS_EXIT,         /* factor on all exits */
    JK_STRESS_MARKET_PRICE, /* factor on what a sale brings */
    JK_STRESS_THETA,        /* factor on theta */
    JK_STRESS_TILT,         /* log odds by which a month moves one class up (> 0) or down */
    JK_STRESS_NEW_PAYERS,   /* factor on moves to better classes */
    JK_STRESS_BREAKAGE,     /* share lost of what weak and able pay */
    JK_STRESS_HOUR_PRICE,   /* base currency added to the price of an agent hour, at the prices of the cut-off */
    JK_STRESS_IRR,          /* added to the required return; for the whole portfolio only */
    JK_STRESS_COUNT
} jk_stress_key;

/* A key of the file: bounds, and the figure that changes nothing. */
typedef struct jk_stress_field {
    const char *name;
    double low, high, neutral;
    const char *meaning; /* a few words */
} jk_stress_field;
const jk_stress_field *jk_stress_field_of(jk_stress_key key);
int jk_stress_key_of(const char *name); /* a jk_stress_key, or -1 */

/* One entry of a file: what changes, and for whom. */
typedef struct jk_stress {
    jk_where where;
    double figure[JK_STRESS_COUNT]; /* neutral where the file says nothing */
    jk_steps recovery;              /* where recovery is given by months; count 0: it is figure[JK_STRESS_RECOVERY] */
} jk_stress;
jk_stress jk_stress_none(void); /* all claims, nothing changed */

/* Entries of one name together: applied one after the other. */
typedef struct jk_scenario {
    const char *name;
    const char *note; /* NULL: none */
    size_t stress_count;
    const jk_stress *stresses;
    const jk_law_change *law; /* NULL: the law stays */
} jk_scenario;

typedef struct jk_scenarios {
    const char *path;
    char sha256[65];
    size_t count; /* at least 1; names are distinct, in the order of their first entry */
    const jk_scenario *scenarios;
    size_t law_count;
    jk_model **laws; /* behind the scenarios' changes of law */
    void *arena;     /* owns everything above but the laws */
} jk_scenarios;

enum { JK_SCENARIOS_MAX = 200, JK_STRESSES_MAX = 2000 };

/* Reads a scenario file for use with `model`. JK_ERROR_IO, or JK_ERROR_MODEL with file, line and key: unknown keys,
 * wrong types, figures out of bounds, segments that the model does not have, `irr` together with `where`. */
jk_status jk_scenarios_load(const char *path, const jk_model *model, jk_scenarios **set, jk_error *error);
void jk_scenarios_free(jk_scenarios *set);

/* ---- figures -------------------------------------------------------------------------------------------------- */

/* A scenario as the plan stage takes it; arrays by segment of the split model. */
typedef struct jk_stressed {
    jk_model model;                /* the split model with changed segments; owned by the set */
    const double *recovery;        /* [segments][epochs] m_j of new payers */
    const double *paying_recovery; /* likewise, of the instalments of those who pay */
    const jk_plan_stress *stress;  /* [segments] */
    double irr_shift;
} jk_stressed;

typedef struct jk_stress_set {
    jk_model *split; /* law, score and the base case run on it; see jk_model_split */
    size_t count;
    const jk_stressed *stressed; /* in the order of the scenarios */
    void *arena;
} jk_stress_set;

/* Makes figures of scenarios. Segments are cut by the wheres of the scenarios, and by `apart` too (NULL: by no other).
 * JK_ERROR_MODEL where multipliers together go beyond JK_RECOVERY_MAX, and as jk_model_split. `model` and scenarios
 * must outlive the set. */
jk_status jk_stress_set_make(const jk_model *model, const jk_scenario *scenarios, size_t count, const jk_where *apart,
                             jk_stress_set **set, jk_error *error);
void jk_stress_set_free(jk_stress_set *set);

/* ---- valuations ------------------------------------------------------------------------------------------------ */

enum { JK_MODE_REPLANNED = 1, JK_MODE_COMMITTED = 2 };

/* Which valuations are wanted. */
typedef struct jk_scenario_run {
    const jk_scenario *scenarios;
    size_t scenario_count;
    const double *irr; /* required returns; NaN: the model's */
    size_t returns;    /* at least 1 */
    unsigned modes;    /* JK_MODE_REPLANNED, JK_MODE_COMMITTED or both */
    bool by_country;   /* cash flows by country, too (jk_valuation.country_flow), unless segments x countries are more
                          than a model can hold */
} jk_scenario_run;

/* Returns x (base and scenarios), in the order of the run's cases: for every return the base, then the scenarios
 * re-planned, then committed, as far as the modes say. Changes of decisions are against the first base. */
typedef struct jk_scenario_grid {
    size_t returns, scenario_count, count;
    unsigned modes;
    jk_valuation *valuations; /* [count] */
} jk_scenario_grid;

/* Values the tape under all of it in one pass; returns x (1 + scenarios x modes) is at most JK_CASES_MAX. Errors as of
 * jk_value_cases and jk_stress_set_make; a return that the shift takes to -1 or below is JK_ERROR_ARGUMENT. */
jk_status jk_scenario_grid_make(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                const jk_scenario_run *run, const jk_value_sink *sinks, size_t sink_count,
                                jk_scenario_grid *grid, jk_error *error);
void jk_scenario_grid_reset(jk_scenario_grid *grid);

/* What such a run will take; see jk_value_plan_memory. */
jk_status jk_scenario_grid_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                  const jk_scenario_run *run, const jk_value_sink *sinks, size_t sink_count,
                                  jk_value_memory *memory, jk_error *error);

/* Index of a valuation, which is also that of the case in jk_value_block; scenario -1: the base. */
size_t jk_scenario_index(const jk_scenario_grid *grid, size_t which_return, unsigned mode, int scenario);
const jk_valuation *jk_scenario_at(const jk_scenario_grid *grid, size_t which_return, unsigned mode, int scenario);

/* ---- side by side ---------------------------------------------------------------------------------------------- */

/* A valuation as a line of the table: of the whole portfolio, or of one segment alone. */
typedef struct jk_scenario_line {
    uint64_t claims;
    double irr, face, value;
    double change_pct; /* of the value against the base, x 100; NaN where the base is not above 0 */
    double bid;        /* max(0, value - onboarding) */
    double bid_pct_of_face;
    double erc_gross[JK_ERC_COUNT];
    double net, multiple; /* over the horizon; at the bid */
    int payback;          /* months at the bid; -1: never */
    uint64_t changed;     /* claims with another decision than in the base; 0 for a segment */
    double changed_face;
} jk_scenario_line;

/* segment: index in the model, or -1 for all. `base` is what it is compared with. */
jk_scenario_line jk_scenario_line_of(const jk_valuation *valuation, const jk_valuation *base, int segment);

/* Pairs of decisions by number of claims, largest first; at most `room`. Returns how many there are. */
typedef struct jk_change_pair {
    jk_action from, to;
} jk_change_pair;
enum { JK_CHANGE_PAIRS = JK_ACTION_COUNT * JK_ACTION_COUNT };
size_t jk_change_pairs(const jk_valuation *valuation, jk_change_pair *pairs, size_t room);

/* Why: what both actions are worth to such a claim on average, before and now; in words. Returns text. */
enum { JK_CHANGE_WORDS = 256 };
const char *jk_change_words(const jk_valuation *valuation, jk_change_pair pair, char text[JK_CHANGE_WORDS]);

/* Its rows with their columns described: the base, then each mode's scenarios; for all claims and by segment, or for
 * all and one segment alone (segment: its index, else -1). For NULL the columns alone. */
jk_listing jk_scenario_listing(const jk_scenarios *set, const jk_scenario_grid *grid, int segment);

/* Decisions that change against the base, re-planned: of each scenario `most` rows (at most JK_CHANGE_PAIRS), the most
 * claims first; rows that a scenario has not say 0 claims. For NULL the columns alone. */
jk_listing jk_scenario_changes_listing(const jk_scenarios *set, const jk_scenario_grid *grid, size_t most);

/* The grid of one return as JSON, ending in a line end, with the sums by columns that were asked for (NULL: none); NULL
 * if there is no memory. Free with free(). */
char *jk_scenario_json(const jk_tape *tape, const jk_model *model, const jk_scenarios *set,
                       const jk_scenario_grid *grid, const jk_strata *strata);

/* The grid's cases of one return, in their order: `cases` has as many. For jk_strata_finish. */
void jk_scenario_cases(const jk_scenarios *set, const jk_scenario_grid *grid, jk_strata_case *cases);

/* Claims under all scenarios as CSV in tape order: the columns of jk_scenario_claims_columns, the last two of which are
 * the base's, then decision and value of every scenario and mode, as `NAME decision` and `NAME value`, with
 * `(committed)` after the name of that mode. To be used as jk_claims_open and its kin are, in the run that makes the
 * grid. */
typedef struct jk_scenario_claims jk_scenario_claims;
jk_status jk_scenario_claims_open(const char *path, const jk_tape *tape, const jk_model *model,
                                  const jk_scenario_run *run, jk_scenario_claims **file, jk_error *error);
jk_value_sink jk_scenario_claims_sink(jk_scenario_claims *file);
jk_status jk_scenario_claims_commit(jk_scenario_claims *file, jk_error *error);
void jk_scenario_claims_abort(jk_scenario_claims *file); /* NULL is accepted */
jk_listing jk_scenario_claims_columns(void);

#ifdef __cplusplus
}
#endif
#endif
