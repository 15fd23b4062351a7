// Chooses the instruction set at run time.
#include "include/exact_kernels.h"

#if defined(__x86_64__)
bool exact_has_avx2(void) { return __builtin_cpu_supports("avx2"); }
#define CHOSEN(name) (exact_has_avx2() ? exact_##name##_avx2 : exact_##name##_portable)
#else
bool exact_has_avx2(void) { return false; }
#define CHOSEN(name) exact_##name##_portable
#endif

void exact_exp(float *values, size_t count) { CHOSEN(exp)(values, count); }

void exact_gelu(float *values, size_t count) { CHOSEN(gelu)(values, count); }

void exact_subtract_row_maximum(float *rows, size_t row_count, size_t columns) {
  CHOSEN(subtract_row_maximum)(rows, row_count, columns);
}

void exact_row_sums(const float *rows, size_t row_count, size_t columns, float *sums) {
  CHOSEN(row_sums)(rows, row_count, columns, sums);
}

void exact_scale_rows(float *rows, size_t row_count, size_t columns, const float *factors) {
  CHOSEN(scale_rows)(rows, row_count, columns, factors);
}

void exact_add_bias(float *rows, size_t row_count, size_t columns, const float *bias) {
  CHOSEN(add_bias)(rows, row_count, columns, bias);
}

void exact_center_rows(float *rows, size_t row_count, size_t columns, const float *bias,
                       const float *addend, float epsilon, float *variances) {
  CHOSEN(center_rows)(rows, row_count, columns, bias, addend, epsilon, variances);
}

void exact_affine_rows(float *rows, size_t row_count, size_t columns, const float *factors,
                       const float *weight, const float *bias) {
  CHOSEN(affine_rows)(rows, row_count, columns, factors, weight, bias);
}

bool exact_all_finite(const float *values, size_t count) {
  return CHOSEN(all_finite)(values, count);
}
