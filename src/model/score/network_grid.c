/* SPDX-License-Identifier: Apache-2.0 */
/* Grids on which a layer's sums are exact in 64 bits.
 *
 * With inputs that are multiples of 2^-g and at most R in absolute value, and weights that are multiples of 2^-h, the
 * products of a sum are multiples of 2^-(g+h), and all partial sums are exact if max_j sum_i |w_ij| R 2^(g+h) <= 2^53
 * (as whole numbers below 2^53 are: Goldberg 1991, "What every computer scientist should know about floating-point
 * arithmetic"). Of the bits g + h that this leaves, inputs and weights get such shares that both roundings err alike:
 * with errors that are independent and of at most half a unit, those of the inputs come to |w_j| 2^-g and those of the
 * weights to r sqrt(n) 2^-h, where |w_j| is the norm of an output's weights and r the typical size of n inputs. R is 32
 * times what is typical (1 of activations that are bounded); what lies beyond is summed without a grid, in the order of
 * the inputs. */
#include <math.h>

#include "model/score/network.h"

enum { EXACT_BITS = 53, ROUNDED_BITS = 50, FINEST = 40 };

/* The least whole number such that 2 to its power is no less than x > 0. */
static int bits_of(double x) {
    int exponent = 0;
    double mantissa = frexp(x, &exponent);
    return mantissa == 0.5 ? exponent - 1 : exponent;
}

/* max_j of the absolute weights' sum, and of their norm. */
static double largest_sum(const jk_network_layer *layer, const double *weights, double *norm) {
    double sum = 0.0;
    *norm = 0.0;
    for (size_t j = 0; j < layer->outputs; j++) {
        double absolute = 0.0, square = 0.0;
        for (size_t i = 0; i < layer->inputs; i++) {
            double weight = weights[j * layer->inputs + i];
            absolute += fabs(weight);
            square += weight * weight;
        }
        sum = fmax(sum, absolute);
        *norm = fmax(*norm, sqrt(square));
    }
    return fmax(sum, 0x1p-20);
}

void jk_network_choose_grid(jk_network_layer *layer, double *weights, bool bounded, double *typical) {
    double norm = 0.0, bias = 0.0;
    const double sum = largest_sum(layer, weights, &norm);
    const int reach = bounded ? 0 : bits_of(32.0 * *typical);
    const int bits = EXACT_BITS - bits_of(sum) - reach;
    const int apart = bits_of(*typical * sqrt((double)layer->inputs) / fmax(norm, 0x1p-20));
    int of_inputs = (bits - apart) / 2 < FINEST ? (bits - apart) / 2 : FINEST;
    const int of_weights = bits - of_inputs < FINEST ? bits - of_inputs : FINEST;
    for (size_t i = 0; i < layer->inputs * layer->outputs; i++) {
        weights[i] = ldexp(nearbyint(ldexp(weights[i], of_weights)), -of_weights);
    }
    const double rounded = largest_sum(layer, weights, &norm);
    while (reach + of_inputs > ROUNDED_BITS || ldexp(rounded, reach + of_inputs + of_weights) > 0x1p53) {
        of_inputs--;
    }
    for (size_t j = 0; j < layer->outputs; j++) {
        bias = fmax(bias, fabs(layer->bias[j]));
    }
    layer->reach = ldexp(1.0, reach);
    layer->grid = ldexp(1.0, -of_inputs);
    *typical = fmax(norm * *typical + bias, 0x1p-10);
}
