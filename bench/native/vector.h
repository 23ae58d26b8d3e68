/*
 * Vectors of LANES doubles by GCC's extension, exp and log on them (the polynomials of packages/core-wasm/assembly/vmath.ts), CPU time.
 * 128 bits, the instructions that WebAssembly SIMD has: -O3 -mavx -mno-fma -ffp-contract=off -DLANES=2
 * what the machine has:                                 -O3 -march=native -DLANES=4 (AVX2) or 8 (AVX-512)
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef double vec __attribute__((vector_size(8 * LANES), aligned(8)));
typedef int64_t ivec __attribute__((vector_size(8 * LANES), aligned(8)));
typedef uint64_t uvec __attribute__((vector_size(8 * LANES), aligned(8)));
#define INLINE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline))

INLINE vec load(const double *p) { return *(const vec *)p; }
INLINE void store(double *p, vec v) { *(vec *)p = v; }
INLINE vec all(double a) { return a - (vec){0}; }
INLINE vec choose(ivec mask, vec a, vec b) { return (vec)(((ivec)a & mask) | ((ivec)b & ~mask)); }
INLINE double lanes(vec v) {
  double s = 0;
  for (int i = 0; i < LANES; i++) s += v[i];
  return s;
}

INLINE vec exp_vec(vec x) {
  vec shift = all(6755399441055744.0), kd = x * 1.4426950408889634 + shift, n = kd - shift;
  vec r = x - n * 0.69314718036912382 - n * 1.9082149292705877e-10, r2 = r * r, r4 = r2 * r2;
  vec a = 0.16666666666666669 * r + 0.50000000000000011, b = 0.0083333333333300615 * r + 0.041666666666624129;
  vec c = 0.00019841269863053618 * r + 0.0013888888917213717, d = 2.7557268459997064e-06 * r + 2.4801521295954376e-05;
  vec e = 2.510038549551032e-08 * r + 2.7620088445409746e-07;
  vec p = 1 + (((e * r4 + (d * r2 + c)) * r4 + (b * r2 + a)) * r2 + r);
  return (vec)((ivec)p + ((ivec)kd << 52));
}

/* ln(1 + f) = f − (f²/2 − s (f²/2 + R)), s = f / (2 + f) */
INLINE vec log_rest(vec f, vec *half) {
  vec s = f / (2 + f), z = s * s, z2 = z * z;
  vec p01 = 0.39999999999899449 * z + 0.66666666666666696, p23 = 0.22222211130560726 * z + 0.28571428626001427;
  vec p45 = 0.15331711346672997 * z + 0.18182889433757515;
  *half = 0.5 * (f * f);
  return s * (*half + z * (((0.14616576421644387 * z2 + p45) * z2 + p23) * z2 + p01));
}
INLINE vec log_one_more(vec f) {
  vec half, rest = log_rest(f, &half);
  return f - (half - rest);
}
INLINE vec log_vec(vec x) {
  ivec bits = (ivec)x, kb = (ivec)(((uvec)bits + 0x00195f6200000000) >> 52);
  vec m = (vec)(bits - ((kb - 1024) << 52)), k = (vec)(kb | 0x4330000000000000) - 4503599627371520.0;
  vec f = m - 1, half, rest = log_rest(f, &half);
  return k * 0.69314718036912382 - ((half - (k * 1.9082149292705877e-10 + rest)) - f);
}

/* Nanoseconds of CPU time of this process. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}
static inline double *doubles(size_t n) {
  double *p = aligned_alloc(64, (n * 8 + 127) & ~63UL);
  memset(p, 0, n * 8);
  return p;
}
