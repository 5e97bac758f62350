/* SPDX-License-Identifier: Apache-2.0 */
/* docs/model-file.md against the tables that the reader uses: its reference of keys must be what they say, word for
 * word. Where it is not, the test prints the text that belongs there. */
#include "cmocka_all.h"

#include <stdarg.h>

#include "model/keys/tables.h"
#include "model/names.h"
#include "model_files.h"

enum { ROOM = 1 << 17 };
static char reference[ROOM];
static size_t length;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(reference + length, ROOM - length, format, arguments);
    va_end(arguments);
    length += (size_t)written;
    assert_true(length < ROOM);
}

static void put_record(const jk_record *record) {
    put("### %s\n\n| key | expected | |\n|---|---|---|\n", record->name);
    for (size_t i = 0; i < record->count; i++) {
        const jk_field *field = &record->fields[i];
        char expected[JK_EXPECTED_WORDS];
        put("| %s%s | %s | %s |\n", field->key, (field->flags & JK_FIELD_REQUIRED) != 0 ? "" : " (optional)",
            jk_field_expected(field, expected), field->meaning);
    }
    put("\n");
}

static char *documentation(void) {
    char path[FILE_PATH_MAX];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(path, sizeof path, "%s/docs/model-file.md", source ? source : ".");
    return file_text(path);
}

static void the_reference_is_that_of_the_tables(void **state) {
    (void)state;
    static const char begin[] = "<!-- reference: begin -->\n\n";
    static const char end[] = "<!-- reference: end -->";
    for (size_t i = 0; i < jk_record_count; i++) {
        put_record(jk_records[i]);
    }
    char *page = documentation();
    char *from = strstr(page, begin);
    char *to = from ? strstr(from, end) : NULL;
    assert_non_null(to);
    from += strlen(begin);
    if ((size_t)(to - from) != length || memcmp(from, reference, length) != 0) {
        (void)puts(reference);
        fail_msg("docs/model-file.md: the reference between the two marks is not the one above");
    }
    free(page);
}

static void every_derived_figure_is_named(void **state) {
    (void)state;
    char *page = documentation();
    for (int i = 0; i < JK_DERIVED_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "| %s |", jk_derived_names[i]);
        if (strstr(page, name) == NULL) {
            fail_msg("docs/model-file.md does not explain %s", jk_derived_names[i]);
        }
    }
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_is_that_of_the_tables),
        cmocka_unit_test(every_derived_figure_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
