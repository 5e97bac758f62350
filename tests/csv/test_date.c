/* SPDX-License-Identifier: Apache-2.0 */
/* Dates by the formats of docs/mapping-file.md: months by name, day numbers, years of two digits, days and months that
 * are not known, and which format a text most likely has. */
#include <stdio.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "csv/value.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    const char *format, *text, *date; /* NULL: it is none */
    int pivot;
    bool partial;
} dates[] = {
    {"%Y-%m-%d", "2024-02-29", "2024-02-29", 0, false},
    {"%Y-%m-%d", " 2024-02-29\t", "2024-02-29", 0, false},
    {"%Y-%m-%d", "2023-02-29", NULL, 0, false},
    {"%Y-%m-%d", "2024-2-9", NULL, 0, false}, /* there every part has all its digits */
    {"%Y-%m-%d", "2024-02-290", NULL, 0, false},
    {"%Y-%m-%d", "2024-13-01", NULL, 0, false},
    {"%Y-%m-%d", "2024-12-32", NULL, 0, false},
    {"%Y-%m-%d", "0000-01-01", NULL, 0, false},
    {"%Y-%m-%d", "0001-01-01", "0001-01-01", 0, false},
    {"%Y-%m-%d", "9999-12-31", "9999-12-31", 0, false},
    {"%Y-%m-%d", "2024-05-00", "2024-05-01", 0, true},
    {"%Y-%m-%d", "2024-00-00", "2024-01-01", 0, true},
    {"%Y-%m-%d", "2024-00-15", "2024-01-15", 0, true},
    {"%Y-%m-%d", "", NULL, 0, false},
    {"%Y/%m/%d", "2024/2/9", "2024-02-09", 0, false},
    {"%Y/%m/%d", "24/2/9", NULL, 0, false},
    {"%Y/%m/%d", "02024/2/9", NULL, 0, false},
    {"%Y/%m/%d", "2024/2/9 ", "2024-02-09", 0, false},
    {"%Y/%m/%d", "2024/2", NULL, 0, false},
    {"%Y/%m/%d", "2024/2/9x", NULL, 0, false},
    {"%Y/%m/%d", "2024.2.9", NULL, 0, false},
    {"%d.%m.%Y", "31.12.2024", "2024-12-31", 0, false},
    {"%d.%m.%Y", "2024-12-31", "2024-12-31", 0, false}, /* can be nothing else */
    {"%d.%m.%Y", "2024-12-00", NULL, 0, false},
    {"%d.%m.%Y", "00.00.2024", "2024-01-01", 0, true},
    {"%d.%m.%Y", "00.07.2024", "2024-07-01", 0, true},
    {"%d.%m.%Y", "x.12.2024", NULL, 0, false},
    {"%d.%m.%Y", "123.1.2024", NULL, 0, false},
    {"%Y", "2024", "2024-01-01", 0, false},
    {"%m/%Y", "7/2024", "2024-07-01", 0, false},
    {"%m/%Y", "00/2024", "2024-01-01", 0, true},
    {"%d.%m.%y", "1.2.69", "2069-02-01", 0, false},
    {"%d.%m.%y", "1.2.70", "1970-02-01", 0, false},
    {"%d.%m.%y", "1.2.11", "2011-02-01", 12, false},
    {"%d.%m.%y", "1.2.12", "1912-02-01", 12, false},
    {"%d.%m.%y", "1.2.0", "2000-02-01", 1, false},
    {"%d.%m.%y", "1.2.99", "1999-02-01", 99, false},
    {"%d.%m.%y", "1.2.", NULL, 0, false},
    {"%Y%m%d%*", "20240229T10:00", "2024-02-29", 0, false},
    {"%Y%m%d%*", "20240229", "2024-02-29", 0, false},
    {"%Y%m%d%*", "2024022", "2024-02-02", 0, false},
    {"%d %b %Y", "1 dec. 2015", "2015-12-01", 0, false},
    {"%d %b %Y", "1 DEC 2015", "2015-12-01", 0, false},
    {"%d %b %Y", "1 dec.. 2015", NULL, 0, false},
    {"%d %b %Y", "1 de 2015", NULL, 0, false},
    {"%d %b %Y", "1 12 2015", NULL, 0, false},
    {"%b-%Y", "Dec-2015", "2015-12-01", 0, false},
    {"excel", "1", "1899-12-31", 0, false},
    {"excel", "45000", "2023-03-15", 0, false},
    {"excel", "45000.75", "2023-03-15", 0, false},
    {"excel", "45000,75", "2023-03-15", 0, false},
    {"excel", "45000.", "2023-03-15", 0, false},
    {"excel", "45000.x", NULL, 0, false},
    {"excel", "45000x", NULL, 0, false},
    {"excel", "0", NULL, 0, false},
    {"excel", "2958465", "9999-12-31", 0, false},
    {"excel", "2958466", NULL, 0, false},
    {"excel", "00045000", NULL, 0, false},
    {"excel", "x", NULL, 0, false},
    {"excel", "2023-03-15", "2023-03-15", 0, false},
};

static void dates_are_read_by_their_format(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++) {
        const jk_csv_format format = {.decimal = '.', .date = dates[i].format, .pivot = dates[i].pivot};
        int32_t date = 0;
        bool partial = true;
        char text[JK_DATE_TEXT] = "";
        const jk_csv_read read = jk_csv_to_date_part(dates[i].text, strlen(dates[i].text), &format, &date, &partial);
        if (read == JK_CSV_OK) {
            (void)jk_date_format(date, text);
        }
        for (const char *other = "7-.,\xa4z"; *other != '\0'; other++) { /* what lies around must not matter */
            char memory[128];
            int32_t with = 0;
            memset(memory, *other, sizeof memory);
            memcpy(memory + 32, dates[i].text, strlen(dates[i].text));
            assert_int_equal(jk_csv_to_date_part(memory + 32, strlen(dates[i].text), &format, &with, &partial), read);
            assert_true(read != JK_CSV_OK || (with == date && partial == dates[i].partial));
        }
        if ((read == JK_CSV_OK) != (dates[i].date != NULL) ||
            (dates[i].date != NULL && (strcmp(text, dates[i].date) != 0 || partial != dates[i].partial))) {
            fail_msg("%s '%s': '%s', expected '%s'", dates[i].format, dates[i].text, text,
                     dates[i].date != NULL ? dates[i].date : "");
        }
    }
}

/* English, Swedish, Danish, Norwegian, Finnish in two cases, Estonian; whole and by three letters. */
static void months_have_names(void **state) {
    (void)state;
    static const char *const names[][12] = {
        {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"},
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
        {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
         "december"},
        {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
         "december"},
        {"jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."},
        {"tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kes\xc3\xa4kuu", "hein\xc3\xa4kuu", "elokuu",
         "syyskuu", "lokakuu", "marraskuu", "joulukuu"},
        {"tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kes\xc3\xa4kuuta", "hein\xc3\xa4kuuta",
         "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta"},
        {"jaanuar", "veebruar", "m\xc3\xa4rts", "aprill", "mai", "juuni", "juuli", "august", "september", "oktoober",
         "november", "detsember"}};
    const jk_csv_format format = {.decimal = '.', .date = "%d. %b %Y"};
    for (size_t l = 0; l < COUNT(names); l++) {
        for (int m = 0; m < 12; m++) {
            char text[64];
            int32_t date = 0;
            (void)snprintf(text, sizeof text, "9. %s 2021", names[l][m]);
            if (jk_csv_to_date(text, strlen(text), &format, &date) != JK_CSV_OK ||
                date != jk_date_from_civil(2021, m + 1, 9)) {
                fail_msg("%s", text);
            }
        }
    }
}

static void the_first_format_that_fits_is_taken(void **state) {
    (void)state;
    static const char *const more[] = {"%m/%d/%Y", "%d/%m/%Y", "%Y"};
    const jk_csv_format format = {.decimal = '.', .date = "%d.%m.%Y", .more_dates = more, .more_date_count = 2};
    static const struct {
        const char *text, *date;
    } cases[] = {{"1.2.2024", "2024-02-01"}, {"1/2/2024", "2024-01-02"}, {"13/2/2024", "2024-02-13"}, {"2024", NULL}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int32_t date = 0;
        char text[JK_DATE_TEXT];
        const bool read = jk_csv_to_date(cases[i].text, strlen(cases[i].text), &format, &date) == JK_CSV_OK;
        assert_int_equal(read, cases[i].date != NULL);
        assert_true(!read || strcmp(jk_date_format(date, text), cases[i].date) == 0);
    }
}

static void formats_name_what_they_must(void **state) {
    (void)state;
    static const char *const good[] = {"%Y-%m-%d", "%Y", "%y%m", "%b %Y", "%d %b %y", "%Y%m%d%*", "excel", "%Y-%m-%dT"};
    static const char *const bad[] = {"", "%m", "%d", "%m-%d", "%Y-%d", "%Y-%m-%", "%Y-%q", "%*%Y", "%Y%*x", "Excel"};
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(jk_csv_date_format_is_valid(good[i]));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(jk_csv_date_format_is_valid(bad[i]));
    }
}

static void formats_are_guessed(void **state) {
    (void)state;
    static const struct {
        const char *text, *format;
    } cases[] = {{"31.1.2020", "%d.%m.%Y"},
                 {"31/01/2020", "%d/%m/%Y"},
                 {"01/31/2020", "%m/%d/%Y"},
                 {"2020/01/31", "%Y/%m/%d"},
                 {"31-01-2020", "%d-%m-%Y"},
                 {"20200131", "%Y%m%d"},
                 {"31 Jan 2020", "%d %b %Y"},
                 {"31-Jan-2020", "%d-%b-%Y"},
                 {"Jan-2020", "%b-%Y"},
                 {"01/2020", "%m/%Y"},
                 {"2020-01", "%Y-%m"},
                 {"31.1.20", "%d.%m.%y"},
                 {"31/1/20", "%d/%m/%y"},
                 {"45000", "excel"},
                 {"20000", "excel"},
                 {"19999", NULL},
                 {"60000", "excel"},
                 {"60001", NULL},
                 {"2020-01-31", NULL},
                 {"soon", NULL},
                 {"", NULL},
                 {"4500", NULL},
                 {"4500x", NULL},
                 {"31.1.2020               ", "%d.%m.%Y"},
                 {"31.1.2020                ", NULL}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *found = jk_csv_date_guess(cases[i].text, strlen(cases[i].text));
        if ((found == NULL) != (cases[i].format == NULL) || (found != NULL && strcmp(found, cases[i].format) != 0)) {
            fail_msg("'%s': %s", cases[i].text, found != NULL ? found : "none");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_by_their_format),
        cmocka_unit_test(months_have_names),
        cmocka_unit_test(the_first_format_that_fits_is_taken),
        cmocka_unit_test(formats_name_what_they_must),
        cmocka_unit_test(formats_are_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
