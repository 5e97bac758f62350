/* SPDX-License-Identifier: Apache-2.0 */
/* A page as a file: what its figures and title may not do, and failures. */
#include "jalki/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"

static char *read_all(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    text[size] = '\0';
    (void)fclose(file);
    return text;
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (const char *found = strstr(text, part); found != NULL; found = strstr(found + 1, part)) {
        count++;
    }
    return count;
}

static void figures_stay_in_their_element(void **state) {
    (void)state;
    char path[] = "/tmp/jalki-page-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    jk_error error = {0};
    jk_page plain = {.title = "A", .script = "report", .figures = "{}"};
    assert_int_equal(jk_page_write(path, &plain, &error), JK_OK);
    char *without = read_all(path);
    jk_page hostile = {.title = "</title><script>",
                       .script = "report",
                       .figures = "{\"claim\": \"</script><script>alert(1)</script><!-- & --> {{script}}\"}"};
    assert_int_equal(jk_page_write(path, &hostile, &error), JK_OK);
    char *with = read_all(path);
    assert_int_equal(count_of(with, "</script"), count_of(without, "</script"));
    assert_int_equal(count_of(with, "<script"), count_of(without, "<script"));
    assert_int_equal(count_of(with, "<!--"), count_of(without, "<!--"));
    assert_non_null(strstr(with, "<title>&lt;/title&gt;&lt;script&gt;</title>"));
    assert_non_null(strstr(with, "\\u003c/script\\u003e\\u003cscript\\u003ealert(1)"));
    assert_non_null(strstr(with, "\\u0026 --\\u003e {{script}}\""));
    assert_int_equal(count_of(with, "'sha256-"), jk_page_has_charts() ? 4 : 3);
    assert_null(strstr(without, "'wasm-unsafe-eval'"));
    assert_null(strstr(with, "src="));
    free(with);
    free(without);
    (void)unlink(path);
}

static void failures(void **state) {
    (void)state;
    jk_error error = {0};
    jk_page page = {.title = "A", .script = "nothing", .figures = "{}"};
    assert_int_equal(jk_page_write("/tmp/jalki-no-page.html", &page, &error), JK_ERROR_ARGUMENT);
    assert_int_not_equal(access("/tmp/jalki-no-page.html", F_OK), 0);
    page.script = "report";
    error = (jk_error){0};
    assert_int_equal(jk_page_write("/nonexistent/page.html", &page, &error), JK_ERROR_IO);
    error = (jk_error){0};
    assert_int_equal(jk_page_write("/dev/full", &page, &error), JK_ERROR_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(figures_stay_in_their_element), cmocka_unit_test(failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
