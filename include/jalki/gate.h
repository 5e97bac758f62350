/* SPDX-License-Identifier: Apache-2.0 */
/* The gate before a bid: signs that a price would be wrong by far, looked for in one place by every command that prints
 * one. An overbid is not seen in its figures; what leads to it often is: rates in percent taken for shares, a cut-off
 * of another decade, a return of 1500 %, claims of the last century, costs in another currency.
 *
 *     jk_gate_view view = {.cutoff = …, .today = …, .irr = &irr, .irr_count = 1, .face = …, .gross = …};
 *     jk_findings findings = {0};
 *     jk_gate_check(tape, model, &view, &findings, &error);
 *     jk_findings_accept(&findings, accepted);
 *     jk_findings_refuse(&findings, jk_tape_path(tape), &error);
 */
#ifndef JALKI_GATE_H
#define JALKI_GATE_H

#include "jalki/findings.h"
#include "jalki/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_gate_view {
    int32_t cutoff;    /* of the valuation */
    int32_t today;     /* JK_MISSING_INTEGER: not looked at */
    const double *irr; /* required yearly returns */
    size_t irr_count;
    double face, gross; /* of the portfolio; base currency, gross over the whole horizon */
    const jk_run *run;  /* threads; NULL: all cores */
} jk_gate_view;

/* Looks at the tape (one pass over a few columns), the model and the valuation; adds what it finds, each of severity
 * error. Takes no memory that grows with the tape. Fails with what reading the tape reports. */
jk_status jk_gate_check(const jk_tape *tape, const jk_model *model, const jk_gate_view *view, jk_findings *findings,
                        jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
