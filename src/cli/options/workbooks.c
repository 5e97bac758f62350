/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/workbooks.h"

#include <stdlib.h>

#include "base/error.h"
#include "jalki/export.h"

static jk_status fill(jk_xlsx *book, const jk_valuation *valuation, const jk_cli_book *wanted, jk_error *error) {
    for (size_t t = 0; t < wanted->table_count; t++) {
        JK_TRY(jk_xlsx_add(book, &wanted->tables[t], error));
    }
    return wanted->cash ? jk_xlsx_add_cash(book, valuation, error) : JK_OK;
}

/* Writes the workbook and frees the manifest; NULL manifest: out of memory. */
static jk_status write_book(const char *path, const char *currency, const jk_valuation *valuation,
                            const jk_cli_book *wanted, char *manifest, jk_error *error) {
    jk_xlsx *book = NULL;
    jk_status status = jk_xlsx_open(path, currency, wanted->personal, &book, error);
    if (status == JK_OK) {
        status = fill(book, valuation, wanted, error);
        if (status != JK_OK) {
            jk_xlsx_abort(book);
        } else {
            status = jk_xlsx_commit(book, manifest, error);
        }
    }
    free(manifest);
    return status;
}

jk_status jk_cli_write_workbook(const jk_cli_common *common, const jk_cli_valuing *valuing,
                                const jk_valuation *valuation, const jk_cli_book *wanted, jk_error *error) {
    return common->xlsx_path == NULL ? JK_OK
                                     : write_book(common->xlsx_path, valuing->model->base_currency, valuation, wanted,
                                                  jk_manifest_json(valuing->tape, valuing->model, valuation), error);
}

jk_status jk_cli_write_tables(const jk_cli_common *common, const char *currency, const jk_cli_book *wanted,
                              jk_error *error) {
    return common->xlsx_path == NULL
               ? JK_OK
               : write_book(common->xlsx_path, currency, NULL, wanted, jk_manifest_json(NULL, NULL, NULL), error);
}
