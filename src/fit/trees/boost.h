/* SPDX-License-Identifier: Apache-2.0 */
/* Training of jalki/boost.h. */
#ifndef JK_FIT_BOOST_H
#define JK_FIT_BOOST_H

#include "jalki/boost.h"

/* 1 if this build can train. */
int jk_boost_available(void);

/* Trains and writes `path`, which appears whole or not at all. JK_ERROR_UNSUPPORTED in a build without XGBoost;
 * JK_ERROR_ARGUMENT for options out of range; JK_ERROR_DATA where there is nothing to learn from (fewer than 10 rows
 * with cash, no held-out debtor with cash, an amount that is no number); JK_ERROR_IO; JK_ERROR_MEMORY. Takes about
 * twice the memory of `features` besides. */
jk_status jk_boost_train(const jk_boost_rows *rows, const jk_boost_options *options, const char *path,
                         jk_boost_result *result, jk_error *error);

#endif
