/* SPDX-License-Identifier: Apache-2.0 */
/* Standard streams that nothing hostile gets through, set up before a command is looked at. */
#ifndef JK_CLI_STREAMS_H
#define JK_CLI_STREAMS_H

#include <stdbool.h>

#include "base/file/run_record.h"
#include "base/text/dialect.h"

/* Opens the null device on whichever of the descriptors 0 to 2 is closed, so that no file of ours gets such a number
 * and takes what is meant for a stream; reading from or writing to it then fails. Puts a filter before stdout and
 * stderr that writes out characters with an effect of their own (base/text/escape.h), whoever prints them. false: no
 * memory.
 */
bool jk_cli_guard_streams(void);

/* Sums what goes to stdout from here on; and the digest of it, "sha256:…", after which no more is summed. false: it was
 * not summed. */
void jk_cli_sum_stdout(void);
bool jk_cli_stdout_digest(char digest[JK_DIGEST_TEXT]);

/* CSV goes to stdout from here on: in a dialect (NULL: canonically), and with characters that have an effect of their
 * own as they are, where a machine reads it. */
void jk_cli_set_stdout(const jk_dialect *dialect, bool raw);

#endif
