/* SPDX-License-Identifier: Apache-2.0 */
/* What stresses make of a model's figures, against the definitions of docs/scenario.md in plain code: drawn entries of
 * one scenario, put on one after the other, on segments that they are about and on no other; and how far they may go.
 */
#include "cmocka_all.h"

#include <math.h>

#include "base/number/random.h"
#include "jalki/scenario.h"
#include "value/engine_case.h"

enum { ENTRIES = 3, SEEDS = 12 };

static double uniform(uint64_t seed, size_t entry, uint64_t what) {
    return jk_uniform(jk_philox(31, seed * 100 + what, entry).word[0]);
}

static const int32_t months[] = {0, 4, 30};

/* Entries with every key; the second gives recovery by months, the third is about two segments alone. */
static void draw_entries(uint64_t seed, const char *const *segments, double factors[3], jk_stress entry[ENTRIES]) {
    for (size_t i = 0; i < ENTRIES; i++) {
        double *figure = entry[i].figure;
        entry[i] = jk_stress_none();
        figure[JK_STRESS_RECOVERY] = 0.5 + uniform(seed, i, 1);
        figure[JK_STRESS_DELAY] = floor(9.0 * uniform(seed, i, 2));
        figure[JK_STRESS_GARNISHMENT] = 0.5 + uniform(seed, i, 3);
        figure[JK_STRESS_COSTS] = 0.5 + uniform(seed, i, 4);
        figure[JK_STRESS_COURT_COST] = 0.5 + uniform(seed, i, 5);
        figure[JK_STRESS_EXIT] = 0.5 + uniform(seed, i, 6);
        figure[JK_STRESS_MARKET_PRICE] = uniform(seed, i, 7) < 0.3 ? 1.0 : 0.5 + uniform(seed, i, 8);
        figure[JK_STRESS_THETA] = 0.5 + uniform(seed, i, 9);
        figure[JK_STRESS_TILT] = uniform(seed, i, 10) < 0.3 ? 0.0 : uniform(seed, i, 11) - 0.5;
        figure[JK_STRESS_NEW_PAYERS] = uniform(seed, i, 12) < 0.3 ? 1.0 : 60.0 * pow(uniform(seed, i, 13), 4.0);
        figure[JK_STRESS_BREAKAGE] = uniform(seed, i, 14) - 0.5;
        figure[JK_STRESS_HOUR_PRICE] = 10.0 * uniform(seed, i, 15);
    }
    for (size_t k = 0; k < 3; k++) {
        factors[k] = 0.4 + uniform(seed, k, 16);
    }
    entry[1].recovery = (jk_steps){3, months, factors};
    entry[2].where = (jk_where){0, NULL, 2, segments};
    entry[0].figure[JK_STRESS_IRR] = 0.01 * uniform(seed, 0, 17);
    entry[1].figure[JK_STRESS_IRR] = 0.01 * uniform(seed, 1, 17);
}

static void near(const char *what, size_t g, double found, double expected) {
    if (!(fabs(found - expected) <= 1e-12 * (1.0 + fabs(expected)))) {
        fail_msg("%s of segment %zu: %.17g, expected %.17g", what, g, found, expected);
    }
}

static bool is_about(const jk_stress *entry, const char *id) {
    bool about = entry->where.segment_count == 0;
    for (size_t i = 0; i < entry->where.segment_count; i++) {
        about = about || strcmp(entry->where.segments[i], id) == 0;
    }
    return about;
}

static double given_at(const jk_stress *entry, int month) {
    if (entry->recovery.count == 0) {
        return entry->figure[JK_STRESS_RECOVERY];
    }
    return entry->recovery.value[month < months[1] ? 0 : month < months[2] ? 1 : 2];
}

/* A class's moves: tilted odds, then more who move up, taken from those who stay as far as there are any. */
static void move_row(const jk_stress *entry, bool payers, int from, double row[JK_CAPACITY_COUNT]) {
    double sum = 0.0, up = 0.0;
    for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
        row[to] *= exp(entry->figure[JK_STRESS_TILT] * (to - from));
        sum += row[to];
    }
    for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
        row[to] /= sum;
        up += to > from ? row[to] : 0.0;
    }
    if (payers || up == 0.0) {
        return;
    }
    const double more = fmin(entry->figure[JK_STRESS_NEW_PAYERS] * up, up + row[from]);
    row[from] += up - more;
    for (int to = from + 1; to < JK_CAPACITY_COUNT; to++) {
        row[to] *= more / up;
    }
}

static void check_recovery(const jk_model *of, const jk_stressed *found, const jk_stress *entry, size_t g) {
    const jk_segment *is = &of->segments[g];
    int month = 0;
    for (int j = 0; j < of->epoch_count; j++) {
        double begins = 0.0, pays = 0.0;
        for (int m = 0; m < of->epochs[j]; m++, month++) {
            double new_payers = 1.0, paying = 1.0;
            for (size_t i = 0; i < ENTRIES; i++) {
                const double *figure = entry[i].figure;
                if (is_about(&entry[i], is->id)) {
                    const bool waits = month < figure[JK_STRESS_DELAY];
                    paying *= given_at(&entry[i], month);
                    new_payers *= waits ? 0.0 : given_at(&entry[i], month) * figure[JK_STRESS_THETA];
                    new_payers *= is->payers.given ? figure[JK_STRESS_NEW_PAYERS] : 1.0;
                }
            }
            begins += new_payers / of->epochs[j];
            pays += paying / of->epochs[j];
        }
        near("recovery", g, found->recovery[g * (size_t)of->epoch_count + (size_t)j], begins);
        near("recovery of payers", g, found->paying_recovery[g * (size_t)of->epoch_count + (size_t)j], pays);
    }
}

static void check_segment(const jk_model *of, const jk_stressed *found, const jk_stress *entry, size_t g) {
    jk_segment is = of->segments[g];
    const jk_segment *to = &found->model.segments[g];
    const bool payers = is.payers.given;
    double exits = 1.0, interruption = 1.0, breakage = 1.0, price = 1.0;
    for (size_t i = 0; i < ENTRIES; i++) {
        const double *figure = entry[i].figure, costs = figure[JK_STRESS_COSTS],
                     kept = 1.0 - figure[JK_STRESS_BREAKAGE];
        if (!is_about(&entry[i], is.id)) {
            continue;
        }
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            is.cost[a].monthly *= costs;
            is.payers.monthly[a] *= costs;
            for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
                move_row(&entry[i], payers, from, is.class_monthly[a][from]);
            }
            is.class_multiplier[a][1] *= payers ? 1.0 : kept;
            is.class_multiplier[a][2] *= payers ? 1.0 : kept;
        }
        is.hour = is.hour * costs + figure[JK_STRESS_HOUR_PRICE];
        is.filing *= costs * figure[JK_STRESS_COURT_COST];
        is.enforcement_monthly *= costs * figure[JK_STRESS_COURT_COST];
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            is.garnish_share[k] *= figure[JK_STRESS_GARNISHMENT];
        }
        exits *= figure[JK_STRESS_EXIT];
        interruption *= costs;
        breakage /= payers ? kept : 1.0;
        price *= figure[JK_STRESS_MARKET_PRICE];
    }
    near("exits", g, found->stress[g].exit, exits);
    near("interruption", g, found->stress[g].interruption, interruption);
    near("breakage", g, found->stress[g].breakage, breakage);
    near("hour", g, to->hour, is.hour);
    near("filing", g, to->filing, is.filing);
    near("enforcement", g, to->enforcement_monthly, is.enforcement_monthly);
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        near("cost", g, to->cost[a].monthly, is.cost[a].monthly);
        near("contingent cost", g, to->cost[a].contingent, is.cost[a].contingent);
        near("cost of payers", g, to->payers.monthly[a], is.payers.monthly[a]);
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            near("class multiplier", g, to->class_multiplier[a][k], is.class_multiplier[a][k]);
            for (int next = 0; next < JK_CAPACITY_COUNT; next++) {
                near("class move", g, to->class_monthly[a][k][next], is.class_monthly[a][k][next]);
            }
        }
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        near("garnish share", g, to->garnish_share[k], is.garnish_share[k]);
    }
    for (size_t i = 0; i < is.market_price.count; i++) {
        near("price", g, to->market_price.value[i], price * of->segments[g].market_price.value[i]);
    }
}

static void entries_by_hand(void **state) {
    (void)state;
    jk_model plain = at_once(model);
    const jk_model *models[] = {model, &plain};
    assert_true(model->segment_count > 3);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const jk_model *of = models[seed % 2];
        const char *const segments[] = {of->segments[0].id, of->segments[of->segment_count - 1].id};
        double factors[3];
        jk_stress entry[ENTRIES];
        jk_error error = {0};
        jk_stress_set *set = NULL;
        draw_entries(seed, segments, factors, entry);
        const jk_scenario scenarios[] = {{"other", NULL, 1, &entry[1], NULL}, {"all", NULL, ENTRIES, entry, NULL}};
        must(jk_stress_set_make(of, scenarios, 2, NULL, &set, &error), &error);
        assert_int_equal(set->split->segment_count, of->segment_count);
        const jk_stressed *found = &set->stressed[1];
        near("return", 0, found->irr_shift, entry[0].figure[JK_STRESS_IRR] + entry[1].figure[JK_STRESS_IRR]);
        near("return", 0, set->stressed[0].irr_shift, entry[1].figure[JK_STRESS_IRR]);
        for (size_t g = 0; g < of->segment_count; g++) {
            assert_string_equal(found->model.segments[g].id, of->segments[g].id);
            check_segment(of, found, entry, g);
            check_recovery(of, found, entry, g);
        }
        jk_stress_set_free(set);
    }
    free_at_once(&plain);
}

static jk_status try_entries(const jk_stress *entries, size_t count) {
    const jk_scenario scenario = {"far", NULL, count, entries, NULL};
    jk_stress_set *set = NULL;
    jk_error error = {0};
    const jk_status status = jk_stress_set_make(model, &scenario, 1, NULL, &set, &error);
    jk_stress_set_free(set);
    return status;
}

/* Factors of several entries together: limits that are just met are met, and what lies below 1 makes no room. */
static void entries_go_so_far(void **state) {
    (void)state;
    static const struct {
        jk_stress_key key[3];
        double figure[3], beyond;
    } cases[] = {{{JK_STRESS_COSTS, JK_STRESS_COURT_COST, JK_STRESS_MARKET_PRICE}, {100.0, 100.0, 100.0}, 100.5},
                 {{JK_STRESS_GARNISHMENT, JK_STRESS_COURT_COST, JK_STRESS_MARKET_PRICE}, {100.0, 100.0, 100.0}, 101.0},
                 {{JK_STRESS_EXIT, JK_STRESS_EXIT, JK_STRESS_EXIT}, {4.0, 5.0, 5.0}, 5.001},
                 {{JK_STRESS_COSTS, JK_STRESS_COSTS, JK_STRESS_EXIT}, {10.0, 10.0, 1.0}, 101.0},
                 {{JK_STRESS_RECOVERY, JK_STRESS_RECOVERY, JK_STRESS_THETA}, {10.0, 10.0, 10.0}, 10.01},
                 {{JK_STRESS_RECOVERY, JK_STRESS_RECOVERY, JK_STRESS_RECOVERY}, {10.0, 10.0, 10.0}, 10.01}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_stress entry[3];
        for (int k = 0; k < 3; k++) {
            entry[k] = jk_stress_none();
            entry[k].figure[cases[i].key[k]] = cases[i].figure[k];
        }
        assert_int_equal(try_entries(entry, 3), JK_OK);
        entry[2].figure[cases[i].key[2]] = cases[i].beyond;
        assert_int_equal(try_entries(entry, 3), JK_ERROR_MODEL);
    }
    jk_stress room[4];
    for (int k = 0; k < 4; k++) {
        room[k] = jk_stress_none();
    }
    room[0].figure[JK_STRESS_MARKET_PRICE] = 0.5; /* makes no room for others */
    room[1].figure[JK_STRESS_MARKET_PRICE] = room[2].figure[JK_STRESS_COURT_COST] = 100.0;
    room[3].figure[JK_STRESS_GARNISHMENT] = 101.0;
    assert_int_equal(try_entries(room, 4), JK_ERROR_MODEL);
    room[3].figure[JK_STRESS_GARNISHMENT] = 100.0;
    assert_int_equal(try_entries(room, 4), JK_OK);
    jk_stress breaks = jk_stress_none(); /* instalments that break at once */
    breaks.figure[JK_STRESS_BREAKAGE] = 1.0;
    const jk_scenario scenario = {"breaks", NULL, 1, &breaks, NULL};
    jk_stress_set *set = NULL;
    jk_error error = {0};
    must(jk_stress_set_make(model, &scenario, 1, NULL, &set, &error), &error);
    assert_true(set->stressed[0].stress[0].breakage == JK_STRESS_MAX);
    jk_stress_set_free(set);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(entries_by_hand), cmocka_unit_test(entries_go_so_far)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
