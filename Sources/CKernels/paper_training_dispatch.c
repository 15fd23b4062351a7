// Chooses the instruction set at run time.
#include "include/paper_training_kernels.h"

#if defined(__x86_64__)
void paper_training_run_avx2(paper_training *training, const float *inputs, const float *targets,
                             const uint32_t *order, size_t batches, float learning_rate);
#endif

void paper_training_run(paper_training *training, const float *inputs, const float *targets,
                        const uint32_t *order, size_t batches, float learning_rate) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    paper_training_run_avx2(training, inputs, targets, order, batches, learning_rate);
    return;
  }
#endif
  paper_training_run_portable(training, inputs, targets, order, batches, learning_rate);
}
