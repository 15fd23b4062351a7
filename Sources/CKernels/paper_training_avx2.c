// The paper's training with AVX2 (and without FMA, which would change bits).
// paper_training_dispatch.c calls it only where the machine has it.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define PAPER_TRAINING_RUN paper_training_run_avx2
#include "paper_training_bodies.h"
#pragma clang attribute pop
#endif
