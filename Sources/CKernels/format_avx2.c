// The kernels with AVX2. format_dispatch.c calls them only where the machine has it.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define FORMAT(name) format_##name##_avx2
#include "format_bodies.h"
#pragma clang attribute pop
#endif
