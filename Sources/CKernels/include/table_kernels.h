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
///
/// An fp16 table's numbers, bounds and constants are fp16 numbers held in float32.
typedef struct table_float {
  int levels;
  table_scaling scaling;
  const float *nodes;
  const float *slopes;
  const float *intercepts;
  float clamp_low, clamp_high;
  float threshold_low, threshold_high;
  float constant_low, constant_high;
  float floor;
} table_float;

/// As `table_float`, in integers of `smallest` to `largest`: q = sat(rne(u / input_step)),
/// y = sat((m * q + (c << intercept_shift) + 2^(result_shift - 1)) >> result_shift),
/// result = y * output_step. `input_factor` is 1 / input_step where that is exact, else 0. The
/// limits of int32_t stand for infinity. The widths must have been proven: |m * q| +
/// |c| * 2^intercept_shift + 2^(result_shift - 1) < 2^63, intercept_shift in 0...62, result_shift
/// in 1...62.
typedef struct table_integer {
  int levels;
  table_scaling scaling;
  const int32_t *nodes;
  const int32_t *slopes;
  const int32_t *intercepts;
  int32_t clamp_low, clamp_high;
  int32_t threshold_low, threshold_high;
  int32_t constant_low, constant_high;
  int32_t floor;
  int32_t smallest, largest;
  int intercept_shift;
  int result_shift;
  float input_step, input_factor;
  float output_step;
} table_integer;

/// Applies a table to `count` values in place.
void table_apply_fp32(const table_float *table, float *values, size_t count, table_path path);
void table_apply_fp16(const table_float *table, float *values, size_t count, table_path path);
void table_apply_integer(const table_integer *table, float *values, size_t count, table_path path);

/// Whether this processor runs the AVX2 versions.
bool table_kernels_use_avx2(void);

#endif
