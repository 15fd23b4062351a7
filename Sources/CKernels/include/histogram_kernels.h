#ifndef HISTOGRAM_KERNELS_H
#define HISTOGRAM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The smallest and largest finite value so far; +infinity and -infinity before the first.
typedef struct histogram_extrema {
  float minimum, maximum;
} histogram_extrema;

/// For each value adds one to counters[upper 16 bits of its pattern]; `counters` holds 65 536.
/// -0 counts as +0, infinities at 0x7F80 and 0xFF80, every NaN at 0x7FC0. The extrema take in the
/// finite values.
void histogram_record(uint64_t *counters, const float *values, size_t count,
                      histogram_extrema *extrema);

#endif
