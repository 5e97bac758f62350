/* SPDX-License-Identifier: Apache-2.0 */
/* Option tables: the records of all commands are right, and a command line is read as they say. */
#include "cmocka_all.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options/groups.h"

/* ---- the records of all commands ------------------------------------------------------------------------------- */

static int do_nothing(void *command) {
    (void)command;
    return 0;
}

static bool is_number(jk_option_kind kind) {
    return kind == JK_OPTION_NUMBER || kind == JK_OPTION_MONEY || kind == JK_OPTION_PERCENT || kind == JK_OPTION_RETURN;
}

static void check_field(const jk_command *command, const jk_option *option) {
    size_t elements = option->most > 0 && option->most != JK_OPTION_ALL ? option->most : 1;
    size_t size = option->size / elements;
    bool good = true;
    switch (option->kind) {
    case JK_OPTION_FLAG:
        good = size == sizeof(bool) || size == sizeof(int);
        break;
    case JK_OPTION_TEXT:
    case JK_OPTION_FILE_IN:
    case JK_OPTION_FILE_OUT:
        good = size == sizeof(char *) && !option->is_real;
        break;
    case JK_OPTION_INTEGER:
        good = (size == 4 || size == 8) && !option->is_real && option->low <= option->high;
        good = good && (size == 8 || option->high <= 0x1p31);
        break;
    case JK_OPTION_NUMBER:
    case JK_OPTION_MONEY:
    case JK_OPTION_PERCENT:
    case JK_OPTION_RETURN:
        good = size == sizeof(double) && option->is_real;
        good = good && (option->low < option->high || (option->low == 0.0 && option->high == 0.0));
        break;
    case JK_OPTION_DATE:
    case JK_OPTION_CHOICE:
        good = size == sizeof(int32_t) && !option->is_real;
        break;
    case JK_OPTION_SIZE:
        good = size == sizeof(size_t);
        break;
    case JK_OPTION_SPECIAL:
        good = option->read != NULL;
        break;
    case JK_OPTION_HELP:
        break;
    }
    if (!good) {
        fail_msg("jalki %s: --%s: the field or the bounds do not suit its kind", command->name, option->name);
    }
    bool inside = option->at + option->size <= command->size;
    if (!inside) {
        fail_msg("jalki %s: --%s: the field is outside the command's struct", command->name, option->name);
    }
}

static void check_words(const jk_command *command, const jk_option_place *place) {
    const jk_option *option = place->option;
    bool takes_value = option->kind != JK_OPTION_FLAG && option->kind != JK_OPTION_HELP;
    size_t length = option->help != NULL ? strlen(option->help) : 0;
    if (takes_value != (option->value != NULL) || (option->kind == JK_OPTION_CHOICE && option->choices == NULL)) {
        fail_msg("jalki %s: --%s: a value without a name, or a name without a value", command->name, option->name);
    }
    if (place->group != NULL && (length == 0 || option->help[length - 1] == '.')) {
        fail_msg("jalki %s: --%s: no sentence, or one with a full stop", command->name, option->name);
    }
    if (option->standard != NULL && option->otherwise != NULL) {
        fail_msg("jalki %s: --%s: two things that hold without it", command->name, option->name);
    }
    bool bounded = is_number(option->kind) || option->kind == JK_OPTION_SPECIAL;
    if (place->group != NULL && bounded && option->standard == NULL && option->example == NULL) {
        fail_msg("jalki %s: --%s: neither a default nor an example", command->name, option->name);
    }
}

/* The example is read by the option's own kind. */
static void check_example(const jk_command *command, const jk_option_place *place) {
    if (place->option->example == NULL || place->group == NULL) {
        return;
    }
    jk_option alone[2] = {*place->option, {0}};
    alone[0].needs = NULL;
    alone[0].is_needed = false;
    jk_command only = {.name = command->name, .purpose = "", .size = command->size, .run = do_nothing};
    only.groups[0] = (jk_option_group){NULL, alone, place->group->base, false};
    char name[64], text[256];
    (void)snprintf(name, sizeof name, "--%s", alone[0].name);
    (void)snprintf(text, sizeof text, "%s", alone[0].example);
    char *arguments[] = {name, text, NULL};
    if (jk_command_run(&only, 2, arguments) != 0) {
        fail_msg("jalki %s: %s %s: the example is not read", command->name, name, text);
    }
}

static void test_records(void **state) {
    (void)state;
    for (size_t c = 0; c < jk_command_count; c++) {
        const jk_command *command = jk_commands[c];
        jk_option_place places[JK_COMMAND_OPTIONS];
        size_t count = jk_command_options(command, places);
        assert_true(count < JK_COMMAND_OPTIONS); /* or some might be cut off */
        assert_non_null(command->summary);
        assert_non_null(command->purpose);
        assert_non_null(command->examples[0]);
        for (size_t p = 0; p < count; p++) {
            check_field(command, places[p].option);
            check_words(command, &places[p]);
            check_example(command, &places[p]);
            bool needed = places[p].option->needs == NULL;
            for (size_t q = 0; q < count; q++) {
                needed = needed || strcmp(places[q].option->name, places[p].option->needs) == 0;
                bool twice =
                    q < p && places[q].group != NULL && places[p].group != NULL &&
                    (strcmp(places[q].option->name, places[p].option->name) == 0 ||
                     (places[p].option->letter != '\0' && places[q].option->letter == places[p].option->letter));
                if (twice) {
                    fail_msg("jalki %s: --%s stands twice", command->name, places[p].option->name);
                }
            }
            assert_true(needed);
        }
    }
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

typedef struct pretend {
    jk_cli_common common;
    const char *tape, *out, *names[3];
    size_t name_count;
    bool flag;
    int64_t whole;
    double number, rates[4], share;
    size_t rate_count;
    int32_t date;
    int word;
    size_t bytes;
} pretend;

static const char *const words[] = {"red", "green", "blue", NULL};

static const jk_option options[] = {
    {"out", 'o', JK_OPTION_FILE_OUT, JK_FIELD(pretend, out), .value = "F", .no_stdout = true, .help = "Out"},
    {"name", .kind = JK_OPTION_TEXT, JK_FIELD(pretend, names), JK_SEVERAL(pretend, name_count, 3), .value = "N",
     .help = "Names"},
    {"flag", 'f', JK_OPTION_FLAG, JK_FIELD(pretend, flag), .help = "Flag"},
    {"whole", 'w', JK_OPTION_INTEGER, JK_FIELD(pretend, whole), .value = "N", .low = -3, .high = JK_INTEGER_MOST,
     .standard = "7", .help = "Whole"},
    {"number", .kind = JK_OPTION_NUMBER, JK_FIELD(pretend, number), .value = "X", .low = -1.0, .high = 2.5,
     .needs = "flag", .help = "Number"},
    {"rates", .kind = JK_OPTION_RETURN, JK_FIELD(pretend, rates), JK_SEVERAL(pretend, rate_count, 4), .value = "R",
     .help = "Rates", .example = "0.1,0.2"},
    {"share", .kind = JK_OPTION_PERCENT, JK_FIELD(pretend, share), .value = "P", .high = 100.0, .help = "Share"},
    {"date", .kind = JK_OPTION_DATE, JK_FIELD(pretend, date), .value = "D", .help = "Date"},
    {"word", .kind = JK_OPTION_CHOICE, JK_FIELD(pretend, word), .value = "W", .choices = words, .help = "Word"},
    {"bytes", .kind = JK_OPTION_SIZE, JK_FIELD(pretend, bytes), .value = "B", .help = "Bytes"},
    {0},
};

static pretend seen;

static int keep(void *command) {
    seen = *(pretend *)command;
    return 0;
}

/* Runs the pretended command with the words of `line`; stderr goes to a file, whose text is returned. */
static int read_line(const char *line, char message[1024]) {
    static const jk_command command = {
        .name = "pretend",
        .purpose = "",
        .operand = {"tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(pretend, tape), .value = "T.h5", .is_needed = true},
        .groups = {{"Options", options, 0, false}},
        .size = sizeof(pretend),
        .run = keep,
    };
    static char text[512]; /* lasts as long as what was seen */
    char *arguments[32];
    int count = 0;
    (void)snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        arguments[count++] = word;
    }
    char path[] = "/tmp/test_options.XXXXXX";
    int file = mkstemp(path);
    int before = dup(STDERR_FILENO);
    (void)unlink(path);
    assert_true(file >= 0 && before >= 0 && dup2(file, STDERR_FILENO) >= 0);
    seen = (pretend){0};
    int code = jk_command_run(&command, count, arguments);
    (void)fflush(stderr);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    ssize_t length = pread(file, message, 1023, 0);
    message[length > 0 ? length : 0] = '\0';
    (void)close(file);
    (void)close(before);
    return code;
}

static void test_values(void **state) {
    (void)state;
    char message[1024];
    assert_int_equal(read_line("t.h5 --out=o.csv -f -w12 --number -0.5 --rates 0.1,0.25 --share 12.5 --date 2026-06-30 "
                               "--word blue --bytes 2G --name a --name=b",
                               message),
                     0);
    assert_string_equal(message, "");
    assert_string_equal(seen.tape, "t.h5");
    assert_string_equal(seen.out, "o.csv");
    assert_true(seen.flag);
    assert_int_equal(seen.whole, 12);
    assert_true(seen.number == -0.5 && seen.rate_count == 2 && seen.rates[0] == 0.1 && seen.rates[1] == 0.25);
    assert_true(seen.share == 0.125);
    assert_int_equal(seen.date, 20634); /* days from 1970-01-01 to 2026-06-30 */
    assert_int_equal(seen.word, 2);
    assert_int_equal(seen.bytes, 2147483648);
    assert_int_equal(seen.name_count, 2);
    assert_string_equal(seen.names[1], "b");
}

static void test_neutral(void **state) {
    (void)state;
    char message[1024];
    assert_int_equal(read_line("-- -odd-.h5", message), 0);
    assert_string_equal(seen.tape, "-odd-.h5");
    assert_int_equal(seen.whole, 7);
    assert_true(isnan(seen.number) && isnan(seen.share) && seen.rate_count == 0 && !seen.flag);
    assert_int_equal(seen.date, JK_MISSING_INTEGER);
    assert_int_equal(seen.word, -1);
    assert_null(seen.out);
    assert_int_equal(seen.common.format, JK_FORMAT_TABLE);
    assert_int_equal(read_line("t.h5 --who 9223372036854775807", message), 0); /* a beginning that is one option's */
    assert_int_equal(seen.whole, INT64_MAX);
}

static void test_mistakes(void **state) {
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"", "a tape is needed, for example T.h5"},
        {"a.h5 b.h5", "'b.h5': only one tape at a time"},
        {"t.h5 --colour x", "--colour: no such option"},
        {"t.h5 --nmber 1", "did you mean --number?"},
        {"t.h5 -x", "-x: no such option"},
        {"t.h5 --n 1", "could be --number or another option"},
        {"t.h5 --flag=1", "--flag: takes no value, and got '1'"},
        {"t.h5 --whole", "--whole N: the value is missing"},
        {"t.h5 --whole -4", "'-4' is not a whole number from -3 to 9223372036854775807"},
        {"t.h5 --whole 9223372036854775808", "is not a whole number"},
        {"t.h5 --whole 1.5", "is not a whole number"},
        {"t.h5 -f --number 2.6", "'2.6' is not a number from -1 to 2.5"},
        {"t.h5 -f --number nan", "is not a number"},
        {"t.h5 --number 1", "--number is about --flag, which is not given"},
        {"t.h5 --rates 0.1,,0.2", "'' is not a yearly return from -0.99 to 100; expected for example 0.1,0.2"},
        {"t.h5 --rates 1,1,1,1,1", "is not a list of at most 4 numbers"},
        {"t.h5 --date 2026-02-30", "is not a date"},
        {"t.h5 --word gren", "'gren' is not red, green or blue; did you mean 'green'?"},
        {"t.h5 --bytes 5", "is not a size of at least 1M"},
        {"t.h5 --out -", "'-' is not a file"},
        {"t.h5 --name a --name b --name c --name d", "may be given at most 3 times"},
        {"t.h5 --format xml", "'xml' is not table, json or csv"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char message[1024];
        int code = read_line(cases[i].line, message);
        if (code != 2 || strstr(message, cases[i].message) == NULL || strstr(message, "jalki help pretend") == NULL) {
            fail_msg("'%s': exit %d, said: %s", cases[i].line, code, message);
        }
    }
    char message[1024];
    assert_int_equal(read_line("/proc/version --out /proc/version", message), 1);
    assert_non_null(strstr(message, "is an input of this run"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_neutral),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
