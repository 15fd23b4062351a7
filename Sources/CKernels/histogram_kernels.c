#include "histogram_kernels.h"

#include <string.h>

void histogram_count(uint64_t *counters, const float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, values + i, sizeof bits);
    counters[bits >> 16] += 1;
  }
}
