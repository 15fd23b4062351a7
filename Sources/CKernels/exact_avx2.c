// The kernels with AVX2 (and without FMA, which would change bits). exact_dispatch.c calls them
// only where the machine has it.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define EXACT(name) exact_##name##_avx2
#include "exact_bodies.h"
#pragma clang attribute pop
#endif
