/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/workbooks.h"

#include <stdlib.h>

#include "base/error.h"
#include "jalki/export.h"

static jk_status fill(jk_xlsx *book, const jk_valuation *valuation, const jk_cli_book *wanted, jk_error *error) {
    for (size_t t = 0; t < wanted->table_count; t++) {
        JK_TRY(jk_xlsx_add(book, &wanted->tables[t], error));
    }
    return wanted->cash ? jk_xlsx_add_cash(book, valuation, error) : JK_OK;
}

jk_status jk_cli_write_workbook(const jk_cli_common *common, const jk_cli_valuing *valuing,
                                const jk_valuation *valuation, const jk_cli_book *wanted, jk_error *error) {
    if (common->xlsx_path == NULL) {
        return JK_OK;
    }
    jk_xlsx *book = NULL;
    JK_TRY(jk_xlsx_open(common->xlsx_path, valuing->model->base_currency, wanted->personal, &book, error));
    jk_status status = fill(book, valuation, wanted, error);
    if (status != JK_OK) {
        jk_xlsx_abort(book);
        return status;
    }
    char *manifest = jk_manifest_json(valuing->tape, valuing->model, valuation);
    status = jk_xlsx_commit(book, manifest, error);
    free(manifest);
    return status;
}
