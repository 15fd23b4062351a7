#include "table_paths.h"

bool table_kernels_use_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
#else
  return false;
#endif
}

void table_apply_fp32(const table_float *table, float *values, size_t count, table_path path) {
#if defined(__x86_64__)
  if (path == TABLE_PATH_FASTEST && table_kernels_use_avx2()) {
    table_fp32_avx2(table, values, count);
    return;
  }
#endif
  table_fp32_portable(table, values, count);
}

void table_apply_fp16(const table_float *table, float *values, size_t count, table_path path) {
#if defined(__x86_64__)
  if (path == TABLE_PATH_FASTEST && table_kernels_use_avx2()) {
    table_fp16_avx2(table, values, count);
    return;
  }
#endif
  table_fp16_portable(table, values, count);
}

void table_apply_integer(const table_integer *table, float *values, size_t count, table_path path) {
#if defined(__x86_64__)
  if (path == TABLE_PATH_FASTEST && table_kernels_use_avx2()) {
    table_integer_avx2(table, values, count);
    return;
  }
#endif
  table_integer_portable(table, values, count);
}
