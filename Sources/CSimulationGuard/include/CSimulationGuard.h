// Catches a task that leaves the simulation, where it would race with it and make runs differ.
#pragma once

#include <stdbool.h>

// Puts the guard before the runtime's own enqueueing of jobs, once for the process. From then on a job for the global
// or the main executor that is made on a thread which is running a simulation ends the process with a sentence.
void simulation_guard_install(void);

// This thread runs a simulation from now on, until it leaves.
void simulation_guard_enter(void);
void simulation_guard_leave(void);
bool simulation_guard_is_inside(void);
