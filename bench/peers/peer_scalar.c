/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of model.md sections 4 to 7 as one would first write it well in C: one claim at a time, 32-bit floats,
 * tables for what depends on segment and epoch alone, the C library's exponential, only states that can be reached. One
 * thread, -O2. Selling is off, as in `value`.
 *
 *     peer_scalar FOLDER       reads what peer_claims wrote, checks its results against ours
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AGES = 1024, EPOCHS_MAX = 64, K = 3, Z = 3, A = 3 };
enum { EXIT, FILING, FEE, ENFORCEMENT, TO_TITLE, PRE_TITLE, GARNISH, MONTHLY = 9, FIGURES = 14 };

static void *read_array(const char *folder, const char *name, size_t *bytes) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)ftell(file) - 128;
    void *data = malloc(size + 1);
    if (fseek(file, 128, SEEK_SET) != 0 || data == NULL || fread(data, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    if (bytes != NULL) {
        *bytes = size;
    }
    return data;
}

static int J;
static int32_t *months;
static float start[EPOCHS_MAX], inflation[EPOCHS_MAX], delta;
static size_t segments;
static double *figures, *kappa, *matrix, *curve, *shares, *law;
static float (*step)[EPOCHS_MAX][A][K][K]; /* [segment][epoch] Q^E */
static float (*pace)[EPOCHS_MAX][A][AGES]; /* [segment][epoch][treatment][age] mean intensity */
static float (*title)[EPOCHS_MAX];         /* [segment][epoch] q */
static float (*aging)[EPOCHS_MAX];         /* [jurisdiction][epoch] */
static float (*accrual)[EPOCHS_MAX];       /* [jurisdiction][epoch] */

static void make_tables(size_t jurisdictions, const double *general) {
    delta = (float)(log(1.0 + general[0]) / 12.0);
    step = calloc(segments, sizeof *step);
    pace = calloc(segments, sizeof *pace);
    title = calloc(segments, sizeof *title);
    aging = calloc(jurisdictions, sizeof *aging);
    accrual = calloc(jurisdictions, sizeof *accrual);
    int from = 0;
    for (int j = 0; j < J; j++) {
        start[j] = (float)from;
        inflation[j] = (float)pow(1.0 + general[1], from / 12.0);
        double middle = from + 0.5 * months[j];
        for (size_t i = 0; i < jurisdictions; i++) {
            aging[i][j] = (float)exp(law[i * 3] * middle / 12.0);
            accrual[i][j] = (float)fmin(middle, law[i * 3 + 1]);
        }
        for (size_t g = 0; g < segments; g++) {
            double wait = figures[g * FIGURES + TO_TITLE];
            title[g][j] = wait > 0.0 ? (float)(1.0 - exp(-months[j] / wait)) : 1.0f;
            for (int a = 0; a < A; a++) {
                double power[K][K] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
                for (int m = 0; m < months[j]; m++) {
                    double next[K][K] = {{0}};
                    for (int x = 0; x < K; x++) {
                        for (int y = 0; y < K; y++) {
                            for (int w = 0; w < K; w++) {
                                next[x][y] +=
                                    power[x][w] * matrix[((g * A + (size_t)a) * K + (size_t)w) * K + (size_t)y];
                            }
                        }
                    }
                    memcpy(power, next, sizeof power);
                }
                for (int x = 0; x < K; x++) {
                    for (int y = 0; y < K; y++) {
                        step[g][j][a][x][y] = (float)power[x][y];
                    }
                }
                const double *monthly = curve + (g * A + (size_t)a) * AGES;
                for (int age = 0; age < AGES; age++) {
                    double sum = 0.0;
                    for (int m = age + from; m < age + from + months[j]; m++) {
                        sum += monthly[m < AGES ? m : AGES - 1];
                    }
                    pace[g][j][a][age] = (float)(sum / months[j]);
                }
            }
        }
        from += months[j];
    }
}

typedef struct claim {
    float balance, interest, theta, garnish, share, mortality, exit_status, bar[2], interruption;
    int age, segment, jurisdiction, k0, z0, allowed;
} claim;

/* What treatment a does in epoch j from state (z, k). */
typedef struct flow {
    int available, next_z; /* next_z: 1 means pending that may become a title */
    float intensity, exit, alive, balance, running, filing, goes_on;
} flow;

static flow look(const claim *c, int j, int z, int k, int a) {
    const double *f = figures + (size_t)c->segment * FIGURES;
    int z_e = a == 2 && z == 0 ? 1 : z;
    float d = c->bar[z_e > 0], E = (float)months[j];
    float alive = fminf(fmaxf((d - start[j]) / E, 0.0f), 1.0f);
    flow r = {.available = a < 2 || (alive > 0.0f && (z > 0 || c->bar[0] > start[j])), .next_z = z_e};
    r.alive = alive;
    r.goes_on = d >= start[j] + E ? 1.0f : 0.0f;
    r.intensity = c->theta * (float)kappa[((size_t)c->segment * A + (size_t)a) * K + (size_t)k] *
                  pace[c->segment][j][a][c->age < AGES ? c->age : AGES - 1];
    r.running = (float)f[MONTHLY + a] * c->share;
    if (a == 2 && z_e == 1) {
        r.intensity *= (float)f[PRE_TITLE];
    } else if (a == 2) {
        r.intensity += (float)f[GARNISH + k] * c->garnish;
        r.running = (float)f[ENFORCEMENT] * c->share;
    }
    r.running = (r.running + (z_e == 0 ? c->interruption : 0.0f)) * inflation[j];
    r.filing = a == 2 && z == 0 ? (float)f[FILING] * c->share * inflation[j] : 0.0f;
    r.exit = (float)f[EXIT] + c->exit_status + c->mortality * aging[c->jurisdiction][j] +
             (z == 2 && c->z0 < 2 ? (float)law[c->jurisdiction * 3 + 2] : 0.0f);
    r.balance = c->balance + c->interest * accrual[c->jurisdiction][j] +
                (c->z0 == 0 && z > 0 ? (float)f[FEE] * c->share : 0.0f);
    return r;
}

/* Backward induction; decision[j][z][k] is 0 for close, else 2 + treatment as in jk_action. */
static float induct(const claim *c, uint8_t decision[EPOCHS_MAX][Z][K]) {
    float V[Z][K] = {{0}};
    for (int j = J - 1; j >= 0; j--) {
        float now[Z][K] = {{0}};
        for (int z = c->z0; z < Z; z++) {
            for (int k = 0; k < K; k++) {
                float best = 0.0f;
                decision[j][z][k] = 0;
                for (int a = 0; a < A; a++) {
                    flow r = look(c, j, z, k, a);
                    if (!(c->allowed >> (a + 2) & 1) || !r.available) {
                        continue;
                    }
                    float x = r.intensity + r.exit + delta;
                    float fall = expm1f(-x * (float)months[j]);
                    float M = x > 0.0f ? -fall / x : (float)months[j];
                    const double *s = shares + (size_t)c->segment * 6;
                    float kept = (float)(s[a] * (1.0 - s[3 + a]));
                    float sum = 0.0f;
                    for (int y = 0; y < K && r.goes_on > 0.0f; y++) {
                        float later = V[r.next_z][y];
                        if (a == 2 && r.next_z == 1) {
                            later += title[c->segment][j] * (V[2][y] - later);
                        }
                        sum += step[c->segment][j][a][k][y] * later;
                    }
                    float value =
                        r.alive * (kept * r.balance * r.intensity - r.running) * M - r.filing + (1.0f + fall) * sum;
                    if (value > best) {
                        best = value;
                        decision[j][z][k] = (uint8_t)(a + 2);
                    }
                }
                now[z][k] = best;
            }
        }
        memcpy(V, now, sizeof V);
    }
    return V[c->z0][c->k0];
}

/* Projection under the plan; adds to flows[month][segment][gross, cost, filing, sale]. */
static void project(const claim *c, uint8_t decision[EPOCHS_MAX][Z][K], double *flows, float *gross, float *net) {
    float p[Z][K] = {{0}};
    p[c->z0][c->k0] = 1.0f;
    float total = 0.0f, paid = 0.0f;
    for (int j = 0; j < J; j++) {
        float next[Z][K] = {{0}};
        double *first = flows + ((size_t)start[j] * segments + (size_t)c->segment) * 4;
        for (int z = c->z0; z < Z; z++) {
            for (int k = 0; k < K; k++) {
                if (p[z][k] <= 0.0f || decision[j][z][k] == 0) {
                    continue;
                }
                int a = decision[j][z][k] - 2;
                flow r = look(c, j, z, k, a);
                const double *s = shares + (size_t)c->segment * 6;
                float y = r.intensity + r.exit;
                float fall = expm1f(-y);
                float alive = p[z][k] * (y > 0.0f ? -fall / y : 1.0f) * r.alive;
                float in = (float)s[a] * r.balance * r.intensity * alive;
                float out = (float)s[3 + a] * in + r.running * alive;
                for (int m = 0; m < months[j]; m++) {
                    double *cell = first + (size_t)m * segments * 4;
                    cell[0] += in;
                    cell[1] += out;
                    total += in;
                    paid += out;
                    in += in * fall;
                    out += out * fall;
                }
                first[2] += p[z][k] * r.filing;
                paid += p[z][k] * r.filing;
                float left = p[z][k] * r.goes_on * expf(-y * (float)months[j]);
                for (int to = 0; to < K; to++) {
                    float mass = left * step[c->segment][j][a][k][to];
                    if (a == 2 && r.next_z == 1) {
                        next[2][to] += mass * title[c->segment][j];
                        next[1][to] += mass * (1.0f - title[c->segment][j]);
                    } else {
                        next[r.next_z][to] += mass;
                    }
                }
            }
        }
        memcpy(p, next, sizeof p);
    }
    *gross = total;
    *net = total - paid;
}

static double now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec + 1e-9 * (double)moment.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: peer_scalar FOLDER\n");
        return 2;
    }
    const char *folder = argv[1];
    size_t bytes;
    float *column[10];
    static const char *const names[] = {"balance",   "interest",    "theta",        "garnish",    "share",
                                        "mortality", "exit_status", "bar_untitled", "bar_titled", "interruption"};
    for (int i = 0; i < 10; i++) {
        column[i] = read_array(folder, names[i], &bytes);
    }
    size_t claims = bytes / 4;
    int32_t *age = read_array(folder, "age", NULL);
    uint16_t *segment = read_array(folder, "segment", NULL), *jurisdiction = read_array(folder, "jurisdiction", NULL);
    uint8_t *k0 = read_array(folder, "capacity", NULL), *z0 = read_array(folder, "title", NULL);
    uint8_t *allowed = read_array(folder, "allowed", NULL);
    months = read_array(folder, "epochs", &bytes);
    J = (int)(bytes / 4);
    figures = read_array(folder, "segment_figures", &bytes);
    segments = bytes / (FIGURES * 8);
    kappa = read_array(folder, "segment_kappa", NULL);
    matrix = read_array(folder, "segment_matrix", NULL);
    curve = read_array(folder, "segment_curve", NULL);
    shares = read_array(folder, "segment_shares", NULL);
    law = read_array(folder, "jurisdiction_figures", &bytes);
    make_tables(bytes / 24, read_array(folder, "general", NULL));
    float *our_value = read_array(folder, "our_value", NULL), *our_gross = read_array(folder, "our_gross", NULL);
    float *our_net = read_array(folder, "our_net", NULL);
    uint8_t *our_decision = read_array(folder, "our_decision", NULL);
    double *flows = calloc(1024 * segments * 4, sizeof *flows);
    float *result = malloc(claims * 3 * sizeof *result);
    uint8_t *first = malloc(claims);
    double started = now();
    for (size_t i = 0; i < claims; i++) {
        claim c = {column[0][i], column[1][i], column[2][i], column[3][i],
                   column[4][i], column[5][i], column[6][i], {column[7][i], column[8][i]},
                   column[9][i], age[i],       segment[i],   jurisdiction[i],
                   k0[i],        z0[i],        allowed[i]};
        uint8_t decision[EPOCHS_MAX][Z][K] = {{{0}}};
        result[3 * i] = induct(&c, decision);
        first[i] = decision[0][c.z0][c.k0];
        project(&c, decision, flows, &result[3 * i + 1], &result[3 * i + 2]);
    }
    double seconds = now() - started;
    double worst = 0.0;
    size_t other = 0;
    for (size_t i = 0; i < claims; i++) {
        double scale = fmax(fabs((double)our_value[i]), 100.0); /* 0.01 units of money is close enough for any claim */
        worst = fmax(worst, fabs((double)result[3 * i] - (double)our_value[i]) / scale);
        other += first[i] != our_decision[i];
    }
    double gross[2] = {0, 0}, net[2] = {0, 0};
    for (size_t i = 0; i < claims; i++) {
        gross[0] += result[3 * i + 1];
        gross[1] += our_gross[i];
        net[0] += result[3 * i + 2];
        net[1] += our_net[i];
    }
    printf(
        "{\"program\": \"scalar C, -O2\", \"threads\": 1, \"claims\": %zu, \"seconds\": %.6f, \"value_error\": %.2e, "
        "\"gross_error\": %.2e, \"net_error\": %.2e, \"other_decisions\": %zu}\n",
        claims, seconds, worst, fabs(gross[0] / gross[1] - 1.0), fabs(net[0] / net[1] - 1.0), other);
    return worst < 1e-4 && other * 1000 <= claims ? 0 : 1;
}
