#define _GNU_SOURCE
#include "CSimulationGuard.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

// The hooks of the Swift runtime's concurrency library. Weak, since a statically linked program may have dropped them.
#define SWIFTCC __attribute__((swiftcall))
typedef SWIFTCC void (*enqueue)(void *job);
typedef SWIFTCC void (*enqueue_delayed)(unsigned long long delay, void *job);
typedef SWIFTCC void (*enqueue_until)(long long, long long, long long, long long, int, void *job);
extern void *swift_task_enqueueGlobal_hook __attribute__((weak));
extern void *swift_task_enqueueGlobalWithDelay_hook __attribute__((weak));
extern void *swift_task_enqueueGlobalWithDeadline_hook __attribute__((weak));
extern void *swift_task_enqueueMainExecutor_hook __attribute__((weak));

static _Thread_local bool inside;

void simulation_guard_enter(void) { inside = true; }
void simulation_guard_leave(void) { inside = false; }
bool simulation_guard_is_inside(void) { return inside; }

static void refuse_inside(const char *what) {
  if (!inside) return;
  fprintf(stderr, "BUG: %s inside the simulation\n", what);
  abort();
}

static SWIFTCC void on_enqueue(void *job, enqueue original) {
  refuse_inside("a task left for the global executor (Task { } in place of spawn)");
  original(job);
}

static SWIFTCC void on_enqueue_delayed(unsigned long long delay, void *job, enqueue_delayed original) {
  refuse_inside("Task.sleep(nanoseconds:)");
  original(delay, job);
}

static SWIFTCC void on_enqueue_until(long long seconds, long long nanoseconds, long long tolerance_seconds,
                                     long long tolerance_nanoseconds, int clock, void *job, enqueue_until original) {
  refuse_inside("Task.sleep(for:) without the simulation's clock");
  original(seconds, nanoseconds, tolerance_seconds, tolerance_nanoseconds, clock, job);
}

static SWIFTCC void on_enqueue_main(void *job, enqueue original) {
  refuse_inside("a hop to the main actor");
  original(job);
}

void simulation_guard_install(void) {
  static atomic_flag installed = ATOMIC_FLAG_INIT;
  if (atomic_flag_test_and_set(&installed)) return;
  if (&swift_task_enqueueGlobal_hook) swift_task_enqueueGlobal_hook = (void *)on_enqueue;
  if (&swift_task_enqueueGlobalWithDelay_hook) swift_task_enqueueGlobalWithDelay_hook = (void *)on_enqueue_delayed;
  if (&swift_task_enqueueGlobalWithDeadline_hook) swift_task_enqueueGlobalWithDeadline_hook = (void *)on_enqueue_until;
  if (&swift_task_enqueueMainExecutor_hook) swift_task_enqueueMainExecutor_hook = (void *)on_enqueue_main;
}
