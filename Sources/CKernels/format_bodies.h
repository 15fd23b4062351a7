// The bodies of the kernels in format_kernels.h, compiled once per instruction set: define
// FORMAT(name) to append the suffix, then include this file.

#include <stdint.h>
#include <string.h>

#include "include/format_kernels.h"

#pragma clang fp contract(off)

// Without branches, so that any compiler can vectorise it.
static inline float half_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t magnitude = bits & 0x7FFFFFFFu;
  uint32_t sign = bits ^ magnitude;
  float size;
  memcpy(&size, &magnitude, sizeof size);

  // Below 2^-14 the step is 2^-24, that of float32 from 0.5 to 1.
  float small = (size + 0.5f) - 0.5f;
  uint32_t small_bits;
  memcpy(&small_bits, &small, sizeof small_bits);
  uint32_t normal_bits = (magnitude + 0x0FFFu + (magnitude >> 13 & 1u)) & ~0x1FFFu;

  uint32_t rounded = magnitude < 0x38800000u ? small_bits : normal_bits;
  rounded = magnitude >= 0x477FF000u ? 0x7F800000u : rounded;
  rounded |= sign;
  rounded = magnitude > 0x7F800000u ? 0x7FC00000u : rounded;
  float result;
  memcpy(&result, &rounded, sizeof result);
  return result;
}

void FORMAT(round_half)(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = half_of(values[i]);
}

void FORMAT(quantize)(const float *values, float *integers, size_t count, float scale) {
  if (scale == 0.0f) {
    memset(integers, 0, count * sizeof *integers);
    return;
  }
  // Adding 1.5 * 2^23 rounds to a whole number.
  const float shift = 12582912.0f;
  for (size_t i = 0; i < count; i++) {
    float q = values[i] / scale;
    q = q > 127.0f ? 127.0f : q;
    q = q < -127.0f ? -127.0f : q;
    q = (q + shift) - shift;
    integers[i] = q == q ? q : 0.0f;
  }
}

void FORMAT(dequantize)(const float *parts, size_t part_count, float *result, size_t row_count,
                        size_t columns, float scale, const float *scales) {
  enum { BLOCK = 256 };
  for (size_t r = 0; r < row_count; r++) {
    for (size_t start = 0; start < columns; start += BLOCK) {
      size_t n = columns - start < BLOCK ? columns - start : BLOCK;
      int32_t sums[BLOCK] = {0};
      for (size_t p = 0; p < part_count; p++) {
        const float *part = parts + (p * row_count + r) * columns + start;
        for (size_t c = 0; c < n; c++) sums[c] += (int32_t)part[c];
      }
      float *block = result + r * columns + start;
      for (size_t c = 0; c < n; c++) block[c] = (float)sums[c] * (scale * scales[start + c]);
    }
  }
}
