/* SPDX-License-Identifier: Apache-2.0 */
/* History for fitting and back-testing: one row per claim and period, with what was done, what came in and how it ended
 * (docs/panel.md). A jk_panel is a store of history bound to a model: every row is seen as the model would have seen
 * the claim on the first day of the row's period - age, bars, attachable income, segment, score, capacity class.
 *
 *     jk_panel *panel = NULL;
 *     jk_panel_open("P.h5", model, &panel, &error);
 *     jk_panel_stream(panel, &run, visit, context, &error);   any number of times
 *     jk_panel_close(panel);
 *
 * Memory: up to 24 bytes a row for the sums of debtors by period (16 bytes a row more while it is opened), and one
 * block a thread; everything else is streamed.
 */
#ifndef JALKI_PANEL_H
#define JALKI_PANEL_H

#include "jalki/score.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_panel jk_panel;

/* Opens a panel made by `import --panel`, `generate --panel` or `panel`, and binds it to the model, which must outlive
 * it. JK_ERROR_DATA if the store is a tape, if it has no rows, if rows are in a currency or country that the model does
 * not know, or if dates of a row lie after its period's start; otherwise as jk_tape_open. Streams the store once for
 * the debtors' sums. *panel is the caller's, to be given to jk_panel_close. `run` may be NULL. */
jk_status jk_panel_open(const char *path, const jk_model *model, jk_panel **panel, jk_error *error);
jk_status jk_panel_open_run(const char *path, const jk_model *model, const jk_run *run, jk_panel **panel,
                            jk_error *error);

/* Closes and frees; NULL is accepted. */
void jk_panel_close(jk_panel *panel);

/* The store behind it: rows, claims, debtors, dictionaries, attributes. Valid until close. */
const jk_tape *jk_panel_tape(const jk_panel *panel);

/* The scorer that blocks are made with, for those who ask the score stage for more (values and bins of
 * characteristics); it takes a panel's block as it takes a tape's. Valid until close. */
const jk_scorer *jk_panel_scorer(const jk_panel *panel);

/* Which columns blocks hold beside those that law, scorer and the arrays below need (bit c: column c; texts are never
 * loaded). At first all that the store has: ask for fewer where a panel is streamed many times. Not during a stream. */
void jk_panel_want(jk_panel *panel, uint64_t columns);

/* First and last period_start of the panel, and the last day that any period reaches (period_start + period_months, the
 * first day after it), as days since 1970-01-01. */
typedef struct jk_panel_span {
    int32_t first_start, last_start, end;
} jk_panel_span;
jk_panel_span jk_panel_span_of(const jk_panel *panel);

/* Rows [first_row, first_row + rows) of the panel. Arrays have `rows` elements and are valid during the visit; money is
 * in the model's base currency. Nothing in them is NaN but what law and score say may be. */
typedef struct jk_panel_block {
    int thread;
    size_t number, first_row, rows; /* number: of the block, in row order from 0 */
    /* All tape and panel columns that the store has or jk_panel_want asked for (claim_id and debtor_id are not loaded),
     * except that debtor_index is the number of the (debtor, period_start) group whose sums score stands for. */
    const jk_block *block;
    const jk_law_facts *law;       /* at each row's period_start */
    const jk_score_columns *score; /* of the bound model, at period_start */
    const double *balance_start;   /* > 0 */
    const double *months;          /* at risk, > 0 */
    const double *cash, *cost;     /* >= 0; cost 0 where the panel has none */
    const double *age_start;     /* months since write-off at period_start, whole, as model.md section 2 counts them */
    const double *garnish;       /* gamma of model.md section 3, 1/month; the debtor's workable balance is that of the
                                    panel's rows with the same debtor and period_start */
    const int32_t *period_start; /* days since 1970-01-01 */
    const int32_t *debtor, *claim; /* dense, from 0: below jk_tape_debtors and jk_tape_claims */
    const uint8_t *treatment;      /* jk_treatment */
    const uint8_t *title_state;    /* jk_title: the panel's, where missing that of law */
    const uint8_t *exit;           /* jk_panel_exit; none where missing */
    const int8_t *class_start;     /* jk_capacity as the panel gives it, or -1 (then score->capacity_class stands) */
    const int8_t *class_end;       /* likewise, at the period's end; -1: unknown */
} jk_panel_block;

/* Called once per block, from several threads at once and in any order; a status other than JK_OK stops the stream and
 * is returned. */
typedef jk_status jk_panel_visit(void *context, const jk_panel_block *block, jk_error *error);

/* Streams all blocks. Sums made per block and added in the order of `number` do not depend on threads; block_rows of
 * `run` (0: 8192) does change where blocks end. Threads seen are 0..N-1 with N as jk_panel_threads says. */
jk_status jk_panel_stream(const jk_panel *panel, const jk_run *run, jk_panel_visit *visit, void *context,
                          jk_error *error);

/* The same without what law and score say: `law` and `score` are NULL, age_start and garnish mean nothing. */
jk_status jk_panel_stream_plain(const jk_panel *panel, const jk_run *run, jk_panel_visit *visit, void *context,
                                jk_error *error);

/* The same, but of a run on several processes (docs/cluster.md) only the blocks that are this one's: a run of blocks,
 * in the order of the processes. What is made of them is then to be put together. */
jk_status jk_panel_stream_own(const jk_panel *panel, const jk_run *run, jk_panel_visit *visit, void *context,
                              jk_error *error);

/* Number of blocks, rows per block and threads that a stream with `run` has, to size what a visitor keeps. */
size_t jk_panel_blocks(const jk_panel *panel, const jk_run *run);
size_t jk_panel_block_rows(const jk_panel *panel, const jk_run *run);
int jk_panel_threads(const jk_panel *panel, const jk_run *run);

#ifdef __cplusplus
}
#endif
#endif
