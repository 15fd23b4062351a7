#pragma once

#include <stddef.h>

// The number formats of a model around its tables: float16 at the sites, int8 in linear layers.
// Plain IEEE operations on single elements: every machine gives the same bits. A matrix is
// row-major without gaps.

// Rounds each value to float16, ties to even, held in float32: subnormals are gradual, infinite
// from 65520 on; NaN gives 0x7FC00000.
void format_round_half(float *values, size_t count);

// integers[i] = values[i] / scale rounded to a whole number, ties to even, and limited to
// -127...127, held in float32; NaN gives 0, as does every value where scale is 0.
void format_quantize(const float *values, float *integers, size_t count, float scale);

// result[r][c] = (the sum over all parts of parts[p][r][c]) * (scale * scales[c]). The parts are
// `part_count` matrices one after another, of whole numbers whose sums need no more than 32 bits;
// each sum is exact and rounded once to float32, as is each product. A single part may be the
// result itself.
void format_dequantize(const float *parts, size_t part_count, float *result, size_t row_count,
                       size_t columns, float scale, const float *scales);

// The same kernels for a given instruction set: `_portable` always exists, so that a test can
// compare it with the one that was chosen.
#define FORMAT_DECLARE(suffix)                                                                     \
  void format_round_half_##suffix(float *values, size_t count);                                    \
  void format_quantize_##suffix(const float *values, float *integers, size_t count, float scale);  \
  void format_dequantize_##suffix(const float *parts, size_t part_count, float *result,            \
                                  size_t row_count, size_t columns, float scale,                   \
                                  const float *scales);

FORMAT_DECLARE(portable)
FORMAT_DECLARE(avx2)
