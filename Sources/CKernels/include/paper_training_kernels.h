#pragma once

#include <stddef.h>
#include <stdint.h>

// The published training loop of a ReLU network y = Σ m · max(0, n·x + b): Adam on the mean
// absolute error. No libm, no fused multiply-add, sums in a fixed order: every machine gives the
// same bits.

enum {
  // Samples that lie side by side, one a lane.
  PAPER_BLOCK_SAMPLES = 8,
  // Blocks per step; a multiple of 4.
  PAPER_BATCH_BLOCKS = 64,
  // Floats of working memory a neuron.
  PAPER_WORKSPACE_PER_NEURON = 51,
};

// A network in training. The arrays hold n of every neuron, then b, then m: 3 · neurons floats.
typedef struct paper_training {
  size_t neurons;
  float *parameters;
  // Adam's running means of the gradient and of its square.
  float *first_moments, *second_moments;
  // PAPER_WORKSPACE_PER_NEURON · neurons floats, of any value.
  float *workspace;
  // 0.9 and 0.999 to the power of the steps so far.
  float first_decay, second_decay;
} paper_training;

// Takes one step of Adam (β = (0.9, 0.999), ε = 1e-8) for each of `batches` batches. Batch i is the
// blocks order[64·i] to order[64·i + 63]; block k is inputs[8·k] to inputs[8·k + 7] with the
// function's values in targets. All are finite.
void paper_training_run(paper_training *training, const float *inputs, const float *targets,
                        const uint32_t *order, size_t batches, float learning_rate);

// The same with the instructions that every machine has, so that a test can compare.
void paper_training_run_portable(paper_training *training, const float *inputs,
                                 const float *targets, const uint32_t *order, size_t batches,
                                 float learning_rate);
