/* SPDX-License-Identifier: Apache-2.0 */
/* The fitted model as a file: what the fit says with its origin beside it, all else as the base model has it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/sha256.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "base/text/yaml_write.h"
#include "fit/factors/factors_write.h"
#include "fit/fit_lineage.h"
#include "fit/payers/payers.h"
#include "model/file/include.h"

typedef struct writer {
    const jk_fit *fit;
    FILE *stream;
    const char *version; /* NULL: not known yet, left out with all of the lineage */
} writer;

static const jk_fit_term *find_term(const jk_fit *fit, jk_fit_kind kind, int segment, int treatment, const char *name,
                                    size_t index) {
    for (size_t i = 0; i < fit->result.term_count; i++) {
        const jk_fit_term *term = &fit->result.terms[i];
        if (term->kind == kind && term->segment == segment && term->treatment == treatment &&
            term->index == (int)index && (name == NULL || strcmp(term->characteristic, name) == 0)) {
            return term;
        }
    }
    return NULL;
}

/* What a figure rests on. */
static void write_origin(const writer *self, const jk_fit_term *term) {
    FILE *out = self->stream;
    if (term == NULL) {
        (void)fputs(" # no rows\n", out);
        return;
    }
    if (term->reference) {
        (void)fputs(" # the reference level", out);
    } else if (term->state == JK_PPML_FREE) {
        if (isfinite(term->std_error)) {
            (void)fprintf(out, " # s.e. %.3g of the log", term->std_error);
        } else {
            (void)fputs(" # one debtor alone tells: no s.e.", out);
        }
    } else {
        (void)fprintf(out, " # %s", jk_ppml_state_name(term->state));
    }
    (void)fprintf(out, "; exposure %.4g, cash %.4g from %.0f debtors", term->exposure, term->cash, term->payers);
    if (!term->reference && term->state == JK_PPML_FREE && term->credibility < 0.995) {
        (void)fprintf(out, "; %.0f %% its own data", 100.0 * term->credibility);
    }
    (void)fputc('\n', out);
}

static void write_numbers(const writer *self, const double *values, size_t count) {
    (void)fputc('[', self->stream);
    for (size_t i = 0; i < count; i++) {
        (void)fputs(i > 0 ? ", " : "", self->stream);
        jk_yaml_write_number(self->stream, values[i]);
    }
    (void)fputc(']', self->stream);
}

/* ---- head and scorecard -------------------------------------------------------------------------------------------
 */

static void write_head(const writer *self) {
    const jk_fit *fit = self->fit;
    const jk_fit_result *result = &fit->result;
    const jk_panel_filter *filter = &fit->options.filter;
    FILE *out = self->stream;
    char first[JK_DATE_TEXT], end[JK_DATE_TEXT];
    (void)fputs("# SPDX-License-Identifier: Apache-2.0\n# Fitted by jalki " JALKI_VERSION " to ", out);
    const char *source = jk_tape_attribute(jk_panel_tape(fit->panel), "source_name");
    jk_yaml_write_comment(out, source[0] != '\0' ? source : jk_tape_path(jk_panel_tape(fit->panel)));
    (void)fprintf(out, " (sha256 %.64s)\n", jk_tape_sha256(jk_panel_tape(fit->panel)));
    (void)fprintf(out, "# Periods from %s to %s: %zu rows of %zu debtors, of whom %zu paid;\n",
                  jk_date_format(result->span.first_start, first), jk_date_format(result->span.end, end), result->rows,
                  result->debtors, result->payers);
    (void)fprintf(out, "# exposure %.6g %s-months, cash %.6g %s; dispersion %.4g, by debtor %.4g.\n", result->exposure,
                  fit->base->base_currency, result->cash, fit->base->base_currency, result->dispersion,
                  result->cluster_dispersion);
    if (filter->low > 0 || filter->high < 100) {
        (void)fprintf(out, "# Only %ss in hundredths %d to %d of their key were fitted on.\n",
                      filter->key == JK_PANEL_KEY_CLAIM ? "claim" : "debtor", filter->low, (filter->high + 99) % 100);
    }
    if (filter->from != JK_MISSING_INTEGER || filter->to != JK_MISSING_INTEGER) {
        (void)fputs("# Only periods", out);
        if (filter->from != JK_MISSING_INTEGER) {
            (void)fprintf(out, " from %s", jk_date_format(filter->from, first));
        }
        if (filter->to != JK_MISSING_INTEGER) {
            (void)fprintf(out, " before %s", jk_date_format(filter->to, end));
        }
        (void)fputs(" were fitted on.\n", out);
    }
    (void)fputs("# Law, costs and prices are those of the model ", out);
    jk_yaml_write_comment(out, fit->base->name);
    (void)fprintf(out, " (sha256 %s).\n", fit->base->sha256);
    (void)fputs("# Standard errors are of logarithms, clustered by debtor. docs/fit.md says how figures were found.\n",
                out);
    for (size_t i = 0; i < result->message_count; i++) {
        (void)fputs("# - ", out);
        jk_yaml_write_comment(out, result->messages[i]);
        (void)fputc('\n', out);
    }
}

/* What points count for in each segment, with errors. */
static void write_factors(const writer *self, const jk_characteristic *item) {
    const size_t at = (size_t)(item - self->fit->scorecard.characteristics);
    const jk_fit_interaction *of = &self->fit->interaction[at];
    FILE *out = self->stream;
    (void)fprintf(out, "      in_segments: # debtors held out gain %.3g (give or take %.2g) in log likelihood\n",
                  of->gain, of->gain_error);
    for (size_t g = 0; g < self->fit->base->segment_count; g++) {
        (void)fputs("        ", out);
        jk_yaml_write_text(out, self->fit->base->segments[g].id);
        (void)fputs(": ", out);
        jk_yaml_write_number(out, item->in_segments[g]);
        (void)fprintf(out, " # s.e. %.3g\n", of->std_error[g]);
    }
}

static void write_item(const writer *self, const jk_characteristic *item) {
    FILE *out = self->stream;
    (void)fputs("    - name: ", out);
    jk_yaml_write_text(out, item->name);
    (void)fputs(item->fades ? "\n      fades: true\n      missing: " : "\n      missing: ", out);
    jk_yaml_write_number(out, item->missing_points);
    size_t missing = item->count + (item->is_numeric ? 0 : 1);
    write_origin(self, find_term(self->fit, JK_FIT_POINTS, -1, -1, item->name, missing));
    if (!item->is_numeric) {
        (void)fputs("      other: ", out);
        jk_yaml_write_number(out, item->other_points);
        write_origin(self, find_term(self->fit, JK_FIT_POINTS, -1, -1, item->name, item->count));
    }
    if (item->in_segments != NULL) {
        write_factors(self, item);
    }
    (void)fputs(item->is_numeric ? "      bins:\n" : item->count > 0 ? "      levels:\n" : "      levels: {}\n", out);
    for (size_t l = 0; l < item->count; l++) {
        if (!item->is_numeric) {
            (void)fputs("        ", out);
            jk_yaml_write_text(out, item->levels[l]);
            (void)fputs(": ", out);
            jk_yaml_write_number(out, item->points[l]);
        } else {
            (void)fputs("        - {", out);
            if (l + 1 < item->count) {
                (void)fputs("below: ", out);
                jk_yaml_write_number(out, item->below[l]);
                (void)fputs(", ", out);
            }
            (void)fputs("points: ", out);
            jk_yaml_write_number(out, item->points[l]);
            (void)fputc('}', out);
        }
        write_origin(self, find_term(self->fit, JK_FIT_POINTS, -1, -1, item->name, l));
    }
}

static void write_scorecard(const writer *self) {
    const jk_scorecard *card = &self->fit->scorecard;
    FILE *out = self->stream;
    (void)fputs("scorecard:\n  intercept: ", out);
    jk_yaml_write_number(out, card->intercept);
    (void)fprintf(out, " # puts the mean eta of the exposure at 0, a score of 500\n  weak_from: %.0f\n",
                  card->weak_from);
    const char *together = " # classes by the score expect together what those of the panel do";
    (void)fprintf(out, "  able_from: %.0f%s\n", card->able_from, jk_class_is_guessed(card) ? "" : together);
    if (jk_class_is_guessed(card)) {
        (void)fputs(
            "  class_given_score: # rows by the class of the score; what the panel's claims were when they entered\n",
            out);
        for (int s = 0; s < JK_CAPACITY_COUNT; s++) {
            (void)fputs("    - ", out);
            write_numbers(self, card->class_given_score[s], JK_CAPACITY_COUNT);
            (void)fprintf(out, " # %.0f claims\n", self->fit->result.guessed_claims[s]);
        }
    }
    if (card->half_life > 0.0) {
        const jk_payers_result *payers = &self->fit->payers_result;
        (void)fputs("  half_life: ", out);
        jk_yaml_write_number(out, card->half_life);
        if (payers->learned) {
            (void)fprintf(out, " # months; 95 %% from %.3g to %.3g", payers->half_life_low, payers->half_life_high);
        }
        (void)fputc('\n', out);
    }
    if (self->fit->trees_name != NULL) {
        const jk_boost_result *boost = &self->fit->trees.boost;
        (void)fputs("  trees: ", out);
        jk_yaml_write_text(out, self->fit->trees_name);
        (void)fprintf(out, " # %d trees of %zu rows; deviance of debtors held out %.5g, without trees %.5g\n",
                      boost->rounds, self->fit->trees.rows, boost->deviance_trees, boost->deviance_alone);
    }
    (void)fputs(card->count > 0 ? "  characteristics:\n" : "  characteristics: []\n", out);
    for (size_t c = 0; c < card->count; c++) {
        write_item(self, &card->characteristics[c]);
    }
}

/* ---- segments -----------------------------------------------------------------------------------------------------
 */

static void write_curves(const writer *self, size_t g) {
    FILE *out = self->stream;
    (void)fputs("    curves:\n", out);
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        const jk_steps *steps = &self->fit->segments[g].curve[t];
        bool base = isnan(self->fit->curve_value[g * JK_TREATMENT_COUNT + t][0]);
        (void)fprintf(out, "      %s:%s\n", jk_fit_treatment_name(t),
                      base ? " # the base model's, beside the new model's theta" : "");
        for (size_t k = 0; k < steps->count; k++) {
            (void)fprintf(out, "        - [%d, ", (int)steps->month[k]);
            jk_yaml_write_number(out, steps->value[k]);
            (void)fputc(']', out);
            write_origin(self, find_term(self->fit, JK_FIT_CURVE, (int)g, (int)t, NULL, k));
        }
    }
}

static void write_classes(const writer *self, size_t g) {
    FILE *out = self->stream;
    (void)fputs("    class_multiplier: # of none, weak, able\n", out);
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        (void)fprintf(out, "      %s: ", jk_fit_treatment_name(t));
        write_numbers(self, self->fit->segments[g].class_multiplier[t], JK_CAPACITY_COUNT);
        const char *between = " # s.e. of the log:";
        for (size_t k = 0; k < JK_CAPACITY_COUNT; k++) {
            const jk_fit_term *term = find_term(self->fit, JK_FIT_CLASS, (int)g, (int)t, NULL, k);
            if (term != NULL && term->state == JK_PPML_FREE) {
                (void)fprintf(out, "%s %s %.3g (%.0f debtors paid)", between, term->level, term->std_error,
                              term->payers);
                between = ",";
            }
        }
        (void)fputs(self->fit->class_fitted[g] ? "\n" : " # mean theta of the score's classes\n", out);
    }
    (void)fputs("    class_monthly: # rows: from none, weak, able\n", out);
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        const jk_class_matrix *seen = &self->fit->transitions.segment[g].classes[t];
        (void)fprintf(out, "      %s:\n", jk_fit_treatment_name(t));
        for (size_t a = 0; a < JK_CAPACITY_COUNT; a++) {
            (void)fputs("        - ", out);
            write_numbers(self, self->fit->segments[g].class_monthly[t][a], JK_CAPACITY_COUNT);
            (void)fprintf(out, " # %lld months seen; s.e. %.2g, %.2g, %.2g\n", (long long)seen->months[a],
                          seen->std_error[a][0], seen->std_error[a][1], seen->std_error[a][2]);
        }
    }
}

static void write_estimate(const writer *self, const char *head, double value, const jk_estimate *estimate,
                           const char *events) {
    FILE *out = self->stream;
    (void)fputs(head, out);
    jk_yaml_write_number(out, value);
    (void)fprintf(out, " # %.6g %s in %.5g", estimate->events, events, estimate->exposure);
    if (!isnan(estimate->observed)) {
        (void)fprintf(out, "; observed %.4g, 95 %% from %.4g to %.4g", estimate->observed, estimate->low,
                      estimate->high);
    }
    (void)fputc('\n', out);
}

/* A figure of titles, or one for each class. */
static void write_factor(const writer *self, const char *key, const double *values, size_t count,
                         const jk_fit_factor *factor) {
    (void)fprintf(self->stream, "      %s: ", key);
    if (count == 1) {
        jk_yaml_write_number(self->stream, values[0]);
    } else {
        write_numbers(self, values, count);
    }
    (void)fprintf(self->stream,
                  " # %.4g times the base model's; observed %.4g, 95 %% from %.4g to %.4g, %zu debtors paid\n",
                  factor->value, factor->estimate, factor->low, factor->high, factor->payers);
}

static void write_legal(const writer *self, size_t g, const jk_yaml_node *legal) {
    const jk_fit_titles *titles = &self->fit->titles;
    const jk_segment *segment = &self->fit->segments[g];
    (void)fputs("    legal:\n", self->stream);
    write_estimate(self, "      months_to_title: ", self->fit->segments[g].months_to_title,
                   &self->fit->transitions.segment[g].months_to_title, "titles");
    for (size_t i = 0; legal->kind == JK_YAML_MAP && i < legal->count; i++) {
        const char *key = legal->pairs[i].key;
        if (titles->pre_title.learned && strcmp(key, "pre_title_factor") == 0) {
            write_factor(self, key, &segment->pre_title_factor, 1, &titles->pre_title);
        } else if (titles->garnish.learned && strcmp(key, "garnish_share") == 0) {
            write_factor(self, key, segment->garnish_share, JK_CAPACITY_COUNT, &titles->garnish);
        } else if (strcmp(key, "months_to_title") != 0) {
            jk_yaml_write_pair(self->stream, legal->pairs[i].key, legal->pairs[i].value, 6, 0);
        }
    }
}

static bool is_one_of(const char *key, const char *const *keys) {
    for (; *keys != NULL; keys++) {
        if (strcmp(key, *keys) == 0) {
            return true;
        }
    }
    return false;
}

static void write_segment(const writer *self, size_t g, const jk_yaml_node *base) {
    static const char *const fitted[] = {"id",
                                         "when",
                                         "exit_monthly",
                                         "theta_center",
                                         "curves",
                                         "class_multiplier",
                                         "class_monthly",
                                         "recovery_share",
                                         "legal",
                                         "payers",
                                         NULL};
    const jk_segment *segment = &self->fit->segments[g];
    const jk_segment_transitions *seen = &self->fit->transitions.segment[g];
    const uint64_t *rows = &self->fit->survey.curve_rows[g * JK_TREATMENT_COUNT];
    FILE *out = self->stream;
    (void)fputs("  - id: ", out);
    jk_yaml_write_text(out, segment->id);
    (void)fprintf(out, " # rows: %llu surveil, %llu amicable, %llu legal\n", (unsigned long long)rows[0],
                  (unsigned long long)rows[1], (unsigned long long)rows[2]);
    const jk_yaml_pair *when = jk_yaml_find(base, "when");
    if (when != NULL) {
        jk_yaml_write_pair(out, "when", when->value, 4, 0);
    }
    write_estimate(self, "    exit_monthly: ", segment->exit_monthly, &seen->exit, "deaths and insolvencies");
    (void)fputs("    theta_center: ", out);
    write_numbers(self, segment->theta_center, JK_CAPACITY_COUNT);
    (void)fputs(" # log of the exposure's mean exp(eta) by class\n", out);
    write_curves(self, g);
    write_classes(self, g);
    (void)fputs("    recovery_share:\n", out);
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        char head[32];
        (void)snprintf(head, sizeof head, "      %s: ", jk_fit_treatment_name(t));
        write_estimate(self, head, segment->recovery_share[t], &seen->recovery_share[t], "claims ended as paid");
    }
    const jk_yaml_pair *legal = jk_yaml_find(base, "legal");
    if (legal != NULL) {
        write_legal(self, g, legal->value);
    }
    if (self->fit->payers_result.learned) {
        jk_fit_payers_write(self->fit, g, out);
    }
    for (size_t i = 0; i < base->count; i++) {
        if (!is_one_of(base->pairs[i].key, fitted)) {
            jk_yaml_write_pair(out, base->pairs[i].key, base->pairs[i].value, 4, 1);
        }
    }
}

/* ---- the file -----------------------------------------------------------------------------------------------------
 */

static void write_carried(const writer *self, const jk_yaml_node *root) {
    static const char *const own[] = {"jalki_model", "name", "version", "lineage", "scorecard", "segments", NULL};
    for (size_t i = 0; i < root->count; i++) {
        const jk_yaml_pair *pair = &root->pairs[i];
        const bool risk = strcmp(pair->key, "risk") == 0 && self->fit->factors != NULL;
        if (!risk && !is_one_of(pair->key, own)) {
            bool law = strcmp(pair->key, "jurisdictions") == 0;
            jk_yaml_write_pair(self->stream, pair->key, pair->value, 0, law ? 2 : 1);
        }
    }
}

static void write_file(const writer *self, const jk_yaml_node *root) {
    FILE *out = self->stream;
    const char *name = self->fit->options.name;
    write_head(self);
    (void)fputs("jalki_model: 1\nname: ", out);
    char made[256], base[201];
    size_t length = strnlen(self->fit->base->name, sizeof base - 1);
    while (length > 0 && ((unsigned char)self->fit->base->name[length] & 0xc0) == 0x80) {
        length--; /* cut between characters */
    }
    (void)snprintf(made, sizeof made, "%.*s-fitted", (int)length, self->fit->base->name);
    jk_yaml_write_text(out, name != NULL ? name : made);
    (void)fputc('\n', out);
    if (self->version != NULL) {
        jk_fit_write_lineage(out, self->fit, self->version);
    }
    (void)fputs("\n# ---- as in the base model\n", out);
    write_carried(self, root);
    (void)fputs("\n# ---- fitted\n", out);
    if (self->fit->factors != NULL) {
        const jk_yaml_pair *risk = jk_yaml_find(root, "risk");
        jk_fit_write_risk(out, self->fit->factors, risk != NULL ? risk->value : NULL);
    }
    write_scorecard(self);
    (void)fputs("segments:\n", out);
    const jk_yaml_pair *segments = jk_yaml_find(root, "segments");
    for (size_t g = 0; segments != NULL && g < self->fit->base->segment_count; g++) {
        write_segment(self, g, segments->value->items[g]);
    }
}

static jk_status write_text(const jk_fit *fit, const jk_yaml_node *root, const char *version, char **text,
                            size_t *length, jk_error *error) {
    free(*text);
    *text = NULL;
    FILE *stream = jk_text_open(text, length);
    JK_TRY(jk_held(stream != NULL, error, "the model"));
    writer self = {fit, stream, version};
    write_file(&self, root);
    return jk_held(jk_text_close(stream, text), error, "the model");
}

/* The file's text, for free(). */
static jk_status make_text(const jk_fit *fit, char **text, size_t *length, jk_error *error) {
    jk_yaml_reader reader = {.arena = jk_arena_create()};
    const jk_yaml_node *root = NULL;
    char sha256[65], version[JK_FIT_VERSION_TEXT];
    jk_status status = JK_OK;
    *text = NULL;
    JK_TRY(jk_held(reader.arena != NULL, error, "the model"));
    JK_TRY_CLEANUP(jk_include_load(&reader, fit->base->path, &root, sha256, error));
    if (strcmp(sha256, fit->base->sha256) != 0) {
        JK_TRY_CLEANUP(jk_fail(error, JK_ERROR_MODEL, fit->base->path, 0, NULL,
                               "the base model was changed while the fit ran; run it again"));
    }
    JK_TRY_CLEANUP(write_text(fit, root, NULL, text, length, error));
    jk_fit_version(fit, *text, *length, version);
    JK_TRY_CLEANUP(write_text(fit, root, version, text, length, error));
cleanup:
    jk_arena_free(reader.arena);
    return status;
}

jk_status jk_fit_model_sha256(const jk_fit *fit, const char *path, char sha256[65], jk_error *error) {
    char *text = NULL;
    size_t length = 0;
    jk_yaml_reader reader = {.arena = jk_arena_create()};
    jk_status status =
        reader.arena == NULL ? jk_fail_memory(error, "the model") : make_text(fit, &text, &length, error);
    if (status == JK_OK) {
        jk_sha256_text_of(text, length, sha256);
    }
    if (status == JK_OK && fit->trees_name != NULL) { /* which the model names, and so are part of it */
        const char *trees = jk_path_beside(reader.arena, path, fit->trees_name), *bytes = NULL;
        size_t size = 0;
        status = trees == NULL ? jk_fail_memory(error, "the model")
                               : jk_yaml_read_file(&reader, trees, &bytes, &size, error);
        if (status == JK_OK) {
            jk_include_hash(sha256, bytes, size);
        }
    }
    free(text);
    jk_arena_free(reader.arena);
    return status;
}

jk_status jk_fit_write_model(const jk_fit *fit, const char *path, jk_error *error) {
    jk_output output = {0};
    char *text = NULL;
    size_t length = 0;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(make_text(fit, &text, &length, error));
    JK_TRY_CLEANUP(jk_output_open(&output, path, JK_OUTPUT_PLAIN, error));
    JK_TRY_CLEANUP(jk_output_stream(&output, error));
    (void)fwrite(text, 1, length, output.stream);
    JK_TRY_CLEANUP(jk_output_commit(&output, error));
cleanup:
    jk_output_abort(&output);
    free(text);
    return status;
}
