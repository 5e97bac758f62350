/* SPDX-License-Identifier: Apache-2.0 */
/* The book of a purchased portfolio: from expected, revised and actual cash flows to its amortised cost by month and
 * year (account.h has the arithmetic and the rules of IFRS 9).
 *
 *     jk_book_terms terms = {.price = 1.7e6, .first_year = 12, .revision_count = 1, .revision = {{12, &revised}}};
 *     jk_book_make(&terms, &expected, &book, &error);
 *     jk_book_reset(&book); */
#ifndef JALKI_BOOK_H
#define JALKI_BOOK_H

#include "jalki/account.h"
#include "jalki/flows.h"
#include "jalki/listing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which flows the asset is measured on. Gross: what debtors (and buyers of claims) pay; collecting is a service whose
 * cost is an expense when it arises, so that interest is higher and cost stands beside it. Net: collection cost is
 * taken off the flows, as many purchasers' return figures do. */
typedef enum jk_book_basis { JK_BOOK_GROSS, JK_BOOK_NET } jk_book_basis;
const char *jk_book_basis_name(jk_book_basis basis); /* "gross", "net" */

enum { JK_BOOK_REVISIONS_MAX = JK_FORECASTS_MAX - 1 };

/* A new forecast at the end of month `after` (1 or later); its month 1 is month after + 1 of the book. */
typedef struct jk_book_revision {
    int after;
    const jk_flows *flows;
} jk_book_revision;

typedef struct jk_book_terms {
    jk_book_basis basis;
    double price;
    double transaction_costs; /* incremental and directly attributable: capitalised (IFRS 9 5.1.1) */
    double onboarding;        /* capitalised too; 0 where it is an expense (internal costs are none of the asset's) */
    int first_year;           /* months of the first accounting year, 1..12 */
    jk_book_revision revision[JK_BOOK_REVISIONS_MAX]; /* in any order */
    size_t revision_count;
    const jk_flows *actual; /* from month 1 on; NULL: nothing known, all as expected */
} jk_book_terms;

typedef struct jk_book {
    jk_book_basis basis;
    double price, transaction_costs, onboarding;
    double eir; /* yearly, credit-adjusted */
    int months; /* until nothing more is expected */
    int actual_months;
    jk_account_row *month; /* [months] */
    jk_account_row *year;  /* [year_count] */
    size_t year_count;
    jk_account_row total;
    double least;    /* the lowest carrying amount below 0, which no asset has; 0: none is below */
    int least_month; /* at whose end; 0: none */
} jk_book;

/* JK_ERROR_DATA where no single rate makes the expected flows worth what was paid (nothing expected, nothing paid,
 * flows that change sign), where the basis is net and a file has no costs, and where two revisions are of the same
 * month. *book need not be initialised; on failure it is empty. */
jk_status jk_book_make(const jk_book_terms *terms, const jk_flows *expected, jk_book *book, jk_error *error);
void jk_book_reset(jk_book *book);

/* The expected flows of a valuation, as jk_flows_read gives them. */
jk_status jk_flows_of_valuation(const jk_valuation *valuation, jk_flows *flows, jk_error *error);

/* The book by year or by month as rows; NULL: the columns alone. */
jk_listing jk_book_listing(const jk_book *book, bool by_month);

/* The book as JSON; `manifest` is jk_manifest_json's text. NULL if there is no memory or no manifest. Free with
 * free(). */
char *jk_book_json(const jk_book *book, const char *manifest);

#ifdef __cplusplus
}
#endif
#endif
