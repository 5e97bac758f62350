/* SPDX-License-Identifier: Apache-2.0 */
/* Quantiles of the distributions that intervals are made of. Built on the project's own exp and log, so that they are
 * the same on every machine. Relative error of a quantile below 1e-9 for parameters up to 1e9. */
#ifndef JK_BASE_DISTRIBUTION_H
#define JK_BASE_DISTRIBUTION_H

/* Half width of a 95 % interval of the normal distribution, in standard deviations. */
#define JK_NORMAL_95 1.959963984540054

/* ln Gamma(x), x > 0. Stirling's series (NIST Digital Library of Mathematical Functions, 5.11.1). */
double jk_log_gamma(double x);

/* P(X <= x) of a gamma distribution of shape a > 0 and scale 1 (DLMF 8.7.1, 8.9.2). */
double jk_gamma_probability(double a, double x);

/* P(X <= x) of a beta distribution, a and b > 0, 0 <= x <= 1 (DLMF 8.17.22). */
double jk_beta_probability(double a, double b, double x);

/* x with P(X <= x) = p, 0 < p < 1. */
double jk_gamma_quantile(double a, double p);
double jk_beta_quantile(double a, double b, double p);

/* Half width of a 95 % interval of Student's distribution with `degrees` > 0 of freedom, in standard errors. */
double jk_student_95(double degrees);

/* Exact 95 % interval of a Poisson mean of which `count` events were seen (Garwood, Biometrika 28 (1936), 437-442). */
void jk_poisson_interval(double count, double *low, double *high);

#endif
