/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sources/foreign.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

typedef struct foreign {
    size_t length;
    const char *head;
    const char *is, *way_out;
} foreign;

static const foreign binary[] = {
    {8, "\211HDF\r\n\032\n", "an HDF5 store already", "give it to the command that reads it, import is for text"},
    {4, "PAR1", "a Parquet file where text is expected, or one that was cut off",
     "tapes and lists may be Parquet, small lists are CSV"},
    {6, "ARROW1", "an Arrow (Feather) file", "write it as CSV first"},
    {3, "ORC", "an ORC file", "write it as CSV first"},
    {8, "\320\317\021\340\241\261\032\341", "an old Excel workbook (.xls), or one that is protected by a password",
     "open it in a spreadsheet and save it without a password as .xlsx or CSV"},
    {16, "SQLite format 3\0", "an SQLite database", "write the table as CSV first"},
    {5, "%PDF-", "a PDF document", "ask the seller for the table as CSV or .xlsx"},
    {6, "7z\274\257\047\034", "a 7-Zip archive", "unpack it first, or ask for .zip"},
    {4, "Rar!", "a RAR archive", "unpack it first, or ask for .zip"},
    {2, "\037\235", "packed by compress (.Z)", "unpack it first"},
    {27, "-----BEGIN PGP MESSAGE-----", "encrypted (OpenPGP)", "decrypt it first"},
    {4, "SAS ", "a SAS file", "write it as CSV first"},
    {4, "$FL2", "an SPSS file", "write it as CSV first"},
};

static jk_status refuse(const char *path, const char *is, const char *way_out, jk_error *error) {
    return jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "this is %s, expected CSV text or an .xlsx workbook; %s", is,
                   way_out);
}

static bool begins(const char *text, size_t length, const char *word) {
    return length >= strlen(word) && strncasecmp(text, word, strlen(word)) == 0;
}

jk_status jk_csv_refuse_foreign(const unsigned char *bytes, size_t length, const char *path, jk_error *error) {
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++) {
        /* letters alone may begin a header row: a binary file has a byte below a blank soon after */
        bool word = binary[i].head[0] >= 'A' && binary[i].head[0] <= 'Z' && binary[i].length < 8;
        if (length < binary[i].length || memcmp(bytes, binary[i].head, binary[i].length) != 0) {
            continue;
        }
        bool text = word;
        for (size_t at = 0; text && at < length && at < 64; at++) {
            text = bytes[at] >= ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n';
        }
        if (!text) {
            return refuse(path, binary[i].is, binary[i].way_out, error);
        }
    }
    const char *text = (const char *)bytes;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    while (length > 0 && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n')) {
        text++;
        length--;
    }
    if (begins(text, length, "<html") || begins(text, length, "<!doctype html") || begins(text, length, "<table") ||
        begins(text, length, "<head") || begins(text, length, "<body") || begins(text, length, "<meta")) {
        return refuse(path, "HTML, a web page (some programs call that .xls)",
                      "open it in a spreadsheet and save it as .xlsx or CSV", error);
    }
    if (begins(text, length, "<?xml")) {
        return refuse(path, "XML", "open it in a spreadsheet and save it as .xlsx or CSV", error);
    }
    if (begins(text, length, "{\"") || begins(text, length, "[{") || begins(text, length, "{\n") ||
        begins(text, length, "{ \"") || begins(text, length, "[\n")) {
        return refuse(path, "JSON", "write it as CSV first, for example with jq's @csv", error);
    }
    return JK_OK;
}
