/* SPDX-License-Identifier: Apache-2.0 */
#include "import/manifest.h"

#include <string.h>

#include "base/file/run_record.h"
#include "base/number/calendar.h"
#include "base/text/json.h"
#include "base/text/text.h"
#include "tape/findings_json.h"

static void put_text(json_t *object, const char *key, const char *text) {
    jk_json_set(object, key, jk_json_string(text)); /* a name may not be UTF-8 */
}

static void put_number(json_t *object, const char *key, uint64_t number) {
    jk_json_set(object, key, json_integer((json_int_t)number));
}

char *jk_import_manifest(const jk_import_options *options, const jk_mapping *mapping,
                         const jk_import_summary *summary) {
    json_t *manifest = json_object();
    json_t *sources = json_array();
    json_t *rejected = json_object();
    json_t *left_out = json_object();
    put_text(manifest, "program", "jalki " JALKI_VERSION);
    put_text(manifest, "command", options->kind == JK_KIND_PANEL ? "import --panel" : "import");
    for (size_t i = 0; i < options->source_count; i++) {
        jk_json_add(sources, jk_json_string(jk_file_name(options->sources[i])));
    }
    jk_json_set(manifest, "sources", sources);
    put_text(manifest, "source_sha256", summary->source_sha256);
    if (mapping != NULL) {
        json_t *own = json_object();
        put_text(own, "file", jk_file_name(mapping->path));
        put_text(own, "sha256", mapping->sha256);
        jk_json_set(manifest, "mapping", own);
    }
    if (summary->cutoff != JK_MISSING_INTEGER) {
        char date[JK_DATE_TEXT];
        put_text(manifest, "cutoff", jk_date_format(summary->cutoff, date));
    }
    put_number(manifest, "rows_read", summary->rows_read);
    put_number(manifest, "rows_accepted", summary->rows_accepted);
    put_number(manifest, "rows_rejected", summary->rows_rejected);
    for (int i = 0; i < JK_REJECT_REASON_COUNT; i++) {
        if (summary->rejected[i].rows > 0) {
            put_number(rejected, jk_reject_code((jk_reject_reason)i), summary->rejected[i].rows);
        }
    }
    jk_json_set(manifest, "rejected", rejected);
    put_number(manifest, "lines", summary->lines);
    put_number(manifest, "rows_left_out", summary->rows_left_out);
    for (int i = 0; i < JK_LEFT_OUT_COUNT; i++) {
        if (summary->left_out[i].rows > 0) {
            put_number(left_out, jk_left_out_code((jk_left_out)i), summary->left_out[i].rows);
        }
    }
    jk_json_set(manifest, "left_out", left_out);
    jk_json_builder b = {0};
    jk_json_put(&b, manifest, "findings", jk_findings_json(&b, &summary->findings));
    jk_run_record_put(&b, manifest);
    return jk_json_dump(&b, manifest, JSON_COMPACT);
}
