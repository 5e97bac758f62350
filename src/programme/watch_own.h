/* SPDX-License-Identifier: Apache-2.0 */
/* Own columns of two tapes held against each other. */
#ifndef JK_PROGRAMME_WATCH_OWN_H
#define JK_PROGRAMME_WATCH_OWN_H

#include "jalki/watch.h"
#include "programme/match.h"
#include "programme/words.h"

/* Lists the own columns that both tapes have, and those that are not compared. */
void jk_watch_own_list(jk_watch *watch);

/* changed[line]: bit i is set if own column i of a claim that both tapes have is another. Missing and given differ;
 * texts are compared as texts, wherever they stand in a dictionary. */
jk_status jk_watch_own_compare(const jk_watch *watch, const jk_match *match, uint32_t *changed, jk_error *error);

/* Adds to `text`, from `length` on, what changed: "bureau_score 512 (was 480); region north (was not given)". */
jk_status jk_watch_own_words(const jk_watch *watch, const jk_watch_row *row, char text[JK_WATCH_WORDS],
                             jk_error *error);

#endif
