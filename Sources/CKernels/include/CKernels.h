#ifndef CKERNELS_H
#define CKERNELS_H

// The few hot kernels of the system: each has an AVX2 version chosen at run time and a portable
// version that gives the same bits.

#include "exact_kernels.h"
#include "format_kernels.h"
#include "histogram_kernels.h"
#include "paper_training_kernels.h"
#include "table_kernels.h"

#endif
