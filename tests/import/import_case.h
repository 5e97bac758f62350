/* SPDX-License-Identifier: Apache-2.0 */
/* Imports of texts that a test writes down, one after the other in a folder of its own: files, an import, what it told
 * and what stands in its store. */
#ifndef JK_TESTS_IMPORT_CASE_H
#define JK_TESTS_IMPORT_CASE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "jalki/import.h"
#include "jalki/tape.h"

static char case_folder[64];

static inline const char *case_path(const char *name) {
    static char paths[64][512]; /* a name stays good for a while */
    static unsigned next;
    char *text = paths[next++ % 64];
    (void)snprintf(text, sizeof paths[0], "%s/%s", case_folder, name);
    return text;
}

static inline const char *write_case(const char *name, const char *text) {
    FILE *file = fopen(case_path(name), "wb");
    assert_true(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    return case_path(name);
}

/* In memory where there is such a place: stores are synced to disk. */
static inline int make_case_folder(void **state) {
    (void)state;
    (void)snprintf(case_folder, sizeof case_folder, "%s/jalki-import-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(case_folder) != NULL ? 0 : -1;
}

static inline int remove_case_folder(void **state) {
    (void)state;
    DIR *entries = opendir(case_folder);
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            (void)unlink(case_path(entry->d_name));
        }
    }
    (void)closedir(entries);
    return rmdir(case_folder);
}

/* Options that let every bad row pass; the cut-off is the last of June 2026. */
static inline jk_import_options case_options(const char *const *sources, size_t count, const char *mapping) {
    return (jk_import_options){.sources = sources,
                               .source_count = count,
                               .output = case_path("T.h5"),
                               .rejects = case_path("bad.csv"),
                               .mapping = mapping,
                               .max_rejects = 1.0,
                               .max_rejects_is_share = 1,
                               .max_unmatched = 1.0,
                               .cutoff = jk_date_from_civil(2026, 6, 30)};
}

static inline jk_import_summary *imported(const jk_import_options *options) {
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    if (jk_import(options, NULL, &summary, &error) != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        fail_msg("%s", jk_error_text(&error, text, sizeof text));
    }
    assert_true(summary->rows_read == summary->rows_accepted + summary->rows_rejected + summary->rows_left_out);
    return summary;
}

/* One file, and a mapping or NULL. */
static inline jk_import_summary *imported_text(const char *text, const char *mapping) {
    const char *source = write_case("t.csv", text);
    const jk_import_options options = case_options(&source, 1, mapping == NULL ? NULL : write_case("m.yaml", mapping));
    return imported(&options);
}

/* Its first finding of that kind; NULL: there is none. */
static inline const jk_finding *finding(const jk_import_summary *summary, jk_finding_code code) {
    for (size_t i = 0; i < summary->findings.count; i++) {
        if (summary->findings.list[i].code == code) {
            return &summary->findings.list[i];
        }
    }
    return NULL;
}

/* That finding with that number and text; `text` NULL: it is not there. */
static inline void is_found(const jk_import_summary *summary, jk_finding_code code, uint64_t count, const char *text) {
    const jk_finding *found = finding(summary, code);
    if (text == NULL) {
        if (found != NULL) {
            fail_msg("%s: %s", jk_finding_name(code), found->text);
        }
        return;
    }
    if (found == NULL) {
        fail_msg("%s was not told", jk_finding_name(code));
    }
    assert_string_equal(found->text, text);
    assert_int_equal(found->count, count);
}

static inline jk_tape *case_tape(void) {
    jk_tape *tape = NULL;
    jk_error error = {0};
    assert_int_equal(jk_tape_open(case_path("T.h5"), &tape, &error), JK_OK);
    return tape;
}

/* A value of the store as text: dates as they are written, amounts in hundredths, "" where it is missing. */
static inline const char *cell_text(jk_tape *tape, jk_column column, size_t row, char text[160]) {
    const jk_type type = jk_schema_column(column)->type;
    jk_error error = {0};
    union {
        char bytes[JK_TEXT_MAX + 1];
        int8_t level;
        int32_t integer;
        int64_t money;
        double real;
    } value;
    size_t count = 0;
    const char *const *words = jk_tape_dictionary(tape, column, &count);
    memset(&value, 0, sizeof value);
    text[0] = '\0';
    if (jk_tape_is_absent(tape, column)) {
        return text;
    }
    assert_int_equal(jk_tape_read(tape, column, row, 1, &value, &error), JK_OK);
    if (type == JK_TYPE_TEXT) {
        (void)snprintf(text, 160, "%s", value.bytes);
    } else if (type == JK_TYPE_MONEY && value.money != JK_MISSING_MONEY) {
        (void)snprintf(text, 160, "%lld", (long long)value.money);
    } else if (type == JK_TYPE_REAL && value.real == value.real) {
        (void)snprintf(text, 160, "%.15g", value.real);
    } else if (type == JK_TYPE_ENUM && value.level != JK_MISSING_ENUM) {
        (void)snprintf(text, 160, "%d", value.level);
    } else if (type == JK_TYPE_DICTIONARY && value.integer != JK_MISSING_INDEX) {
        assert_true(value.integer >= 0 && (size_t)value.integer < count);
        (void)snprintf(text, 160, "%s", words[value.integer]);
    } else if (type == JK_TYPE_DATE && value.integer != JK_MISSING_INTEGER) {
        char date[JK_DATE_TEXT];
        (void)snprintf(text, 160, "%s", jk_date_format(value.integer, date));
    } else if (type == JK_TYPE_INTEGER && value.integer != JK_MISSING_INTEGER) {
        (void)snprintf(text, 160, "%d", value.integer);
    }
    return text;
}

#endif
