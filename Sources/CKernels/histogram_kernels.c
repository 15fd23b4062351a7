#include "histogram_kernels.h"

#include <string.h>

enum { BLOCK = 256 };

// Sorts like the float it comes from, for finite values: a loop over integers is vectorised by any
// compiler, one over floats with their NaN rules is not.
static inline int32_t ordered(int32_t bits) { return bits ^ ((bits >> 31) & 0x7FFFFFFF); }

void histogram_record(uint64_t *counters, const float *values, size_t count,
                      histogram_extrema *extrema) {
  int32_t low_bits, high_bits;
  memcpy(&low_bits, &extrema->minimum, sizeof low_bits);
  memcpy(&high_bits, &extrema->maximum, sizeof high_bits);
  int32_t low = ordered(low_bits), high = ordered(high_bits);

  for (size_t start = 0; start < count; start += BLOCK) {
    size_t n = count - start < BLOCK ? count - start : BLOCK;
    int32_t bits[BLOCK];
    uint32_t index[BLOCK];
    memcpy(bits, values + start, n * sizeof *bits);
    for (size_t i = 0; i < n; i++) {
      int32_t magnitude = bits[i] & 0x7FFFFFFF;
      int32_t pattern = magnitude == 0 ? 0 : bits[i];
      int32_t key = ordered(pattern);
      int32_t is_finite = magnitude < 0x7F800000;
      int32_t low_key = is_finite ? key : INT32_MAX;
      int32_t high_key = is_finite ? key : INT32_MIN;
      low = low_key < low ? low_key : low;
      high = high_key > high ? high_key : high;
      index[i] = (uint32_t)(magnitude > 0x7F800000 ? 0x7FC00000 : pattern) >> 16;
    }
    for (size_t i = 0; i < n; i++) counters[index[i]] += 1;
  }

  low_bits = ordered(low);
  high_bits = ordered(high);
  memcpy(&extrema->minimum, &low_bits, sizeof low_bits);
  memcpy(&extrema->maximum, &high_bits, sizeof high_bits);
}
