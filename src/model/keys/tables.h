/* SPDX-License-Identifier: Apache-2.0 */
/* The records of the model file. Each fills the struct that its comment names. */
#ifndef JK_MODEL_TABLES_H
#define JK_MODEL_TABLES_H

#include "model/keys/fields.h"

extern const jk_record jk_record_model;          /* jk_model; `include` is taken away before */
extern const jk_record jk_record_lineage;        /* jk_model */
extern const jk_record jk_record_lineage_source; /* jk_model_source */
extern const jk_record jk_record_jurisdiction;   /* jk_jurisdiction */
extern const jk_record jk_record_limitation;     /* jk_jurisdiction */
extern const jk_record jk_record_period;         /* jk_limitation_period */
extern const jk_record jk_record_title_final;    /* jk_jurisdiction */
extern const jk_record jk_record_final;          /* jk_jurisdiction */
extern const jk_record jk_record_interest;       /* jk_jurisdiction */
extern const jk_record jk_record_mortality;      /* jk_jurisdiction */
extern const jk_record jk_record_attachable;     /* jk_jurisdiction */
extern const jk_record jk_record_band;           /* jk_attachable_band */
extern const jk_record jk_record_status;         /* jk_status_rule */
extern const jk_record jk_record_scorecard;      /* jk_scorecard */
extern const jk_record jk_record_characteristic; /* jk_characteristic_entry of scorecard.h */
extern const jk_record jk_record_bin;            /* jk_bin_entry of scorecard.h */
extern const jk_record jk_record_own_score;      /* jk_own_score_entry */
extern const jk_record jk_record_own_calibration;
extern const jk_record jk_record_trees;
extern const jk_record jk_record_segment; /* jk_segment; so do the rest */
extern const jk_record jk_record_curves;
extern const jk_record jk_record_class_multiplier;
extern const jk_record jk_record_class_monthly;
extern const jk_record jk_record_recovery_share;
extern const jk_record jk_record_cost;
extern const jk_record jk_record_cost_surveil;
extern const jk_record jk_record_cost_amicable;
extern const jk_record jk_record_cost_legal;
extern const jk_record jk_record_legal;
extern const jk_record jk_record_payers;
extern const jk_record jk_record_settled_share;
extern const jk_record jk_record_breakage;
extern const jk_record jk_record_payer_monthly;
extern const jk_record jk_record_effort;
extern const jk_record jk_record_market;
extern const jk_record jk_record_risk;             /* jk_risk; so does the last of these */
extern const jk_record jk_record_risk_correlation; /* jk_risk_correlation */
extern const jk_record jk_record_risk_country;     /* jk_risk_factor */
extern const jk_record jk_record_risk_parameters;

/* All of them, for the reference and the tests. */
extern const jk_record *const jk_records[];
extern const size_t jk_record_count;

#endif
