// The paper's training with the instructions that every machine has.
#define PAPER_TRAINING_RUN paper_training_run_portable
#include "paper_training_bodies.h"
