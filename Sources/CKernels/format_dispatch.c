// Chooses the instruction set at run time.
#include "include/exact_kernels.h"
#include "include/format_kernels.h"

#if defined(__x86_64__)
#define CHOSEN(name) (exact_has_avx2() ? format_##name##_avx2 : format_##name##_portable)
#else
#define CHOSEN(name) format_##name##_portable
#endif

void format_round_half(float *values, size_t count) { CHOSEN(round_half)(values, count); }

void format_quantize(const float *values, float *integers, size_t count, float scale) {
  CHOSEN(quantize)(values, integers, count, scale);
}

void format_dequantize(const float *parts, size_t part_count, float *result, size_t row_count,
                       size_t columns, float scale, const float *scales) {
  CHOSEN(dequantize)(parts, part_count, result, row_count, columns, scale, scales);
}
