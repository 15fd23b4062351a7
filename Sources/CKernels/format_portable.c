// The kernels with the instructions that every machine has.
#define FORMAT(name) format_##name##_portable
#include "format_bodies.h"
