/* SPDX-License-Identifier: Apache-2.0 */
#include "import/manifest.h"

#include <jansson.h>
#include <string.h>

#include "base/calendar.h"

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void put_text(json_t *object, const char *key, const char *text) {
    json_t *value = json_string(text);
    (void)json_object_set_new(object, key, value != NULL ? value : json_null()); /* a name that is not UTF-8 */
}

static void put_number(json_t *object, const char *key, uint64_t number) {
    (void)json_object_set_new(object, key, json_integer((json_int_t)number));
}

char *jk_import_manifest(const jk_import_options *options, const jk_mapping *mapping,
                         const jk_import_summary *summary) {
    json_t *manifest = json_object();
    json_t *sources = json_array();
    json_t *rejected = json_object();
    put_text(manifest, "program", "jalki " JALKI_VERSION);
    put_text(manifest, "command", options->kind == JK_KIND_PANEL ? "import --panel" : "import");
    for (size_t i = 0; i < options->source_count; i++) {
        json_t *name = json_string(file_name(options->sources[i]));
        (void)json_array_append_new(sources, name != NULL ? name : json_null());
    }
    (void)json_object_set_new(manifest, "sources", sources);
    put_text(manifest, "source_sha256", summary->source_sha256);
    if (mapping != NULL) {
        json_t *own = json_object();
        put_text(own, "file", file_name(mapping->path));
        put_text(own, "sha256", mapping->sha256);
        (void)json_object_set_new(manifest, "mapping", own);
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
    (void)json_object_set_new(manifest, "rejected", rejected);
    char *text = json_dumps(manifest, JSON_COMPACT);
    json_decref(manifest);
    return text;
}
