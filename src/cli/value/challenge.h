/* SPDX-License-Identifier: Apache-2.0 */
/* --challenger and what goes with it. */
#ifndef JK_CLI_CHALLENGE_H
#define JK_CLI_CHALLENGE_H

#include "cli/value/valuing.h"
#include "jalki/challenge.h"

typedef struct jk_cli_challenge {
    const char *path, *claims_path, *page_path; /* of the options; path NULL: no challenger */
    size_t top;
    jk_model *model;
    jk_challenger *handle;
    jk_challenge result;
} jk_cli_challenge;

extern const jk_option jk_challenge_options_of[];

#define JK_CHALLENGE_GROUP(type)                                                                                       \
    { "Challenger", jk_challenge_options_of, offsetof(type, challenge), false }

/* Before the run: adds a sink, where there is a challenger. */
jk_status jk_cli_challenge_open(jk_cli_challenge *challenge, const jk_cli_valuing *valuing, const jk_cli_common *common,
                                jk_value_sink *sinks, size_t *count, jk_error *error);
/* After it: what came of it, for valuation->challenge. */
jk_status jk_cli_challenge_finish(jk_cli_challenge *challenge, jk_valuation *valuation, jk_error *error);
/* The files that were asked for. */
jk_status jk_cli_challenge_write(const jk_cli_challenge *challenge, const jk_valuation *valuation, jk_error *error);
/* The tables; returns 0, or 1 with a message. */
int jk_cli_challenge_print(const jk_cli_challenge *challenge, int decimals);
void jk_cli_challenge_close(jk_cli_challenge *challenge);

#endif
