/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/accept.h"

#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"

static void read_accept(jk_usage *usage, const char *name, char *text, void *field) {
    const char *unknown = NULL;
    const char *nearest = NULL;
    if (!jk_accept_read(text, field, &unknown, &nearest)) {
        jk_usage_error(usage, "%s: '%.*s' is no code of a warning or an error%s%s%s", name, (int)strcspn(unknown, ","),
                       unknown, nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                       nearest != NULL ? "'?" : "");
    }
}

const jk_option jk_accept_options[] = {
    {"accept", .kind = JK_OPTION_SPECIAL, .read = read_accept, .size = sizeof(jk_accepted), .value = "CODE",
     .example = "garbled_text,total_differs",
     .help =
         "Take a warning or an error with this code as known and go on; several separated by commas. Accepted codes "
         "are written into the manifest"},
    {0},
};

void jk_cli_show_findings(const jk_cli_common *common, const jk_findings *findings) {
    jk_cli_end_progress();
    bool refused = false; /* the first error is what the command fails with: jk_findings_refuse tells it */
    for (size_t i = 0; i < findings->count; i++) {
        const jk_finding *finding = &findings->list[i];
        jk_severity severity = jk_finding_severity(finding->code);
        if (severity == JK_SEVERITY_ERROR && !finding->accepted && !refused) {
            refused = true;
            continue;
        }
        if (!finding->accepted && !(common->quiet && severity == JK_SEVERITY_NOTE)) {
            (void)fprintf(stderr, "jalki: %s: %s [%s]\n", jk_severity_name(severity), finding->text,
                          jk_finding_name(finding->code));
        }
    }
    if (findings->lost > 0) {
        (void)fprintf(stderr, "jalki: warning: %zu more findings are not shown\n", findings->lost);
    }
}

jk_status jk_cli_repeat_warnings(const jk_cli_common *common, const jk_tape *tape, jk_accepted accepted,
                                 jk_error *error) {
    jk_findings findings = {0};
    jk_status status = jk_findings_of_tape(tape, &findings, error);
    jk_findings_accept(&findings, accepted);
    jk_cli_show_findings(common, &findings);
    jk_findings_reset(&findings);
    return status;
}

int32_t jk_cli_today(void) {
    return (int32_t)(jk_run_seconds() / 86400);
}

jk_status jk_cli_gate(const jk_cli_common *common, const jk_tape *tape, const jk_model *model, jk_gate_view view,
                      jk_accepted accepted, jk_error *error) {
    jk_findings findings = {0};
    jk_run run = {.threads = common->threads};
    view.today = jk_cli_today();
    view.run = &run;
    jk_status status = jk_gate_check(tape, model, &view, &findings, error);
    if (status == JK_OK) {
        jk_findings_accept(&findings, accepted);
        jk_cli_show_findings(common, &findings);
        status = jk_findings_refuse(&findings, jk_tape_path(tape), error);
    }
    jk_findings_reset(&findings);
    return status;
}

jk_status jk_cli_gate_valuation(const jk_cli_common *common, const jk_tape *tape, const jk_model *model,
                                const jk_valuation *valuation, jk_error *error) {
    jk_gate_view view = {.cutoff = valuation->cutoff,
                         .irr = &valuation->irr,
                         .irr_count = 1,
                         .face = valuation->total.face,
                         .gross = valuation->total.erc_gross};
    return jk_cli_gate(common, tape, model, view, valuation->accepted, error);
}
