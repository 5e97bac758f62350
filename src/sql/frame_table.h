/* SPDX-License-Identifier: Apache-2.0 */
/* A frame as a table function of DuckDB. */
#ifndef JK_SQL_FRAME_TABLE_H
#define JK_SQL_FRAME_TABLE_H

#include "duckdb/duckdb.h"
#include "jalki/frame.h"

/* Makes the frame a view of its name. What the functions read of a damaged file goes to *failure, which must outlive
 * the connection. */
jk_status jk_frame_table(const duck_functions *duck, duck_handle connection, const jk_frame *frame, jk_error *failure,
                         jk_error *error);

#endif
