/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share that look at two tapes, or two files of results, one after the other: --model, --model-b,
 * --cutoff, --cutoff-b, --irr, --irr-b, --sell, --memory, and opening them. */
#ifndef JK_CLI_PAIR_H
#define JK_CLI_PAIR_H

#include "cli/value/valuing.h"
#include "jalki/compare.h"
#include "jalki/report.h"

typedef struct jk_cli_pair {
    const char *const *paths; /* the operands */
    size_t path_count;
    const char *model_path[2]; /* NULL: the results'; of the second: the first's */
    jk_cli_changes changes[2]; /* of their figures; none of the second: those of the first, where it is its model */
    const char *currency;      /* that both are told in; NULL: as the first's results are, or the model's */
    int32_t cutoff[2];
    double irr[2];
    bool sell;
    size_t memory;
    /* opened by jk_cli_pair_open */
    jk_origin origin[2];
    jk_cli_changes used[2]; /* of the models */
    jk_tape *tape[2];
    jk_model *model[2]; /* the second is the first where it is the same file with the same changes */
    jk_compare_side side[2];
    jk_compare_options options; /* pseudonyms: of the command's own options */
} jk_cli_pair;

extern const jk_option jk_pair_options[];

#define JK_PAIR_OPERAND(type)                                                                                          \
    {                                                                                                                  \
        "tapes", .kind = JK_OPTION_FILE_IN, JK_FIELD(type, pair.paths),                                                \
                 JK_SEVERAL(type, pair.path_count, JK_OPTION_ALL), .value = "A B"                                      \
    }
#define JK_PAIR_GROUP(type)                                                                                            \
    { "Valuations", jk_pair_options, offsetof(type, pair), false }

/* Says what is wrong where there are not two operands. */
void jk_cli_pair_check(jk_usage *usage, const jk_cli_pair *pair);

jk_status jk_cli_pair_open(jk_cli_pair *pair, const jk_cli_common *common, jk_error *error);
void jk_cli_pair_close(jk_cli_pair *pair);

#endif
