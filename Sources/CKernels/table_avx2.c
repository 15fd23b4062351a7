// The table kernels for AVX2: eight values at a time. No fused multiply-add: the target has none.

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF

#include <immintrin.h>

#include "table_paths.h"
#include "table_scaling.h"

#define AVX2 __attribute__((target("avx2,f16c")))
#define INLINE static inline __attribute__((always_inline, target("avx2,f16c")))

enum { LANES = 8 };

typedef struct reduced_vector {
  __m256 u;
  __m256 factor;
} reduced_vector;

// As `reduce` in table_scaling.h.
INLINE reduced_vector reduce_vector(__m256 x, table_scaling scaling) {
  const __m256 one = _mm256_set1_ps(1.0f);
  reduced_vector r = {x, one};
  if (scaling == TABLE_SCALING_PAPER_RSQRT) {
    __m256 below = _mm256_cmp_ps(x, one, _CMP_LT_OQ);
    r.u = _mm256_blendv_ps(x, _mm256_mul_ps(x, _mm256_set1_ps(1024.0f)), below);
    r.factor = _mm256_blendv_ps(one, _mm256_set1_ps(32.0f), below);
  } else if (scaling != TABLE_SCALING_NONE) {
    __m256i bits =
        _mm256_max_epi32(_mm256_castps_si256(x), _mm256_set1_epi32(SMALLEST_NORMAL));
    __m256i exponent = _mm256_srli_epi32(bits, 23);
    __m256i significand = _mm256_and_si256(bits, _mm256_set1_epi32(SIGNIFICAND));
    __m256i input_exponent, factor;
    if (scaling == TABLE_SCALING_EXPONENT_RECIPROCAL) {
      input_exponent = _mm256_set1_epi32(BIT_OF_ONE);
      factor = _mm256_slli_epi32(_mm256_sub_epi32(_mm256_set1_epi32(254), exponent), 23);
      factor = _mm256_max_epi32(factor, _mm256_set1_epi32(HALF_SMALLEST_NORMAL));
    } else {
      __m256i is_even = _mm256_and_si256(exponent, _mm256_set1_epi32(1));
      input_exponent = _mm256_sub_epi32(_mm256_set1_epi32(BIT_OF_ONE + 1), is_even);
      __m256i half = _mm256_srli_epi32(_mm256_add_epi32(exponent, is_even), 1);
      factor = _mm256_slli_epi32(_mm256_sub_epi32(_mm256_set1_epi32(191), half), 23);
    }
    r.u = _mm256_castsi256_ps(_mm256_or_si256(significand, _mm256_slli_epi32(input_exponent, 23)));
    r.factor = _mm256_castsi256_ps(factor);
  }
  return r;
}

// As `selected_result` in table_scaling.h.
INLINE __m256 selected_vector(__m256 x, __m256 result, table_scaling scaling) {
  if (scaling == TABLE_SCALING_EXPONENT_RECIPROCAL || scaling == TABLE_SCALING_EXPONENT_RSQRT) {
    __m256 infinite = _mm256_castsi256_ps(_mm256_set1_epi32(INFINITE));
    __m256 zero = _mm256_or_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LE_OQ),
                               _mm256_cmp_ps(x, infinite, _CMP_EQ_OQ));
    result = _mm256_andnot_ps(zero, result);
  }
  __m256 nan = _mm256_castsi256_ps(_mm256_set1_epi32(CANONICAL_NAN));
  return _mm256_blendv_ps(result, nan, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
}

// The entry of each lane out of an array of 2^levels numbers: by permutation where it fits two
// registers, else from memory. `entry` is below 2^levels.
INLINE __m256i chosen(const int32_t *numbers, __m256i entry, int levels) {
  if (levels > 4) return _mm256_i32gather_epi32(numbers, entry, 4);
  __m256i low = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)numbers), entry);
  if (levels == 3) return low;
  __m256i high =
      _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(numbers + LANES)), entry);
  __m256 is_high = _mm256_castsi256_ps(_mm256_slli_epi32(entry, 28));
  return _mm256_castps_si256(
      _mm256_blendv_ps(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high), is_high));
}

// The nodes of one level of the tree, for each lane's position in it.
INLINE __m256i level_nodes(const int32_t *nodes, __m256i position, int level) {
  const int32_t *first = nodes + ((size_t)1 << level);
  if (level == 0) return _mm256_set1_epi32(*first);
  if (level > 3) return _mm256_i32gather_epi32(first, position, 4);
  return _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)first), position);
}

// The entry that serves each lane of `u`.
INLINE __m256i float_entry(const table_float *t, __m256 u, int levels) {
  __m256i entry = _mm256_setzero_si256();
  for (int level = 0; level < levels; level++) {
    __m256 node = _mm256_castsi256_ps(level_nodes((const int32_t *)t->nodes, entry, level));
    __m256i right = _mm256_castps_si256(_mm256_cmp_ps(node, u, _CMP_LE_OQ));
    entry = _mm256_sub_epi32(_mm256_add_epi32(entry, entry), right);
  }
  return entry;
}

// The constants of the tails, and the floor, in the place of results.
INLINE __m256 ruled_float(const table_float *t, __m256 original, __m256 y) {
  __m256 is_low = _mm256_cmp_ps(original, _mm256_set1_ps(t->threshold_low), _CMP_LT_OQ);
  __m256 is_high = _mm256_cmp_ps(original, _mm256_set1_ps(t->threshold_high), _CMP_GT_OQ);
  y = _mm256_blendv_ps(y, _mm256_set1_ps(t->constant_low), is_low);
  y = _mm256_blendv_ps(y, _mm256_set1_ps(t->constant_high), is_high);
  return _mm256_max_ps(y, _mm256_set1_ps(t->floor));
}

INLINE __m256 fp32_vector(const table_float *t, __m256 raw, int levels, table_scaling scaling) {
  __m256 x = _mm256_add_ps(raw, _mm256_setzero_ps());
  reduced_vector r = reduce_vector(x, scaling);
  __m256 u = _mm256_max_ps(r.u, _mm256_set1_ps(t->clamp_low));
  u = _mm256_min_ps(u, _mm256_set1_ps(t->clamp_high));

  __m256i entry = float_entry(t, u, levels);
  __m256 slope = _mm256_castsi256_ps(chosen((const int32_t *)t->slopes, entry, levels));
  __m256 intercept = _mm256_castsi256_ps(chosen((const int32_t *)t->intercepts, entry, levels));

  __m256 product = _mm256_mul_ps(slope, u);
  product = _mm256_and_ps(product, _mm256_cmp_ps(slope, _mm256_setzero_ps(), _CMP_NEQ_OQ));
  __m256 y = _mm256_add_ps(product, intercept);
  y = ruled_float(t, r.u, y);
  if (scaling != TABLE_SCALING_NONE) y = _mm256_mul_ps(y, r.factor);
  return selected_vector(x, y, scaling);
}

// As `half_rounded` in table_portable.c.
INLINE __m256 half_vector(__m256 value) {
  return _mm256_cvtph_ps(
      _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

INLINE __m256 saturated_half_vector(__m256 value) {
  value = _mm256_min_ps(half_vector(value), _mm256_set1_ps(HALF_LARGEST));
  return _mm256_max_ps(value, _mm256_set1_ps(-HALF_LARGEST));
}

// Rounding each float32 operation once more to fp16 gives the same as rounding once; the proof
// stands in table_portable.c.
INLINE __m256 fp16_vector(const table_float *t, __m256 raw, int levels, table_scaling scaling) {
  __m256 x = _mm256_add_ps(raw, _mm256_setzero_ps());
  reduced_vector r = reduce_vector(x, scaling);
  __m256 original = saturated_half_vector(r.u);
  __m256 h = _mm256_max_ps(original, _mm256_set1_ps(t->clamp_low));
  h = _mm256_min_ps(h, _mm256_set1_ps(t->clamp_high));

  __m256i entry = float_entry(t, h, levels);
  __m256 slope = _mm256_castsi256_ps(chosen((const int32_t *)t->slopes, entry, levels));
  __m256 intercept = _mm256_castsi256_ps(chosen((const int32_t *)t->intercepts, entry, levels));

  __m256 product = half_vector(_mm256_mul_ps(slope, h));
  __m256 y = saturated_half_vector(_mm256_add_ps(product, intercept));
  y = ruled_float(t, original, y);
  if (scaling != TABLE_SCALING_NONE) y = _mm256_mul_ps(y, r.factor);
  return selected_vector(x, y, scaling);
}

// sat(sum >> shift), in the low half of each 64-bit lane. AVX2 shifts 64-bit lanes only
// without their sign, so the sum is moved to unsigned numbers and back.
INLINE __m256i shifted_and_saturated(const table_integer *t, __m256i sum, __m128i shift,
                                     __m256i moved_sign) {
  const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
  const __m256i largest = _mm256_set1_epi64x(t->largest);
  const __m256i smallest = _mm256_set1_epi64x(t->smallest);
  __m256i y = _mm256_sub_epi64(_mm256_srl_epi64(_mm256_xor_si256(sum, sign), shift), moved_sign);
  y = _mm256_blendv_epi8(y, largest, _mm256_cmpgt_epi64(y, largest));
  return _mm256_blendv_epi8(y, smallest, _mm256_cmpgt_epi64(smallest, y));
}

INLINE __m256i accumulated(__m256i slope, __m256i intercept, __m256i q, __m128i shift,
                           __m256i half) {
  // Multiplying by one extends the sign.
  __m256i wide = _mm256_mul_epi32(intercept, _mm256_set1_epi64x(1));
  __m256i sum = _mm256_add_epi64(_mm256_mul_epi32(slope, q), _mm256_sll_epi64(wide, shift));
  return _mm256_add_epi64(sum, half);
}

INLINE __m256 integer_vector(const table_integer *t, __m256 raw, int levels,
                             table_scaling scaling) {
  __m256 x = _mm256_add_ps(raw, _mm256_setzero_ps());
  reduced_vector r = reduce_vector(x, scaling);
  __m256 scaled = t->input_factor != 0.0f
                      ? _mm256_mul_ps(r.u, _mm256_set1_ps(t->input_factor))
                      : _mm256_div_ps(r.u, _mm256_set1_ps(t->input_step));
  // The conversion rounds to nearest even and gives INT32_MIN for all that does not fit.
  __m256i too_large =
      _mm256_castps_si256(_mm256_cmp_ps(scaled, _mm256_set1_ps(0x1p31f), _CMP_GE_OQ));
  __m256i original = _mm256_xor_si256(_mm256_cvtps_epi32(scaled), too_large);
  original = _mm256_max_epi32(original, _mm256_set1_epi32(t->smallest));
  original = _mm256_min_epi32(original, _mm256_set1_epi32(t->largest));
  __m256i q = _mm256_max_epi32(original, _mm256_set1_epi32(t->clamp_low));
  q = _mm256_min_epi32(q, _mm256_set1_epi32(t->clamp_high));

  __m256i entry = _mm256_setzero_si256();
  for (int level = 0; level < levels; level++) {
    __m256i left = _mm256_cmpgt_epi32(level_nodes(t->nodes, entry, level), q);
    __m256i first = _mm256_add_epi32(_mm256_add_epi32(entry, entry), _mm256_set1_epi32(1));
    entry = _mm256_add_epi32(first, left);
  }
  __m256i slope = chosen(t->slopes, entry, levels);
  __m256i intercept = chosen(t->intercepts, entry, levels);

  const __m128i intercept_shift = _mm_cvtsi32_si128(t->intercept_shift);
  const __m128i result_shift = _mm_cvtsi32_si128(t->result_shift);
  const __m256i half = _mm256_set1_epi64x((int64_t)1 << (t->result_shift - 1));
  const __m256i moved_sign = _mm256_set1_epi64x((int64_t)1 << (63 - t->result_shift));
  __m256i even = shifted_and_saturated(
      t, accumulated(slope, intercept, q, intercept_shift, half), result_shift, moved_sign);
  __m256i odd = shifted_and_saturated(
      t, accumulated(_mm256_srli_epi64(slope, 32), _mm256_srli_epi64(intercept, 32),
                  _mm256_srli_epi64(q, 32), intercept_shift, half),
      result_shift, moved_sign);
  __m256i y = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);

  __m256i is_low = _mm256_cmpgt_epi32(_mm256_set1_epi32(t->threshold_low), original);
  __m256i is_high = _mm256_cmpgt_epi32(original, _mm256_set1_epi32(t->threshold_high));
  y = _mm256_blendv_epi8(y, _mm256_set1_epi32(t->constant_low), is_low);
  y = _mm256_blendv_epi8(y, _mm256_set1_epi32(t->constant_high), is_high);
  y = _mm256_max_epi32(y, _mm256_set1_epi32(t->floor));
  __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(y), _mm256_set1_ps(t->output_step));
  if (scaling != TABLE_SCALING_NONE) real = _mm256_mul_ps(real, r.factor);
  return selected_vector(x, real, scaling);
}

// One loop for each kernel, tree depth and scaling, so that both are constants inside it. The last,
// shorter group of values goes through a buffer.
#define LOOP(vector, levels, scaling)                                                   \
  do {                                                                                  \
    size_t i = 0;                                                                       \
    for (; i + LANES <= count; i += LANES)                                              \
      _mm256_storeu_ps(values + i, vector(&t, _mm256_loadu_ps(values + i), levels, scaling)); \
    if (i < count) {                                                                    \
      float rest[LANES] = {0};                                                          \
      memcpy(rest, values + i, (count - i) * sizeof *rest);                             \
      _mm256_storeu_ps(rest, vector(&t, _mm256_loadu_ps(rest), levels, scaling));       \
      memcpy(values + i, rest, (count - i) * sizeof *rest);                             \
    }                                                                                   \
  } while (0)

#define LOOP_OF_DEPTH(vector, scaling)              \
  do {                                              \
    if (t.levels == 3) LOOP(vector, 3, scaling);    \
    else if (t.levels == 4) LOOP(vector, 4, scaling); \
    else LOOP(vector, t.levels, scaling);           \
  } while (0)

#define LOOP_OF_SCALING(vector)                                      \
  switch (t.scaling) {                                               \
    case TABLE_SCALING_NONE:                                         \
      LOOP_OF_DEPTH(vector, TABLE_SCALING_NONE);                     \
      break;                                                         \
    case TABLE_SCALING_PAPER_RSQRT:                                  \
      LOOP_OF_DEPTH(vector, TABLE_SCALING_PAPER_RSQRT);              \
      break;                                                         \
    case TABLE_SCALING_EXPONENT_RECIPROCAL:                          \
      LOOP_OF_DEPTH(vector, TABLE_SCALING_EXPONENT_RECIPROCAL);      \
      break;                                                         \
    case TABLE_SCALING_EXPONENT_RSQRT:                               \
      LOOP_OF_DEPTH(vector, TABLE_SCALING_EXPONENT_RSQRT);           \
      break;                                                         \
  }

AVX2 void table_fp32_avx2(const table_float *table, float *values, size_t count) {
  const table_float t = *table;
  LOOP_OF_SCALING(fp32_vector)
}

AVX2 void table_fp16_avx2(const table_float *table, float *values, size_t count) {
  const table_float t = *table;
  LOOP_OF_SCALING(fp16_vector)
}

AVX2 void table_integer_avx2(const table_integer *table, float *values, size_t count) {
  const table_integer t = *table;
  LOOP_OF_SCALING(integer_vector)
}

#endif
