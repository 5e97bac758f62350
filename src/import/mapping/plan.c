/* SPDX-License-Identifier: Apache-2.0 */
#include "import/mapping/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/policy.h"
#include "base/text/text.h"
#include "import/mapping/names.h"

static const char *input_path(const jk_import_input *input) {
    return jk_csv_source_path(input->source);
}

/* ", the nearest is 'x'" if the header has a name that may be meant. */
static const char *nearest_words(const jk_csv_header *header, const char *name, char text[160]) {
    int nearest = jk_text_nearest(name, header->names, header->count);
    text[0] = '\0';
    if (nearest >= 0) {
        (void)snprintf(text, 160, "; the nearest is '%.100s'", header->names[nearest]);
    }
    return text;
}

/* ---- canonical -------------------------------------------------------------------------------------------- */

static jk_status feed_by_name(jk_import_input *input, jk_error *error) {
    const jk_csv_header *header = &input->header;
    for (uint32_t i = 0; i < header->count; i++) {
        int column = jk_names_column(input->plan.kind, header->names[i]);
        if (column < 0) {
            continue;
        }
        jk_import_feed *feed = &input->plan.feed[column];
        if (feed->given) {
            return jk_fail(error, JK_ERROR_DATA, input_path(input), 1, header->names[i],
                           "this column stands twice in the header");
        }
        *feed = (jk_import_feed){.given = true, .direct = true, .field = i};
    }
    return JK_OK;
}

/* ---- mapped ----------------------------------------------------------------------------------------------- */

jk_status jk_plan_resolve(const jk_mapping *mapping, uint32_t source, const jk_csv_header *header, const char *path,
                          uint32_t *entry, jk_error *error) {
    for (size_t n = 0; n < mapping->field_count; n++) {
        const jk_field_name *field = &mapping->fields[n];
        if (field->source != source) {
            continue;
        }
        entry[n] = field->aggregate != 0 ? 0 : JK_NO_FIELD; /* aggregates are made, not found */
        for (size_t k = 0; k < field->count && entry[n] == JK_NO_FIELD; k++) {
            bool twice = false;
            entry[n] = jk_names_find(header, field->names[k], &twice);
            if (twice) {
                return jk_fail(error, JK_ERROR_DATA, path, 1, field->names[k],
                               "this column stands twice in the header; say which: '%.80s#1' or '%.80s#2'",
                               field->names[k], field->names[k]);
            }
        }
    }
    return JK_OK;
}

static bool is_available(const jk_rule *rule, const uint32_t *entry) {
    size_t present = 0;
    for (size_t i = 0; i < rule->term_count; i++) {
        present += entry[rule->terms[i]] != JK_NO_FIELD;
    }
    switch (rule->kind) {
    case JK_RULE_CONSTANT:
        return true;
    case JK_RULE_SUM: /* a sum of what there is */
        return present > 0;
    case JK_RULE_MONTHS_BETWEEN:
        return is_available(&rule->alternatives[0], entry) && is_available(&rule->alternatives[1], entry);
    case JK_RULE_FIRST:
        for (size_t i = 0; i < rule->alternative_count; i++) {
            if (is_available(&rule->alternatives[i], entry)) {
                return true;
            }
        }
        return false;
    default:
        return present == rule->term_count && (rule->divide_by == JK_NO_FIELD || entry[rule->divide_by] != JK_NO_FIELD);
    }
}

/* A field exactly as a canonical tape has it can go the quick way. */
static bool is_direct(const jk_mapping *mapping, const jk_rule *rule, jk_type type) {
    const jk_csv_format *format = &rule->format;
    bool numeric = type == JK_TYPE_MONEY || type == JK_TYPE_INTEGER || type == JK_TYPE_REAL;
    bool canonical = type == JK_TYPE_DATE
                         ? strcmp(format->date, jk_csv_canonical_format.date) == 0 && format->more_date_count == 0
                     : numeric ? format->decimal == '.' && format->thousands[0] == '\0' && format->scale == 0
                               : true;
    return rule->kind == JK_RULE_FIELD && rule->value_count == 0 && rule->otherwise == NULL && canonical &&
           !jk_shape_is_given(&rule->shape) && mapping->missing_count == 0 &&
           mapping->fields[rule->terms[0]].source == 0;
}

static void feed_by_mapping(jk_import_input *input, const jk_mapping *mapping) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_rule *rule = &mapping->rules[c];
        if (!mapping->mapped[c] || !is_available(rule, input->entry)) {
            continue;
        }
        bool direct = is_direct(mapping, rule, jk_schema_column((jk_column)c)->type);
        input->plan.feed[c] = (jk_import_feed){
            .given = true, .direct = direct, .field = direct ? input->entry[rule->terms[0]] : 0, .rule = rule};
    }
}

/* The first name of the first field that a rule wants and does not find. */
static const char *wanted_name(const jk_mapping *mapping, const jk_rule *rule, const uint32_t *entry) {
    for (size_t i = 0; i < rule->term_count; i++) {
        if (entry[rule->terms[i]] == JK_NO_FIELD) {
            return mapping->fields[rule->terms[i]].names[0];
        }
    }
    if (rule->divide_by != JK_NO_FIELD && entry[rule->divide_by] == JK_NO_FIELD) {
        return mapping->fields[rule->divide_by].names[0];
    }
    for (size_t i = 0; i < rule->alternative_count; i++) {
        const char *name = wanted_name(mapping, &rule->alternatives[i], entry);
        if (name[0] != '\0') {
            return name;
        }
    }
    return "";
}

/* The option that gives the mapping of such a file; of the commands that read lists of payments and actions one has it.
 */
static const char *mapping_option(jk_kind kind) {
    return kind == JK_KIND_PAYMENTS  ? "jalki panel --payments-mapping"
           : kind == JK_KIND_ACTIONS ? "jalki panel --actions-mapping"
                                     : "--mapping";
}

/* A header of which names are numbers or dates is none. */
static bool looks_like_data(const jk_csv_header *header) {
    size_t data = 0;
    for (uint32_t i = 0; i < header->count; i++) {
        const size_t length = strlen(header->names[i]);
        int32_t date = 0;
        double number = 0.0;
        jk_csv_format comma = jk_csv_canonical_format;
        comma.decimal = ',';
        data +=
            length > 0 && (jk_csv_to_real(header->names[i], length, &jk_csv_canonical_format, &number) == JK_CSV_OK ||
                           jk_csv_to_real(header->names[i], length, &comma, &number) == JK_CSV_OK ||
                           jk_csv_to_date(header->names[i], length, &jk_csv_canonical_format, &date) == JK_CSV_OK ||
                           jk_csv_date_guess(header->names[i], length) != NULL);
    }
    return data > 0 && 2 * data >= header->count;
}

static jk_status fail_missing(const jk_import_input *input, const jk_mapping *mapping, jk_column column,
                              jk_error *error) {
    const char *name = jk_schema_name(input->plan.kind, column);
    char near[160];
    if (mapping == NULL) {
        bool twice = false;
        bool history =
            input->plan.kind == JK_KIND_TAPE && jk_names_find(&input->header, "period_start", &twice) != JK_NO_FIELD;
        return jk_fail(error, JK_ERROR_DATA, input_path(input), 1, name,
                       "this column is required and not in the header%s (other names need %s%s)",
                       nearest_words(&input->header, name, near), mapping_option(input->plan.kind),
                       history ? "; history needs --panel" : "");
    }
    if (!mapping->mapped[column]) {
        return jk_fail(error, JK_ERROR_MODEL, mapping->path, 0, name, "this column is required and not mapped");
    }
    const char *wanted = wanted_name(mapping, &mapping->rules[column], input->entry);
    return jk_fail(error, JK_ERROR_DATA, input_path(input), 1, name,
                   "this column is required, and the mapping makes it of '%.100s', which no header has%s%s", wanted,
                   nearest_words(&input->header, wanted, near),
                   looks_like_data(&input->header)
                       ? "; its first line looks like data: files without a header need "
                         "header: none, or header with the names of their columns, in the mapping"
                       : "");
}

/* The file's name without folder and endings: "fi" of "/tapes/fi.csv.gz". */
static void name_file(jk_import_plan *plan, const char *path) {
    const char *name = jk_file_name(path);
    size_t length = strcspn(name, ".");
    length = length < sizeof plan->file - 1 ? length : sizeof plan->file - 1;
    memcpy(plan->file, name, length);
    plan->file[length] = '\0';
}

/* What each field is read for, and up to which one a row must go. */
static void use_field(jk_import_plan *plan, uint32_t field, uint8_t use, bool matters) {
    if (field < plan->fields) {
        plan->use[field] = use > plan->use[field] ? use : plan->use[field];
        plan->least = matters && field >= plan->least ? field + 1 : plan->least;
    }
}

static void use_rule(jk_import_plan *plan, const jk_rule *rule, bool matters) {
    for (size_t i = 0; i < rule->term_count; i++) {
        if (plan->mapping->fields[rule->terms[i]].source == 0 && plan->entry[rule->terms[i]] != JK_NO_FIELD) {
            use_field(plan, plan->entry[rule->terms[i]], JK_FIELD_BY_RULE, matters);
        }
    }
    for (size_t i = 0; i < rule->alternative_count; i++) {
        use_rule(plan, &rule->alternatives[i], matters);
    }
}

static void find_use(jk_import_plan *plan) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_import_feed *feed = &plan->feed[c];
        bool matters = !jk_schema_column((jk_column)c)->neutral;
        if (feed->given && feed->direct) {
            use_field(plan, feed->field, JK_FIELD_DIRECT, matters);
        } else if (feed->given) {
            use_rule(plan, feed->rule, matters);
        }
    }
    for (size_t i = 0; plan->mapping != NULL && i < plan->mapping->where_count; i++) {
        use_rule(plan, &plan->mapping->where[i].rule, true);
    }
    for (uint32_t s = 1; plan->mapping != NULL && s < plan->mapping->source_count; s++) {
        uint32_t by = plan->mapping->sources[s].joined_by;
        if (plan->mapping->fields[by].source == 0 && plan->entry[by] != JK_NO_FIELD) {
            use_field(plan, plan->entry[by], JK_FIELD_BY_RULE, true);
        }
    }
}

/* Dates that data bases, spreadsheets and people write where there is none, in days since 1970: 0001-01-01, 1111-11-11,
 * 1753-01-01, 1800-01-01, 1899-12-30, 1899-12-31, 1900-01-01, 1901-01-01, 1970-01-01, 2099-12-31, 2999-12-31,
 * 9999-12-30, 9999-12-31. */
static const int32_t usual_sentinels[] = {-719162, -313430, -79257, -62091, -25569,  -25568, -25567,
                                          -25202,  0,       47481,  376199, 2932895, 2932896};

bool jk_plan_usual_sentinel(int32_t date) {
    bool usual = false;
    for (size_t i = 0; i < sizeof usual_sentinels / sizeof usual_sentinels[0]; i++) {
        usual = usual || usual_sentinels[i] == date;
    }
    return usual;
}

static void choose_sentinels(jk_import_plan *plan) {
    bool own = plan->mapping != NULL && plan->mapping->has_sentinels;
    plan->sentinels = own ? plan->mapping->sentinels : usual_sentinels;
    plan->sentinel_count = own ? plan->mapping->sentinel_count : sizeof usual_sentinels / sizeof usual_sentinels[0];
    plan->sentinel_low = INT32_MIN;
    plan->sentinel_high = INT32_MAX;
    for (size_t i = 0; i < plan->sentinel_count; i++) {
        int32_t date = plan->sentinels[i];
        if (date < 0) {
            plan->sentinel_low = date > plan->sentinel_low ? date : plan->sentinel_low;
        } else if (date > 0) {
            plan->sentinel_high = date < plan->sentinel_high ? date : plan->sentinel_high;
        }
    }
}

jk_status jk_plan_make(jk_import_input *input, jk_kind kind, const jk_mapping *mapping, const jk_join *join,
                       jk_error *error) {
    jk_import_plan *plan = &input->plan;
    plan->kind = kind;
    plan->dialect = input->header.dialect;
    plan->fields = input->header.count;
    plan->is_canonical = mapping != NULL || jk_policy_get()->dialect == NULL;
    plan->format = plan->is_canonical ? jk_csv_canonical_format : jk_csv_format_of(jk_policy_get()->dialect);
    if (mapping == NULL) {
        JK_TRY(feed_by_name(input, error));
    } else {
        plan->mapping = mapping;
        plan->entry = input->entry;
        plan->join = join;
        plan->checks_cutoff = mapping->has_cutoff && mapping->cutoff.kind != JK_RULE_CONSTANT &&
                              is_available(&mapping->cutoff, input->entry);
        feed_by_mapping(input, mapping);
    }
    plan->header = &input->header;
    name_file(plan, input_path(input));
    choose_sentinels(plan);
    plan->use = calloc(plan->fields + 1, 1);
    JK_TRY(jk_held(plan->use != NULL, error, "a plan"));
    find_use(plan);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (jk_schema_in_csv(plan->kind, (jk_column)c) && jk_import_requires(plan, (jk_column)c) &&
            !plan->feed[c].given) {
            return fail_missing(input, mapping, (jk_column)c, error);
        }
    }
    return JK_OK;
}

/* ---- what was found --------------------------------------------------------------------------------------- */

static bool is_used(const jk_import_input *input, uint32_t field) {
    const jk_mapping *mapping = input->plan.mapping;
    for (int c = 0; mapping == NULL && c < JK_COLUMN_COUNT; c++) {
        if (input->plan.feed[c].given && input->plan.feed[c].field == field) {
            return true;
        }
    }
    for (size_t n = 0; mapping != NULL && n < mapping->field_count; n++) {
        if (mapping->fields[n].source == 0 && input->entry[n] == field) {
            return true;
        }
    }
    return false;
}

jk_status jk_plan_describe(const jk_import_input *input, jk_arena *arena, jk_import_summary *summary, jk_error *error) {
    const jk_csv_header *header = &input->header;
    jk_column *found = jk_arena_alloc(arena, JK_COLUMN_COUNT, sizeof *found);
    jk_import_name *missing = jk_arena_alloc(arena, JK_COLUMN_COUNT, sizeof *missing);
    jk_import_name *unused = jk_arena_alloc(arena, header->count, sizeof *unused);
    const char **names = jk_arena_alloc(arena, header->count + 1, sizeof *names);
    JK_TRY(jk_held(found != NULL && missing != NULL && unused != NULL && names != NULL, error, "a summary"));
    size_t unused_count = 0;
    for (uint32_t i = 0; i < header->count; i++) {
        if (!is_used(input, i)) {
            names[unused_count] = jk_arena_text(arena, header->names[i], strlen(header->names[i]));
            unused[unused_count].name = names[unused_count];
            JK_TRY(jk_held(names[unused_count++] != NULL, error, "a summary"));
        }
    }
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_extras *extras = input->plan.mapping != NULL ? &input->plan.mapping->extras : NULL;
        const bool own =
            jk_schema_is_extra((jk_column)c) && extras != NULL && extras->name[c - JK_FIXED_COLUMN_COUNT] != NULL;
        if (!own && !jk_schema_in_csv(input->plan.kind, (jk_column)c)) {
            continue;
        }
        if (own) {
            const char *given = extras->name[c - JK_FIXED_COLUMN_COUNT];
            summary->extras.name[c - JK_FIXED_COLUMN_COUNT] = jk_arena_text(arena, given, strlen(given));
            JK_TRY(jk_held(summary->extras.name[c - JK_FIXED_COLUMN_COUNT] != NULL, error, "a summary"));
        }
        if (input->plan.feed[c].given) {
            found[summary->found_count++] = (jk_column)c;
            continue;
        }
        const char *name = jk_extras_column_name(&summary->extras, input->plan.kind, (jk_column)c);
        int nearest = jk_text_nearest(name, names, unused_count);
        missing[summary->missing_count++] =
            (jk_import_name){.name = name, .nearest = nearest >= 0 ? names[nearest] : NULL};
    }
    summary->unused_count = unused_count;
    summary->found = found;
    summary->missing = missing;
    summary->unused = unused;
    return JK_OK;
}
