/* SPDX-License-Identifier: Apache-2.0 */
/* Cash flows read from files, against what was written into them: collections alone or with costs and sales, rows of
 * all segments before those of each, and what is told of files that are none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "jalki/flows.h"

enum { PATH_ROOM = 256, MONTHS_MAX = 3 };
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char path[PATH_ROOM];

static void write_text(const char *text) {
    FILE *file = fopen(path, "wb");
    assert_true(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static const struct {
    const char *text;
    int months, has_costs;
    double gross[MONTHS_MAX], cost[MONTHS_MAX], sale[MONTHS_MAX];
} flows[] = {
    {"month,collections\n1,10\n2,20.5\n3,0\n", 3, 0, {10, 20.5, 0}, {0, 0, 0}, {0, 0, 0}},
    {"month,gross,cost,sale\n1,10,2,0\n2,20,3.25,7\n", 2, 1, {10, 20}, {2, 3.25}, {0, 7}},
    {"gross,month\n5,1\n6,2\n", 2, 0, {5, 6}, {0, 0}, {0, 0}},
    {"month,gross,sale\n1,5,1\n2,6,-2\n", 2, 0, {5, 6}, {0, 0}, {1, -2}},
    {"month,gross,cost\n1,1e15,-1e15\n", 1, 1, {1e15}, {-1e15}, {0}},
    /* The rows of all count, wherever they stand, */
    {"month,segment,gross,cost\n1,a,1,9\n1,all,10,2\n1,b,3,9\n2,a,1,9\n2,all,20,3\n", 2, 1, {10, 20}, {2, 3}, {0, 0}},
    /* and without any the sums of the segments. */
    {"month,segment,collections\n1,a,1\n1,b,3\n1,alle,5\n2,a,7\n3,a,8\n3,b,0.5\n",
     3,
     0,
     {9, 7, 8.5},
     {0, 0, 0},
     {0, 0, 0}},
    {"month,segment,gross,cost,sale\n1,al,1,2,3\n1,b,3,4,5\n", 1, 1, {4}, {6}, {8}},
};

static void amounts_are_those_of_the_file(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(flows); i++) {
        jk_flows read;
        jk_error error = {0};
        write_text(flows[i].text);
        if (jk_flows_read(path, &read, &error) != JK_OK) {
            fail_msg("file %zu: %s", i, error.message);
        }
        assert_int_equal(read.months, flows[i].months);
        assert_int_equal(read.has_costs, flows[i].has_costs);
        for (int m = 0; m < read.months; m++) {
            const jk_month *month = &read.month[m];
            assert_true(month->gross == flows[i].gross[m] && month->cost == flows[i].cost[m]);
            assert_true(month->sale == flows[i].sale[m]);
            assert_true(month->net == flows[i].gross[m] - flows[i].cost[m] + flows[i].sale[m]);
        }
        jk_flows_reset(&read);
        assert_true(read.month == NULL && read.months == 0);
    }
}

static void files_that_are_none_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *key, *said;
        int64_t line;
    } wrong[] = {{"month,collections\n", NULL, "no month in it", 0},
                 {"month,amount\n1,2\n", "gross", "no such column", 1},
                 {"mois,gross\n1,2\n", "month", "no such column", 1},
                 {"month,gross\n2,2\n", "month", "'2' is not the next month; expected 1", 2},
                 {"month,gross\n1,2\n1,2\n", "month", "'1' is not the next month; expected 2", 3},
                 {"month,gross\n1,2\n3,2\n", "month", "'3' is not the next month; expected 2", 3},
                 {"month,gross\nx,2\n", "month", "'x' is not the next month; expected 1", 2},
                 {"month,segment,gross\n1,all,2\n1,all,2\n", "month", "'1' is not the next month; expected 2", 3},
                 {"month,segment,gross\n0,a,2\n", "month", "'0' is not the next month; expected 1", 2},
                 {"month,gross\n1,2\n2,\n", "gross", "'' is not an amount", 3},
                 {"month,gross,cost\n1,2,many\n", "cost", "'many' is not an amount", 2},
                 {"month,gross,cost,sale\n1,2,3,1.1e15\n", "sale", "'1.1e15' is not an amount up to 1e+15", 2},
                 {"month,gross\n1,-1.1e15\n", "gross", "'-1.1e15' is not an amount", 2}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        jk_flows read;
        jk_error error = {0};
        write_text(wrong[i].text);
        assert_int_equal(jk_flows_read(path, &read, &error), JK_ERROR_DATA);
        if (strstr(error.message, wrong[i].said) == NULL || error.line != wrong[i].line) {
            fail_msg("file %zu: line %lld: %s", i, (long long)error.line, error.message);
        }
        assert_true(wrong[i].key == NULL || strcmp(error.key, wrong[i].key) == 0);
        assert_true(read.month == NULL && read.months == 0);
    }
}

/* As many months as a horizon may have, and one more. */
static void months_end_with_the_horizon(void **state) {
    (void)state;
    for (int months = JK_HORIZON_MAX; months <= JK_HORIZON_MAX + 1; months++) {
        jk_flows read;
        jk_error error = {0};
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        (void)fputs("month,collections\n", file);
        for (int m = 1; m <= months; m++) {
            (void)fprintf(file, "%d,%d\n", m, m);
        }
        assert_int_equal(fclose(file), 0);
        const jk_status status = jk_flows_read(path, &read, &error);
        assert_int_equal(status, months == JK_HORIZON_MAX ? JK_OK : JK_ERROR_DATA);
        assert_true(status != JK_OK || read.month[months - 1].net == months);
        jk_flows_reset(&read);
    }
}

static int name_file(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-flows-%ld.csv", folder ? folder : "/tmp", (long)getpid());
    return 0;
}

static int drop_file(void **state) {
    (void)state;
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_those_of_the_file),
        cmocka_unit_test(files_that_are_none_are_told),
        cmocka_unit_test(months_end_with_the_horizon),
    };
    return cmocka_run_group_tests(tests, name_file, drop_file);
}
