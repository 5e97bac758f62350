/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that value a tape share: the tape, --model, --cutoff, --irr, --sell, --memory, and opening them. */
#ifndef JK_CLI_VALUING_H
#define JK_CLI_VALUING_H

#include "cli/cli.h"
#include "cli/print/table.h"
#include "jalki/findings.h"
#include "jalki/law.h"
#include "jalki/value.h"
#include "jalki/worth.h"

enum { JK_CLI_CHANGES_MAX = 64 };

/* Changes of a model's figures, --set. */
typedef struct jk_cli_changes {
    const char *change[JK_CLI_CHANGES_MAX];
    size_t count;
} jk_cli_changes;

typedef struct jk_cli_valuing {
    const char *tape_path;
    const char *model_path;
    jk_cli_changes changes;
    const char *currency; /* that amounts are told in; NULL: the model's */
    int32_t cutoff;
    double irr; /* required yearly return; NaN: the model's */
    bool sell;
    size_t memory;
    bool explain_memory;
    bool no_curse;
    jk_accepted accepted; /* of --accept, in commands that print a bid */
    /* opened by jk_cli_valuing_open */
    jk_tape *tape;
    jk_model *model;
    jk_value_options options;
} jk_cli_valuing;

/* Loads a model with changes of its figures (KEY=VALUE), told in `currency` or, for NULL, in its own, and shows its
 * warnings: the one way in which commands do. */
jk_status jk_cli_load_model(const jk_cli_common *common, const char *path, const char *const *changes, size_t count,
                            const char *currency, jk_model **model, jk_error *error);

/* Opens tape and model, shows the model's warnings, prepares the options of the run. */
jk_status jk_cli_valuing_open(jk_cli_valuing *valuing, const jk_cli_common *common, jk_error *error);
/* Opens and values the tape once, without files of its claims. */
jk_status jk_cli_valuing_value(jk_cli_valuing *valuing, const jk_cli_common *common, jk_valuation *valuation,
                               jk_error *error);
/* What the model's fit does not know of the plan, where a covariance lies beside the model and --no-curse was not
 * given; else draws are 0; with its spread where that is asked for. A covariance that is not of this model is noted. */
jk_status jk_cli_valuing_worth(const jk_cli_valuing *valuing, const jk_cli_common *common, bool spread, jk_worth *worth,
                               jk_error *error);
/* Says it in two lines, below a table; nothing without draws. */
void jk_cli_valuing_tell_worth(const jk_cli_valuing *valuing, const jk_worth *worth);
/* The manifest of such a valuation as JSON, for free(); of the run alone where no tape was valued. NULL: no memory, or
 * an input can no longer be read. */
char *jk_cli_valuing_manifest(const jk_cli_valuing *valuing, const jk_valuation *valuation);
void jk_cli_valuing_close(jk_cli_valuing *valuing);

/* With --explain-memory: says on stderr what the run will take. */
jk_status jk_cli_valuing_explain(const jk_cli_valuing *valuing, size_t returns, const jk_value_sink *sinks,
                                 size_t sink_count, jk_error *error);

/* Says on stderr what a run will take. */
void jk_cli_valuing_tell_memory(const jk_cli_valuing *valuing, const jk_value_memory *memory);

/* Prints tape, claims, face, exchange rates, cut-off and what is allowed. */
void jk_cli_valuing_heading(const jk_cli_valuing *valuing, const jk_valuation *valuation);

/* Says at which rates amounts of the tape were converted; nothing where none was. */
void jk_cli_tell_rates(const jk_tape *tape, const jk_model *model);

/* Decimals with which amounts of this portfolio are shown: 2 for small ones. */
int jk_cli_decimals(const jk_valuation *valuation);

/* Decimals with which a yearly rate is shown in percent: 1, or 2 where 1 would show another rate. */
int jk_cli_rate_decimals(double rate);

/* Prints a titled table and frees it; returns 0, or 1 with a message where memory ran out. */
int jk_cli_print_table(jk_table *table, const char *title);

/* true if JSON goes to stdout instead of tables: --json - or --format json. */
bool jk_cli_json_on_stdout(const jk_cli_common *common);

/* true if JSON goes to a file: --json F. */
bool jk_cli_json_to_file(const jk_cli_common *common);

/* Writes a text made by the library to `path` and frees it; a path that is NULL or "-" is not written. NULL text: out
 * of memory. */
jk_status jk_cli_write_text(const char *path, char *text, jk_error *error);

/* The same for text with ids of claims (jk_text_write_personal). */
jk_status jk_cli_write_personal(const char *path, char *text, jk_error *error);

#endif
