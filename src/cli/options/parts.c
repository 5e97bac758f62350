/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/parts.h"

#include "base/error.h"
#include "base/team/team.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"

void jk_cli_part_begin(const jk_cli_common *common) {
    if (jk_cli_is_part(common)) {
        jk_team_be_part(common->part, common->part_count, common->partial_path);
    }
}

static jk_status write_partial(const jk_cli_common *common, jk_error *error) {
    char *text = NULL;
    JK_TRY(jk_team_part_text(&text, error));
    JK_TRY(jk_cli_write_text(common->partial_path, text, error));
    jk_team_end();
    return JK_OK;
}

jk_status jk_cli_part_end(const jk_cli_common *common, const jk_tape *tape, jk_error *error) {
    char from[JK_AMOUNT_TEXT], to[JK_AMOUNT_TEXT], all[JK_AMOUNT_TEXT];
    size_t first = 0, end = 0;
    jk_team_rows(JK_PASS_RESULT, jk_tape_rows(tape), &first, &end);
    JK_TRY(write_partial(common, error));
    (void)jk_amount(all, (double)jk_tape_rows(tape), 0);
    if (first == end) {
        (void)printf("Part %d of %d: none of %s claims; sums in %s\n", common->part, common->part_count, all,
                     common->partial_path);
    } else {
        (void)printf("Part %d of %d: claims %s to %s of %s; sums in %s\n", common->part, common->part_count,
                     jk_amount(from, (double)first + 1, 0), jk_amount(to, (double)end, 0), all, common->partial_path);
    }
    return JK_OK;
}

jk_status jk_cli_part_end_briefly(const jk_cli_common *common, jk_error *error) {
    JK_TRY(write_partial(common, error));
    (void)printf("Part %d of %d: done, in %s\n", common->part, common->part_count, common->partial_path);
    return JK_OK;
}
