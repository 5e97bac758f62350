/* SPDX-License-Identifier: Apache-2.0 */
/* Segments split by country: one part for each country that the segment's condition lets in, in the order of segments
 * and of the tape's countries, each with the condition "and this country" but for the last, which takes what is left.
 */
#include "cmocka_all.h"

#include "scenario/by_country.h"
#include "value/engine_case.h"

static bool lets_in(const jk_segment *segment, const char *country) {
    bool in = true;
    for (size_t t = 0; t < segment->when.count; t++) {
        const jk_condition_term *term = &segment->when.terms[t];
        if (term->column == JK_COLUMN_COUNTRY) {
            bool named = false;
            for (size_t i = 0; i < term->count; i++) {
                named = named || strcmp(term->values[i], country) == 0;
            }
            in = in && named;
        }
    }
    return in;
}

static void each_segment_has_a_part_for_each_of_its_countries(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 60});
    size_t countries = 0, part = 0, parts_of[8] = {0};
    const char *const *country = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &countries);
    jk_by_country split;
    must(jk_by_country_make(model, tape, &split, &error), &error);
    assert_int_equal(countries, 3);
    for (size_t g = 0; g < model->segment_count; g++) {
        const jk_segment *whole = &model->segments[g];
        for (size_t c = 0; c < countries; c++) {
            if (!lets_in(whole, country[c])) {
                continue;
            }
            assert_true(part < split.model.segment_count);
            const jk_segment *own = &split.model.segments[part];
            assert_int_equal(split.origin[part], g);
            assert_string_equal(split.country[part], country[c]);
            assert_string_equal(own->id, whole->id);
            assert_ptr_equal(own->curve[0].value, whole->curve[0].value); /* the figures are the segment's */
            part++;
            parts_of[c]++;
            if (part == split.model.segment_count) {
                assert_int_equal(own->when.count, whole->when.count);
                continue;
            }
            assert_int_equal(own->when.count, whole->when.count + 1);
            const jk_condition_term *added = &own->when.terms[whole->when.count];
            assert_true(added->column == JK_COLUMN_COUNTRY && added->figure == JK_DERIVED_NONE && added->count == 1);
            assert_string_equal(added->values[0], country[c]);
        }
    }
    assert_int_equal(part, split.model.segment_count);
    for (size_t c = 0; c < countries; c++) {
        assert_true(parts_of[c] > 0);
    }
    jk_by_country_reset(&split);
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_segment_has_a_part_for_each_of_its_countries)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
