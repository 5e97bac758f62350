/* SPDX-License-Identifier: Apache-2.0 */
/* What a joined panel says of where it comes from. */
#include <string.h>

#include <jansson.h>

#include "base/file/run_record.h"
#include "base/number/calendar.h"
#include "base/text/json.h"
#include "base/text/text.h"
#include "history/join/panel_join.h"

char *jk_join_manifest(const join_work *work) {
    const jk_panel_join_options *options = work->options;
    json_t *tapes = json_array();
    for (size_t t = 0; t < options->tape_count; t++) {
        char date[JK_DATE_TEXT];
        jk_json_add(tapes, json_pack("{s:s?, s:s, s:s}", "file", jk_file_name(options->tapes[t]), "source_sha256",
                                     jk_tape_sha256(work->tapes[t]), "cutoff",
                                     jk_date_format(jk_tape_cutoff(work->tapes[t]), date)));
    }
    json_t *manifest =
        json_pack("{s:s, s:s, s:o, s:s?, s:s?, s:i, s:I, s:I}", "program", "jalki " JALKI_VERSION, "command", "panel",
                  "tapes", tapes, "payments", jk_file_name(options->payments), "actions",
                  options->actions == NULL ? NULL : jk_file_name(options->actions), "period_months",
                  options->period_months, "payments_used", (json_int_t)work->summary->used.count, "payments_read",
                  (json_int_t)work->summary->payments.count);
    jk_json_builder b = {0};
    jk_run_record_put(&b, manifest);
    return jk_json_dump(&b, manifest, JSON_COMPACT);
}
