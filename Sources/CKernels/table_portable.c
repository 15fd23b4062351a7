// The table kernels for any processor: one value at a time, the same bits as the AVX2 versions.

#pragma STDC FP_CONTRACT OFF

#include "table_paths.h"
#include "table_scaling.h"

void table_fp32_portable(const table_fp32 *table, float *values, size_t count) {
  const table_fp32 t = *table;
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

// Rounds to nearest even and saturates; NaN gives any integer.
static inline int32_t quantized(float scaled) {
  if (!(scaled < 0x1p31f)) return INT32_MAX;
  if (scaled < -0x1p31f) return INT32_MIN;
  // Adding and subtracting 2^23 rounds to an integer; from there on floats are integers anyway.
  float shifter = scaled < 0.0f ? -0x1p23f : 0x1p23f;
  if (scaled > -0x1p23f && scaled < 0x1p23f) scaled = (scaled + shifter) - shifter;
  return (int32_t)scaled;
}

void table_int32_portable(const table_int32 *table, float *values, size_t count) {
  const table_int32 t = *table;
  const int64_t half = (int64_t)1 << (t.result_shift - 1);
  for (size_t i = 0; i < count; i++) {
    float x = values[i] + 0.0f;
    reduced_input r = reduce(x, t.scaling);
    int32_t original = quantized(r.u * t.input_scale);
    int32_t q = original < t.clamp_low ? t.clamp_low : original;
    q = q > t.clamp_high ? t.clamp_high : q;

    size_t node = 1;
    for (int level = 0; level < t.levels; level++) node = 2 * node + (t.nodes[node] <= q);
    size_t entry = node - ((size_t)1 << t.levels);

    int64_t sum = (int64_t)t.slopes[entry] * q +
                  (int64_t)t.intercepts[entry] * ((int64_t)1 << t.intercept_shift) + half;
    int64_t wide = sum >> t.result_shift;
    int32_t y = wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
    y = original < t.threshold_low ? t.constant_low : y;
    y = original > t.threshold_high ? t.constant_high : y;
    y = y < t.floor ? t.floor : y;
    values[i] = selected_result(x, (float)y * t.output_scale * r.factor, t.scaling);
  }
}
