/* SPDX-License-Identifier: Apache-2.0 */
/* What kinds of dates, steps, groups and changes are called in outputs. */
#ifndef JK_PROGRAMME_WORDS_H
#define JK_PROGRAMME_WORDS_H

#include "jalki/calendar.h"
#include "jalki/compare.h"
#include "jalki/watch.h"

const char *jk_due_name(
    jk_due_kind kind); /* "letter", "filing", "acknowledgement", "nothing", "renewal", "final_bar", "plan_end" */
const char *jk_due_words(jk_due_kind kind); /* what is to be done, in a few words */

const char *jk_step_name(jk_step step);                 /* "opening", … */
const char *jk_compare_kind_name(jk_compare_kind kind); /* "all", "segment", … */

const char *jk_change_name(jk_change_kind change);    /* "new", … */
const char *jk_change_meaning(jk_change_kind change); /* a sentence, without a full stop */

/* Why a row is on the list, in words, read off both tapes. */
enum { JK_WATCH_WORDS = 512 };
jk_status jk_watch_words(const jk_watch *watch, const jk_watch_row *row, char text[JK_WATCH_WORDS], jk_error *error);

#endif
