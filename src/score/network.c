/* SPDX-License-Identifier: Apache-2.0 */
/* A logistic model or a neural network over tiles of JK_DENSE_ROWS rows: columns of inputs, then layer after layer a
 * product with its weights, biases and activations. Inputs of a layer are rounded to its grid, where the product is
 * exact and so the same whichever kernel makes it (jk_network_layer); a row with an input beyond the layer's reach goes
 * on by itself, in 64 bits, summed in the order of the inputs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "score/scorer_internal.h"

enum { ROWS = JK_DENSE_ROWS };
#define FARTHEST 1e15 /* inputs end here */

static jk_status bind_input(jk_scorer *scorer, const jk_network_input *input, const jk_tape *tape, jk_scorer_item *item,
                            jk_error *error) {
    JK_TRY(jk_scorer_bind_place(scorer, tape, &input->from, item, error));
    JK_TRY(jk_scorer_bind_column(scorer, item, error));
    if (input->level == NULL) {
        return JK_OK;
    }
    size_t count = 0;
    JK_TRY(jk_scorer_bind_codes(item, tape, &count, error));
    const char *missing = jk_default_level(input->from.column, scorer->model->written_currency);
    item->code_points[0] = jk_score_is_level(input->level, missing != NULL ? missing : "missing");
    for (size_t code = 0; code < count; code++) {
        item->code_points[code + 1] = jk_score_is_level(input->level, item->names[code]);
    }
    return JK_OK;
}

jk_status jk_scorer_bind_network(jk_scorer *scorer, const jk_tape *tape, const jk_network *network,
                                 jk_scorer_network *bound, jk_error *error) {
    jk_isa isa = JK_ISA_BASE;
    *bound = (jk_scorer_network){.network = network};
    if (network == NULL) {
        return JK_OK;
    }
    JK_TRY(jk_isa_choose(NULL, &isa, error));
    bound->kernel = bound->wide_kernel = jk_dense_own(isa);
    for (size_t l = 0; l < network->layer_count; l++) {
        if (network->layers[l].inputs >= JK_DENSE_BLAS_INPUTS) {
            bound->wide_kernel = jk_dense_kernel_for(network->layers[l].inputs, isa);
        }
    }
    bound->inputs = jk_columns_zero(network->input_count, sizeof *bound->inputs);
    JK_TRY(jk_held(bound->inputs != NULL, error, "the network"));
    for (size_t i = 0; i < network->input_count; i++) {
        JK_TRY(bind_input(scorer, &network->inputs[i], tape, &bound->inputs[i], error));
        scorer->columns |= bound->inputs[i].columns;
    }
    return JK_OK;
}

void jk_scorer_free_network(jk_scorer_network *bound) {
    for (size_t i = 0; bound->inputs != NULL && i < bound->network->input_count; i++) {
        free(bound->inputs[i].code_points);
    }
    free(bound->inputs);
}

/* Columns of a tile: the inputs, the outputs of each layer, and two that are as wide as the widest layer. */
size_t jk_score_network_room(const jk_network *network) {
    if (network == NULL) {
        return 0;
    }
    size_t columns =
        network->input_count + 2 * (network->widest > network->input_count ? network->widest : network->input_count);
    for (size_t l = 0; l < network->layer_count; l++) {
        columns += network->layers[l].outputs;
    }
    return columns * ROWS;
}

/* The columns of outputs of layer l, and what follows those of the last. */
static double *outputs_of(const jk_network *network, double *room, size_t l) {
    room += network->input_count * ROWS;
    for (size_t i = 0; i < l; i++) {
        room += network->layers[i].outputs * ROWS;
    }
    return room;
}

static double standardised(const jk_network_input *input, double value) {
    if (input->is_missing) {
        value = value != value;
    } else {
        value = value != value ? input->missing : value;
        if (value != value) {
            return 0.0;
        }
        value = value < input->low ? input->low : value > input->high ? input->high : value;
        value = input->log1p ? jk_log(1.0 + value) : value;
    }
    value = (value - input->mean) / input->scale;
    return value < -FARTHEST ? -FARTHEST : value > FARTHEST ? FARTHEST : value;
}

/* The inputs of rows [first, first + count), count <= ROWS, into columns of ROWS; the rest of a column is 0. */
static void fill_inputs(const jk_scorer *scorer, const jk_scorer_network *bound, const jk_block *block,
                        const jk_law_facts *law, size_t first, size_t count, double *value, double *x) {
    for (size_t k = 0; k < bound->network->input_count; k++, x += ROWS) {
        const jk_network_input *input = &bound->network->inputs[k];
        const jk_scorer_item *item = &bound->inputs[k];
        if (input->level == NULL) {
            jk_score_values(scorer, item, block, law, first, count, value);
        } else {
            for (size_t i = 0; i < count; i++) {
                value[i] = item->code_points[jk_score_code(item, block, first + i)];
            }
        }
        for (size_t i = 0; i < count; i++) {
            x[i] = standardised(input, value[i]);
        }
        memset(x + count, 0, (ROWS - count) * sizeof *x);
    }
}

static inline double activated(jk_activation activation, double x) {
    switch (activation) {
    case JK_ACTIVATION_RELU:
        return x > 0.0 ? x : 0.0;
    case JK_ACTIVATION_TANH: { /* (1 - e^-2|x|) / (1 + e^-2|x|), with the sign of x */
        double e = jk_exp(-2.0 * fabs(x));
        return copysign((1.0 - e) / (1.0 + e), x);
    }
    case JK_ACTIVATION_LOGISTIC:
        return 1.0 / (1.0 + jk_exp(-x));
    default:
        return x;
    }
}

/* Of an activation, by its own value. */
static inline double slope_of(jk_activation activation, double y) {
    switch (activation) {
    case JK_ACTIVATION_RELU:
        return y > 0.0;
    case JK_ACTIVATION_TANH:
        return 1.0 - y * y;
    case JK_ACTIVATION_LOGISTIC:
        return y * (1.0 - y);
    default:
        return 1.0;
    }
}

/* The output for one row, whose inputs to layer l are in[layer's inputs], overwritten; `out` has as much room. */
static double go_alone(const jk_network *network, size_t l, double *in, double *out) {
    for (; l < network->layer_count; l++) {
        const jk_network_layer *layer = &network->layers[l];
        for (size_t j = 0; j < layer->outputs; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < layer->inputs; i++) {
                sum += layer->weights[j * layer->inputs + i] * in[i];
            }
            out[j] = activated(layer->activation, sum + layer->bias[j]);
        }
        double *next = in;
        in = out;
        out = next;
    }
    return in[0];
}

/* Rows of the tile that have an input beyond the layer's reach and have none of an earlier one: their outputs into
 * alone[row], is_alone[row] set. */
static void send_off(const jk_network *network, size_t l, const double *x, double *spare, size_t count,
                     unsigned char *is_alone, double *alone) {
    const jk_network_layer *layer = &network->layers[l];
    const size_t width = network->widest > network->input_count ? network->widest : network->input_count;
    unsigned char beyond[ROWS] = {0};
    for (size_t i = 0; i < layer->inputs; i++) {
        for (size_t row = 0; row < count; row++) {
            beyond[row] |= fabs(x[i * ROWS + row]) > layer->reach;
        }
    }
    for (size_t row = 0; row < count; row++) {
        if (beyond[row] && !is_alone[row]) {
            for (size_t i = 0; i < layer->inputs; i++) {
                spare[i] = x[i * ROWS + row];
            }
            alone[row] = go_alone(network, l, spare, spare + width);
            is_alone[row] = 1;
        }
    }
}

/* Layer l from its inputs in the columns x to its outputs in y. To round to a multiple of the grid is to add and take
 * away a number whose last bit is worth it. */
static void run_layer(const jk_scorer_network *bound, size_t l, double *x, double *y) {
    const jk_network_layer *layer = &bound->network->layers[l];
    const double round = 0x1.8p52 * layer->grid;
    for (size_t i = 0; i < layer->inputs * ROWS; i++) {
        x[i] = (x[i] + round) - round;
    }
    const jk_dense_kernel *kernel = layer->inputs >= JK_DENSE_BLAS_INPUTS ? bound->wide_kernel : bound->kernel;
    kernel->product(x, layer->inputs, layer->weights, layer->outputs, y);
    for (size_t j = 0; j < layer->outputs; j++) {
        for (size_t row = 0; row < ROWS; row++) {
            y[j * ROWS + row] = activated(layer->activation, y[j * ROWS + row] + layer->bias[j]);
        }
    }
}

/* The outputs of `count` rows whose inputs stand in the room. */
static void evaluate(const jk_scorer_network *bound, double *room, size_t count, double *output) {
    const jk_network *network = bound->network;
    double *x = room, *spare = outputs_of(network, room, network->layer_count);
    unsigned char is_alone[ROWS] = {0};
    for (size_t l = 0; l < network->layer_count; l++) {
        double *y = outputs_of(network, room, l);
        send_off(network, l, x, spare, count, is_alone, output);
        run_layer(bound, l, x, y);
        x = y;
    }
    for (size_t row = 0; row < count; row++) {
        output[row] = is_alone[row] ? output[row] : x[row];
    }
}

void jk_score_add_network(const jk_scorer *scorer, const jk_scorer_network *bound, const jk_block *block,
                          const jk_law_facts *law, size_t first, size_t count, double *value, double *room,
                          double *eta) {
    double output[ROWS];
    for (size_t done = 0; done < count; done += ROWS) {
        const size_t rows = count - done < ROWS ? count - done : ROWS;
        fill_inputs(scorer, bound, block, law, first + done, rows, value, room);
        evaluate(bound, room, rows, output);
        for (size_t i = 0; i < rows; i++) {
            eta[done + i] += output[i];
        }
    }
}

/* ---- explained -------------------------------------------------------------------------------------------------- */

/* The mean over the straight way from 0 to the inputs z of the derivatives by the first layer's sums, into
 * mean[outputs of the first layer]: ROWS points in the middle of equal steps. Along the way the first layer's sums are
 * a line, so that they need one product for all points. */
static void mean_derivatives(const jk_scorer_network *bound, const double *z, double *room, double *mean) {
    const jk_network *network = bound->network;
    const jk_network_layer *first = &network->layers[0];
    double *y = outputs_of(network, room, 0);
    for (size_t j = 0; j < first->outputs; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < first->inputs; i++) {
            sum += first->weights[j * first->inputs + i] * z[i];
        }
        for (size_t k = 0; k < ROWS; k++) {
            y[j * ROWS + k] = activated(first->activation, ((double)k + 0.5) / ROWS * sum + first->bias[j]);
        }
    }
    for (size_t l = 1; l < network->layer_count; l++) {
        run_layer(bound, l, outputs_of(network, room, l - 1), outputs_of(network, room, l));
    }
    const size_t width = network->widest > network->input_count ? network->widest : network->input_count;
    double *slope = outputs_of(network, room, network->layer_count), *before = slope + width * ROWS;
    for (size_t k = 0; k < ROWS; k++) {
        slope[k] = 1.0;
    }
    for (size_t l = network->layer_count - 1; l > 0; l--) {
        const jk_network_layer *layer = &network->layers[l];
        const double *x = outputs_of(network, room, l - 1);
        for (size_t i = 0; i < layer->inputs; i++) {
            for (size_t k = 0; k < ROWS; k++) {
                before[i * ROWS + k] = 0.0;
            }
            for (size_t j = 0; j < layer->outputs; j++) {
                for (size_t k = 0; k < ROWS; k++) {
                    before[i * ROWS + k] += layer->weights[j * layer->inputs + i] * slope[j * ROWS + k];
                }
            }
            for (size_t k = 0; k < ROWS; k++) {
                before[i * ROWS + k] *= slope_of(network->layers[l - 1].activation, x[i * ROWS + k]);
            }
        }
        double *next = slope;
        slope = before;
        before = next;
    }
    for (size_t j = 0; j < first->outputs; j++) {
        mean[j] = 0.0;
        for (size_t k = 0; k < ROWS; k++) {
            mean[j] += slope[j * ROWS + k] / ROWS;
        }
    }
}

static void describe_input(const jk_scorer *scorer, const jk_scorer_network *bound, size_t k, const jk_block *block,
                           const jk_law_facts *law, size_t row, jk_score_detail *detail) {
    const jk_network_input *input = &bound->network->inputs[k];
    const jk_scorer_item *item = &bound->inputs[k];
    *detail = (jk_score_detail){.characteristic = input->from.name, .value = -1.0};
    if (input->level != NULL) {
        bool is = item->code_points[jk_score_code(item, block, row)] > 0.0;
        (void)snprintf(detail->level, sizeof detail->level, "%s%s", is ? "" : "not ", input->level);
        return;
    }
    detail->is_numeric = 1;
    jk_score_values(scorer, item, block, law, row, 1, &detail->value);
    const bool missing = detail->value != detail->value;
    (void)snprintf(detail->level, sizeof detail->level, "%s",
                   missing             ? "missing"
                   : input->is_missing ? "not missing"
                                       : "network");
}

/* Integrated gradients: an input's share is the input times the mean of the output's derivative by it along the
 * straight way from inputs of 0 (the debtor who is average in training) to the claim's. Shares of an exact integral add
 * up to the difference of the two outputs; what the steps leave over, a millionth or so, goes to the shares in
 * proportion to their size. Source: Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks" (2017). */
void jk_score_explain_network(const jk_scorer *scorer, const jk_scorer_network *bound, const jk_block *block,
                              const jk_law_facts *law, size_t row, double *room, jk_score_detail *details) {
    const jk_network *network = bound->network;
    const jk_network_layer *first = &network->layers[0];
    double output[ROWS], mean[JK_NETWORK_OUTPUTS_MAX], value[1], sum = 0.0, size = 0.0;
    fill_inputs(scorer, bound, block, law, row, 1, value, room); /* the second row of the tile is all 0 */
    for (size_t i = 0; i < network->input_count; i++) {
        describe_input(scorer, bound, i, block, law, row, &details[i]);
        details[i].points = room[i * ROWS]; /* the input, for now */
    }
    evaluate(bound, room, 2, output);
    double *z = room; /* the inputs, one after the other */
    for (size_t i = 0; i < network->input_count; i++) {
        z[i] = details[i].points;
    }
    mean_derivatives(bound, z, room, mean);
    for (size_t i = 0; i < network->input_count; i++) {
        double slope = 0.0;
        for (size_t j = 0; j < first->outputs; j++) {
            slope += first->weights[j * first->inputs + i] * mean[j];
        }
        details[i].points *= slope;
        sum += details[i].points;
        size += fabs(details[i].points);
    }
    const double left = output[0] - output[1] - sum;
    const double base = size > 0.0 ? output[1] : output[0];
    for (size_t i = 0; i < network->input_count; i++) {
        details[i].points += size > 0.0 ? left * fabs(details[i].points) / size : 0.0;
    }
    details[network->input_count] =
        (jk_score_detail){.characteristic = "network", .is_numeric = 1, .value = NAN, .points = base, .is_base = 1};
    (void)snprintf(details[network->input_count].level, sizeof details->level, "all inputs at their mean");
}
