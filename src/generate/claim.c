/* SPDX-License-Identifier: Apache-2.0 */
/* One claim, from its row number and its debtor: product and size, ages, what was paid, where it stands in law, and
 * what the seller's file leaves out. Ages are months before the cut-off. */
#include "generate/shapes.h"

/* Places on the claim's sheet. */
enum {
    DRAW_PRODUCT,
    DRAW_SIZE,
    DRAW_AGE,
    DRAW_NEAR,
    DRAW_LAG,
    DRAW_EVER_PAID,
    DRAW_LAST_PAID,
    DRAW_INSTALMENT,
    DRAW_REGULAR,
    DRAW_TITLED,
    DRAW_TITLE_DELAY,
    DRAW_TITLE_RENEWED,
    DRAW_ENFORCED,
    DRAW_UNTITLED,
    DRAW_LETTER,
    DRAW_LIMITATION,
    DRAW_ORIGINAL,
    DRAW_RATE,
    DRAW_INTEREST,
    DRAW_FEES,
    DRAW_KEPT,
    DRAW_BROKEN,
    DRAW_PLACEMENTS,
    DRAW_SHOWS_ORIGIN,  /* defaulted_on, original_principal */
    DRAW_SHOWS_AMOUNTS, /* interest_accrued, fees */
    DRAW_SHOWS_HISTORY, /* payments, promises */
    DRAW_SHOWS_KIND,    /* product, currency */
    DRAW_SHOWS_WORK,    /* placements, debtor_type */
    DRAW_SHOWS_LAW,     /* legal_status, title_on */
    DRAW_PAYS,
    DRAW_SPELL,
    DRAW_SHOWS_INSTALMENT,
    DRAW_COUNT,
    DRAW_SHEET = (DRAW_COUNT + 3) / 4 * 4
};

static double smaller(double a, double b) {
    return a < b ? a : b;
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* Two independent coins of 16 bits from one word. */
static bool coin_high(uint32_t word, double probability) {
    return (double)(word >> 16) < probability * 65536.0;
}
static bool coin_low(uint32_t word, double probability) {
    return (double)(word & 0xffffu) < probability * 65536.0;
}

static int32_t draw_product(uint32_t word, int8_t type) {
    double u = jk_uniform(word);
    int32_t last = 0;
    for (int32_t i = 0; i < PRODUCT_COUNT; i++) {
        double weight = jk_generate_products[i].weight[type];
        if (weight > 0.0) {
            last = i;
            if (u < weight) {
                break;
            }
            u -= weight;
        }
    }
    return last;
}

/* Log-normal body; above z = spread * tail, where the slopes of the two meet, log amount grows with z^2 / (2 tail): the
 * upper tail then falls like a power, amount^-tail. */
static double draw_size(uint32_t word, const product_shape *product, const generated_debtor *debtor) {
    static const double ceiling = 2e6;
    double z = 0.6 * debtor->size + 0.8 * generate_normal(word);
    double join = product->spread * product->tail;
    double level = product->spread * smaller(z, join);
    if (z > join) {
        level += (z * z - join * join) / (2.0 * product->tail);
    }
    double median = product->median[debtor->type] * jk_generate_countries[debtor->country].price_level;
    return smaller(larger(median * jk_exp(level), 1.0), ceiling);
}

/* Months since write-off: exponential, cut at fifteen years and at the debtor's coming of age. Claims of one debtor
 * tend to be from the same time of trouble. */
static void draw_ages(const uint32_t *word, const product_shape *product, const generated_debtor *debtor,
                      generated_claim *claim) {
    static const double mean = 58.0, oldest = 179.0, near_share = 0.6, near_width = 0.08;
    static const double reach = 0.95; /* of the exponential law; the rest would be older than fifteen years */
    double rank = jk_uniform(word[DRAW_AGE]);
    if (generate_chance(word[DRAW_NEAR], near_share)) {
        rank = debtor->trouble + near_width * (rank - 0.5);
        rank = rank < 0.0 ? -rank : (rank > 1.0 ? 2.0 - rank : rank);
    }
    double lag = product->lag_low + (product->lag_high - product->lag_low) * jk_uniform(word[DRAW_LAG]);
    double limit = smaller(oldest, 12.0 * (debtor->age - 18.0)) - lag;
    limit = larger(limit, 0.0);
    claim->write_off_age = -mean * jk_log(1.0 - reach * rank);
    if (claim->write_off_age > limit) {
        claim->write_off_age = limit * rank;
    }
    claim->default_age = claim->write_off_age + smaller(lag, larger(12.0 * (debtor->age - 18.0), 0.0));
}

/* A spell of instalments that goes on at the cut-off: one payment a month, the last of them in the last month. How long
 * it has gone on is exponential, as spells are that break at a constant rate. */
static void draw_spell(const uint32_t *word, double instalment, generated_claim *claim) {
    static const double mean_spell = 16.0;
    double months = -mean_spell * jk_log(jk_uniform(word[DRAW_SPELL]));
    months = smaller(months, claim->default_age - claim->last_paid_age);
    claim->instalment = instalment;
    claim->payments_12m = instalment * (1.0 + (double)(int32_t)smaller(months, 11.0));
    claim->payments_24m = instalment * (1.0 + (double)(int32_t)smaller(months, 23.0));
}

/* Every second claim ever had a payment after default; the time since the last one is exponential, which gives the
 * published share of claims with a payment in a quarter. Most of those pay still: a stock of payers of whom 6 % stop a
 * month has lost about an eighth of those who paid in a quarter by its end, and some have settled (docs/generator.md).
 */
static void draw_payments(const uint32_t *word, const generated_debtor *debtor, generated_claim *claim) {
    static const double mean_since = 22.0, quarter = 3.0, pays_still = 0.8;
    claim->last_paid_age = -1.0;
    claim->payments_12m = 0.0;
    claim->payments_24m = 0.0;
    claim->instalment = 0.0;
    double ever = smaller(larger(0.55 - 0.10 * debtor->distress, 0.1), 0.9);
    ever *= debtor->state == DEBTOR_NORMAL ? 1.0 : 0.5;
    if (!generate_chance(word[DRAW_EVER_PAID], ever)) {
        return;
    }
    double since = -mean_since * jk_log(jk_uniform(word[DRAW_LAST_PAID]));
    if (since > claim->default_age) {
        return;
    }
    claim->last_paid_age = since;
    double regular = jk_uniform(word[DRAW_REGULAR]);
    double instalment = larger(5.0, 0.03 * claim->principal * (0.4 + 1.2 * jk_uniform(word[DRAW_INSTALMENT])));
    if (since < quarter && debtor->state == DEBTOR_NORMAL && generate_chance(word[DRAW_PAYS], pays_still)) {
        claim->last_paid_age = since / quarter;
        draw_spell(word, instalment, claim);
        return;
    }
    double span_12 = smaller(claim->default_age, 12.0) - since;
    double span_24 = smaller(claim->default_age, 24.0) - since;
    if (span_12 > 0.0) {
        claim->payments_12m = instalment * (1.0 + (double)(int32_t)(regular * span_12));
    }
    if (span_24 > 0.0) {
        claim->payments_24m = larger(claim->payments_12m, instalment * (1.0 + (double)(int32_t)(regular * span_24)));
    }
}

/* A title costs a court fee and takes months: large and old claims have one. Where a letter keeps nothing alive, an old
 * trade claim without a title is barred, and few of those are on a tape. */
static bool draw_titled(uint32_t word, const country_shape *country, const product_shape *product,
                        const generated_claim *claim) {
    double months = claim->default_age - 4.0;
    if (months <= 0.0) {
        return false;
    }
    double probability = country->titled * (claim->principal / (claim->principal + 60.0)) * (months / (months + 8.0));
    if (country->lets_lapse && !product->loan && claim->default_age > 36.0) {
        probability = larger(probability, 0.80);
    }
    return generate_chance(word, probability);
}

static void draw_title_age(const uint32_t *word, const country_shape *country, generated_claim *claim) {
    double delay = 3.0 + 21.0 * jk_uniform(word[DRAW_TITLE_DELAY]) * jk_uniform(word[DRAW_TITLE_DELAY]);
    delay = smaller(delay, claim->default_age - 0.5);
    claim->title_age = claim->default_age - delay;
    /* A title that would have ended was renewed by a later step, some time before its end. */
    if (claim->title_age > country->title_renewal && !coin_high(word[DRAW_TITLE_RENEWED], 0.12)) {
        double renewed = (double)(word[DRAW_TITLE_RENEWED] & 0xffffu) / 65536.0;
        claim->title_age = larger(claim->title_age - country->title_renewal * (0.75 + 0.25 * renewed), 0.0);
    }
}

static int8_t draw_status(const uint32_t *word, const generated_debtor *debtor, const generated_claim *claim) {
    switch (debtor->state) {
    case DEBTOR_BANKRUPT:
        return JK_STATUS_BANKRUPTCY;
    case DEBTOR_ADJUSTMENT:
        return JK_STATUS_DEBT_ADJUSTMENT;
    case DEBTOR_DECEASED:
        return JK_STATUS_DECEASED;
    case DEBTOR_NORMAL:
        break;
    }
    if (claim->titled) {
        double u = jk_uniform(word[DRAW_ENFORCED]);
        bool nothing = debtor->spare <= 0.0;
        double insolvent = nothing ? 0.36 : 0.05;
        return u < insolvent ? JK_STATUS_ENFORCEMENT_INSOLVENT
                             : (u < insolvent + (nothing ? 0.30 : 0.62) ? JK_STATUS_ENFORCEMENT : JK_STATUS_TITLE);
    }
    double u = jk_uniform(word[DRAW_UNTITLED]);
    bool ripe = claim->default_age > 3.0 && claim->principal > 40.0;
    return u < 0.025 ? JK_STATUS_DISPUTED : (ripe && u < 0.085 ? JK_STATUS_FILED : JK_STATUS_NONE);
}

/* What the seller knows of the bar: in Finland and Sweden its last letter, elsewhere the last payment or the default.
 */
static void draw_limitation(const uint32_t *word, const country_shape *country, const product_shape *product,
                            int8_t type, generated_claim *claim) {
    double period = product->loan ? country->loan_period : country->trade_period[type];
    double from = claim->default_age;
    if (claim->last_paid_age >= 0.0) {
        from = smaller(from, claim->last_paid_age);
    }
    bool given = coin_high(word[DRAW_LIMITATION], claim->titled ? 0.05 : 0.45);
    if (country->letter_interrupts && !claim->titled) {
        double u = jk_uniform(word[DRAW_LETTER]);
        /* 97 %: a letter in the last 30 months, mostly a recent one; the others were forgotten for up to seven years.
         */
        double letter = u < 0.97 ? 30.0 * u * u : 30.0 + (u - 0.97) / 0.03 * 54.0;
        from = smaller(from, letter);
        given = coin_high(word[DRAW_LIMITATION], claim->default_age > 24.0 ? 0.93 : 0.55);
    }
    claim->limitation_in = period - from;
    claim->shows_limitation = given;
}

static void draw_amounts(const uint32_t *word, const country_shape *country, const product_shape *product,
                         const generated_debtor *debtor, generated_claim *claim) {
    claim->rate = country->statutory[debtor->type];
    claim->shows_rate = coin_high(word[DRAW_RATE], 0.55);
    if (product->rate_low > 0) {
        uint64_t steps = (uint64_t)(product->rate_high - product->rate_low) / 25 + 1;
        claim->rate = product->rate_low + 25 * (int32_t)generate_below(word[DRAW_RATE] << 16, steps);
        claim->shows_rate = coin_high(word[DRAW_RATE], 0.86);
    }
    double accrued_months = smaller(claim->default_age, 60.0) * (0.35 + 0.65 * jk_uniform(word[DRAW_INTEREST]));
    claim->interest = claim->principal * (double)claim->rate * 1e-4 / 12.0 * accrued_months;
    int band = (claim->principal > 100.0) + (claim->principal > 1000.0);
    claim->fees = country->fee_cap[band] * (0.3 + 0.7 * jk_uniform(word[DRAW_FEES])) +
                  (claim->titled ? country->court_cost : 0.0);
    double left = product->loan ? 0.35 + 0.65 * jk_uniform(word[DRAW_ORIGINAL])
                                : (coin_high(word[DRAW_ORIGINAL], 0.8) ? 1.0 : 0.5);
    claim->original = claim->principal / left + 0.7 * claim->payments_24m;
}

/* Number of successes before the first failure, at most `most`. */
static int32_t draw_run(uint32_t word, double again, int32_t most) {
    double u = jk_uniform(word);
    int32_t count = 0;
    for (double reach = again; count < most && u < reach; reach *= again) {
        count++;
    }
    return count;
}

static void draw_work(const uint32_t *word, const generated_debtor *debtor, generated_claim *claim) {
    bool spoken_to = debtor->reachable == JK_REACHABLE_PHONE || debtor->reachable == JK_REACHABLE_EMAIL;
    claim->kept = claim->last_paid_age >= 0.0 ? draw_run(word[DRAW_KEPT], spoken_to ? 0.62 : 0.35, 24) : 0;
    claim->broken = spoken_to ? draw_run(word[DRAW_BROKEN], debtor->distress > 0.0 ? 0.5 : 0.33, 24) : 0;
    claim->placements = (int32_t)(smaller(claim->write_off_age / 30.0, 5.0) * 1.6 * jk_uniform(word[DRAW_PLACEMENTS]));
}

static void draw_gaps(const uint32_t *word, const generated_debtor *debtor, generated_claim *claim) {
    bool euro = jk_generate_countries[debtor->country].currency == 0;
    claim->shows_default = coin_high(word[DRAW_SHOWS_ORIGIN], 0.97);
    claim->shows_original = coin_low(word[DRAW_SHOWS_ORIGIN], 0.88);
    claim->shows_interest = coin_high(word[DRAW_SHOWS_AMOUNTS], 0.95);
    claim->shows_fees = coin_low(word[DRAW_SHOWS_AMOUNTS], 0.93);
    claim->shows_payments = coin_high(word[DRAW_SHOWS_HISTORY], claim->payments_24m > 0.0 ? 0.98 : 0.80);
    claim->shows_promises = coin_low(word[DRAW_SHOWS_HISTORY], 0.66);
    claim->shows_instalment = claim->instalment > 0.0 && generate_chance(word[DRAW_SHOWS_INSTALMENT], 0.6);
    claim->shows_product = coin_high(word[DRAW_SHOWS_KIND], 0.985);
    claim->shows_currency = !euro || coin_low(word[DRAW_SHOWS_KIND], 0.99);
    claim->shows_placements = coin_high(word[DRAW_SHOWS_WORK], 0.9);
    claim->shows_type = debtor->type == JK_BUSINESS || coin_low(word[DRAW_SHOWS_WORK], 0.98);
    claim->shows_status = claim->status != JK_STATUS_NONE || coin_high(word[DRAW_SHOWS_LAW], 0.97);
    claim->shows_title = claim->titled && coin_low(word[DRAW_SHOWS_LAW], 0.965);
}

void jk_generate_claim(uint64_t seed, uint64_t row, const generated_debtor *debtor, generated_claim *claim) {
    uint32_t word[DRAW_SHEET];
    generate_sheet(seed, STREAM_CLAIM, row, word, DRAW_SHEET);
    const country_shape *country = &jk_generate_countries[debtor->country];
    claim->product = draw_product(word[DRAW_PRODUCT], debtor->type);
    const product_shape *product = &jk_generate_products[claim->product];
    claim->principal = draw_size(word[DRAW_SIZE], product, debtor);
    draw_ages(word, product, debtor, claim);
    draw_payments(word, debtor, claim);
    claim->titled = draw_titled(word[DRAW_TITLED], country, product, claim);
    claim->title_age = -1.0;
    if (claim->titled) {
        draw_title_age(word, country, claim);
    }
    claim->status = draw_status(word, debtor, claim);
    draw_limitation(word, country, product, debtor->type, claim);
    draw_amounts(word, country, product, debtor, claim);
    draw_work(word, debtor, claim);
    draw_gaps(word, debtor, claim);
}
