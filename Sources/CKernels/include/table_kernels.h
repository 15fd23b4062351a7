#ifndef TABLE_KERNELS_H
#define TABLE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Range reduction around a table; LookupTables' `InputScaling` says what each computes.
typedef enum table_scaling {
  TABLE_SCALING_NONE = 0,
  TABLE_SCALING_PAPER_RSQRT = 1,
  TABLE_SCALING_EXPONENT_RECIPROCAL = 2,
  TABLE_SCALING_EXPONENT_RSQRT = 3,
} table_scaling;

/// Which version of a kernel runs. All give the same bits.
typedef enum table_path {
  TABLE_PATH_FASTEST = 0,
  TABLE_PATH_PORTABLE = 1,
} table_path;

/// A table prepared for search.
///
/// The breakpoints stand in a complete binary tree of `levels` levels (3 to 8): node j has the
/// children 2j and 2j + 1, the root is nodes[1]. `nodes` holds 2^levels + 8 values, `slopes` and
/// `intercepts` 2^levels each; places beyond the table repeat its largest breakpoint bound and its
/// last entry, so that no input selects anything else.
///
/// A tail that does not clamp has an infinite clamp; one that selects no constant has an infinite
/// threshold. `floor` is 0 for tables that are never negative, else -infinity.
typedef struct table_fp32 {
  int levels;
  table_scaling scaling;
  const float *nodes;
  const float *slopes;
  const float *intercepts;
  float clamp_low, clamp_high;
  float threshold_low, threshold_high;
  float constant_low, constant_high;
  float floor;
} table_fp32;

/// As `table_fp32`, in integers: q = sat(rne(u * input_scale)), y = sat((m * q + (c << intercept_shift)
/// + 2^(result_shift - 1)) >> result_shift), result = y * output_scale. The limits of int32_t stand
/// for infinity. The widths must have been proven: |m| * 2^31 + |c| * 2^intercept_shift +
/// 2^(result_shift - 1) < 2^63, intercept_shift in 0...62, result_shift in 1...62.
typedef struct table_int32 {
  int levels;
  table_scaling scaling;
  const int32_t *nodes;
  const int32_t *slopes;
  const int32_t *intercepts;
  int32_t clamp_low, clamp_high;
  int32_t threshold_low, threshold_high;
  int32_t constant_low, constant_high;
  int32_t floor;
  int intercept_shift;
  int result_shift;
  float input_scale;
  float output_scale;
} table_int32;

/// Applies a table to `count` values in place.
void table_apply_fp32(const table_fp32 *table, float *values, size_t count, table_path path);
void table_apply_int32(const table_int32 *table, float *values, size_t count, table_path path);

/// Whether this processor runs the AVX2 versions.
bool table_kernels_use_avx2(void);

#endif
