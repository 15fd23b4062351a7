// The versions of the table kernels; `table_apply_…` chooses.

#ifndef TABLE_PATHS_H
#define TABLE_PATHS_H

#include "table_kernels.h"

void table_fp32_portable(const table_float *table, float *values, size_t count);
void table_fp16_portable(const table_float *table, float *values, size_t count);
void table_integer_portable(const table_integer *table, float *values, size_t count);

#if defined(__x86_64__)
void table_fp32_avx2(const table_float *table, float *values, size_t count);
void table_fp16_avx2(const table_float *table, float *values, size_t count);
void table_integer_avx2(const table_integer *table, float *values, size_t count);
#endif

#endif
