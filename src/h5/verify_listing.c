/* SPDX-License-Identifier: Apache-2.0 */
/* What is sound and what is damaged, as rows and as JSON. */
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/verify.h"

static const char *const words[] = {"sound", "damaged", "no checksums"}; /* as jk_soundness */

enum { VERDICT, FIRST_BYTE, BYTES, WHAT, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [VERDICT] = JK_LISTED_TEXT("verdict", NULL, "sound, damaged or no checksums"),
    [FIRST_BYTE] = JK_LISTED_COUNT("first_byte", NULL, "Where the damage begins; of a file without, 0"),
    [BYTES] = JK_LISTED_COUNT("bytes", NULL, "How far it goes; of a file without, its size"),
    [WHAT] = JK_LISTED_TEXT("what", NULL, "What lies there"),
};

static jk_status damage_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_verification *found = listing->source[0];
    const jk_damage whole = {.bytes = found->bytes}, *damage = found->damaged > 0 ? &found->damage[row] : &whole;
    (void)error;
    jk_cell_set(&cells[VERDICT], words[found->soundness]);
    cells[FIRST_BYTE].number = (double)damage->first;
    cells[BYTES].number = (double)damage->bytes;
    jk_cell_set(&cells[WHAT], damage->what);
    return JK_OK;
}

jk_listing jk_verify_listing(const jk_verification *found) {
    const uint64_t rows = found == NULL ? 0 : found->damaged == 0 ? 1 : found->damaged;
    return JK_LISTING_OF("verify", columns, (size_t)(rows < JK_DAMAGES_MAX ? rows : JK_DAMAGES_MAX), damage_cells,
                         found);
}

char *jk_verify_json(const char *path, const jk_verification *found) {
    jk_json_builder b = {0};
    json_t *object = json_object(), *list = json_array();
    jk_json_put(&b, object, "file", jk_json_string(path));
    jk_json_put(&b, object, "verdict", json_string(words[found->soundness]));
    jk_json_put_counts(&b, object, {"bytes", found->bytes}, {"pieces", found->pieces},
                       {"piece_bytes", found->piece_bytes}, {"damaged", found->damaged});
    for (uint64_t d = 0; d < found->damaged && d < JK_DAMAGES_MAX; d++) {
        json_t *damage = json_object();
        jk_json_put_counts(&b, damage, {"first_byte", found->damage[d].first}, {"bytes", found->damage[d].bytes});
        jk_json_put(&b, damage, "what", jk_json_string(found->damage[d].what));
        jk_json_append(&b, list, damage);
    }
    jk_json_put(&b, object, "damages", list);
    jk_json_put(&b, object, "digest", found->digest[0] != '\0' ? json_string(found->digest) : json_null());
    return jk_json_text(&b, object, JSON_INDENT(2));
}
