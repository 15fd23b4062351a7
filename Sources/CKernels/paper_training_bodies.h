// The body of the kernel in paper_training_kernels.h, compiled once per instruction set: define
// PAPER_TRAINING_RUN as the function's name, then include this file. Every operation is a plain
// IEEE one on each lane, so the compiler may split the vectors but not change a bit.

#include "include/paper_training_kernels.h"

#pragma clang fp contract(off)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Blocks that go through the network together: as many as the registers hold.
enum { GROUP_BLOCKS = 4, LANES = PAPER_BLOCK_SAMPLES, GROUP_SAMPLES = GROUP_BLOCKS * LANES };

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
typedef int32_t lane_bits __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(4)));

// Places in the workspace.
typedef struct batch_sums {
  // As the parameters.
  float *gradients;
  // Of every neuron, by lane: the sum of the errors' signs where it is active, then the sum of
  // the same times the inputs.
  lanes *sums;
  // Of every neuron, for the blocks of a group: all bits set where it is active.
  lanes *masks;
} batch_sums;

INLINE batch_sums sums_in_workspace(const paper_training *training) {
  float *start = training->workspace;
  size_t neurons = training->neurons;
  return (batch_sums){.gradients = start,
                      .sums = (lanes *)(start + 3 * neurons),
                      .masks = (lanes *)(start + (3 + 2 * LANES) * neurons)};
}

// Adds a group of blocks to the sums: forward through all neurons, and back.
INLINE void add_group(const paper_training *training, batch_sums batch, const float *inputs,
                      const float *targets, const uint32_t *order) {
  size_t neurons = training->neurons;
  const float *n = training->parameters, *b = n + neurons, *m = b + neurons;
  lanes x[GROUP_BLOCKS], y[GROUP_BLOCKS];
  UNROLL for (int block = 0; block < GROUP_BLOCKS; block++) {
    x[block] = *(const lanes *)(inputs + (size_t)LANES * order[block]);
    y[block] = (lanes){0};
  }
  for (size_t neuron = 0; neuron < neurons; neuron++)
    UNROLL for (int block = 0; block < GROUP_BLOCKS; block++) {
      lanes active = n[neuron] * x[block] + b[neuron];
      lane_bits mask = ~(active <= 0.0f);
      batch.masks[GROUP_BLOCKS * neuron + block] = (lanes)mask;
      y[block] += m[neuron] * (lanes)((lane_bits)active & mask);
    }

  lane_bits sign[GROUP_BLOCKS], signed_input[GROUP_BLOCKS];
  UNROLL for (int block = 0; block < GROUP_BLOCKS; block++) {
    lanes error = y[block] - *(const lanes *)(targets + (size_t)LANES * order[block]);
    const int32_t one = 0x3F800000, minus_one = (int32_t)0xBF800000;
    sign[block] = ((error > 0.0f) & one) | ((error < 0.0f) & minus_one);
    signed_input[block] = (lane_bits)((lanes)sign[block] * x[block]);
  }
  for (size_t neuron = 0; neuron < neurons; neuron++) {
    lanes signs = batch.sums[2 * neuron], signed_inputs = batch.sums[2 * neuron + 1];
    UNROLL for (int block = 0; block < GROUP_BLOCKS; block++) {
      lane_bits mask = (lane_bits)batch.masks[GROUP_BLOCKS * neuron + block];
      signs += (lanes)(sign[block] & mask);
      signed_inputs += (lanes)(signed_input[block] & mask);
    }
    batch.sums[2 * neuron] = signs;
    batch.sums[2 * neuron + 1] = signed_inputs;
  }
}

INLINE void find_gradients(const paper_training *training, batch_sums batch, const float *inputs,
                           const float *targets, const uint32_t *order) {
  size_t neurons = training->neurons;
  for (size_t sum = 0; sum < 2 * neurons; sum++) batch.sums[sum] = (lanes){0};
  for (size_t block = 0; block < PAPER_BATCH_BLOCKS; block += GROUP_BLOCKS)
    add_group(training, batch, inputs, targets, order + block);

  const float scale = 1.0f / (LANES * PAPER_BATCH_BLOCKS);
  const float *n = training->parameters, *b = n + neurons, *m = b + neurons;
  for (size_t neuron = 0; neuron < neurons; neuron++) {
    const float *signs = (const float *)(batch.sums + 2 * neuron), *signed_inputs = signs + LANES;
    float sum = signs[0], input_sum = signed_inputs[0];
    UNROLL for (int lane = 1; lane < LANES; lane++) {
      sum += signs[lane];
      input_sum += signed_inputs[lane];
    }
    sum *= scale;
    input_sum *= scale;
    batch.gradients[neuron] = m[neuron] * input_sum;
    batch.gradients[neurons + neuron] = m[neuron] * sum;
    batch.gradients[2 * neurons + neuron] = n[neuron] * input_sum + b[neuron] * sum;
  }
}

INLINE void take_adam_step(paper_training *training, const float *restrict gradients,
                           float learning_rate) {
  training->first_decay *= 0.9f;
  training->second_decay *= 0.999f;
  float rate = learning_rate / (1.0f - training->first_decay);
  float correction = 1.0f / (1.0f - training->second_decay);
  float *restrict parameters = training->parameters;
  float *restrict first = training->first_moments;
  float *restrict second = training->second_moments;
  size_t count = 3 * training->neurons;
  for (size_t i = 0; i < count; i++) {
    first[i] = 0.9f * first[i] + 0.1f * gradients[i];
    second[i] = 0.999f * second[i] + 0.001f * (gradients[i] * gradients[i]);
    parameters[i] -=
        rate * first[i] / (__builtin_elementwise_sqrt(second[i] * correction) + 1e-8f);
  }
}

void PAPER_TRAINING_RUN(paper_training *training, const float *inputs, const float *targets,
                        const uint32_t *order, size_t batches, float learning_rate) {
  batch_sums batch = sums_in_workspace(training);
  for (size_t i = 0; i < batches; i++) {
    find_gradients(training, batch, inputs, targets, order + i * PAPER_BATCH_BLOCKS);
    take_adam_step(training, batch.gradients, learning_rate);
  }
}
