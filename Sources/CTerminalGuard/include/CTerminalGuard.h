// Gives the terminal back, whatever way the process ends. It never draws and never reads a key.
//
// Everything reachable from a signal handler lives in this one C target, because Swift code (reference counts, lazy
// globals, allocation) is not async-signal-safe.
#pragma once
#include <poll.h>
#include <stdbool.h>

// Saves the terminal's modes and installs the handlers. Call before ncurses starts. From here on stderr is captured
// where it is a terminal, since text written to it would land in the middle of the screen, and a crash is reported
// without asking questions. Returns false with errno set.
bool tg_arm(int terminal);

// Restores the terminal and stderr, then prints what stderr captured. Safe in a signal handler, and safe to call twice.
void tg_restore(void);

// Undoes tg_arm where nothing was sent to the terminal yet, and sends nothing.
void tg_disarm(void);

// A descriptor to poll next to the keyboard; it is readable after tg_wake().
int tg_wake_descriptor(void);
void tg_wake(void);        // from any thread
void tg_clear_wake(void);  // from the thread that polls

// True once SIGTERM, SIGHUP or SIGINT asked the program to end.
bool tg_stop_requested(void);

// Ends the process by that signal, once all is given back, so that whoever started it learns how it ended. Returns when
// none came.
void tg_end_by_signal(void);

// True once after SIGTSTP came from outside: the screen is to be given back, and then tg_suspend called.
bool tg_take_suspend_request(void);

// Stops the process as Ctrl-Z would, and returns after SIGCONT.
void tg_suspend(void);
