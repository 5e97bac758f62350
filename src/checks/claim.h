/* SPDX-License-Identifier: Apache-2.0 */
/* One claim's decision process in 64 bits (model.md sections 4 to 6), and plans of an owner who does not see the class.
 */
#ifndef JK_CHECKS_CLAIM_H
#define JK_CHECKS_CLAIM_H

#include <stdbool.h>

#include "jalki/model.h"
#include "jalki/terms.h"

enum {
    CHECKS_MOODS = 2,   /* quiet, paying */
    CHECKS_ACTIONS = 4, /* close, surveil, amicable, legal: nothing is sold here */
    CHECKS_STATES = JK_TITLE_COUNT * JK_CAPACITY_COUNT * CHECKS_MOODS,
    CHECKS_SEEN = JK_TITLE_COUNT * CHECKS_MOODS /* what the owner sees without a check */
};

static inline int checks_state(int z, int k, int r) {
    return (z * JK_CAPACITY_COUNT + k) * CHECKS_MOODS + r;
}
static inline int checks_seen(int z, int r) {
    return z * CHECKS_MOODS + r;
}

/* What is the same for all claims. */
typedef struct jk_checks_tables {
    const jk_model *model;
    double delta;
    int *start;         /* [epochs] T_j */
    double *inflation;  /* [epochs] */
    double *class_step; /* [segments][epochs][treatments][3][3] Q^E */
    double *title;      /* [segments][epochs] probability that a case is decided */
} jk_checks_tables;

jk_status jk_checks_tables_init(jk_checks_tables *tables, const jk_model *model, double irr, jk_error *error);
void jk_checks_tables_reset(jk_checks_tables *tables);

/* A treatment of a state over one epoch. */
typedef struct jk_checks_cell {
    double reward;
    double stay[CHECKS_MOODS]; /* discounted probability of being there at the end, alive, by mood */
    bool open;                 /* allowed and available */
} jk_checks_cell;

typedef struct jk_checks_claim {
    const jk_checks_tables *tables;
    size_t segment;
    int epochs, first_title, last_title, moods;
    jk_checks_cell *cell; /* [epochs][CHECKS_STATES][CHECKS_ACTIONS] */
    double *full;         /* [epochs + 1][CHECKS_STATES] values of who sees the class in every epoch, free of charge */
    double *mass;         /* [epochs + 1][CHECKS_STATES] */
    double *value;        /* [epochs + 1][CHECKS_STATES] */
    unsigned char *plan;  /* [epochs][CHECKS_SEEN] */
    double share;         /* w */
    bool guessed;         /* the class is the score's, of which the model knows how often it is right */
} jk_checks_claim;

/* Room for claims of the tables' model; false: no memory. */
bool jk_checks_claim_create(jk_checks_claim *claim, const jk_checks_tables *tables);
void jk_checks_claim_free(jk_checks_claim *claim);

/* Fills the cells and the values of who sees the class; row `i` must be planned (allowed not 0). */
void jk_checks_claim_load(jk_checks_claim *claim, const jk_terms *terms, size_t i);

/* A plan of epochs [from, to) that depends on the epoch and on what is seen without a check, found from the mass of the
 * states at the start; `after` is what a state is worth at `to`. Returns what it is worth; claim->value holds the
 * values of the states under that plan, and claim->plan the plan. */
double jk_checks_blind(jk_checks_claim *claim, int from, int to, const double mass[CHECKS_STATES],
                       const double after[CHECKS_STATES]);

/* Checks in the epochs that `checked` names (epoch 0: the class is known at the cut-off, free of charge), each at
 * `price` for the whole debtor at the prices of the cut-off. What the claim is worth from state `at`. */
double jk_checks_policy(jk_checks_claim *claim, const bool *checked, double price, int at);

#endif
