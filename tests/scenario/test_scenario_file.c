/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario files: what is read, and that nothing else is. */
#include "cmocka_all.h"

#include "base/number/calendar.h"
#include "jalki/scenario.h"
#include "model/model_files.h"
#include "support/refusal.h"

static jk_model *model;

static jk_status load_scenarios(const char *text, jk_scenarios **set, jk_error *error) {
    char path[FILE_PATH_MAX];
    write_file(temporary_path(path, "scenarios.yaml"), text, strlen(text));
    *error = (jk_error){0};
    jk_status status = jk_scenarios_load(path, model, set, error);
    (void)unlink(path);
    return status;
}

static void every_key(void **state) {
    (void)state;
    jk_scenarios *set = NULL;
    jk_error error;
    const char *text = "- name: one\n"
                       "  note: what it is\n"
                       "  where: {country: [FI, NO], segment: fi-consumer}\n"
                       "  recovery: [[0, 0.7], [24, 1]]\n"
                       "  delay: 6\n  garnishment: 0.1\n  costs: 1.1\n  court_cost: 1.2\n  exit: 1.3\n"
                       "  market_price: 0.4\n  theta: 0.5\n  tilt: -0.6\n  new_payers: 0.7\n  breakage: 0.8\n"
                       "- {name: two, irr: 0.02}\n"
                       "- {name: one, recovery: 0.9}\n";
    assert_int_equal(load_scenarios(text, &set, &error), JK_OK);
    assert_int_equal(set->count, 2);
    const jk_scenario *one = &set->scenarios[0], *two = &set->scenarios[1];
    assert_string_equal(one->name, "one");
    assert_string_equal(one->note, "what it is");
    assert_int_equal(one->stress_count, 2);
    assert_int_equal(two->stress_count, 1);
    assert_null(two->note);
    const jk_stress *first = &one->stresses[0];
    assert_int_equal(first->where.country_count, 2);
    assert_string_equal(first->where.countries[1], "NO");
    assert_int_equal(first->where.segment_count, 1);
    assert_int_equal(first->recovery.count, 2);
    assert_true(first->recovery.month[1] == 24 && first->recovery.value[0] == 0.7);
    const double expected[JK_STRESS_COUNT] = {1.0, 6.0, 0.1, 1.1, 1.2, 1.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.0};
    for (int key = 0; key < JK_STRESS_COUNT; key++) {
        assert_true(first->figure[key] == expected[key]);
        assert_int_equal(jk_stress_key_of(jk_stress_field_of((jk_stress_key)key)->name), key);
    }
    assert_true(two->stresses[0].figure[JK_STRESS_IRR] == 0.02);
    assert_true(one->stresses[1].figure[JK_STRESS_RECOVERY] == 0.9 && one->stresses[1].recovery.count == 0);
    assert_int_equal(one->stresses[1].where.country_count, 0);
    assert_int_equal(strlen(set->sha256), 64);
    jk_scenarios_free(set);
    jk_scenarios_free(NULL);
}

/* An hour's price is money of the model file's own currency, here an eighth of the base currency's; factors are none.
 */
static void money_is_in_the_currency_of_the_model_file(void **state) {
    (void)state;
    jk_scenarios *set = NULL;
    jk_error error;
    const double before = model->written_rate;
    model->written_rate = 0.125;
    jk_status status = load_scenarios("- {name: dear, hour_price: 40, costs: 1.5, theta: 0.25}\n", &set, &error);
    model->written_rate = before;
    assert_int_equal(status, JK_OK);
    const double *figure = set->scenarios[0].stresses[0].figure;
    assert_true(figure[JK_STRESS_HOUR_PRICE] == 5.0);
    assert_true(figure[JK_STRESS_COSTS] == 1.5 && figure[JK_STRESS_THETA] == 0.25);
    jk_scenarios_free(set);
}

static void mistakes(void **state) {
    (void)state;
    static const struct {
        const char *text, *key, *words;
        int line;
    } cases[] = {
        {"", "", "an empty file", -1},
        {"[]", "", "expected a list of scenarios", 1},
        {"name: a\n", "", "expected a list of scenarios", 1},
        {"- a\n", "[0]", "expected a scenario", 1},
        {"- {recovery: 1}\n", "[0]", "without name", 1},
        {"- name: base\n", "[0].name", "another name", 1},
        {"- name: 7\n", "[0].name", "a name of at most", 1},
        {"- name: \"\"\n", "[0].name", "a name of at most", 1},
        {"- name: \"a,b\"\n", "[0].name", "a name of at most", 1},
        {"- name: a\n  recovry: 1\n", "[0]", "did you mean 'recovery'", 2},
        {"- name: a\n  recovery: 1\n  recovery: 2\n", "", "twice", 3},
        {"- name: a\n  recovery: many\n", "[0].recovery", "a number from 0 to 100", 2},
        {"- name: a\n  recovery: -0.1\n", "[0].recovery", "a number from 0 to 100", 2},
        {"- name: a\n  recovery: .nan\n", "[0].recovery", "a number from 0 to 100", 2},
        {"- name: a\n  recovery: []\n", "[0].recovery", "a list of pairs", 2},
        {"- name: a\n  recovery: [[0, 1], [0, 2]]\n", "[0].recovery[1]", "months that ascend", 2},
        {"- name: a\n  recovery: [[1, 1]]\n", "[0].recovery[0]", "month 0", 2},
        {"- name: a\n  recovery: [[0, 1, 2]]\n", "[0].recovery[0]", "a pair", 2},
        {"- name: a\n  recovery: [[0.5, 1]]\n", "[0].recovery[0]", "a whole number", 2},
        {"- name: a\n  delay: 1.5\n", "[0].delay", "a whole number", 2},
        {"- name: a\n  delay: 601\n", "[0].delay", "from 0 to 600", 2},
        {"- name: a\n  tilt: 6\n", "[0].tilt", "from -5 to 5", 2},
        {"- name: a\n  breakage: 1.1\n", "[0].breakage", "from -1 to 1", 2},
        {"- name: a\n  costs: null\n", "[0].costs", "found null", 2},
        {"- name: a\n  note: [x]\n", "[0].note", "a text", 2},
        {"- name: a\n  where: FI\n", "[0].where", "a map with country", 2},
        {"- name: a\n  where: {}\n", "[0].where", "a map with country", 2},
        {"- name: a\n  where: {county: [FI]}\n", "[0].where", "did you mean 'country'", 2},
        {"- name: a\n  where: {country: [Finland]}\n", "[0].where.country[0]", "two capital letters", 2},
        {"- name: a\n  where: {country: []}\n", "[0].where.country", "a list of countries", 2},
        {"- name: a\n  where: {country: [false]}\n", "[0].where.country[0]", "a country", 2},
        {"- name: a\n  where: {segment: [fi-consumers]}\n", "[0].where.segment[0]", "did you mean 'fi-consumer'", 2},
        {"- name: a\n  where: {country: [FI]}\n  irr: 0.01\n", "[0]", "irr together with where", 1},
        {"- name: a\n  irr: -1\n", "[0].irr", "from -0.99", 2},
        {"- {name: a\n", "", "", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        jk_scenarios *set = NULL;
        jk_error error;
        assert_int_equal(load_scenarios(cases[i].text, &set, &error), JK_ERROR_MODEL);
        assert_null(set);
        bool told = strstr(error.message, cases[i].words) != NULL && strstr(error.file, "scenarios.yaml") != NULL &&
                    (cases[i].line < 0 || error.line == cases[i].line) &&
                    (cases[i].key[0] == '\0' || strcmp(error.key, cases[i].key) == 0);
        if (!told) {
            fail_msg("%s gave line %d, key '%s': %s", cases[i].text, (int)error.line, error.key, error.message);
        }
    }
    jk_scenarios *set = NULL;
    jk_error error = {0};
    assert_int_equal(jk_scenarios_load("/nonexistent/s.yaml", model, &set, &error), JK_ERROR_IO);
}

static jk_status try_text(const char *text) {
    jk_scenarios *set = NULL;
    jk_error error;
    const jk_status status = load_scenarios(text, &set, &error);
    jk_scenarios_free(set);
    return status;
}

/* Figures at their bounds are taken, those beyond are not. */
static void figures_go_so_far(void **state) {
    (void)state;
    static const struct {
        const char *key, *low, *high, *below, *above;
    } keys[] = {{"recovery", "0", "100", "-0.001", "100.001"},
                {"delay", "0", "600", "-1", "601"},
                {"garnishment", "0", "100", "-0.001", "100.001"},
                {"costs", "0", "100", "-0.001", "100.001"},
                {"court_cost", "0", "100", "-0.001", "100.001"},
                {"exit", "0", "100", "-0.001", "100.001"},
                {"market_price", "0", "100", "-0.001", "100.001"},
                {"theta", "0", "100", "-0.001", "100.001"},
                {"tilt", "-5", "5", "-5.001", "5.001"},
                {"new_payers", "0", "100", "-0.001", "100.001"},
                {"breakage", "-1", "1", "-1.001", "1.001"},
                {"hour_price", "0", "1000000", "-0.001", "1000000.1"},
                {"irr", "-0.99", "10", "-0.991", "10.001"}};
    assert_int_equal(sizeof keys / sizeof keys[0], JK_STRESS_COUNT);
    for (size_t i = 0; i < JK_STRESS_COUNT; i++) {
        const char *const figures[] = {keys[i].low, keys[i].high, keys[i].below, keys[i].above};
        for (int k = 0; k < 4; k++) {
            char text[128];
            (void)snprintf(text, sizeof text, "- {name: a, %s: %s}\n", keys[i].key, figures[k]);
            if (try_text(text) != (k < 2 ? JK_OK : JK_ERROR_MODEL)) {
                fail_msg("%s", text);
            }
        }
    }
    assert_int_equal(try_text("- {name: a, recovery: [[0, 100], [600, 0]]}\n"), JK_OK);
    assert_int_equal(try_text("- {name: a, recovery: [[0, 1], [601, 0]]}\n"), JK_ERROR_MODEL);
    assert_int_equal(try_text("- {name: a, recovery: [[0, 1], [6, 100.1]]}\n"), JK_ERROR_MODEL);
}

/* Names of 63 bytes, 200 scenarios, 2,000 entries and 600 steps: as many, and no more. */
static void files_go_so_far(void **state) {
    (void)state;
    enum { ROOM = 1 << 16 };
    char *text = malloc(ROOM);
    for (int more = 0; more < 2; more++) {
        const jk_status expected = more ? JK_ERROR_MODEL : JK_OK;
        (void)snprintf(text, ROOM, "- name: %0*d_\n", 62 + more, 0);
        assert_int_equal(try_text(text), expected);
        size_t length = 0;
        for (int i = 0; i < JK_SCENARIOS_MAX + more; i++) {
            length += (size_t)snprintf(text + length, ROOM - length, "- {name: s%d}\n", i);
        }
        assert_int_equal(try_text(text), expected);
        length = 0;
        for (int i = 0; i < JK_STRESSES_MAX + more; i++) {
            length += (size_t)snprintf(text + length, ROOM - length, "- {name: s%d}\n", i % 7);
        }
        assert_int_equal(try_text(text), expected);
        length = (size_t)snprintf(text, ROOM, "- name: a\n  recovery: [");
        for (int i = 0; i < 600 + more; i++) {
            length += (size_t)snprintf(text + length, ROOM - length, "%s[%d, 1]", i > 0 ? ", " : "", i);
        }
        (void)snprintf(text + length, ROOM - length, "]\n");
        assert_int_equal(try_text(text), expected);
    }
    free(text);
    static const char *const bad[] = {"a;b", "a\\\"b", "a\\tb", "a\\x7fb"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char one[64];
        (void)snprintf(one, sizeof one, "- name: \"%s\"\n", bad[i]);
        assert_int_equal(try_text(one), JK_ERROR_MODEL);
    }
    assert_int_equal(try_text("- name: \"a b'~\"\n"), JK_OK);
    assert_int_equal(try_text("- {name: a, where: {country: AZ}}\n"), JK_OK);
    assert_int_equal(try_text("- {name: a, where: {country: ZA}}\n"), JK_OK);
    assert_int_equal(try_text("- {name: a, where: {country: \"A[\"}}\n"), JK_ERROR_MODEL);
    assert_int_equal(try_text("- {name: a, where: {country: \"@Z\"}}\n"), JK_ERROR_MODEL);
    assert_int_equal(try_text("- {name: a, where: {country: A}}\n"), JK_ERROR_MODEL);
    assert_int_equal(try_text("- {name: a, where: {country: ABC}}\n"), JK_ERROR_MODEL);
}

/* Entries of one name in the order of the file, names in that of their first entry; the first note stands. */
static void entries_of_one_name(void **state) {
    (void)state;
    jk_scenarios *set = NULL;
    jk_error error;
    assert_int_equal(load_scenarios("- {name: b, theta: 0.1}\n- {name: a, theta: 0.2, note: first}\n"
                                    "- {name: b, theta: 0.3, note: late}\n- {name: c, theta: 0.4}\n"
                                    "- {name: a, theta: 0.5, note: second}\n- {name: b, theta: 0.6, note: later}\n",
                                    &set, &error),
                     JK_OK);
    static const struct {
        const char *name, *note;
        size_t count;
        double theta[3];
    } expected[] = {{"b", "late", 3, {0.1, 0.3, 0.6}}, {"a", "first", 2, {0.2, 0.5}}, {"c", NULL, 1, {0.4}}};
    assert_int_equal(set->count, 3);
    for (size_t i = 0; i < 3; i++) {
        const jk_scenario *is = &set->scenarios[i];
        assert_string_equal(is->name, expected[i].name);
        assert_true(expected[i].note == NULL ? is->note == NULL : strcmp(is->note, expected[i].note) == 0);
        assert_int_equal(is->stress_count, expected[i].count);
        for (size_t k = 0; k < is->stress_count; k++) {
            assert_true(is->stresses[k].figure[JK_STRESS_THETA] == expected[i].theta[k]);
        }
        assert_null(is->law);
    }
    jk_scenarios_free(set);
}

/* Law that changes on a day: what may change does, for the countries that are named, and all else stays. */
static void law_changes_on_a_day(void **state) {
    (void)state;
    jk_scenarios *set = NULL;
    jk_error error;
    assert_int_equal(
        load_scenarios("- {name: a, law: {SE: {limitation: {final_months: {consumer: 77}}}}, from: 2028-01-02}\n"
                       "- {name: b, law: {FI: {attachable: {base: 1400}}, NO: {limitation: {title_final_months: "
                       "{consumer: 66}}}}, from: 2027-02-01}\n- {name: a, theta: 0.5}\n",
                       &set, &error),
        JK_OK);
    assert_int_equal(set->count, 2);
    assert_int_equal(set->law_count, 2);
    const jk_law_change *a = set->scenarios[0].law, *b = set->scenarios[1].law;
    assert_int_equal(a->from, jk_date_from_civil(2028, 1, 2));
    assert_int_equal(b->from, jk_date_from_civil(2027, 2, 1));
    assert_true(set->scenarios[0].stresses[1].figure[JK_STRESS_THETA] == 0.5);
    for (size_t i = 0; i < model->jurisdiction_count; i++) {
        const jk_jurisdiction *was = &model->jurisdictions[i], *first = &a->jurisdictions[i],
                              *second = &b->jurisdictions[i];
        const bool fi = strcmp(was->id, "FI") == 0, se = strcmp(was->id, "SE") == 0, no = strcmp(was->id, "NO") == 0;
        assert_string_equal(first->id, was->id);
        assert_true(first->attachable.base == was->attachable.base);
        assert_true(second->attachable.base == (fi ? 1400.0 : was->attachable.base));
        const double *is = first->limitation.final_months, *stays = was->limitation.final_months;
        assert_true(is[JK_CONSUMER] == (se ? 77.0 : stays[JK_CONSUMER]) && is[JK_BUSINESS] == stays[JK_BUSINESS]);
        is = second->limitation.title_final_months;
        stays = was->limitation.title_final_months;
        assert_true(is[JK_CONSUMER] == (no ? 66.0 : stays[JK_CONSUMER]) && is[JK_BUSINESS] == stays[JK_BUSINESS]);
    }
    jk_scenarios_free(set);
    static const struct {
        const char *law, *words;
    } bad[] = {
        {"law: {}, from: 2028-01-01", "a map by country"},
        {"law: 7, from: 2028-01-01", "a map by country"},
        {"law: {XX: {attachable: {base: 1}}}, from: 2028-01-01", "'XX' cannot change"},
        {"law: {FI: 7}, from: 2028-01-01", "limitation or attachable"},
        {"law: {FI: {}}, from: 2028-01-01", "limitation or attachable"},
        {"law: {FI: {interest: {consumer: 0}}}, from: 2028-01-01", "'interest' cannot change"},
        {"law: {FI: {limitation: {letter_interrupts: true}}}, from: 2028-01-01", "'letter_interrupts' cannot"},
        {"law: {FI: {attachable: {base: 1}}}", "belong together"},
        {"from: 2028-01-01", "belong together"},
        {"law: {FI: {attachable: {base: 1}}}, from: 2028-01-01, where: {country: FI}", "belong together"},
        {"law: {FI: {attachable: {base: 1}}}, from: 2028-01-01}\n- {name: a, law: {SE: {attachable: {base: 1}}}, "
         "from: 2028-01-01",
         "changes once"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text, "- {name: a, %s}\n", bad[i].law);
        if (load_scenarios(text, &set, &error) != JK_ERROR_MODEL || strstr(error.message, bad[i].words) == NULL) {
            fail_msg("%s: %s", bad[i].law, error.message);
        }
    }
}

/* Segments and countries, one or a list of as many as there may be; and what is said of others. */
static void wheres_and_days(void **state) {
    (void)state;
    enum { ROOM = 1 << 16 };
    static const struct {
        const char *text, *words;
    } bad[] = {{"where: {country: 7}", "a country such as FI"},
               {"where: {country: null}", "a list of countries"},
               {"where: {country: {a: b}}", "a list of countries"},
               {"where: {segment: []}", "a list of segments"},
               {"where: {segment: {a: b}}", "a list of segments"},
               {"where: {segment: [null]}", "the id of a segment"},
               {"where: {segment: xyzzyxyzzyxyzzy}", "expected a segment of the model, found"},
               {"where: {xyzzyxyzzyxyzzy: FI}", "unknown key 'xyzzyxyzzyxyzzy'"},
               {"xyzzyxyzzyxyzzy: 1", "unknown key 'xyzzyxyzzyxyzzy'"},
               {"recovery: [7]", "a pair [month, factor]"},
               {"recovery: [[0]]", "a pair [month, factor]"},
               {"law: {FI: {attachable: {base: 1}}}, from: someday", "a day, YYYY-MM-DD"},
               {"law: {FI: {attachable: {base: 1}}}, from: [2028-01-01]", "a day, YYYY-MM-DD"},
               {"law: {FI: {attachable: {base: many}}}, from: 2028-01-01", ""}};
    jk_scenarios *set = NULL;
    jk_error error;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "- {name: a, %s}\n", bad[i].text);
        if (load_scenarios(text, &set, &error) != JK_ERROR_MODEL || strstr(error.message, bad[i].words) == NULL) {
            fail_msg("%s: %s", bad[i].text, error.message);
        }
        assert_true(strstr(bad[i].text, "xyzzy") == NULL || strstr(error.message, "did you mean") == NULL);
        assert_null(set);
    }
    assert_int_equal(load_scenarios("- {name: a, where: {country: SE, segment: [fi-consumer]}}\n", &set, &error),
                     JK_OK);
    const jk_where *where = &set->scenarios[0].stresses[0].where;
    assert_true(where->country_count == 1 && where->segment_count == 1);
    assert_string_equal(where->countries[0], "SE");
    assert_string_equal(where->segments[0], "fi-consumer");
    jk_scenarios_free(set);
    char *text = malloc(ROOM);
    for (int more = 0; more < 2; more++) { /* 300 countries and every segment that there may be */
        size_t length = (size_t)snprintf(text, ROOM, "- {name: a, where: {country: [");
        for (int i = 0; i < 300 + JK_SEGMENTS_MAX + more; i++) {
            length += (size_t)snprintf(text + length, ROOM - length, "%sA%c", i > 0 ? ", " : "", 'A' + i % 26);
        }
        (void)snprintf(text + length, ROOM - length, "]}}\n");
        assert_int_equal(try_text(text), more ? JK_ERROR_MODEL : JK_OK);
    }
    free(text);
}

static jk_status load_once(void *path, jk_error *error) {
    jk_scenarios *set = (jk_scenarios *)error; /* is written over, also where it fails */
    const jk_status status = jk_scenarios_load(path, model, &set, error);
    assert_true(status == JK_OK ? set->count == 2 && set->law_count == 1 : set == NULL);
    jk_scenarios_free(set);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    static const char text[] =
        "- {name: a, note: n, where: {country: [FI, SE]}, recovery: [[0, 0.7], [24, 1]]}\n"
        "- {name: b, law: {SE: {limitation: {final_months: {consumer: 77}}}}, from: 2028-01-02}\n";
    char path[FILE_PATH_MAX];
    long without = 0;
    write_file(temporary_path(path, "refused.yaml"), text, sizeof text - 1);
    const long refused = refuse_each_allocation(load_once, path, &without);
    print_message("%ld allocations, %ld of them not needed\n", refused, without);
    assert_true(refused > 2 && without == 0);
    (void)unlink(path);
}

static int load_example(void **state) {
    (void)state;
    char path[FILE_PATH_MAX];
    return jk_model_load(example_path(path), &model, NULL) == JK_OK ? 0 : -1;
}

static int free_example(void **state) {
    (void)state;
    jk_model_free(model);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_key),
                                       cmocka_unit_test(money_is_in_the_currency_of_the_model_file),
                                       cmocka_unit_test(mistakes),
                                       cmocka_unit_test(figures_go_so_far),
                                       cmocka_unit_test(files_go_so_far),
                                       cmocka_unit_test(entries_of_one_name),
                                       cmocka_unit_test(law_changes_on_a_day),
                                       cmocka_unit_test(wheres_and_days),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, load_example, free_example);
}
