#pragma once

// OpenBLAS's cblas.h: the CBLAS routines and openblas_set_num_threads, openblas_get_corename.
#include <cblas.h>
