/* SPDX-License-Identifier: Apache-2.0 */
/* Learning of jalki/fit_trees.h. */
#ifndef JK_FIT_FIT_TREES_H
#define JK_FIT_FIT_TREES_H

#include "jalki/fit_trees.h"
#include "jalki/panel_filter.h"

typedef struct jk_fit_trees_options {
    jk_panel_filter filter; /* rows that are learnt from [all] */
    size_t rows_max; /* of more rows a part is taken, by debtors [2,000,000]: 4 bytes a row and feature, three times */
    jk_boost_options boost;
    jk_run run;
} jk_fit_trees_options;
jk_fit_trees_options jk_fit_trees_defaults(void);

/* Learns from the panel and writes the ensemble to `path`. `model` is the fitted one, without trees. Errors as
 * jk_panel_open, jk_boost_train. */
jk_status jk_fit_trees(const char *panel, const jk_model *model, const jk_fit_trees_options *options, const char *path,
                       jk_fit_trees_result *result, jk_error *error);

#endif
