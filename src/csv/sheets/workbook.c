/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sheets/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text/text.h"

enum { SHEETS_MAX = 1000, STYLES_MAX = 65536, FORMATS_MAX = 65536 };

/* Texts of cells are held, each once: all of them may take 1 GiB, but no more than no two alike could pack so small. */
enum { TEXTS_FREE = 64 << 20, TEXTS_GROWTH = 100 };
#define TEXTS_MAX_BYTES ((size_t)1 << 30)

bool jk_zip_is_workbook(jk_zip *zip) {
    return jk_zip_has(zip, "[Content_Types].xml") &&
           (jk_zip_has(zip, "xl/workbook.xml") || jk_zip_has(zip, "_rels/.rels"));
}

/* ---- relations: which member an id stands for ----------------------------------------------------------------------
 */

static bool is_true(const char *value) {
    return value != NULL && (strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0);
}

/* A target is relative to the folder of what refers to it, or begins with a slash. */
static char *resolve(const char *folder, const char *target) {
    const bool absolute = target[0] == '/';
    size_t length = strlen(folder) + strlen(target) + 1;
    char *member = malloc(length);
    if (member != NULL) {
        (void)strcpy(member, absolute ? "" : folder);
        (void)strcat(member, absolute ? target + 1 : target);
    }
    return member;
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool root_relation(void *context, const char *name, const char **attributes) {
    jk_workbook *workbook = context;
    const char *type = jk_xml_attribute(attributes, "Type");
    const char *target = jk_xml_attribute(attributes, "Target");
    if (strcmp(name, "Relationship") == 0 && type != NULL && target != NULL && ends_with(type, "/officeDocument") &&
        workbook->member == NULL) {
        workbook->member = resolve("", target);
        return workbook->member != NULL;
    }
    return true;
}

static bool sheet_relation(void *context, const char *name, const char **attributes) {
    jk_workbook *workbook = context;
    const char *id = jk_xml_attribute(attributes, "Id");
    const char *type = jk_xml_attribute(attributes, "Type");
    const char *target = jk_xml_attribute(attributes, "Target");
    if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL ||
        !ends_with(type, "/worksheet")) {
        return true;
    }
    for (size_t i = 0; i < workbook->sheet_count; i++) {
        jk_sheet_name *sheet = &workbook->sheets[i];
        if (sheet->member == NULL && strcmp(sheet->relation, id) == 0) {
            sheet->member = resolve(workbook->folder, target);
            return sheet->member != NULL;
        }
    }
    return true;
}

static bool sheet_name(void *context, const char *name, const char **attributes) {
    jk_workbook *workbook = context;
    if (strcmp(name, "workbookPr") == 0) {
        workbook->from_1904 = is_true(jk_xml_attribute(attributes, "date1904"));
    }
    const char *title = jk_xml_attribute(attributes, "name");
    const char *relation = jk_xml_attribute(attributes, "id");
    if (strcmp(name, "sheet") != 0 || title == NULL || relation == NULL || workbook->sheet_count == SHEETS_MAX) {
        return true;
    }
    if (workbook->sheets == NULL) {
        workbook->sheets = calloc(SHEETS_MAX, sizeof *workbook->sheets);
    }
    if (workbook->sheets == NULL) {
        return false;
    }
    const char *state = jk_xml_attribute(attributes, "state");
    jk_sheet_name *sheet = &workbook->sheets[workbook->sheet_count++];
    *sheet = (jk_sheet_name){
        .name = strdup(title), .relation = strdup(relation), .hidden = state != NULL && strcmp(state, "visible") != 0};
    return sheet->name != NULL && sheet->relation != NULL;
}

/* ---- texts that cells share ----------------------------------------------------------------------------------------
 */

typedef struct text_reader {
    jk_workbook *workbook;
    bool in_text, in_phonetic, too_much;
} text_reader;

/* The memory with room for `wanted` elements, or NULL. */
static void *grown(void *memory, size_t *capacity, size_t wanted, size_t size) {
    if (wanted <= *capacity) {
        return memory;
    }
    size_t more = wanted + wanted / 2 + 64;
    void *larger = realloc(memory, more * size);
    if (larger != NULL) {
        *capacity = more;
    }
    return larger;
}

static bool has_room(const jk_workbook *workbook, size_t length) {
    return workbook->bytes_count + length + workbook->text_count * sizeof *workbook->start <= workbook->texts_most;
}

static bool text_start(void *context, const char *name, const char **attributes) {
    (void)attributes;
    text_reader *reader = context;
    jk_workbook *workbook = reader->workbook;
    if (strcmp(name, "si") == 0) {
        reader->too_much = reader->too_much || !has_room(workbook, 0);
        void *start = reader->too_much ? NULL
                                       : grown(workbook->start, &workbook->text_capacity, workbook->text_count + 2,
                                               sizeof *workbook->start);
        if (start == NULL) {
            return false;
        }
        workbook->start = start;
        workbook->start[workbook->text_count] = workbook->bytes_count;
    }
    reader->in_phonetic = reader->in_phonetic || strcmp(name, "rPh") == 0;
    reader->in_text = strcmp(name, "t") == 0 && !reader->in_phonetic;
    return true;
}

static bool text_end(void *context, const char *name) {
    text_reader *reader = context;
    jk_workbook *workbook = reader->workbook;
    reader->in_text = false;
    reader->in_phonetic = reader->in_phonetic && strcmp(name, "rPh") != 0;
    if (strcmp(name, "si") == 0 && workbook->start != NULL) {
        workbook->start[++workbook->text_count] = workbook->bytes_count;
    }
    return true;
}

static bool text_text(void *context, const char *text, size_t length) {
    text_reader *reader = context;
    jk_workbook *workbook = reader->workbook;
    if (!reader->in_text) {
        return true;
    }
    reader->too_much = reader->too_much || !has_room(workbook, length);
    void *bytes =
        reader->too_much ? NULL : grown(workbook->bytes, &workbook->bytes_capacity, workbook->bytes_count + length, 1);
    if (bytes == NULL) {
        return false;
    }
    workbook->bytes = bytes;
    memcpy(workbook->bytes + workbook->bytes_count, text, length);
    workbook->bytes_count += length;
    return true;
}

/* ---- styles: which cells are dates ---------------------------------------------------------------------------------
 */

typedef struct style_reader {
    jk_workbook *workbook;
    bool in_cell_styles;
    bool *own_date; /* of a format's number, for formats that the workbook defines itself */
} style_reader;

/* true if a number format (ECMA-376 part 1, 18.8.31) shows a number as a date with a year or a day. */
static bool format_is_date(const char *format) {
    bool quoted = false;
    for (const char *c = format; *c != '\0' && *c != ';'; c++) { /* a semicolon begins the format of negative numbers */
        if (*c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if ((*c == '\\' || *c == '_' || *c == '*') && c[1] != '\0') {
            c++;
        } else if (*c == '[') { /* a colour, a condition, a language */
            while (c[1] != '\0' && *c != ']') {
                c++;
            }
        } else if (strncasecmp(c, "General", 7) == 0) {
            return false;
        } else if (strchr("yYdD", *c) != NULL) {
            return true;
        }
    }
    return false;
}

/* Formats that every workbook knows (18.8.30): 14-17 and 22 are dates, 27-36 and 50-58 are dates of East Asian
 * languages. */
static bool is_known_date(size_t number) {
    return (number >= 14 && number <= 17) || number == 22 || (number >= 27 && number <= 36) ||
           (number >= 50 && number <= 58);
}

static bool style_start(void *context, const char *name, const char **attributes) {
    style_reader *reader = context;
    jk_workbook *workbook = reader->workbook;
    const char *id = jk_xml_attribute(attributes, "numFmtId");
    size_t number = id != NULL ? (size_t)strtoul(id, NULL, 10) : 0;
    if (strcmp(name, "numFmt") == 0 && number < FORMATS_MAX) {
        const char *code = jk_xml_attribute(attributes, "formatCode");
        reader->own_date[number] = code != NULL && format_is_date(code);
    } else if (strcmp(name, "cellXfs") == 0) {
        reader->in_cell_styles = true;
    } else if (strcmp(name, "xf") == 0 && reader->in_cell_styles && workbook->style_count < STYLES_MAX) {
        workbook->is_date[workbook->style_count++] =
            number < FORMATS_MAX && (reader->own_date[number] || is_known_date(number));
    }
    return true;
}

static bool style_end(void *context, const char *name) {
    style_reader *reader = context;
    reader->in_cell_styles = reader->in_cell_styles && strcmp(name, "cellXfs") != 0;
    return true;
}

/* ---- the workbook --------------------------------------------------------------------------------------------------
 */

/* A member that lies where workbooks have it; without it there is nothing to read. */
static jk_status read_beside(jk_workbook *workbook, const char *name, const jk_xml_events *events, void *context,
                             jk_error *error) {
    char *member = resolve(workbook->folder, name);
    JK_TRY(jk_held(member != NULL, error, "a workbook"));
    jk_status status = JK_OK;
    if (jk_zip_has(workbook->zip, member)) {
        status = jk_xml_read(workbook->zip, workbook->path, member, events, context, error);
    }
    free(member);
    return status;
}

static jk_status find_workbook(jk_workbook *workbook, jk_error *error) {
    static const jk_xml_events events = {.start = root_relation};
    if (jk_zip_has(workbook->zip, "_rels/.rels")) {
        JK_TRY(jk_xml_read(workbook->zip, workbook->path, "_rels/.rels", &events, workbook, error));
    }
    if (workbook->member == NULL) {
        workbook->member = strdup("xl/workbook.xml");
    }
    workbook->folder = workbook->member != NULL ? strdup(workbook->member) : NULL;
    JK_TRY(jk_held(workbook->folder != NULL, error, "a workbook"));
    char *slash = strrchr(workbook->folder, '/');
    workbook->folder[slash != NULL ? slash + 1 - workbook->folder : 0] = '\0';
    return ends_with(workbook->member, ".xml")
               ? JK_OK
               : jk_fail(error, JK_ERROR_FORMAT, workbook->path, 0, NULL,
                         "this is no Excel workbook in XML (it may be .xlsb or a document of another kind), expected "
                         ".xlsx: open it in a spreadsheet and save it as such");
}

static jk_status read_names(jk_workbook *workbook, jk_error *error) {
    static const jk_xml_events names = {.start = sheet_name};
    static const jk_xml_events relations = {.start = sheet_relation};
    JK_TRY(jk_xml_read(workbook->zip, workbook->path, workbook->member, &names, workbook, error));
    char name[300];
    int length = snprintf(name, sizeof name, "_rels/%s.rels", jk_file_name(workbook->member));
    return length < (int)sizeof name ? read_beside(workbook, name, &relations, workbook, error) : JK_OK;
}

static jk_status read_cells(jk_workbook *workbook, jk_error *error) {
    static const jk_xml_events texts = {text_start, text_end, text_text};
    static const jk_xml_events styles = {.start = style_start, .end = style_end};
    text_reader text = {.workbook = workbook};
    jk_status status = read_beside(workbook, "sharedStrings.xml", &texts, &text, error);
    if (text.too_much) {
        if (error != NULL) {
            *error = (jk_error){0}; /* it says that there is no memory */
        }
        return jk_fail(error, JK_ERROR_FORMAT, workbook->path, 0, NULL,
                       "the texts of its cells take over %zu MiB: too much for a workbook of its size",
                       workbook->texts_most >> 20);
    }
    JK_TRY(status);
    workbook->is_date = calloc(STYLES_MAX, sizeof *workbook->is_date);
    style_reader style = {.workbook = workbook, .own_date = calloc(FORMATS_MAX, sizeof *style.own_date)};
    status = workbook->is_date == NULL || style.own_date == NULL
                 ? jk_fail_memory(error, "a workbook")
                 : read_beside(workbook, "styles.xml", &styles, &style, error);
    free(style.own_date);
    return status;
}

jk_status jk_workbook_open(const char *path, bool cells, jk_workbook *workbook, jk_error *error) {
    *workbook = (jk_workbook){.path = strdup(path)};
    jk_status status =
        workbook->path == NULL ? jk_fail_memory(error, "a workbook") : jk_zip_open(path, &workbook->zip, error);
    if (status == JK_OK) {
        status = find_workbook(workbook, error);
    }
    if (status == JK_OK) {
        status = read_names(workbook, error);
    }
    if (status == JK_OK && cells) {
        struct stat facts;
        const size_t size = stat(path, &facts) == 0 ? (size_t)facts.st_size : 0;
        workbook->texts_most =
            size < (TEXTS_MAX_BYTES - TEXTS_FREE) / TEXTS_GROWTH ? TEXTS_FREE + TEXTS_GROWTH * size : TEXTS_MAX_BYTES;
        status = read_cells(workbook, error);
    }
    if (status != JK_OK) {
        jk_workbook_close(workbook);
    }
    return status;
}

void jk_workbook_close(jk_workbook *workbook) {
    jk_zip_close(workbook->zip);
    for (size_t i = 0; i < workbook->sheet_count; i++) {
        free(workbook->sheets[i].name);
        free(workbook->sheets[i].relation);
        free(workbook->sheets[i].member);
    }
    free(workbook->sheets);
    free(workbook->start);
    free(workbook->bytes);
    free(workbook->is_date);
    free(workbook->member);
    free(workbook->folder);
    free(workbook->path);
    *workbook = (jk_workbook){0};
}
