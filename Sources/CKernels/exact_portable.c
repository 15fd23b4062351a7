// The kernels with the instructions that every machine has.
#define EXACT(name) exact_##name##_portable
#include "exact_bodies.h"
