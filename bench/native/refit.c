/*
 * The exact nb-fe refit of packages/core-wasm/assembly/{free-step,climb,nbfe,nbfe-layout,cells,columns}.ts in C: same algorithm, same layout, with
 * GROUPS, PERIODS and K known to the compiler.  refit FILE ROUNDS  FILE: x (N × K), optimum (K), tol, replicates B as doubles; y (N), weights (B ×
 * GROUPS) as int32. Waits for a line on stdin before each round; prints ns a replicate, the sum of all coefficients, failures and evaluations.
 */
#include "vector.h"
enum { N = GROUPS * PERIODS, SUMS = (GROUPS + 7) & ~7, STEP = N + GROUPS + 16, SMALL = 24, BLOCK = 128 };
enum { LOW = K + K * (K + 1) / 2, THIRD = K * (K + 1) * (K + 2) / 6, LENGTH = (LOW + THIRD + 7) & ~7, HIGH = (K + 4) & ~3 };
typedef struct { int group, row, y; } Cell;
typedef struct { int place, y; } Drawn;

static double X[N * K], blocks[N * K], optimum[K], tol;
static int y[N], small_cells, all_cells, small_count, large_count, drawn, evaluations;
static Cell cells[N + GROUPS];
static double cache[GROUPS * LENGTH] __attribute__((aligned(64)));
static Drawn small[N + GROUPS + 16], large[N + GROUPS + 16];
static double columns[(HIGH + 1) * STEP] __attribute__((aligned(64))), scaled[HIGH * BLOCK] __attribute__((aligned(64)));
static double means[SUMS + STEP], d1[SUMS + STEP], d2[SUMS + STEP], u[STEP], v[STEP], weight[SUMS];
static double theta[K], step_[K], gradient[K], gram[HIGH * HIGH + 8], factor[K * K];
#define LAMBDA (means + SUMS)

/* One group in plain scalar code, for the caches: score and −Hessian at b. */
static double psi_steps(double x, int count, double *second) {
  double first = 0;
  *second = 0;
  for (int j = 0; j < count; j++) { first += 1 / (x + j); *second -= 1 / ((x + j) * (x + j)); }
  return first;
}
static void group_derivatives(int g, const double *b, double *score, double *negative) {
  double lambda[PERIODS], sum = 0, m[K] = {0}, a1, a2;
  int total = 0;
  for (int t = 0; t < PERIODS; t++) {
    double eta = 0;
    for (int j = 0; j < K; j++) eta += X[(g * PERIODS + t) * K + j] * b[j];
    sum += lambda[t] = exp(eta);
    total += y[g * PERIODS + t];
  }
  a1 = psi_steps(sum, total, &a2);
  for (int t = 0; t < PERIODS; t++) {
    const double *x = X + (g * PERIODS + t) * K;
    double b2, b1 = psi_steps(lambda[t], y[g * PERIODS + t], &b2), l = lambda[t], s = l * (b1 - a1), c = s + l * l * b2;
    for (int i = 0; i < K; i++) {
      score[i] += s * x[i];
      m[i] += l * x[i];
      for (int j = 0; j < K; j++) negative[i * K + j] -= c * x[i] * x[j];
    }
  }
  for (int i = 0; i < K; i++) for (int j = 0; j < K; j++) negative[i * K + j] += a2 * m[i] * m[j];
}
static void fill_cache(void) {
  for (int g = 0; g < GROUPS; g++) {
    double *to = cache + g * LENGTH, score[K] = {0}, negative[K * K] = {0};
    group_derivatives(g, optimum, score, negative);
    memcpy(to, score, sizeof score);
    for (int i = 0, at = K; i < K; i++) for (int j = 0; j <= i; j++) to[at++] = negative[i * K + j];
    for (int k = 0; k < K; k++) for (int side = -1; side <= 1; side += 2) {
      double b[K], s[K] = {0}, h[K * K] = {0};
      memcpy(b, optimum, sizeof b);
      b[k] += side * 1e-4;
      group_derivatives(g, b, s, h);
      for (int i = k; i < K; i++) for (int j = k; j <= i; j++)
        to[LOW + i * (i + 1) * (i + 2) / 6 + j * (j + 1) / 2 + k] -= side * 5e3 * h[i * K + j] * (i == j && j == k ? 1.0 / 3 : i == j || j == k ? 1 : 2);
    }
  }
}

static int by_count(const void *a, const void *b) {
  const Cell *p = a, *q = b;
  return p->y != q->y ? (p->y < q->y ? -1 : 1) : p->group != q->group ? p->group - q->group : p->row - q->row;
}
static void lay_out(void) {
  for (int g = 0; g < GROUPS; g++) {
    int total = 0;
    for (int t = 0; t < PERIODS; t++) {
      int i = g * PERIODS + t;
      for (int j = 0; j < K; j++) blocks[(g * K + j) * PERIODS + t] = X[i * K + j];
      if (y[i] > 0) cells[all_cells++] = (Cell){g, t, y[i]};
      total += y[i];
    }
    cells[all_cells++] = (Cell){g, -1, total};
  }
  qsort(cells, all_cells, sizeof *cells, by_count);
  while (small_cells < all_cells && cells[small_cells].y <= SMALL) small_cells++;
}

INLINE int gather_cells(const Cell *from, int count, const int *rows, const int *sums, Drawn *to) {
  int taken = 0;
  for (const Cell *end = from + count; from < end; from++) {
    to[taken] = (Drawn){from->row < 0 ? sums[from->group] : rows[from->group] + from->row, from->y};
    taken += sums[from->group] >= 0;
  }
  if (taken) while (taken % LANES) { to[taken] = to[taken - 1]; taken++; }
  return taken;
}
APART void gather(const int *w) {
  int rows[GROUPS], sums[GROUPS];
  drawn = 0;
  for (int g = 0; g < GROUPS; g++) {
    rows[g] = sums[g] = -1;
    if (!w[g]) continue;
    rows[g] = SUMS + drawn * PERIODS;
    sums[g] = drawn;
    weight[drawn] = w[g];
    for (int j = 0; j < K; j++) memcpy(columns + j * STEP + drawn * PERIODS, blocks + (g * K + j) * PERIODS, PERIODS * 8);
    drawn++;
  }
  memset(d1, 0, sizeof d1);
  memset(d2, 0, sizeof d2);
  small_count = gather_cells(cells, small_cells, rows, sums, small);
  large_count = gather_cells(cells + small_cells, all_cells - small_cells, rows, sums, large);
}

APART void take_means(void) {
  int rows = drawn * PERIODS;
  for (int i = 0; i < rows; i += LANES) {
    vec eta = theta[0] * load(columns + i);
    for (int j = 1; j < K; j++) eta += theta[j] * load(columns + j * STEP + i);
    store(LAMBDA + i, exp_vec(eta));
  }
  for (int g = 0; g < drawn; g++) {
    double sum = 0;
    for (int t = 0; t < PERIODS; t++) sum += LAMBDA[g * PERIODS + t];
    means[g] = sum;
  }
}

INLINE vec pick(const double *from, const Drawn *c) {
  vec out;
  for (int i = 0; i < LANES; i++) out[i] = from[c[i].place];
  return out;
}
INLINE void place(double *to, const Drawn *c, vec x) { for (int i = 0; i < LANES; i++) to[c[i].place] = x[i]; }
INLINE void small_into(int second) {
  for (const Drawn *c = small, *end = small + small_count; c < end; c += LANES) {
    vec a = pick(means, c), P = a, P1 = all(1), P2 = all(0);
    int low = c[0].y, high = c[LANES - 1].y;
    a += 1;
    for (int j = 1; j < low; j++) {
      if (second) P2 = P2 * a + (P1 + P1);
      P1 = P1 * a + P;
      P = P * a;
      a += 1;
    }
    if (high > low) {
      ivec counts;
      for (int i = 0; i < LANES; i++) counts[i] = c[i].y;
      for (int j = low; j < high; j++) {
        ivec more = counts > j;
        if (second) P2 = choose(more, P2 * a + (P1 + P1), P2);
        P1 = choose(more, P1 * a + P, P1);
        P = choose(more, P * a, P);
        a += 1;
      }
    }
    vec inverse = 1 / P, e = P1 * inverse;
    place(d1, c, e);
    if (second) place(d2, c, P2 * inverse - e * e);
  }
}
INLINE vec psi_series(vec w, vec q) {
  return 0.5 * w + q * (0.08333333333333333 - q * (0.008333333333333333 - q * (0.003968253968253968 - q * (0.004166666666666667 -
    q * (0.007575757575757576 - q * (0.021092796092796094 - q * 0.08333333333333333))))));
}
INLINE vec tri_series(vec w, vec q) {
  return w + q * (0.5 + w * (0.16666666666666666 - q * (0.03333333333333333 - q * (0.023809523809523808 - q * (0.03333333333333333 -
    q * (0.07575757575757576 - q * (0.2531135531135531 - q * 1.1666666666666667)))))));
}
INLINE void large_into(int second) {
  for (const Drawn *c = large, *end = large + large_count; c < end; c += LANES) {
    vec a = pick(means, c), P = a, P1 = all(1), P2 = all(0), rest;
    for (int i = 0; i < LANES; i++) rest[i] = c[i].y - 8;
    a += 1;
    for (int j = 1; j < 8; j++) {
      if (second) P2 = P2 * a + (P1 + P1);
      P1 = P1 * a + P;
      P = P * a;
      a += 1;
    }
    vec z = a + rest, az = a * z, inverses = 1 / (P * az), inverse = inverses * az, p = inverses * P, ua = p * z, uz = p * a;
    vec e = P1 * inverse, a2 = ua * ua, z2 = uz * uz, ratio = rest * ua, log;
    ivec near = ratio < 0.41;
    int some = 0, every = 1;
    for (int i = 0; i < LANES; i++) { some |= near[i] != 0; every &= near[i] != 0; }
    if (every) log = log_one_more(ratio);
    else if (!some) log = log_vec(1 + ratio);
    else log = choose(near, log_one_more(ratio), log_vec(1 + ratio));
    place(d1, c, e + (log + (psi_series(ua, a2) - psi_series(uz, z2))));
    if (second) place(d2, c, (P2 * inverse - e * e) + (tri_series(uz, z2) - tri_series(ua, a2)));
  }
}
APART void differences(void) { small_into(1); large_into(1); }
APART void first_differences(void) { small_into(0); large_into(0); }

APART void row_terms(int second) {
  int rows = drawn * PERIODS;
  for (int g = 0; g < drawn; g++) {
    double w = weight[g], a1 = d1[g];
    for (int i = g * PERIODS; i < (g + 1) * PERIODS; i++) {
      double wl = w * LAMBDA[i];
      u[i] = wl * (d1[SUMS + i] - a1);
      if (second) v[i] = -(u[i] + wl * LAMBDA[i] * d2[SUMS + i]);
    }
    if (!second) continue;
    v[rows + g] = w * d2[g];
    u[rows + g] = 0;
    for (int j = 0; j < K; j++) {
      double m = 0, *x = columns + j * STEP;
      for (int t = 0; t < PERIODS; t++) m += LAMBDA[g * PERIODS + t] * x[g * PERIODS + t];
      x[rows + g] = m;
    }
  }
}
APART void take_gram(void) {
  int rows = drawn * (PERIODS + 1);
  for (; rows % LANES; rows++) {
    u[rows] = v[rows] = 0;
    for (int j = 0; j <= K; j++) columns[j * STEP + rows] = 0;
  }
  memset(gram, 0, sizeof gram);
  for (int from = 0; from < rows; from += BLOCK) {
    int count = rows - from < BLOCK ? rows - from : BLOCK;
    for (int j = 0; j < K; j++)
      for (int i = 0; i < count; i += LANES) store(scaled + j * BLOCK + i, load(v + from + i) * load(columns + j * STEP + from + i));
    memcpy(scaled + K * BLOCK, u + from, count * 8);
    for (int i = 0; i < HIGH; i += 4)
      for (int j = 0; j < (i + 4 < K ? i + 4 : K); j += 2) {
        const double *s = scaled + i * BLOCK, *x = columns + j * STEP + from, *z = x + STEP;
        vec a0 = all(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
        for (int r = 0; r < count; r += LANES) {
          vec x0 = load(x + r), x1 = load(z + r), t = load(s + r);
          a0 += t * x0; a1 += t * x1;
          t = load(s + BLOCK + r); b0 += t * x0; b1 += t * x1;
          t = load(s + 2 * BLOCK + r); c0 += t * x0; c1 += t * x1;
          t = load(s + 3 * BLOCK + r); e0 += t * x0; e1 += t * x1;
        }
        double *g = gram + i * HIGH + j;
        g[0] += lanes(a0); g[1] += lanes(a1); g += HIGH;
        g[0] += lanes(b0); g[1] += lanes(b1); g += HIGH;
        g[0] += lanes(c0); g[1] += lanes(c1); g += HIGH;
        g[0] += lanes(e0); g[1] += lanes(e1);
      }
  }
}
APART void evaluate(void) {
  take_means();
  differences();
  row_terms(1);
  take_gram();
  memcpy(gradient, gram + K * HIGH, sizeof gradient);
}
APART void evaluate_score(void) {
  take_means();
  first_differences();
  row_terms(0);
  int rows = drawn * PERIODS;
  for (int i = rows; i % LANES; i++) u[i] = 0;
  for (int j = 0; j < K; j++) {
    vec s = all(0);
    for (int i = 0; i < rows; i += LANES) s += load(u + i) * load(columns + j * STEP + i);
    gradient[j] = lanes(s);
  }
}

static int cholesky(const double *a, int line) {
  for (int i = 0; i < K; i++)
    for (int j = 0; j <= i; j++) {
      double s = a[i * line + j];
      for (int m = 0; m < j; m++) s -= factor[i * K + m] * factor[j * K + m];
      if (j < i) factor[i * K + j] = s / factor[j * K + j];
      else if (!(s > 1e-10 * a[i * line + i])) return 0;
      else factor[i * K + i] = sqrt(s);
    }
  return 1;
}
static void solve(const double *b, double *x) {
  for (int i = 0; i < K; i++) {
    double s = b[i];
    for (int j = 0; j < i; j++) s -= factor[i * K + j] * x[j];
    x[i] = s / factor[i * K + i];
  }
  for (int i = K - 1; i >= 0; i--) {
    double s = x[i];
    for (int j = i + 1; j < K; j++) s -= factor[j * K + i] * x[j];
    x[i] = s / factor[i * K + i];
  }
}
static double largest(const double *a) {
  double m = 0;
  for (int i = 0; i < K; i++) m = fabs(a[i]) > m ? fabs(a[i]) : m;
  return m;
}

/* ½ T[d, d] from packed third derivatives, each times a third of its permutations. */
static void contract(const double *third, const double *d, double *out) {
  memset(out, 0, K * sizeof *out);
  for (int i = 0; i < K; i++)
    for (int j = 0; j <= i; j++) {
      double s = 0;
      for (int k = 0; k <= j; k++, third++) { s += *third * d[k]; out[k] += 0.5 * *third * d[i] * d[j]; }
      out[i] += 0.5 * s * d[j];
      out[j] += 0.5 * s * d[i];
    }
}
/* matrix −= T[d], lower triangle. */
static void move_along(const double *third, const double *d, double *matrix, int line) {
  for (int i = 0; i < K; i++)
    for (int j = 0; j <= i; j++) {
      double s = 0, di = 0.5 * d[i], dj = 0.5 * d[j];
      for (int k = 0; k <= j; k++, third++) {
        s += *third * 0.5 * d[k];
        matrix[i * line + k] -= (k == i ? 2 : 1) * *third * dj;
        matrix[j * line + k] -= (k == j ? 2 : 1) * *third * di;
      }
      matrix[i * line + j] -= (i == j ? 2 : 1) * s;
    }
}
static void add(const double *a, double *to) { for (int i = 0; i < K; i++) to[i] += a[i]; }

static double sums[LENGTH];
#define THIRDS (sums + LOW)
static void unpack(double *low) { for (int i = 0, at = K; i < K; i++) for (int j = 0; j <= i; j++) low[i * K + j] = sums[at++]; }

APART int free_step(const int *w) {
  double low[K * K], half[K], extra[K], weights[GROUPS];
  const double *rows[GROUPS];
  int count = 0;
  for (int g = 0; g < GROUPS; g++) if (w[g]) { weights[count] = w[g]; rows[count++] = cache + g * LENGTH; }
  for (int at = 0; at < LENGTH; at += 8) {
    vec s[8 / LANES];
    for (int q = 0; q < 8 / LANES; q++) s[q] = all(0);
    for (int g = 0; g < count; g++) for (int q = 0; q < 8 / LANES; q++) s[q] += weights[g] * load(rows[g] + at + q * LANES);
    for (int q = 0; q < 8 / LANES; q++) store(sums + at + q * LANES, s[q]);
  }
  unpack(low);
  if (!cholesky(low, K)) return 0;
  solve(sums, step_);
  contract(THIRDS, step_, half);
  solve(half, extra);
  if (largest(extra) <= largest(step_)) add(extra, step_);
  contract(THIRDS, step_, extra);
  for (int i = 0; i < K; i++) extra[i] -= half[i];
  unpack(low);
  move_along(THIRDS, step_, low, K);
  if (cholesky(low, K)) {
    solve(extra, extra);
    if (largest(extra) <= largest(step_)) add(extra, step_);
  }
  for (int i = 0; i < K; i++) theta[i] = optimum[i] + step_[i];
  return 1;
}

static int done(double left) {
  if (!(left <= tol)) return 0;
  if (left <= 1e-15) return 1;
  for (int j = 1; j < K; j++) if (left > 1e-10 * fabs(theta[j])) return 0;
  return 1;
}
static int refit(const int *w) {
  if (!free_step(w)) return 0;
  gather(w);
  double before = 0, contraction = 0;
  int whole = 1;
  for (int used = 0; used < 12; used++) {
    evaluations++;
    if (whole) { evaluate(); if (!cholesky(gram, HIGH)) return 0; }
    else evaluate_score();
    solve(gradient, step_);
    if (whole) {
      double extra[K];
      contract(THIRDS, step_, extra);
      solve(extra, extra);
      if (largest(extra) <= 0.5 * largest(step_)) add(extra, step_);
    }
    add(step_, theta);
    double size = largest(step_), ratio = before > 0 ? size / before : 0;
    if (!(size < 4)) return 0;
    if (whole) {
      double curvature = before > 0 ? fmin(fmax(size / (before * before), 1), 1e4) : 10;
      if (done(size * size * curvature)) return 1;
      whole = size > 0.05;
      if (!whole) { move_along(THIRDS, step_, gram, HIGH); whole = !cholesky(gram, HIGH); }
      contraction = 0;
    } else {
      contraction = contraction > 0 ? ratio : 3 * ratio;
      if (size <= 1e-14 || done(size * contraction)) return 1;
      whole = ratio > 0.05;
    }
    before = size;
  }
  return 0;
}

int main(int argc, char **argv) {
  FILE *f = fopen(argv[1], "rb");
  double head[2];
  if (argc < 3 || !f || fread(X, 8, N * K, f) + fread(optimum, 8, K, f) + fread(head, 8, 2, f) + fread(y, 4, N, f) != N * K + K + 2 + N) return 1;
  tol = head[0];
  int replicates = (int)head[1], *w = malloc(replicates * GROUPS * sizeof *w);
  if (fread(w, 4, (size_t)replicates * GROUPS, f) != (size_t)replicates * GROUPS) return 1;
  fclose(f);
  lay_out();
  fill_cache();
  for (int round = 0; round < atoi(argv[2]); round++) {
    if (getchar() == EOF) return 1;
    double sum = 0, start = now();
    int failed = 0;
    evaluations = 0;
    for (int r = 0; r < replicates; r++) {
      if (!refit(w + (size_t)r * GROUPS)) failed++;
      else for (int j = 0; j < K; j++) sum += theta[j];
    }
    printf("%.3f %.12e %d %d\n", (now() - start) / replicates, sum, failed, evaluations);
    fflush(stdout);
  }
  return 0;
}
