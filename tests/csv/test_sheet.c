/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets of workbooks as text: a workbook of plain XML, cell by cell, and one that is read in many pieces. */
#include <stdbool.h>

#include "csv/csv.h"
#include "csv/csv_made.h"
#include "csv/sources/source.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define HEAD         "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN         "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

enum { ROOM = 8 << 20 };

static char sheet[ROOM], found[ROOM];
static const char usual_styles[] = "<cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>";
static const char *styles = usual_styles;

/* One sheet of these rows; the first day that a workbook knows. */
static void make_workbook(const char *dimension, const char *rows, bool from_1904) {
    char workbook[1024];
    static char style_sheet[16384];
    (void)snprintf(style_sheet, sizeof style_sheet, HEAD "<styleSheet xmlns=\"" MAIN "\">%s</styleSheet>", styles);
    (void)snprintf(workbook, sizeof workbook,
                   HEAD "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATIONS "\">%s<sheets><sheet name=\"One\" "
                        "sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
                   from_1904 ? "<workbookPr date1904=\"1\"/>" : "");
    (void)snprintf(
        sheet, sizeof sheet, HEAD "<worksheet xmlns=\"" MAIN "\">%s%s%s<sheetData>%s</sheetData></worksheet>",
        dimension[0] != '\0' ? "<dimension ref=\"" : "", dimension, dimension[0] != '\0' ? "\"/>" : "", rows);
    const made_member members[] = {
        {"[Content_Types].xml",
         HEAD "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
              "Extension=\"xml\" ContentType=\"application/xml\"/></Types>"},
        {"xl/workbook.xml", workbook},
        {"xl/_rels/workbook.xml.rels", HEAD
         "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
         "Id=\"rId1\" Type=\"" RELATIONS "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" "
         "Type=\"" RELATIONS "/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId3\" "
         "Type=\"" RELATIONS "/styles\" Target=\"styles.xml\"/></Relationships>"},
        {"xl/worksheets/sheet1.xml", sheet},
        {"xl/sharedStrings.xml",
         HEAD "<sst xmlns=\"" MAIN "\" count=\"3\" uniqueCount=\"3\"><si><t>first</t></si><si><r><t>two </t></r><r><t>"
              "runs</t></r></si><si><t>a, \"b\"</t><rPh sb=\"0\" eb=\"1\"><t>sound</t></rPh></si></sst>"},
        {"xl/styles.xml", style_sheet}};
    make_zip(members, COUNT(members));
}

static size_t read_sheet(char decimal, size_t piece) {
    jk_csv_source *source = NULL;
    jk_error error = {0};
    const jk_csv_part part = {.container = JK_CONTAINER_WORKBOOK, .name = "One", .decimal = decimal};
    if (jk_csv_source_open_part(made_path, &part, "CP1252", &source, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    assert_true(jk_csv_source_is_sheet(source) && !jk_csv_source_is_plain(source));
    size_t length = 0;
    for (size_t got = 1; got > 0; length += got) {
        assert_int_equal(jk_csv_source_read(source, found + length, piece, &got, &error), JK_OK);
    }
    jk_csv_source_close(source);
    found[length] = '\0';
    return length;
}

static const struct {
    const char *cells, *text;
} cells[] = {
    {"<c r=\"A1\"><v>7</v></c>", "7"},
    {"<c r=\"A1\"><v>7.25</v></c>", "7.25"},
    {"<c r=\"A1\"><v>-0.5</v></c>", "-0.5"},
    {"<c r=\"A1\"><v>1E3</v></c>", "1000"},
    {"<c r=\"A1\"><v>1.5E-3</v></c>", "0.0015"},
    {"<c r=\"A1\"><v>0.30000000000000004</v></c>", "0.3"}, /* 15 digits, as Excel keeps */
    {"<c r=\"A1\"><v>12345678.120000001</v></c>", "12345678.12"},
    {"<c r=\"A1\"><v>9.9999999999999900E+14</v></c>", "999999999999999"},
    {"<c r=\"A1\"><v>1E15</v></c>", "1E15"}, /* digits are lost */
    {"<c r=\"A1\"><v>1E400</v></c>", "1E400"},
    {"<c r=\"A1\"><v>ten</v></c>", "ten"},
    {"<c r=\"A1\" t=\"s\"><v>0</v></c>", "first"},
    {"<c r=\"A1\" t=\"s\"><v>1</v></c>", "two runs"},
    {"<c r=\"A1\" t=\"s\"><v>2</v></c>", "\"a, \"\"b\"\"\""},
    {"<c r=\"A1\" t=\"s\"><v>3</v></c>", ""}, /* there is none */
    {"<c r=\"A1\" t=\"str\"><v>one\ntwo</v></c>", "one two"},
    {"<c r=\"A1\" t=\"inlineStr\"><is><t>here</t></is></c>", "here"},
    {"<c r=\"A1\" t=\"inlineStr\"><is><t>here</t><rPh><t>sound</t></rPh></is></c>", "here"},
    {"<c r=\"A1\" t=\"b\"><v>1</v></c>", "1"},
    {"<c r=\"A1\" t=\"e\"><v>#N/A</v></c>", "#N/A"},
    {"<c r=\"A1\" t=\"d\"><v>2024-02-29T10:00:00</v></c>", "2024-02-29"},
    {"<c r=\"A1\" t=\"d\"><v>2024-02</v></c>", "2024-02"},
    {"<c r=\"A1\" s=\"1\"><v>1</v></c>", "1900-01-01"},
    {"<c r=\"A1\" s=\"1\"><v>59</v></c>", "1900-02-28"},
    {"<c r=\"A1\" s=\"1\"><v>61</v></c>", "1900-03-01"},
    {"<c r=\"A1\" s=\"1\"><v>45000</v></c>", "2023-03-15"},
    {"<c r=\"A1\" s=\"1\"><v>45000.99</v></c>", "2023-03-15"},
    {"<c r=\"A1\" s=\"1\"><v>2958465</v></c>", "9999-12-31"},
    {"<c r=\"A1\" s=\"1\"><v>2958466</v></c>", "#date"},
    {"<c r=\"A1\" s=\"1\"><v>0.5</v></c>", "0.5"}, /* a time of day */
    {"<c r=\"A1\" s=\"0\"><v>45000</v></c>", "45000"},
    {"<c r=\"A1\" s=\"2\"><v>45000</v></c>", "45000"},
    {"<c r=\"A1\"><f>1+1</f><v>2</v></c>", "2"},
    {"<c r=\"A1\"/>", ""},
    {"<c><v>7</v></c>", "7"},
};

static void cells_become_fields(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(cells); i++) {
        char rows[512], wanted[64];
        (void)snprintf(rows, sizeof rows, "<row r=\"1\">%s<c r=\"C1\"><v>9</v></c></row>", cells[i].cells);
        (void)snprintf(wanted, sizeof wanted, "%s,,9\n", cells[i].text);
        make_workbook("A1:C1", rows, false);
        (void)read_sheet('.', 100);
        assert_string_equal(found, wanted);
    }
    make_workbook("A1:B1", "<row r=\"1\"><c r=\"A1\"><v>7.25</v></c><c r=\"B1\" t=\"str\"><v>7.25</v></c></row>",
                  false);
    (void)read_sheet(',', 1);
    assert_string_equal(found, "\"7,25\",7.25\n"); /* numbers alone */
    make_workbook("A1:B1", "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>1</v></c><c r=\"B1\" s=\"1\"><v>59</v></c></row>",
                  true);
    (void)read_sheet('.', 1);
    assert_string_equal(found, "1904-01-02,1904-02-29\n");
}

static void rows_and_columns_keep_their_places(void **state) {
    (void)state;
    static const struct {
        const char *dimension, *rows, *text;
    } cases[] = {
        {"A1:B2", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"B2\"><v>2</v></c></row>", "1,\n,2\n"},
        {"", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"C2\"><v>2</v></c></row>", "1,,\n,,2\n"},
        {"A1:A2", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"C2\"><v>2</v></c></row>", "1\n,,2\n"},
        {"A1", "<row r=\"2\"><c r=\"B2\"><v>2</v></c></row><row r=\"5\"><c r=\"A5\"><v>5</v></c></row>",
         "\n,2\n\n\n5,\n"},
        {"A1:B2", "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "1,2\n3,\n"},
        {"A1:B1", "<row r=\"1\"><c r=\"A1\"/></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>", "\n1,\n"},
        {"A1:AB1", "<row r=\"1\"><c r=\"AB1\"><v>28</v></c></row>", ",,,,,,,,,,,,,,,,,,,,,,,,,,,28\n"},
        {"A1:Z1", "<row r=\"1\"><c r=\"Z1\"><v>26</v></c></row>", ",,,,,,,,,,,,,,,,,,,,,,,,,26\n"},
        {"A1:C1", "<row r=\"1\"><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c></row>",
         ",,3\n"}, /* stands before it */
        {"A1:B1", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_workbook(cases[i].dimension, cases[i].rows, false);
        (void)read_sheet('.', 3);
        assert_string_equal(found, cases[i].text);
    }
    /* A width that a sheet says of itself is believed up to 256 columns. */
    for (int width = 256; width <= 257; width++) {
        make_workbook(width == 256 ? "A1:IV1" : "A1:IW1", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", false);
        assert_int_equal(read_sheet('.', 1000), width == 256 ? 1 + 255 + 1 : 2);
    }
}

/* Longer than the pieces in which XML is read and text is handed on: no cell is lost, wherever a piece ends. */
static void a_long_sheet_is_read_whole(void **state) {
    (void)state;
    enum { ROWS = 20000, COLUMNS = 6 };
    static char rows[ROOM], wanted[ROOM];
    size_t length = 0, text = 0;
    for (int r = 1; r <= ROWS; r++) {
        length += (size_t)sprintf(rows + length, "<row r=\"%d\">", r);
        for (int c = 0; c < COLUMNS; c++) {
            if ((r + c) % 5 != 0) {
                length += (size_t)sprintf(rows + length, "<c r=\"%c%d\"><v>%d</v></c>", 'A' + c, r, r * 10 + c);
                text += (size_t)sprintf(wanted + text, "%d", r * 10 + c);
            }
            wanted[text++] = c + 1 < COLUMNS ? ',' : '\n';
        }
        length += (size_t)sprintf(rows + length, "</row>");
    }
    wanted[text] = '\0';
    for (int with = 0; with < 2; with++) {
        make_workbook(with ? "A1:F20000" : "", rows, false);
        assert_int_equal(read_sheet('.', 65536), text);
        assert_memory_equal(found, wanted, text);
    }
}

/* Numbers are dates where their format shows a day or a year: of those that every workbook knows, and of its own. */
static void formats_make_dates(void **state) {
    (void)state;
    static const struct {
        const char *code;
        bool is_date;
    } own[] = {{"yyyy\\-mm\\-dd", true},
               {"0.00", false},
               {"&quot;day&quot; 0", false},
               {"[Red]0", false},
               {"[$-409]d", true},
               {"[dd]0", false},
               {"General", false},
               {"0;yyyy", false},
               {"\\d0", false},
               {"_d0", false},
               {"*y0", false},
               {"hh:mm", false},
               {"D.M.", true},
               {"mmm Y", true},
               {"", false},
               {"&quot;d&quot;y", true},
               {"General d", false},
               {"0 &quot;", false},
               {"[", false},
               {"\\", false}};
    static char made[16384], rows[16384], wanted[2048];
    enum { KNOWN = 64, FIRST_OWN = 164 };
    size_t style = (size_t)sprintf(made, "<numFmts>"), row = (size_t)sprintf(rows, "<row r=\"1\">"), text = 0;
    for (size_t i = 0; i < COUNT(own); i++) {
        style +=
            (size_t)sprintf(made + style, "<numFmt numFmtId=\"%zu\" formatCode=\"%s\"/>", FIRST_OWN + i, own[i].code);
    }
    /* Those of other lists are no cells' formats. */
    style += (size_t)sprintf(made + style, "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>");
    for (size_t i = 0; i < KNOWN + COUNT(own); i++) {
        const size_t number = i < KNOWN ? i : FIRST_OWN + i - KNOWN;
        const bool known = (number >= 14 && number <= 17) || number == 22 || (number >= 27 && number <= 36) ||
                           (number >= 50 && number <= 58); /* ECMA-376 part 1, 18.8.30 */
        style += (size_t)sprintf(made + style, "<xf numFmtId=\"%zu\"/>", number);
        row += (size_t)sprintf(rows + row, "<c s=\"%zu\"><v>45000</v></c>", i);
        text += (size_t)sprintf(wanted + text, "%s%s", i > 0 ? "," : "",
                                (i < KNOWN ? known : own[i - KNOWN].is_date) ? "2023-03-15" : "45000");
    }
    (void)sprintf(made + style, "</cellXfs><dxfs><xf numFmtId=\"14\"/></dxfs>");
    (void)sprintf(rows + row, "<c s=\"%zu\"><v>45000</v></c></row>", KNOWN + COUNT(own)); /* there is no such style */
    (void)sprintf(wanted + text, ",45000\n");
    styles = made;
    make_workbook("", rows, false);
    styles = usual_styles;
    (void)read_sheet('.', 1000);
    assert_string_equal(found, wanted);
}

static void workbooks_are_known(void **state) {
    (void)state;
    jk_part_list list;
    jk_error error = {0};
    make_workbook("A1", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", false);
    assert_int_equal(jk_part_list_read(made_path, &list, &error), JK_OK);
    assert_true(list.container == JK_CONTAINER_WORKBOOK && list.count == 1 && !list.parts[0].hidden);
    assert_string_equal(list.parts[0].name, "One");
    jk_part_list_free(&list);
    jk_csv_source *source = NULL;
    const jk_csv_part part = {.container = JK_CONTAINER_WORKBOOK, .name = "Two", .decimal = '.'};
    assert_int_equal(jk_csv_source_open_part(made_path, &part, NULL, &source, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, "the workbook has no sheet 'Two'");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_become_fields),
                                       cmocka_unit_test(rows_and_columns_keep_their_places),
                                       cmocka_unit_test(a_long_sheet_is_read_whole),
                                       cmocka_unit_test(formats_make_dates), cmocka_unit_test(workbooks_are_known)};
    return cmocka_run_group_tests(tests, name_made, drop_made);
}
