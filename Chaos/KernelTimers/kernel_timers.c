#include "kernel_timers.h"

#include <sys/syscall.h>
#include <unistd.h>

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *before) {
  return (int)syscall(SYS_timerfd_settime, fd, flags, value, before);
}

int timerfd_gettime(int fd, struct itimerspec *value) {
  return (int)syscall(SYS_timerfd_gettime, fd, value);
}
