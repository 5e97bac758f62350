/* SPDX-License-Identifier: Apache-2.0 */
/* The cash flow, and a sheet that answers for a return typed into it.
 *
 *     worth(r)  = sum over months t of net_t (1 + r)^(-(t - 1/2) / 12)        contract, model.md section 8: mid-month
 *     return(p) = (1 + i)^24 - 1, i the internal rate of the half months -p - onboarding, net_1, 0, net_2, 0, ...
 *
 * The second is exact on the same convention, since mid-months are the odd half months. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "jalki/export.h"
#include "jalki/price.h"
#include "xlsx/xlsx.h"

enum { LABEL, ANSWER, NOTE, HALF = 5, FLOW, NET_COLUMN = 5, TEXT = 512 };
enum {
    IRR_ROW = 2,
    WORTH_ROW,
    ONBOARDING_ROW,
    BID_ROW,
    SHARE_ROW,
    FACE_ROW,
    MULTIPLE_ROW,
    ASKED_ROW = 10,
    RETURN_ROW,
    OWN_IRR_ROW = 13,
    OWN_ROW,
    GAP_ROW,
    NOTE_ROW = 17
};

typedef struct return_sheet {
    jk_xlsx *book;
    lxw_worksheet *sheet;
    lxw_error answer; /* the first that was not well */
} return_sheet;

static void keep(return_sheet *s, lxw_error answer) {
    s->answer = s->answer == LXW_NO_ERROR ? answer : s->answer;
}

static void label(return_sheet *s, lxw_row_t row, const char *text, const char *note) {
    keep(s, worksheet_write_string(s->sheet, row, LABEL, text, NULL));
    if (note != NULL) {
        keep(s, worksheet_write_string(s->sheet, row, NOTE, note, s->book->look[JK_LOOK_NOTE]));
    }
}

static void number(return_sheet *s, lxw_row_t row, double value, jk_look look) {
    keep(s, worksheet_write_number(s->sheet, row, ANSWER, value, s->book->look[look]));
}

static void formula(return_sheet *s, lxw_row_t row, const char *text, double value, jk_look look) {
    keep(s,
         worksheet_write_formula_num(s->sheet, row, ANSWER, text, s->book->look[look], isfinite(value) ? value : 0.0));
}

/* Half months 0 .. 2 months - 1 beside the answers, small and grey work of the return at a price. */
static void write_half_months(return_sheet *s, const jk_valuation *valuation, const double *net, double outlay) {
    char text[TEXT];
    keep(s, worksheet_write_string(s->sheet, IRR_ROW - 1, HALF, "half month", s->book->look[JK_LOOK_HEAD]));
    keep(s,
         worksheet_write_string(s->sheet, IRR_ROW - 1, FLOW, "flow at the price asked", s->book->look[JK_LOOK_HEAD]));
    for (int half = 0; half < 2 * valuation->flow.months; half++) {
        lxw_row_t row = (lxw_row_t)(IRR_ROW + half);
        double value = 0.0;
        if (half == 0) {
            (void)snprintf(text, sizeof text, "=-(B%d+B%d)", ASKED_ROW + 1, ONBOARDING_ROW + 1);
            value = -outlay;
        } else if (half % 2 == 1) {
            (void)snprintf(text, sizeof text, "='Cash flow'!F%d", JK_XLSX_FIRST_ROW + half / 2 + 1);
            value = net[half / 2];
        } else {
            (void)snprintf(text, sizeof text, "=0");
        }
        keep(s, worksheet_write_number(s->sheet, row, HALF, half, s->book->look[JK_LOOK_COUNT]));
        keep(s, worksheet_write_formula_num(s->sheet, row, FLOW, text, s->book->look[JK_LOOK_MONEY], value));
    }
}

static void write_answers(return_sheet *s, const jk_valuation *valuation, const double *net) {
    jk_offer offer = jk_offer_make(valuation, NULL, 0, (double)NAN);
    int first = JK_XLSX_FIRST_ROW + 1, last = JK_XLSX_FIRST_ROW + valuation->flow.months;
    int last_half = IRR_ROW + 2 * valuation->flow.months;
    char text[TEXT];
    double worth = jk_price_present_value(net, valuation->flow.months, valuation->irr);
    label(s, IRR_ROW, "required return a year", "type another");
    number(s, IRR_ROW, valuation->irr, JK_LOOK_INPUT_PERCENT);
    lxw_data_validation bounds = {.validate = LXW_VALIDATION_TYPE_DECIMAL,
                                  .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
                                  .minimum_number = -0.99,
                                  .maximum_number = 10.0,
                                  .error_title = "Required return",
                                  .error_message = "A share of one: 15% or 0.15."};
    keep(s, worksheet_data_validation_cell(s->sheet, IRR_ROW, ANSWER, &bounds));
    label(s, WORTH_ROW, "worth of the cash flow", "each month's net, paid in its middle");
    (void)snprintf(text, sizeof text, "=SUMPRODUCT('Cash flow'!F%d:F%d/(1+B%d)^(('Cash flow'!A%d:A%d-0.5)/12))", first,
                   last, IRR_ROW + 1, first, last);
    formula(s, WORTH_ROW, text, worth, JK_LOOK_MONEY);
    label(s, ONBOARDING_ROW, "onboarding", "cost of taking the claims over");
    number(s, ONBOARDING_ROW, offer.onboarding, JK_LOOK_MONEY);
    double bid = fmax(0.0, worth - offer.onboarding);
    label(s, BID_ROW, "bid", "without floors");
    (void)snprintf(text, sizeof text, "=MAX(0,B%d-B%d)", WORTH_ROW + 1, ONBOARDING_ROW + 1);
    formula(s, BID_ROW, text, bid, JK_LOOK_SUM_MONEY);
    label(s, SHARE_ROW, "bid, share of face", NULL);
    (void)snprintf(text, sizeof text, "=IF(B%d>0,B%d/B%d,\"\")", FACE_ROW + 1, BID_ROW + 1, FACE_ROW + 1);
    formula(s, SHARE_ROW, text, bid / valuation->total.face, JK_LOOK_PERCENT);
    label(s, FACE_ROW, "face", "what the claims owe at the cut-off");
    number(s, FACE_ROW, valuation->total.face, JK_LOOK_MONEY);
    label(s, MULTIPLE_ROW, "money multiple", "net flows over bid and onboarding");
    (void)snprintf(text, sizeof text, "=IF(B%d+B%d>0,SUM('Cash flow'!F%d:F%d)/(B%d+B%d),\"\")", BID_ROW + 1,
                   ONBOARDING_ROW + 1, first, last, BID_ROW + 1, ONBOARDING_ROW + 1);
    formula(s, MULTIPLE_ROW, text, offer.sum.net / (bid + offer.onboarding), JK_LOOK_NUMBER);
    label(s, ASKED_ROW, "price asked", "type the seller's");
    number(s, ASKED_ROW, bid, JK_LOOK_INPUT_MONEY);
    label(s, RETURN_ROW, "return at that price", "a year, onboarding paid too");
    (void)snprintf(text, sizeof text, "=IFERROR((1+IRR(G%d:G%d,0.005))^24-1,\"none\")", IRR_ROW + 1, last_half);
    formula(s, RETURN_ROW, text, valuation->irr, JK_LOOK_PERCENT);
    label(s, OWN_IRR_ROW, "the valuation's own return", NULL);
    number(s, OWN_IRR_ROW, valuation->irr, JK_LOOK_PERCENT);
    label(s, OWN_ROW, "the valuation's own worth", "claims valued epoch by epoch, within it continuously");
    number(s, OWN_ROW, offer.value, JK_LOOK_MONEY);
    label(s, GAP_ROW, "worth by months against it",
          "monthly against continuous, filing fees and sales at an epoch's start");
    (void)snprintf(text, sizeof text,
                   "=IF(B%d<>0,SUMPRODUCT('Cash flow'!F%d:F%d/(1+B%d)^(('Cash flow'!A%d:A%d-0.5)/12))/B%d-1,\"\")",
                   OWN_ROW + 1, first, last, OWN_IRR_ROW + 1, first, last, OWN_ROW + 1);
    formula(s, GAP_ROW, text, worth / offer.value - 1.0, JK_LOOK_PERCENT);
    write_half_months(s, valuation, net, bid + offer.onboarding);
    keep(s, worksheet_write_string(s->sheet, NOTE_ROW, LABEL,
                                   "What is done with each claim stays as planned at the valuation's own return; "
                                   "jalki price --irr plans anew at each return and knows floors.",
                                   NULL));
}

jk_status jk_xlsx_add_cash(jk_xlsx *book, const jk_valuation *valuation, jk_error *error) {
    static const char *const added[] = {"gross", "instalments", "cost", "sale", "net", NULL};
    static const char *const charted[] = {"gross", "cost", "net", NULL};
    jk_listing listing = jk_cashflow_listing(valuation);
    JK_TRY(jk_xlsx_add(book,
                       &(jk_xlsx_table){.sheet = "Cash flow",
                                        .title = "Expected cash flow by month",
                                        .listing = &listing,
                                        .added = added,
                                        .charted = charted},
                       error));
    return_sheet s = {.book = book, .sheet = jk_xlsx_sheet(book, "Return", "What another return would pay", error)};
    if (s.sheet == NULL) {
        return JK_ERROR_ARGUMENT;
    }
    keep(&s, worksheet_set_column(s.sheet, LABEL, LABEL, 30.0, NULL));
    keep(&s, worksheet_set_column(s.sheet, ANSWER, ANSWER, 18.0, NULL));
    keep(&s, worksheet_set_column(s.sheet, NOTE, NOTE, 48.0, NULL));
    keep(&s, worksheet_set_column(s.sheet, HALF, FLOW, 14.0, NULL));
    double *net = calloc((size_t)valuation->flow.months + 1, sizeof *net);
    JK_TRY(jk_held(net != NULL, error, "the cash flow"));
    for (int month = 1; month <= valuation->flow.months; month++) {
        net[month - 1] = jk_valuation_month(valuation, month, valuation->segment_count).net;
    }
    write_answers(&s, valuation, net);
    keep(&s, worksheet_print_area(s.sheet, 0, LABEL, NOTE_ROW, NOTE));
    free(net);
    return jk_xlsx_check(book, s.answer, error);
}
