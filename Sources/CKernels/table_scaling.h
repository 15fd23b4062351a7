// Range reduction of one value, shared by the portable kernels.

#ifndef TABLE_SCALING_H
#define TABLE_SCALING_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "table_kernels.h"

enum {
  CANONICAL_NAN = 0x7FC00000,
  SMALLEST_NORMAL = 0x00800000,
  HALF_SMALLEST_NORMAL = 0x00400000,
  INFINITE = 0x7F800000,
  SIGNIFICAND = 0x007FFFFF,
  BIT_OF_ONE = 127,
};

/// The largest finite fp16.
#define HALF_LARGEST 65504.0f

static inline int32_t bits_of(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float float_of(int32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// What a table sees of an input, and the power of two its result is multiplied by.
typedef struct reduced_input {
  float u;
  float factor;
} reduced_input;

/// With the scalings by exponent, u and factor of x <= 0, infinity and NaN are finite but mean
/// nothing: their results are selected by `selected_result`.
static inline reduced_input reduce(float x, table_scaling scaling) {
  reduced_input r = {x, 1.0f};
  if (scaling == TABLE_SCALING_PAPER_RSQRT) {
    if (x < 1.0f) {
      r.u = x * 1024.0f;
      r.factor = 32.0f;
    }
  } else if (scaling != TABLE_SCALING_NONE) {
    int32_t bits = bits_of(x);
    if (bits < SMALLEST_NORMAL) bits = SMALLEST_NORMAL;
    int32_t exponent = bits >> 23;
    if (scaling == TABLE_SCALING_EXPONENT_RECIPROCAL) {
      int32_t factor = (254 - exponent) * (1 << 23);
      r.u = float_of((bits & SIGNIFICAND) | (BIT_OF_ONE << 23));
      // 2^-127, for the largest exponent, is subnormal.
      r.factor = float_of(factor < HALF_SMALLEST_NORMAL ? HALF_SMALLEST_NORMAL : factor);
    } else {
      // A biased exponent is odd where the exponent is even.
      int32_t is_even = exponent & 1;
      r.u = float_of((bits & SIGNIFICAND) | ((BIT_OF_ONE + 1 - is_even) << 23));
      r.factor = float_of((191 - ((exponent + is_even) >> 1)) << 23);
    }
  }
  return r;
}

/// Replaces the result of an input for which it is defined without the table.
static inline float selected_result(float x, float result, table_scaling scaling) {
  bool by_exponent = scaling == TABLE_SCALING_EXPONENT_RECIPROCAL ||
                     scaling == TABLE_SCALING_EXPONENT_RSQRT;
  if (by_exponent && (x <= 0.0f || bits_of(x) == INFINITE)) return 0.0f;
  return x != x ? float_of(CANONICAL_NAN) : result;
}

#endif
