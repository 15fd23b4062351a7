#ifndef HISTOGRAM_KERNELS_H
#define HISTOGRAM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Adds one to counters[upper 16 bits of the value's pattern] for each value; `counters` holds
/// 65 536 counters. NaN and infinities are counted like all others, at their own patterns.
void histogram_count(uint64_t *counters, const float *values, size_t count);

#endif
