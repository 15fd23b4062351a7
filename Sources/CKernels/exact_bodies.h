// The bodies of the kernels in exact_kernels.h, compiled once per instruction set:
// define EXACT(name) to append the suffix, then include this file. Every operation is a plain
// IEEE one on a single element, so the compiler may vectorise but not change a bit.

#include <stdint.h>
#include <string.h>

#include "include/exact_kernels.h"

#pragma clang fp contract(off)

static inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// e^x = 2^n · e^r with n = round(x / ln 2) and |r| <= ln 2 / 2. The polynomial is the minimax fit
// of (e^r - 1 - r) / r², relative error of the whole 3e-9.
static inline float exp_of(float x) {
  float clamped = x < -104.0f ? -104.0f : x;
  clamped = clamped > 89.0f ? 89.0f : clamped;

  // Adding 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
  const float shift = 12582912.0f;
  float shifted = clamped * 1.44269504f + shift;
  float n = shifted - shift;
  // ln 2 in two parts; n times the first (16 bits) is exact.
  float r = (clamped - n * 0.693145752f) - n * 1.42860677e-6f;

  float p = 0.00138145976f;
  p = p * r + 0.00836871658f;
  p = p * r + 0.041668389f;
  p = p * r + 0.166665211f;
  p = p * r + 0.49999994f;
  p = (p * r) * r + r + 1.0f;

  // 2^n as a product of two normal numbers, so that a subnormal result is rounded once.
  uint32_t exponent = bits_of(shifted) - bits_of(shift);
  uint32_t half = (uint32_t)((int32_t)exponent >> 1);
  float y = p * float_of((half + 127u) << 23) * float_of((exponent - half + 127u) << 23);
  return x == x ? y : float_of(0x7FC00000u);
}

// x·Φ(x) = max(x, 0) - t·Q(t), t = |x|, Q(t) = erfc(t/√2)/2 = e^(-t²/2) · u · P(u) with
// u = 1/(1 + 0.27·t). P is the minimax fit of Q(t)·e^(t²/2)/u over 0 <= t <= 15 (relative error
// 2.4e-8); beyond, Q is 0 in float32.
static inline float gelu_of(float x) {
  float t = x < 0.0f ? -x : x;
  t = t > 15.0f ? 15.0f : t;
  float u = 1.0f / (1.0f + 0.27f * t);

  float p = 0.028995527f;
  p = p * u - 0.126658753f;
  p = p * u + 0.170156255f;
  p = p * u - 0.0696508363f;
  p = p * u + 0.108142681f;
  p = p * u + 0.0719082728f;
  p = p * u + 0.10184858f;
  p = p * u + 0.107537277f;
  p = p * u + 0.107721008f;

  float tail = exp_of(-0.5f * t * t) * u * p;
  float y = (x > 0.0f ? x : 0.0f) - t * tail;
  return x == x ? y : float_of(0x7FC00000u);
}

static inline float sum_of_lanes(const float lanes[8]) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static inline float row_sum(const float *row, size_t columns) {
  float lanes[8] = {0};
  size_t c = 0;
  for (; c + 8 <= columns; c += 8)
    for (size_t lane = 0; lane < 8; lane++) lanes[lane] += row[c + lane];
  for (size_t lane = 0; c + lane < columns; lane++) lanes[lane] += row[c + lane];
  return sum_of_lanes(lanes);
}

static inline float row_sum_of_squares(const float *row, size_t columns) {
  float lanes[8] = {0};
  size_t c = 0;
  for (; c + 8 <= columns; c += 8)
    for (size_t lane = 0; lane < 8; lane++) lanes[lane] += row[c + lane] * row[c + lane];
  for (size_t lane = 0; c + lane < columns; lane++) lanes[lane] += row[c + lane] * row[c + lane];
  return sum_of_lanes(lanes);
}

static inline float row_maximum(const float *row, size_t columns) {
  float lanes[8];
  for (size_t lane = 0; lane < 8; lane++) lanes[lane] = row[lane < columns ? lane : 0];
  size_t c = 8;
  for (; c + 8 <= columns; c += 8)
    for (size_t lane = 0; lane < 8; lane++)
      lanes[lane] = row[c + lane] > lanes[lane] ? row[c + lane] : lanes[lane];
  for (; c < columns; c++) lanes[0] = row[c] > lanes[0] ? row[c] : lanes[0];
  float maximum = lanes[0];
  for (size_t lane = 1; lane < 8; lane++) maximum = lanes[lane] > maximum ? lanes[lane] : maximum;
  return maximum;
}

void EXACT(exp)(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = exp_of(values[i]);
}

void EXACT(gelu)(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = gelu_of(values[i]);
}

void EXACT(subtract_row_maximum)(float *rows, size_t row_count, size_t columns) {
  if (columns == 0) return;
  for (size_t r = 0; r < row_count; r++) {
    float *row = rows + r * columns;
    float maximum = row_maximum(row, columns);
    for (size_t c = 0; c < columns; c++) row[c] -= maximum;
  }
}

void EXACT(row_sums)(const float *rows, size_t row_count, size_t columns, float *sums) {
  for (size_t r = 0; r < row_count; r++) sums[r] = row_sum(rows + r * columns, columns);
}

void EXACT(scale_rows)(float *rows, size_t row_count, size_t columns, const float *factors) {
  for (size_t r = 0; r < row_count; r++) {
    float *row = rows + r * columns;
    float factor = factors[r];
    for (size_t c = 0; c < columns; c++) row[c] *= factor;
  }
}

void EXACT(add_bias)(float *rows, size_t row_count, size_t columns, const float *bias) {
  for (size_t r = 0; r < row_count; r++) {
    float *row = rows + r * columns;
    for (size_t c = 0; c < columns; c++) row[c] += bias[c];
  }
}

void EXACT(center_rows)(float *rows, size_t row_count, size_t columns, const float *bias,
                        const float *addend, float epsilon, float *variances) {
  for (size_t r = 0; r < row_count; r++) {
    float *row = rows + r * columns;
    if (bias)
      for (size_t c = 0; c < columns; c++) row[c] += bias[c];
    if (addend)
      for (size_t c = 0; c < columns; c++) row[c] += addend[r * columns + c];
    float mean = row_sum(row, columns) / (float)columns;
    for (size_t c = 0; c < columns; c++) row[c] -= mean;
    variances[r] = row_sum_of_squares(row, columns) / (float)columns + epsilon;
  }
}

void EXACT(affine_rows)(float *rows, size_t row_count, size_t columns, const float *factors,
                        const float *weight, const float *bias) {
  for (size_t r = 0; r < row_count; r++) {
    float *row = rows + r * columns;
    float factor = factors[r];
    for (size_t c = 0; c < columns; c++) row[c] = row[c] * factor * weight[c] + bias[c];
  }
}

bool EXACT(all_finite)(const float *values, size_t count) {
  uint32_t found = 0;
  for (size_t i = 0; i < count; i++) found |= (bits_of(values[i]) & 0x7F800000u) == 0x7F800000u;
  return !found;
}
