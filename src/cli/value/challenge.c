/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/value/challenge.h"

#include <stdlib.h>

#include "base/error.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "jalki/page.h"

const jk_option jk_challenge_options_of[] = {
    {"challenger", .kind = JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(jk_cli_challenge, path), .value = "B.yaml",
     .help = "A second model in the same pass: where it decides otherwise, and what that is worth"},
    {"disagree", .kind = JK_OPTION_FILE_OUT, JK_FIELD(jk_cli_challenge, claims_path), .value = "F.csv",
     .needs = "challenger", .help = "The claims on which the two disagree, CSV"},
    {"challenger-page", .kind = JK_OPTION_FILE_OUT, JK_FIELD(jk_cli_challenge, page_path), .value = "F.html",
     .no_stdout = true, .needs = "challenger", .help = "A page with both"},
    {"challenger-top", .kind = JK_OPTION_INTEGER, JK_FIELD(jk_cli_challenge, top), .value = "N", .low = 1, .high = 1e9,
     .standard = "20", .needs = "challenger", .help = "Claims that are listed; the CSV has as many"},
    {0},
};

jk_status jk_cli_challenge_open(jk_cli_challenge *challenge, const jk_cli_valuing *valuing, const jk_cli_common *common,
                                jk_value_sink *sinks, size_t *count, jk_error *error) {
    if (challenge->path == NULL) {
        return JK_OK;
    }
    const jk_challenge_options options = {.value = valuing->options, .top = challenge->top};
    JK_TRY(jk_cli_load_model(common, challenge->path, NULL, 0, valuing->currency, &challenge->model, error));
    JK_TRY(jk_challenge_open(valuing->tape, valuing->model, challenge->model, &options, &challenge->handle,
                             &sinks[*count], error));
    ++*count;
    return JK_OK;
}

jk_status jk_cli_challenge_finish(jk_cli_challenge *challenge, jk_valuation *valuation, jk_error *error) {
    if (challenge->handle != NULL) {
        JK_TRY(jk_challenge_finish(challenge->handle, valuation, &challenge->result, error));
        valuation->challenge = &challenge->result;
    }
    return JK_OK;
}

jk_status jk_cli_challenge_write(const jk_cli_challenge *challenge, const jk_valuation *valuation, jk_error *error) {
    if (challenge->claims_path != NULL) {
        JK_TRY(jk_challenge_write_claims(&challenge->result, challenge->claims_path, error));
    }
    if (challenge->page_path == NULL) {
        return JK_OK;
    }
    char *figures = jk_challenge_page_json(&challenge->result, valuation->cutoff);
    jk_page page = {.title = "Champion and challenger", .script = "challenge", .figures = figures};
    jk_status status =
        figures != NULL ? jk_page_write(challenge->page_path, &page, error) : jk_fail_memory(error, "a page");
    free(figures);
    return status;
}

int jk_cli_challenge_print(const jk_cli_challenge *challenge, int decimals) {
    const jk_challenge *result = &challenge->result;
    if (challenge->handle == NULL) {
        return 0;
    }
    char text[2][JK_AMOUNT_TEXT], claims[JK_AMOUNT_TEXT], lost[2][JK_AMOUNT_TEXT];
    double loss[2] = {0.0, 0.0};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        for (int b = 0; b < JK_ACTION_COUNT; b++) {
            loss[0] += result->cell[a][b].loss[0];
            loss[1] += result->cell[a][b].loss[1];
        }
    }
    (void)printf("\nChallenger %s (%s): value %s, bid %s at %.*f %% a year\n", challenge->model->name,
                 challenge->model->path, jk_amount(text[0], result->total[1].value, decimals),
                 jk_amount(text[1], result->bid[1], decimals), jk_cli_rate_decimals(result->irr[1]),
                 100.0 * result->irr[1]);
    (void)printf(
        "  %s claims are decided otherwise; if the challenger is right, the champion's decisions lose %s, else "
        "the challenger's lose %s\n",
        jk_amount(claims, (double)result->differing, 0), jk_amount(lost[1], loss[1], decimals),
        jk_amount(lost[0], loss[0], decimals));
    (void)printf("  rank correlation of the claims' values %.3f, %s apart on average\n", result->rank_correlation,
                 jk_amount(text[0], result->mean_difference, 2));
    jk_listing decisions = jk_challenge_decisions_listing(result), rows = jk_challenge_listing(result);
    jk_cli_listing_view by_decision = {
        .title = "Decisions of champion and challenger", .claims = "claims", .money_decimals = decimals};
    jk_cli_listing_view list = {.title = "Where they disagree most", .money_decimals = 2};
    int failed = jk_cli_listing_table(&decisions, &by_decision);
    return failed | (result->count > 0 ? jk_cli_listing_table(&rows, &list) : 0);
}

void jk_cli_challenge_close(jk_cli_challenge *challenge) {
    jk_challenge_reset(&challenge->result);
    jk_challenge_close(challenge->handle);
    jk_model_free(challenge->model);
}
