/* SPDX-License-Identifier: Apache-2.0 */
#include "model/file/bounds.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const jk_field *jk_record_field(const jk_record *record, const char *key) {
    for (size_t f = 0; f < record->count; f++) {
        if (strcmp(record->fields[f].key, key) == 0) {
            return &record->fields[f];
        }
    }
    assert(false && "a key that the table does not have");
    return NULL;
}

double jk_field_hold(const jk_field *field, double value, double instead) {
    bool null = (field->flags & JK_FIELD_NULLABLE) != 0 && value == INFINITY;
    bool absent = (field->flags & JK_FIELD_REQUIRED) == 0 && value == field->fallback;
    if (null || absent) {
        return value;
    }
    double low = (field->flags & JK_FIELD_ABOVE_LOW) != 0 ? nextafter(field->low, INFINITY) : field->low;
    double high = (field->flags & JK_FIELD_BELOW_HIGH) != 0 ? nextafter(field->high, -INFINITY) : field->high;
    return isnan(value) ? instead : fmin(fmax(value, low), high);
}

/* One walk through a record. */
typedef struct holding {
    char *target;
    const char *instead;
    jk_arena *arena;
    jk_bound_told *told;
    void *context;
    jk_error *error;
} holding;

static void hold_one(const holding *self, const jk_field *field, double *value, double instead) {
    double held = jk_field_hold(field, *value, instead);
    if (held != *value) {
        self->told(self->context, field, *value, held);
        *value = held;
    }
}

static jk_status hold_steps(const holding *self, const jk_field *field) {
    jk_steps *steps = (jk_steps *)(void *)(self->target + field->offset);
    bool within = true;
    for (size_t i = 0; i < steps->count; i++) {
        within = within && jk_field_hold(field, steps->value[i], field->low) == steps->value[i];
    }
    if (within) {
        return JK_OK;
    }
    double *value = jk_arena_alloc(self->arena, steps->count, sizeof *value);
    JK_TRY(jk_held(value != NULL, self->error, "the model"));
    for (size_t i = 0; i < steps->count; i++) {
        value[i] = steps->value[i];
        hold_one(self, field, &value[i], field->low);
    }
    steps->value = value;
    return JK_OK;
}

static jk_status hold_record(const holding *self, const jk_record *record) {
    for (size_t f = 0; f < record->count; f++) {
        const jk_field *field = &record->fields[f];
        double *value = (double *)(void *)(self->target + field->offset);
        const double *instead = (const double *)(const void *)(self->instead + field->offset);
        if (field->kind == JK_FIELD_RECORD) {
            JK_TRY(hold_record(self, field->record));
        } else if (field->kind == JK_FIELD_STEPS) {
            JK_TRY(hold_steps(self, field));
        } else if (field->kind == JK_FIELD_REAL || field->kind == JK_FIELD_WHOLE) {
            hold_one(self, field, value, *instead);
        } else if (field->kind == JK_FIELD_REALS) {
            for (size_t i = 0; i < field->count; i++) {
                hold_one(self, field, &value[i], instead[i]);
            }
        }
    }
    return JK_OK;
}

jk_status jk_record_hold(const jk_record *record, void *target, const void *instead, jk_arena *arena,
                         jk_bound_told *told, void *context, jk_error *error) {
    const holding self = {target, instead, arena, told, context, error};
    return hold_record(&self, record);
}
