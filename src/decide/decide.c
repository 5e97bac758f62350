/* SPDX-License-Identifier: Apache-2.0 */
/* From candidates and limits to decisions, claim by claim or debtor by debtor.
 *
 * A unit of the allocation is a claim, or a debtor with the sums of those of its claims that an action is worth more
 * for than closing; one contact serves all of them (the largest hours count), and filing costs one whole court fee,
 * however small the parts that claims bear. What is chosen for a debtor is handed down to the claims that join.
 * Countries and segments that no limit names are one, so that the allocation's tables stay small. */
#include "jalki/decide.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "decide/allocate.h"
#include "decide/group.h"

/* The units of the allocation: claims themselves, or debtors in columns of their own. */
typedef struct units {
    jk_allocation problem;
    bool owned; /* the columns below were made here */
    float *value[JK_ACTION_COUNT];
    int32_t *court, *hours[JK_TREATMENT_COUNT], *claims[JK_ACTION_COUNT];
    uint16_t *country, *segment;
    size_t *first; /* [units + 1] where a debtor's claims begin in `member` */
    size_t *member;
    uint8_t *decision;
    jk_limit limits[JK_LIMITS_MAX];
    jk_team *teams; /* of the limits, by the allocation's numbers */
} units;

static void free_units(units *u) {
    if (u->owned) {
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            free(u->value[a]);
            free(u->claims[a]);
        }
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            free(u->hours[t]);
        }
        free(u->court);
    }
    free(u->country);
    free(u->segment);
    free(u->first);
    free(u->member);
    free(u->decision);
    free(u->teams);
}

/* Limits name few countries and segments; all others are one, so that the allocation's tables stay small. Index 0 is
 * "other". */
typedef struct compression {
    uint16_t *map; /* by index, to the number that the allocation knows */
    size_t size, used;
} compression;

static void compress(compression *to, int *index) {
    if (*index == JK_SCOPE_ALL || (size_t)*index >= to->size) {
        return;
    }
    if (to->map[*index] == 0) {
        to->map[*index] = (uint16_t)++to->used;
    }
    *index = to->map[*index];
}

static void compress_limit(compression *countries, compression *segments, jk_limit *limit, jk_team *team) {
    compress(countries, &limit->country);
    compress(segments, &limit->segment);
    if (limit->team == NULL) {
        return;
    }
    *team = *limit->team;
    limit->team = team;
    for (size_t i = 0; i < team->country_count; i++) {
        compress(countries, &team->country[i]);
    }
    for (size_t i = 0; i < team->segment_count; i++) {
        compress(segments, &team->segment[i]);
    }
}

static jk_status map_scopes(units *u, const jk_candidates *candidates, const jk_decide_options *options,
                            uint16_t **country_map, uint16_t **segment_map, jk_error *error) {
    size_t countries = 0;
    (void)jk_tape_dictionary(candidates->tape, JK_COLUMN_COUNTRY, &countries);
    *country_map = calloc(countries + 1, sizeof **country_map);
    *segment_map = calloc(candidates->model->segment_count, sizeof **segment_map);
    if (options->limit_count > JK_LIMITS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "%zu limits are given, at most %d are possible",
                       options->limit_count, JK_LIMITS_MAX);
    }
    u->teams = calloc(options->limit_count + 1, sizeof *u->teams);
    JK_TRY(jk_held(*country_map != NULL && *segment_map != NULL && u->teams != NULL, error, "the limits"));
    compression to_country = {.map = *country_map, .size = countries + 1};
    compression to_segment = {.map = *segment_map, .size = candidates->model->segment_count};
    for (size_t m = 0; m < options->limit_count; m++) {
        u->limits[m] = options->limits[m];
        compress_limit(&to_country, &to_segment, &u->limits[m], &u->teams[m]);
    }
    u->problem.limits = u->limits;
    u->problem.limit_count = options->limit_count;
    return JK_OK;
}

static jk_status units_of_claims(units *u, const jk_candidates *c, const uint16_t *country_map,
                                 const uint16_t *segment_map, jk_error *error) {
    u->problem.units = c->claims;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        u->problem.value[a] = c->value[a];
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        u->problem.hours[t] = c->hours[t];
    }
    u->problem.court = c->court;
    u->country = jk_columns_alloc(c->claims, sizeof(uint16_t));
    u->segment = jk_columns_alloc(c->claims, sizeof(uint16_t));
    JK_TRY(jk_held(u->country != NULL && u->segment != NULL, error, "the claims to decide on"));
    for (size_t i = 0; i < c->claims; i++) {
        u->country[i] = country_map[c->country[i]];
        u->segment[i] = segment_map[c->segment[i]];
    }
    u->problem.country = u->country;
    u->problem.segment = u->segment;
    return JK_OK;
}

/* Whether a claim joins when its debtor gets an action: only where that is allowed and worth more than closing it. */
static bool joins(const jk_candidates *c, size_t claim, int action) {
    return action != JK_CLOSE && c->value[action][claim] > 0.0f;
}

static void sum_debtor(units *u, const jk_candidates *c, size_t debtor) {
    double value[JK_ACTION_COUNT] = {0};
    double part_of_fee = 0.0;
    double whole_fee = 0.0;
    for (size_t k = u->first[debtor]; k < u->first[debtor + 1]; k++) {
        size_t i = u->member[k];
        for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
            if (!joins(c, i, a)) {
                continue;
            }
            value[a] += (double)c->value[a][i];
            u->claims[a][debtor]++;
            if (a >= JK_SURVEIL) { /* one contact serves all claims of the debtor */
                int32_t *hours = &u->hours[a - JK_SURVEIL][debtor];
                int32_t own = c->hours[a - JK_SURVEIL][i];
                *hours = own > *hours ? own : *hours;
            }
            if (a == JK_LEGAL && c->court[i] > 0) {
                double fee = c->model->segments[c->segment[i]].filing;
                part_of_fee += c->court[i] / 100.0;
                whole_fee = fee > whole_fee ? fee : whole_fee;
            }
        }
    }
    /* Filed once: one whole fee, however few of the claims go to court. */
    if (whole_fee > part_of_fee) {
        value[JK_LEGAL] -= whole_fee - part_of_fee;
        part_of_fee = whole_fee;
    }
    u->court[debtor] = (int32_t)fmin(nearbyint(part_of_fee * 100.0), 2147483647.0);
    u->value[JK_CLOSE][debtor] = 0.0f;
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        u->value[a][debtor] = u->claims[a][debtor] > 0 ? (float)value[a] : (float)NAN;
    }
}

static jk_status units_of_debtors(units *u, const jk_candidates *c, const uint16_t *country_map,
                                  const uint16_t *segment_map, jk_error *error) {
    JK_TRY(jk_group_claims(c, &u->first, &u->member, error));
    u->problem.units = jk_tape_debtors(c->tape);
    size_t n = u->problem.units;
    bool complete = true;
    u->owned = true;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        u->problem.value[a] = u->value[a] = jk_columns_zero(n, sizeof(float));
        u->problem.claims[a] = u->claims[a] = jk_columns_zero(n, sizeof(int32_t));
        complete = complete && u->value[a] && u->claims[a];
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        u->problem.hours[t] = u->hours[t] = jk_columns_zero(n, sizeof(int32_t));
        complete = complete && u->hours[t];
    }
    u->problem.court = u->court = jk_columns_zero(n, sizeof(int32_t));
    u->problem.country = u->country = jk_columns_zero(n, sizeof(uint16_t));
    u->problem.segment = u->segment = jk_columns_zero(n, sizeof(uint16_t));
    JK_TRY(jk_held(complete && u->court && u->country && u->segment, error, "the debtors to decide on"));
    for (size_t d = 0; d < n; d++) {
        sum_debtor(u, c, d);
        if (u->first[d] < u->first[d + 1]) { /* a debtor stands where its first claim does */
            size_t i = u->member[u->first[d]];
            u->country[d] = country_map[c->country[i]];
            u->segment[d] = segment_map[c->segment[i]];
        }
    }
    return JK_OK;
}

static int best_action(const jk_candidates *c, size_t claim) {
    int best = JK_CLOSE;
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        if (c->value[a][claim] > c->value[best][claim]) {
            best = a;
        }
    }
    return best;
}

/* Hands the units' decisions to the claims and sums up. */
static void settle(const units *u, const jk_candidates *c, jk_decided *decided) {
    int64_t value[JK_ACTION_COUNT] = {0};
    int64_t face[JK_ACTION_COUNT] = {0};
    int64_t court = 0;
    int64_t hours = 0;
    for (size_t i = 0; i < c->claims; i++) {
        int action = u->owned ? u->decision[c->debtor[i]] : u->decision[i];
        if (u->owned && !joins(c, i, action)) {
            action = JK_CLOSE;
        }
        decided->decision[i] = (uint8_t)action;
        decided->free[i] = (uint8_t)best_action(c, i);
        decided->claims[action]++;
        value[action] += jk_grid_from_double((double)c->value[action][i]);
        face[action] += jk_grid_from_double(c->balance[i]);
    }
    for (size_t d = 0; d < u->problem.units; d++) {
        int action = u->decision[d];
        court += action == JK_LEGAL ? u->problem.court[d] : 0;
        hours += action >= JK_SURVEIL ? u->problem.hours[action - JK_SURVEIL][d] : 0;
    }
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        decided->value[a] = jk_grid_to_double(value[a]);
        decided->face[a] = jk_grid_to_double(face[a]);
    }
    decided->court = (double)court / 100.0;
    decided->hours = (double)hours / 10000.0;
}

jk_status jk_decide(const jk_candidates *candidates, const jk_decide_options *options, jk_decided *decided,
                    jk_error *error) {
    *decided = (jk_decided){0};
    units *u = calloc(1, sizeof *u);
    uint16_t *country_map = NULL;
    uint16_t *segment_map = NULL;
    JK_TRY(jk_held(u != NULL, error, "the decisions"));
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(map_scopes(u, candidates, options, &country_map, &segment_map, error));
    JK_TRY_CLEANUP(options->by_debtor ? units_of_debtors(u, candidates, country_map, segment_map, error)
                                      : units_of_claims(u, candidates, country_map, segment_map, error));
    u->decision = jk_columns_alloc(u->problem.units, 1);
    decided->decision = jk_columns_alloc(candidates->claims, 1);
    decided->free = jk_columns_alloc(candidates->claims, 1);
    JK_TRY_CLEANUP(
        jk_held(u->decision != NULL && decided->decision != NULL && decided->free != NULL, error, "the decisions"));
    jk_allocation_result result = {.decision = u->decision};
    JK_TRY_CLEANUP(jk_allocate(&u->problem, &options->run, &result, error));
    decided->objective = result.objective;
    decided->bound = result.bound;
    decided->unlimited = result.unlimited;
    memcpy(decided->price, result.price, sizeof result.price);
    memcpy(decided->use, result.use, sizeof result.use);
    settle(u, candidates, decided);
cleanup:
    if (status != JK_OK) {
        jk_decided_reset(decided);
    }
    free(country_map);
    free(segment_map);
    free_units(u);
    free(u);
    return status;
}

jk_status jk_decided_carried_out(const jk_candidates *candidates, const jk_decided *decided, double *worth,
                                 jk_error *error) {
    const jk_candidates *c = candidates;
    size_t debtors = jk_tape_debtors(c->tape);
    double *part = jk_columns_zero(debtors, sizeof *part), *whole = jk_columns_zero(debtors, sizeof *whole);
    int64_t missing = 0;
    jk_status status = part == NULL || whole == NULL ? jk_fail_memory(error, "the court fees of debtors") : JK_OK;
    for (size_t i = 0; status == JK_OK && i < c->claims; i++) {
        if (decided->decision[i] == JK_LEGAL && c->court[i] > 0) {
            part[c->debtor[i]] += c->court[i] / 100.0;
            whole[c->debtor[i]] = fmax(whole[c->debtor[i]], c->model->segments[c->segment[i]].filing);
        }
    }
    for (size_t d = 0; status == JK_OK && d < debtors; d++) {
        missing += jk_grid_from_double(fmax(0.0, whole[d] - part[d]));
    }
    free(part);
    free(whole);
    *worth = decided->objective - jk_grid_to_double(missing);
    return status;
}

void jk_decided_reset(jk_decided *decided) {
    free(decided->decision);
    free(decided->free);
    *decided = (jk_decided){0};
}
