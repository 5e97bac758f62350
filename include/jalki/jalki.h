/* SPDX-License-Identifier: Apache-2.0 */
/* Everything public, in the order of the data: tape, model, law, score, terms, plan, price, value. */
#ifndef JALKI_JALKI_H
#define JALKI_JALKI_H

#include "jalki/account.h"
#include "jalki/apportion.h"
#include "jalki/auction.h"
#include "jalki/bids.h"
#include "jalki/book.h"
#include "jalki/break_even.h"
#include "jalki/flows.h"
#include "jalki/generate.h"
#include "jalki/generate_panel.h"
#include "jalki/import.h"
#include "jalki/inspect.h"
#include "jalki/law.h"
#include "jalki/missing.h"
#include "jalki/model.h"
#include "jalki/page.h"
#include "jalki/panel.h"
#include "jalki/panel_join.h"
#include "jalki/plan.h"
#include "jalki/price.h"
#include "jalki/report.h"
#include "jalki/result.h"
#include "jalki/scenario.h"
#include "jalki/schema.h"
#include "jalki/score.h"
#include "jalki/select.h"
#include "jalki/shares.h"
#include "jalki/simulate.h"
#include "jalki/status.h"
#include "jalki/tape.h"
#include "jalki/tender.h"
#include "jalki/terms.h"
#include "jalki/value.h"

#endif
