#pragma once

#include <stdbool.h>
#include <stddef.h>

// The exact functions and the row operations around them, for float32.
//
// No libm, no fused multiply-add, sums in a fixed order (eight running sums by column modulo 8,
// then a fixed tree): every machine gives the same bits. A matrix is row-major without gaps.

// values[i] = e^values[i], within 2 ulp; 0 below -104, +Inf above 88.73; NaN gives 0x7FC00000.
void exact_exp(float *values, size_t count);

// values[i] = x·Φ(x), the erf form, with an absolute error below 3e-7 for |x| <= 6 and below
// 1 ulp of x above; NaN gives 0x7FC00000.
void exact_gelu(float *values, size_t count);

// Subtracts from each row its largest element.
void exact_subtract_row_maximum(float *rows, size_t row_count, size_t columns);

// sums[r] = the sum of row r.
void exact_row_sums(const float *rows, size_t row_count, size_t columns, float *sums);

// Multiplies row r by factors[r].
void exact_scale_rows(float *rows, size_t row_count, size_t columns, const float *factors);

// Adds bias[c] to column c.
void exact_add_bias(float *rows, size_t row_count, size_t columns, const float *bias);

// The first half of LayerNorm. Adds bias[c] (unless NULL) and addend (a matrix of the same shape,
// unless NULL), subtracts each row's mean and writes variances[r] = the mean square + epsilon.
void exact_center_rows(float *rows, size_t row_count, size_t columns, const float *bias,
                       const float *addend, float epsilon, float *variances);

// The second half of LayerNorm: rows[r][c] = rows[r][c] * factors[r] * weight[c] + bias[c].
void exact_affine_rows(float *rows, size_t row_count, size_t columns, const float *factors,
                       const float *weight, const float *bias);

// Whether no value is NaN or infinite.
bool exact_all_finite(const float *values, size_t count);

// Whether the kernels above run with AVX2 on this machine; their bits do not depend on it.
bool exact_has_avx2(void);

// The same kernels for a given instruction set: `_portable` always exists, so that a test can
// compare it with the one that was chosen.
#define EXACT_DECLARE(suffix)                                                                      \
  void exact_exp_##suffix(float *values, size_t count);                                            \
  void exact_gelu_##suffix(float *values, size_t count);                                           \
  void exact_subtract_row_maximum_##suffix(float *rows, size_t row_count, size_t columns);         \
  void exact_row_sums_##suffix(const float *rows, size_t row_count, size_t columns, float *sums);  \
  void exact_scale_rows_##suffix(float *rows, size_t row_count, size_t columns,                    \
                                 const float *factors);                                            \
  void exact_add_bias_##suffix(float *rows, size_t row_count, size_t columns, const float *bias);  \
  void exact_center_rows_##suffix(float *rows, size_t row_count, size_t columns,                   \
                                  const float *bias, const float *addend, float epsilon,           \
                                  float *variances);                                               \
  void exact_affine_rows_##suffix(float *rows, size_t row_count, size_t columns,                   \
                                  const float *factors, const float *weight, const float *bias);   \
  bool exact_all_finite_##suffix(const float *values, size_t count);

EXACT_DECLARE(portable)
EXACT_DECLARE(avx2)
