/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file to import: text, packed text, archives, workbooks. The first byte chooses what is in it: a tape,
 * a panel, payments or actions; or, where its bit of 8 is set, payments that a mapping adds up beside a tape with own
 * columns. Seeds: a tape as text, packed by gzip, xz, bzip2
 * and Zstandard, in a zip archive and a workbook; payments; and payments to be added up. */
#include <string.h>

#include "fuzz_file.h"

#include "jalki/import.h"

static const char loans[] = "Loan,Principal,Region\n1,100.00,north\n2,50.00,\n3,7.00,south\n";
static const char mapping[] =
    "where: {region: {not: [nowhere]}, times: {below: 1000}, first_paid: {below: 2030-01-01}}\n"
    "sources:\n"
    "  loan: {recognised_by: [Loan, Principal]}\n"
    "  payments:\n"
    "    recognised_by: [Loan id, Paid on]\n"
    "    key: {column: Loan id, clean: spaces}\n"
    "    joined_by: Loan\n"
    "    prefer: {Role: [main, joint]}\n"
    "    latest_by: Paid on\n"
    "    date: Paid on\n"
    "    aggregates:\n"
    "      paid: {sum: [Amount], within_months: 12}\n"
    "      monthly: {monthly: Amount, within_months: 6, where: {Amount: {above: 0}}}\n"
    "      last: {latest: Paid on}\n"
    "      first: {earliest: Paid on}\n"
    "      times: {count: rows}\n"
    "columns:\n"
    "  claim_id: Loan\n"
    "  country: {constant: FI}\n"
    "  written_off_on: {constant: \"2020-01-01\"}\n"
    "  principal: Principal\n"
    "  debtor_id: {source: payments, column: Role}\n"
    "  payments_12m: {source: payments, column: paid}\n"
    "  last_paid_on: {source: payments, column: last}\n"
    "extra:\n"
    "  region: {column: Region, type: text}\n"
    "  role: {source: payments, column: Role, type: text}\n"
    "  monthly: {source: payments, column: monthly, type: money}\n"
    "  first_paid: {source: payments, column: first, type: date}\n"
    "  times: {source: payments, column: times, type: number}\n";

static int text_file(const char *text, char path[64]) {
    return fuzz_file((const uint8_t *)text, strlen(text), path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64], store[64], rejects[64];
    if (size == 0) {
        return 0;
    }
    int fd = fuzz_file(data + 1, size - 1, path);
    const int store_fd = fuzz_file(NULL, 0, store), rejects_fd = fuzz_file(NULL, 0, rejects);
    char loan_path[64], mapping_path[64];
    const int loan_fd = text_file(loans, loan_path);
    const int mapping_fd = text_file(mapping, mapping_path);
    const bool adds_up = (data[0] & 8) != 0;
    const char *const sources[] = {path, loan_path};
    jk_import_options options = {.sources = sources,
                                 .source_count = adds_up ? 2 : 1,
                                 .mapping = adds_up ? mapping_path : NULL,
                                 .output = store,
                                 .rejects = rejects,
                                 .kind = adds_up ? JK_KIND_TAPE : (jk_kind)(data[0] % JK_KIND_COUNT),
                                 .cutoff = 20000,
                                 .max_rejects = 1.0,
                                 .max_rejects_is_share = 1};
    const jk_run run = {.threads = 1};
    jk_import_summary *summary = NULL;
    jk_error error = {0};
    jk_status status = jk_import(&options, &run, &summary, &error);
    FUZZ_AGREE(status, error);
    jk_import_summary_free(summary);
    (void)close(store_fd);
    (void)close(rejects_fd);
    (void)close(fd);
    (void)close(loan_fd);
    (void)close(mapping_fd);
    return 0;
}
