/* SPDX-License-Identifier: Apache-2.0 */
/* What joins showed, and texts that all findings use. */
#include <inttypes.h>
#include <stdio.h>

#include "import/findings/finder.h"

#define UNMATCHED_MOST 0.01 /* share of rows */

const char *jk_finder_money(int64_t hundredths, char text[32]) {
    int64_t magnitude = hundredths < 0 ? -hundredths : hundredths;
    (void)snprintf(text, 32, "%s%" PRId64 ".%02" PRId64, hundredths < 0 ? "-" : "", magnitude / 100, magnitude % 100);
    return text;
}

const char *jk_finder_examples(const jk_odd_list *odd, jk_odd_kind kind, int32_t column, size_t most,
                               char text[JK_FINDER_TEXTS]) {
    size_t used = 0;
    size_t shown = 0;
    size_t all = 0;
    text[0] = '\0';
    for (size_t i = 0; i < odd->count; i++) {
        const jk_odd_entry *entry = &odd->list[i];
        if (entry->kind != kind || (column >= 0 && entry->column != column)) {
            continue;
        }
        all++;
        if (shown < most && used + JK_ODD_TEXT + 40 < JK_FINDER_TEXTS) {
            int length = snprintf(text + used, JK_FINDER_TEXTS - used, "%s'%.*s' (%" PRIu64 ")", shown > 0 ? ", " : "",
                                  (int)entry->length, entry->text, entry->count);
            used += length > 0 ? (size_t)length : 0;
            shown++;
        }
    }
    if (all > shown && kind != JK_ODD_UNMATCHED) { /* of those there are examples only */
        (void)snprintf(text + used, JK_FINDER_TEXTS - used, " and %zu other%s", all - shown,
                       all - shown == 1 ? "" : "s");
    }
    return text;
}

/* ---- joins ------------------------------------------------------------------------------------------------- */

/* "; '00123' is there as '123': …" if a key lost its leading zeros. */
static const char *zeros_lost(const finder *f, uint32_t source, char text[160]) {
    const jk_odd_list *odd = f->odd;
    text[0] = '\0';
    for (size_t i = 0, seen = 0; i < odd->count && seen < JK_FINDER_EXAMPLES; i++) {
        const jk_odd_entry *entry = &odd->list[i];
        seen += entry->kind == JK_ODD_UNMATCHED && entry->column == (int32_t)source;
        jk_cell_text found = {.text = "", .length = 0};
        if (entry->kind == JK_ODD_UNMATCHED && entry->column == (int32_t)source &&
            jk_join_find_bare(f->inputs->join, source, entry->text, entry->length, &found)) {
            (void)snprintf(text, 160, "; '%.*s' is there as '%.*s': keys have lost their leading zeros",
                           (int)entry->length, entry->text, (int)(found.length < 40 ? found.length : 40), found.text);
            return text;
        }
    }
    return text;
}

static jk_status find_unmatched(const finder *f, uint32_t source) {
    const jk_mapping_source *of = &f->mapping->sources[source];
    const uint64_t rows = f->commit->unmatched[source].rows;
    const double usual = f->options->max_unmatched > 0.0 ? f->options->max_unmatched : UNMATCHED_MOST;
    const bool adds_up = of->aggregate_count > 0; /* of payments and the like not every claim has some */
    const double most = of->max_unmatched >= 0.0 ? of->max_unmatched : usual;
    char text[JK_FINDER_TEXTS];
    char zeros[160] = "";
    char sum[32];
    if (rows == 0) {
        return JK_OK;
    }
    /* within what the mapping allows it is no news */
    bool many = (double)rows > most * (double)f->summary->rows_accepted;
    (void)zeros_lost(f, source, zeros);
    if (adds_up && of->max_unmatched < 0.0) {
        many = rows == f->summary->rows_accepted || zeros[0] != '\0';
    }
    if (!many && of->max_unmatched >= 0.0) {
        return JK_OK;
    }
    return jk_findings_add(
        f->findings, many ? JK_FINDING_UNMATCHED_MANY : JK_FINDING_UNMATCHED, rows,
        "source '%s': %" PRIu64 " of %" PRIu64 " claims, balance %s, found no partner, for example %s%s%s%s", of->name,
        rows, f->summary->rows_accepted, jk_finder_money(f->commit->unmatched[source].balance, sum),
        jk_finder_examples(f->odd, JK_ODD_UNMATCHED, (int32_t)source, JK_FINDER_EXAMPLES, text), zeros,
        many ? "; more than --max-unmatched allows" : "",
        many && zeros[0] == '\0' ? " (a source that only some claims are in: max_unmatched in the mapping)" : "");
}

/* Of several rows with one key one was taken; what aggregates did not count. */
static jk_status find_chosen(const finder *f, uint32_t source) {
    const char *name = f->mapping->sources[source].name;
    const jk_join_counts counts = jk_join_count(f->inputs->join, source);
    const bool ranked = f->mapping->sources[source].prefer_count > 0 || f->mapping->sources[source].has_latest_by;
    jk_status status = JK_OK;
    if (counts.repeated > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_JOIN_REPEATED, counts.repeated,
                            "source '%s': %" PRIu64 " rows repeat an identifier%s; the first row of each was taken%s",
                            name, counts.repeated, ranked ? " and are as good as the one before" : "",
                            ranked ? "" : " (prefer, latest_by, where and aggregates in the mapping say otherwise)");
    }
    if (status == JK_OK && counts.chosen > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_JOIN_CHOSEN, counts.chosen,
                                 "source '%s': %" PRIu64 " rows repeat an identifier; the best of each was taken", name,
                                 counts.chosen);
    }
    if (status == JK_OK && counts.filtered > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_FILTERED, counts.filtered,
                                 "source '%s': %" PRIu64 " rows were left out by `where`", name, counts.filtered);
    }
    if (status == JK_OK && counts.later > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_JOIN_LATER, counts.later,
                            "source '%s': %" PRIu64 " rows are after the cut-off and do not count", name, counts.later);
    }
    if (status == JK_OK && counts.unread > 0) {
        status =
            jk_findings_add(f->findings, JK_FINDING_JOIN_UNREAD, counts.unread,
                            "source '%s': of %" PRIu64 " rows an amount or a date could not be read, the first '%s'; "
                            "they are not in its aggregates",
                            name, counts.unread, counts.unread_example);
    }
    if (status == JK_OK && counts.unused_keys > 0) {
        status = jk_findings_add(f->findings, JK_FINDING_JOIN_UNUSED, counts.unused_keys,
                                 "source '%s': %" PRIu64 " of %" PRIu64 " keys belong to no claim", name,
                                 counts.unused_keys, counts.keys);
    }
    return status;
}

jk_status jk_find_joins(const finder *f) {
    jk_status status = JK_OK;
    for (uint32_t s = 1; status == JK_OK && f->inputs->join != NULL && s < f->mapping->source_count; s++) {
        const char *name = f->mapping->sources[s].name;
        if (!jk_join_is_loaded(f->inputs->join, s)) {
            status = jk_findings_add(f->findings, JK_FINDING_NO_SOURCE, 1,
                                     "no file of the source '%s': what it would tell is missing", name);
            continue;
        }
        uint64_t skipped = jk_join_skipped(f->inputs->join, s);
        status = find_chosen(f, s);
        if (status == JK_OK && skipped > 0) {
            status =
                jk_findings_add(f->findings, JK_FINDING_JOIN_SKIPPED, skipped,
                                "source '%s': %" PRIu64 " rows could not be read or have no identifier", name, skipped);
        }
        status = status == JK_OK ? find_unmatched(f, s) : status;
    }
    return status;
}
