// A library that is put before the C library of a program (LD_PRELOAD), and moves the clock that says what time it is:
// CLOCK_REALTIME is off by as many nanoseconds as the file says that INVENTORY_CLOCK_FILE names, eight bytes in the
// machine's order, which may change at any time. All other clocks stay.
//
// Whoever waits until a time of that clock must wait as long as without this, so the times of such waits are moved back
// on their way to the system: those of condition variables, and of futexes, which Abseil uses itself. A wait that is
// under way when the clock jumps ends when it would have ended without the jump.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr int64_t kSecond = 1'000'000'000;

volatile const int64_t* offset_file = nullptr;

__attribute__((constructor)) void OpenFile() {
  const char* path = std::getenv("INVENTORY_CLOCK_FILE");
  const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* mapped = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) offset_file = static_cast<const int64_t*>(mapped);
  close(file);
}

int64_t Offset() { return offset_file == nullptr ? 0 : *offset_file; }

timespec Moved(const timespec& time, int64_t offset) {
  const int64_t moved = time.tv_sec * kSecond + time.tv_nsec + offset;
  // Before the epoch there is no time to wait until.
  if (moved < 0) return {};
  return {.tv_sec = moved / kSecond, .tv_nsec = moved % kSecond};
}

// The kernel's numbers and arguments, addresses among them, are longs.
// NOLINTBEGIN(google-runtime-int,performance-no-int-to-ptr)

// The system call itself, because the C library's own function for any of them is replaced below.
long Call(long number, long a, long b, long c, long d, long e, long f) {
  long result = 0;
  register long fourth asm("r10") = d;
  register long fifth asm("r8") = e;
  register long sixth asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
               : "rcx", "r11", "memory");
  return result;
}

// Whether a condition variable waits by a clock that nobody moves: glibc keeps that in the second bit.
bool IsMonotonic(const pthread_cond_t* condition) { return (condition->__data.__wrefs & 2U) != 0; }

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = Call(SYS_clock_gettime, clock, reinterpret_cast<long>(time), 0, 0, 0, 0);
  if (result < 0) {
    errno = static_cast<int>(-result);
    return -1;
  }
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) *time = Moved(*time, Offset());
  return 0;
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* result) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  using Function = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  static const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "pthread_cond_timedwait"));
  const timespec moved = IsMonotonic(condition) ? *until : Moved(*until, -Offset());
  return original(condition, mutex, &moved);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  using Function = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  const timespec moved = clock == CLOCK_REALTIME ? Moved(*until, -Offset()) : *until;
  return original(condition, mutex, clock, &moved);
}

long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  timespec moved{};
  if (number == SYS_futex && (arguments[1] & FUTEX_CLOCK_REALTIME) != 0 && arguments[3] != 0) {
    moved = Moved(*reinterpret_cast<const timespec*>(arguments[3]), -Offset());
    arguments[3] = reinterpret_cast<long>(&moved);
  }
  const long result = Call(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
  if (result >= 0 || result < -4095) return result;
  errno = static_cast<int>(-result);
  return -1;
}

// NOLINTEND(google-runtime-int,performance-no-int-to-ptr)

}  // extern "C"
