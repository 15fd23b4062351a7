// Preloaded before libfaketime, which moves the deadline of every timerfd by the false clock's offset,
// also of those on the monotonic and boot clocks that it is told to leave alone: a worker whose wall
// clock jumps back by an hour would sleep an hour, as no kernel makes it. These go to the kernel.
#pragma once
#include <sys/timerfd.h>

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *before);
int timerfd_gettime(int fd, struct itimerspec *value);
