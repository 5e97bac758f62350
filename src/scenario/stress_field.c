/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario can change: the one list of keys, with their bounds. */
#include <string.h>

#include "jalki/scenario.h"

static const jk_stress_field fields[JK_STRESS_COUNT] = {
    [JK_STRESS_RECOVERY] = {"recovery", 0.0, 100.0, 1.0, "recoveries"},
    [JK_STRESS_DELAY] = {"delay", 0.0, JK_HORIZON_MAX, 0.0, "months of delay"},
    [JK_STRESS_GARNISHMENT] = {"garnishment", 0.0, 100.0, 1.0, "garnishment"},
    [JK_STRESS_COSTS] = {"costs", 0.0, 100.0, 1.0, "costs"},
    [JK_STRESS_COURT_COST] = {"court_cost", 0.0, 100.0, 1.0, "court fees and enforcement"},
    [JK_STRESS_EXIT] = {"exit", 0.0, 100.0, 1.0, "exits"},
    [JK_STRESS_MARKET_PRICE] = {"market_price", 0.0, 100.0, 1.0, "sale prices"},
    [JK_STRESS_THETA] = {"theta", 0.0, 100.0, 1.0, "score intensities"},
    [JK_STRESS_TILT] = {"tilt", -5.0, 5.0, 0.0, "tilt of class moves"},
    [JK_STRESS_NEW_PAYERS] = {"new_payers", 0.0, 100.0, 1.0, "new payers"},
    [JK_STRESS_BREAKAGE] = {"breakage", -1.0, 1.0, 0.0, "breakage of instalments"},
    [JK_STRESS_HOUR_PRICE] = {"hour_price", 0.0, JK_HOUR_MAX, 0.0, "added to the price of an agent hour"},
    [JK_STRESS_IRR] = {"irr", -0.99, 10.0, 0.0, "added to the required return"},
};

const jk_stress_field *jk_stress_field_of(jk_stress_key key) {
    return &fields[key];
}

int jk_stress_key_of(const char *name) {
    for (int key = 0; key < JK_STRESS_COUNT; key++) {
        if (strcmp(fields[key].name, name) == 0) {
            return key;
        }
    }
    return -1;
}

jk_stress jk_stress_none(void) {
    jk_stress stress = {0};
    for (int key = 0; key < JK_STRESS_COUNT; key++) {
        stress.figure[key] = fields[key].neutral;
    }
    return stress;
}
