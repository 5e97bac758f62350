/* SPDX-License-Identifier: Apache-2.0 */
#include "model/names.h"

const char *const jk_action_names[JK_ACTION_COUNT] = {
    [JK_CLOSE] = "close",       [JK_SELL] = "sell",   [JK_SURVEIL] = "surveil",
    [JK_AMICABLE] = "amicable", [JK_LEGAL] = "legal",
};
const char *const jk_capacity_names[JK_CAPACITY_COUNT] = {
    [JK_CAPACITY_NONE] = "none",
    [JK_CAPACITY_WEAK] = "weak",
    [JK_CAPACITY_ABLE] = "able",
};
const char *const jk_title_names[JK_TITLE_COUNT] = {
    [JK_TITLE_NONE] = "none",
    [JK_TITLE_PENDING] = "pending",
    [JK_TITLE_HELD] = "title",
};
const char *const jk_derived_names[JK_DERIVED_COUNT] = {
    [JK_DERIVED_BALANCE] = "balance",
    [JK_DERIVED_AGE_YEARS] = "age_years",
    [JK_DERIVED_MONTHS_SINCE_WRITE_OFF] = "months_since_write_off",
    [JK_DERIVED_MONTHS_SINCE_DEFAULT] = "months_since_default",
    [JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT] = "months_since_last_payment",
    [JK_DERIVED_MONTHS_TO_BAR] = "months_to_bar",
    [JK_DERIVED_PAID_12M_SHARE] = "paid_12m_share",
    [JK_DERIVED_PAID_24M_SHARE] = "paid_24m_share",
    [JK_DERIVED_PRINCIPAL_SHARE] = "principal_share",
    [JK_DERIVED_KEPT_SHARE] = "kept_share",
    [JK_DERIVED_ATTACHABLE] = "attachable",
    [JK_DERIVED_ATTACHABLE_YEARS] = "attachable_years",
    [JK_DERIVED_DEBTOR_CLAIMS] = "debtor_claims",
    [JK_DERIVED_DEBTOR_BALANCE] = "debtor_balance",
};

const char *jk_action_name(jk_action action) {
    return (unsigned)action < JK_ACTION_COUNT ? jk_action_names[action] : "unknown";
}

const char *jk_capacity_name(jk_capacity capacity) {
    return (unsigned)capacity < JK_CAPACITY_COUNT ? jk_capacity_names[capacity] : "unknown";
}

const char *jk_title_name(jk_title title) {
    return (unsigned)title < JK_TITLE_COUNT ? jk_title_names[title] : "unknown";
}

const char *jk_derived_name(jk_derived derived) {
    return (unsigned)derived < JK_DERIVED_COUNT ? jk_derived_names[derived] : "none";
}
