/*
 * Twins of the core's kernels, by the names of the functions in packages/core-wasm/assembly.  kernels: reads lines "NAME TIMES" and answers each
 * with ns a unit (element, row) of CPU time and a checksum.
 */
#include "vector.h"
enum { N = 4096, ROWS = 200000, FLOWS = 1000000, BASE = 1000, SECOND = 1000, THIRD = 10, COLUMNS = 8, REST = SECOND + THIRD };

static uint64_t seed = 88172645463325252ULL;
static double uniform(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (seed >> 11) * 0x1p-53;
}

APART void exp_into(const double *x, double *out) { for (int i = 0; i < N; i += LANES) store(out + i, exp_vec(load(x + i))); }
APART void log_into(const double *x, double *out) { for (int i = 0; i < N; i += LANES) store(out + i, log_vec(load(x + i))); }

/* ψ and ψ′ differences of sorted cells {place, y}, as cells.ts */
typedef struct { int place, y; } Cell;
INLINE vec pick(const double *from, const Cell *c) {
  vec out;
  for (int i = 0; i < LANES; i++) out[i] = from[c[i].place];
  return out;
}
INLINE void place(double *to, const Cell *c, vec x) { for (int i = 0; i < LANES; i++) to[c[i].place] = x[i]; }
APART void small_cells(const Cell *c, const double *x, double *d1, double *d2) {
  for (const Cell *end = c + N; c < end; c += LANES) {
    vec a = pick(x, c), P = a, P1 = all(1), P2 = all(0);
    int low = c[0].y, high = c[LANES - 1].y;
    a += 1;
    for (int j = 1; j < low; j++) { P2 = P2 * a + (P1 + P1); P1 = P1 * a + P; P = P * a; a += 1; }
    if (high > low) {
      ivec counts;
      for (int i = 0; i < LANES; i++) counts[i] = c[i].y;
      for (int j = low; j < high; j++) {
        ivec more = counts > j;
        P2 = choose(more, P2 * a + (P1 + P1), P2);
        P1 = choose(more, P1 * a + P, P1);
        P = choose(more, P * a, P);
        a += 1;
      }
    }
    vec inverse = 1 / P, e = P1 * inverse;
    place(d1, c, e);
    place(d2, c, P2 * inverse - e * e);
  }
}

/* X'WX in 4 × 4 tiles of a block of scaled rows, as matrix.ts; k is known to the compiler */
INLINE void gram_rows(const double *x, const double *w, double *G, int k) {
  static double scaled[2048] __attribute__((aligned(64)));
  int block = 2048 / k;
  memset(G, 0, k * k * 8);
  for (int from = 0; from < ROWS; from += block) {
    int rows = ROWS - from < block ? ROWS - from : block;
    const double *b = x + (size_t)from * k;
    for (int r = 0; r < rows; r++) for (int j = 0; j < k; j += LANES) store(scaled + r * k + j, w[from + r] * load(b + r * k + j));
    for (int i = 0; i < k; i += 4) for (int j = 0; j <= i; j += 4) {
      vec t[4][4 / LANES];
      for (int a = 0; a < 4; a++) for (int q = 0; q < 4 / LANES; q++) t[a][q] = load(G + (i + a) * k + j + q * LANES);
      for (int r = 0; r < rows; r++)
        for (int a = 0; a < 4; a++) for (int q = 0; q < 4 / LANES; q++) t[a][q] += scaled[r * k + i + a] * load(b + r * k + j + q * LANES);
      for (int a = 0; a < 4; a++) for (int q = 0; q < 4 / LANES; q++) store(G + (i + a) * k + j + q * LANES, t[a][q]);
    }
  }
}
APART void gram_rows8(const double *x, const double *w, double *G) { gram_rows(x, w, G, 8); }
APART void gram_rows16(const double *x, const double *w, double *G) { gram_rows(x, w, G, 16); }

/* X'WX of columns in 4 × 2 tiles, as columns.ts */
INLINE void gram_columns(const double *x, const double *w, double *G, int k) {
  enum { B = 128 };
  static double scaled[16 * B] __attribute__((aligned(64)));
  memset(G, 0, k * k * 8);
  for (int from = 0; from < ROWS; from += B) {
    int rows = ROWS - from < B ? ROWS - from : B;
    for (int j = 0; j < k; j++) for (int r = 0; r < rows; r += LANES) store(scaled + j * B + r, load(w + from + r) * load(x + (size_t)j * ROWS + from + r));
    for (int i = 0; i < k; i += 4) for (int j = 0; j < i + 4; j += 2) {
      const double *s = scaled + i * B, *y = x + (size_t)j * ROWS + from, *z = y + ROWS;
      vec a0 = all(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
      for (int r = 0; r < rows; r += LANES) {
        vec y0 = load(y + r), z0 = load(z + r), t = load(s + r);
        a0 += t * y0; a1 += t * z0;
        t = load(s + B + r); b0 += t * y0; b1 += t * z0;
        t = load(s + 2 * B + r); c0 += t * y0; c1 += t * z0;
        t = load(s + 3 * B + r); e0 += t * y0; e1 += t * z0;
      }
      double *g = G + i * k + j;
      g[0] += lanes(a0); g[1] += lanes(a1); g += k;
      g[0] += lanes(b0); g[1] += lanes(b1); g += k;
      g[0] += lanes(c0); g[1] += lanes(c1); g += k;
      g[0] += lanes(e0); g[1] += lanes(e1);
    }
  }
}
APART void gram_columns8(const double *x, const double *w, double *G) { gram_columns(x, w, G, 8); }
APART void gram_columns16(const double *x, const double *w, double *G) { gram_columns(x, w, G, 16); }

/* out = S v for eight columns and three factors, rows sorted by the first: one conjugate-gradient step of the within transform, as schur.ts */
APART void demean(const int *starts, const int *second, const int *third, const double *w, const double *inverse, const double *v, double *out) {
  memset(out, 0, REST * COLUMNS * 8);
  for (int i = 0; i < BASE; i++) {
    vec s[COLUMNS / LANES];
    for (int q = 0; q < COLUMNS / LANES; q++) s[q] = all(0);
    for (int row = starts[i]; row < starts[i + 1]; row++) {
      const double *p = v + second[row] * COLUMNS, *t = v + third[row] * COLUMNS;
      for (int q = 0; q < COLUMNS / LANES; q++) s[q] += w[row] * (load(p + q * LANES) + load(t + q * LANES));
    }
    for (int q = 0; q < COLUMNS / LANES; q++) s[q] *= inverse[i];
    for (int row = starts[i]; row < starts[i + 1]; row++) {
      const double *p = v + second[row] * COLUMNS, *t = v + third[row] * COLUMNS;
      double *o = out + second[row] * COLUMNS, *u = out + third[row] * COLUMNS;
      for (int q = 0; q < COLUMNS / LANES; q++) {
        vec e = w[row] * (load(p + q * LANES) + load(t + q * LANES) - s[q]);
        store(o + q * LANES, load(o + q * LANES) + e);
        store(u + q * LANES, load(u + q * LANES) + e);
      }
    }
  }
}

int main(void) {
  double *x = doubles(N), *z = doubles(N), *lambda = doubles(N), *d1 = doubles(N), *d2 = doubles(N), *G = doubles(256);
  double *X = doubles((size_t)ROWS * 16), *w = doubles(FLOWS), *inverse = doubles(BASE), *v = doubles(REST * COLUMNS), *out = doubles(REST * COLUMNS);
  Cell *cells = malloc(N * sizeof *cells);
  int *starts = malloc((BASE + 1) * sizeof *starts), *second = malloc(FLOWS * sizeof *second), *third = malloc(FLOWS * sizeof *third);
  for (int i = 0; i < N; i++) {
    x[i] = -5 + 10 * uniform();
    z[i] = exp(-3 + 6 * uniform());
    lambda[i] = z[i];
    cells[i] = (Cell){(int)((i * 2654435761U) % N), 1 + i * 10 / N};
  }
  for (size_t i = 0; i < (size_t)ROWS * 16; i++) X[i] = uniform() - 0.5;
  for (int i = 0; i < FLOWS; i++) {
    w[i] = uniform();
    second[i] = (int)(SECOND * uniform());
    third[i] = SECOND + (int)(THIRD * uniform());
  }
  for (int i = 0; i <= BASE; i++) starts[i] = i * (FLOWS / BASE);
  for (int i = 0; i < BASE; i++) { double s = 0; for (int r = starts[i]; r < starts[i + 1]; r++) s += w[r]; inverse[i] = 1 / s; }
  for (int i = 0; i < REST * COLUMNS; i++) v[i] = uniform() - 0.5;
  char name[32];
  int times;
  while (scanf("%31s %d", name, &times) == 2) {
    double start = now(), unit = 1, sum = 0;
#define CASE(key, size, call, result) if (!strcmp(name, key)) { for (int i = 0; i < times; i++) call; unit = size; sum = result; }
    CASE("exp", N, exp_into(x, d1), d1[7])
    CASE("log", N, log_into(z, d1), d1[7])
    CASE("differences", N, small_cells(cells, lambda, d1, d2), d1[7])
    CASE("rows8", ROWS, gram_rows8(X, w, G), G[0])
    CASE("rows16", ROWS, gram_rows16(X, w, G), G[0])
    CASE("columns8", ROWS, gram_columns8(X, w, G), G[0])
    CASE("columns16", ROWS, gram_columns16(X, w, G), G[0])
    CASE("demean", FLOWS, demean(starts, second, third, w, inverse, v, out), out[0])
    printf("%.5f %.9e\n", (now() - start) / times / unit, sum);
    fflush(stdout);
  }
  return 0;
}
