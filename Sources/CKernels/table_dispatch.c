#include "table_paths.h"

bool table_kernels_use_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

void table_apply_fp32(const table_fp32 *table, float *values, size_t count, table_path path) {
#if defined(__x86_64__)
  if (path == TABLE_PATH_FASTEST && table_kernels_use_avx2()) {
    table_fp32_avx2(table, values, count);
    return;
  }
#endif
  table_fp32_portable(table, values, count);
}

void table_apply_int32(const table_int32 *table, float *values, size_t count, table_path path) {
#if defined(__x86_64__)
  if (path == TABLE_PATH_FASTEST && table_kernels_use_avx2()) {
    table_int32_avx2(table, values, count);
    return;
  }
#endif
  table_int32_portable(table, values, count);
}
