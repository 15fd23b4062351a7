// The table kernels for any processor: one value at a time, the same bits as the AVX2 versions.

#pragma STDC FP_CONTRACT OFF

#include "table_paths.h"
#include "table_scaling.h"

void table_fp32_portable(const table_float *table, float *values, size_t count) {
  const table_float t = *table;
  for (size_t i = 0; i < count; i++) {
    float x = values[i] + 0.0f;  // -0 becomes +0
    reduced_input r = reduce(x, t.scaling);
    float u = r.u < t.clamp_low ? t.clamp_low : r.u;
    u = u > t.clamp_high ? t.clamp_high : u;

    size_t node = 1;
    for (int level = 0; level < t.levels; level++) node = 2 * node + (t.nodes[node] <= u);
    size_t entry = node - ((size_t)1 << t.levels);

    float slope = t.slopes[entry];
    float product = slope == 0.0f ? 0.0f : slope * u;  // 0 * infinity would be NaN
    float y = product + t.intercepts[entry];
    y = r.u < t.threshold_low ? t.constant_low : y;
    y = r.u > t.threshold_high ? t.constant_high : y;
    y = y < t.floor ? t.floor : y;
    values[i] = selected_result(x, y * r.factor, t.scaling);
  }
}

// The fp16 number nearest to a float32, ties to even, held in float32; infinite from 65520 on. NaN
// gives any number.
static inline float half_rounded(float value) {
  int32_t bits = bits_of(value);
  int32_t magnitude = bits & 0x7FFFFFFF;
  int32_t sign = bits ^ magnitude;
  if (magnitude < 0x38800000) {
    // Below 2^-14 the step is 2^-24, that of float32 from 0.5 to 1.
    float shifted = float_of(magnitude) + 0.5f;
    return float_of(bits_of(shifted - 0.5f) | sign);
  }
  if (magnitude >= 0x477FF000) return float_of(INFINITE | sign);
  magnitude += 0x0FFF + (magnitude >> 13 & 1);
  return float_of((magnitude & ~0x1FFF) | sign);
}

static inline float half_saturated(float value) {
  value = value > HALF_LARGEST ? HALF_LARGEST : value;
  return value < -HALF_LARGEST ? -HALF_LARGEST : value;
}

// Each operation is done in float32 and rounded once more to fp16, which gives the same as rounding
// once: the product of two numbers of 11 bits has at most 22 and an exponent of at least -48, so
// float32 holds it exactly; for a sum, 24 bits are at least 2 * 11 + 2 (Figueroa, "When is double
// rounding innocuous?", 1995), and a sum below 2^-14 is a multiple of 2^-24, so that nothing is
// rounded at all.
void table_fp16_portable(const table_float *table, float *values, size_t count) {
  const table_float t = *table;
  for (size_t i = 0; i < count; i++) {
    float x = values[i] + 0.0f;
    reduced_input r = reduce(x, t.scaling);
    float original = half_saturated(half_rounded(r.u));
    float h = original < t.clamp_low ? t.clamp_low : original;
    h = h > t.clamp_high ? t.clamp_high : h;

    size_t node = 1;
    for (int level = 0; level < t.levels; level++) node = 2 * node + (t.nodes[node] <= h);
    size_t entry = node - ((size_t)1 << t.levels);

    float product = half_rounded(t.slopes[entry] * h);
    float y = half_saturated(half_rounded(product + t.intercepts[entry]));
    y = original < t.threshold_low ? t.constant_low : y;
    y = original > t.threshold_high ? t.constant_high : y;
    y = y < t.floor ? t.floor : y;
    values[i] = selected_result(x, y * r.factor, t.scaling);
  }
}

// Rounds to nearest even and saturates; NaN gives any integer.
static inline int32_t quantized(float scaled) {
  if (!(scaled < 0x1p31f)) return INT32_MAX;
  if (scaled < -0x1p31f) return INT32_MIN;
  // Adding and subtracting 2^23 rounds to an integer; from there on floats are integers anyway.
  float shifter = scaled < 0.0f ? -0x1p23f : 0x1p23f;
  if (scaled > -0x1p23f && scaled < 0x1p23f) scaled = (scaled + shifter) - shifter;
  return (int32_t)scaled;
}

void table_integer_portable(const table_integer *table, float *values, size_t count) {
  const table_integer t = *table;
  const int64_t half = (int64_t)1 << (t.result_shift - 1);
  for (size_t i = 0; i < count; i++) {
    float x = values[i] + 0.0f;
    reduced_input r = reduce(x, t.scaling);
    float units = t.input_factor != 0.0f ? r.u * t.input_factor : r.u / t.input_step;
    int32_t original = quantized(units);
    original = original < t.smallest ? t.smallest : original;
    original = original > t.largest ? t.largest : original;
    int32_t q = original < t.clamp_low ? t.clamp_low : original;
    q = q > t.clamp_high ? t.clamp_high : q;

    size_t node = 1;
    for (int level = 0; level < t.levels; level++) node = 2 * node + (t.nodes[node] <= q);
    size_t entry = node - ((size_t)1 << t.levels);

    int64_t sum = (int64_t)t.slopes[entry] * q +
                  (int64_t)t.intercepts[entry] * ((int64_t)1 << t.intercept_shift) + half;
    int64_t wide = sum >> t.result_shift;
    int32_t y = wide > t.largest ? t.largest : wide < t.smallest ? t.smallest : (int32_t)wide;
    y = original < t.threshold_low ? t.constant_low : y;
    y = original > t.threshold_high ? t.constant_high : y;
    y = y < t.floor ? t.floor : y;
    values[i] = selected_result(x, (float)y * t.output_step * r.factor, t.scaling);
  }
}
