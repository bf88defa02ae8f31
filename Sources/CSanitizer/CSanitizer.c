#include "CSanitizer.h"

// Weak: present only in programs that were linked with the sanitizer's runtime.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

void sanitizer_acquire(void *address) {
  if (__tsan_acquire) __tsan_acquire(address);
}

void sanitizer_release(void *address) {
  if (__tsan_release) __tsan_release(address);
}
