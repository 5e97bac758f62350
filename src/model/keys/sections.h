/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the model file that are more than numbers within bounds: each function reads one node into the field
 * that its table line names. */
#ifndef JK_MODEL_SECTIONS_H
#define JK_MODEL_SECTIONS_H

#include "model/keys/fields.h"
#include "model/trees/trees.h"

/* What stands in a characteristic's map; the rest of it follows from the name and the bins or levels. */
typedef struct jk_characteristic_entry {
    const char *name;
    double missing, other; /* other: NaN if absent */
    int fades;
    const jk_yaml_node *bins, *levels, *special, *in_segments;
} jk_characteristic_entry;

/* One bin; `below` is INFINITY where it is not given. */
typedef struct jk_bin_entry {
    double below, points;
} jk_bin_entry;

/* general.c */
jk_status jk_read_version(jk_model_reader *reader, const jk_yaml_node *node, void *target);
jk_status jk_read_extras(jk_model_reader *reader, const jk_yaml_node *node, void *target);         /* jk_extras */
jk_status jk_read_currency(jk_model_reader *reader, const jk_yaml_node *node, void *target);       /* const char * */
jk_status jk_read_exchange_rates(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_model */
jk_status jk_read_epochs(jk_model_reader *reader, const jk_yaml_node *node, void *target);         /* jk_model */
jk_status jk_read_node(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* const jk_yaml_node * */

/* After the general keys: defaults that depend on others, checks across keys. */
jk_status jk_finish_general(jk_model_reader *reader, const jk_yaml_node *root);

/* condition.c */
jk_status jk_check_code(jk_model_reader *reader, const jk_yaml_node *place, const char *text, size_t length,
                        const char *expected); /* `length` capital letters */
jk_status jk_check_level(jk_model_reader *reader, const jk_yaml_node *place, jk_column column, const char *text);
jk_status jk_read_condition(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_condition */
/* Whether every claim that matches `narrow` matches `wide` by what both say: each term of `wide` stands in `narrow`,
 * too, with none but its values. */
bool jk_condition_covers(const jk_condition *wide, const jk_condition *narrow);

/* law.c */
jk_status jk_read_jurisdictions(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_model */
jk_status jk_read_periods(jk_model_reader *reader, const jk_yaml_node *node, void *target);       /* jk_jurisdiction */
jk_status jk_read_attachable(jk_model_reader *reader, const jk_yaml_node *node, void *target);    /* jk_jurisdiction */
jk_status jk_read_bands(jk_model_reader *reader, const jk_yaml_node *node, void *target);         /* jk_jurisdiction */

/* status_rules.c */
void jk_default_statuses(jk_model *model);
jk_status jk_read_statuses(jk_model_reader *reader, const jk_yaml_node *node, void *target);          /* jk_model */
jk_status jk_read_vulnerable_allow(jk_model_reader *reader, const jk_yaml_node *node, void *target);  /* jk_model */
jk_status jk_read_unreachable_allow(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_model */
jk_status jk_read_allow(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_status_rule */
jk_status jk_read_class(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_status_rule */
jk_status jk_read_title(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_status_rule */

/* characteristics.c */
jk_status jk_read_scorecard(jk_model_reader *reader, const jk_yaml_node *node, void *target);       /* jk_model */
jk_status jk_read_characteristics(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_scorecard */
jk_status jk_finish_characteristics(jk_model_reader *reader, const jk_yaml_node *root); /* after the segments */

/* Finds the tape column or derived figure that a characteristic may take, and sets name, derived, column and
 * is_numeric; own columns are those of the model. False if there is none of this name. */
bool jk_find_characteristic(const jk_extras *extras, const char *name, jk_characteristic *out);

/* own_score.c */
jk_status jk_read_own_score(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_scorecard */

/* card_csv.c: a scorecard of points as CSV, of `bytes`; `special` are values that its bin for special ones is about,
 * `names` what the file calls characteristics that are called otherwise here (a map, or NULL). */
jk_status jk_read_card(jk_model_reader *reader, const char *path, const char *bytes, size_t size,
                       const jk_yaml_node *names, const double *special, size_t special_count, jk_own_score *out);

/* special_bins.c: puts a bin of its own for one value into ascending bins; `below` and `points` have room for two more.
 * The bin runs from the value to the next number. */
void jk_special_bin(double value, double points, double *below, double *of_bin, size_t *count);

/* trees.c */
jk_status jk_read_trees(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_scorecard */
/* Trees that a node names, a file or a map of it and what it does not say. */
jk_status jk_read_trees_entry(jk_model_reader *reader, const jk_yaml_node *node, jk_trees_link link,
                              const jk_trees **trees);

/* network.c */
jk_status jk_read_network(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_scorecard */

/* segments.c */
jk_status jk_read_payers(jk_model_reader *reader, const jk_yaml_node *node, void *target);   /* jk_segment */
jk_status jk_read_segments(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_model */
/* What segments need of the epochs, which are known at the end. */
void jk_finish_segments(jk_model_reader *reader);

/* risk.c */
jk_status jk_read_risk(jk_model_reader *reader, const jk_yaml_node *node, void *target);           /* jk_risk */
jk_status jk_read_risk_countries(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_risk */

/* risk_correlation.c; the last two fill a jk_risk_correlation, factors first */
jk_status jk_read_risk_correlation(jk_model_reader *reader, const jk_yaml_node *node, void *target); /* jk_risk */
jk_status jk_read_risk_factors(jk_model_reader *reader, const jk_yaml_node *node, void *target);
jk_status jk_read_risk_matrix(jk_model_reader *reader, const jk_yaml_node *node, void *target);

/* After the model: what holds where the file has no `risk`. */
jk_status jk_finish_risk(jk_model_reader *reader);

#endif
