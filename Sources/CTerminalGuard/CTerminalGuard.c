#define _GNU_SOURCE
#include "CTerminalGuard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

static const int fatal_signals[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
static const int stop_signals[] = {SIGTERM, SIGHUP, SIGINT};
enum { signal_limit = 65 };

static int terminal = -1;
static int wake = -1;
static int real_stderr = -1;
static int captured_stderr = -1;
static bool captures_stderr;
static struct termios saved_modes;
static struct sigaction previous[signal_limit];
static atomic_bool armed;
static atomic_int stop_signal;
static atomic_bool suspend_requested;

// Mouse and focus reporting, bracketed paste and attributes off; palette back; cursor shown; application keypad off;
// alternate screen left.
static const char leave_screen[] =
    "\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[0m"
    "\x1b]104\x1b\\\x1b[?25h\x1b[?1l\x1b>\x1b[?1049l";

static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static void release_stderr(void) {
  if (!captures_stderr) return;
  dup2(real_stderr, STDERR_FILENO);
  char chunk[4096];
  off_t offset = 0;
  ssize_t count;
  while ((count = pread(captured_stderr, chunk, sizeof chunk, offset)) > 0) {
    write_all(STDERR_FILENO, chunk, (size_t)count);
    offset += count;
  }
}

void tg_restore(void) {
  if (!atomic_exchange(&armed, false)) return;
  write_all(terminal, leave_screen, sizeof leave_screen - 1);
  tcsetattr(terminal, TCSANOW, &saved_modes);
  release_stderr();
}

void tg_disarm(void) {
  if (!atomic_exchange(&armed, false)) return;
  release_stderr();
}

// Swift's backtracer asks questions where it sees a terminal, and holds it until a key is pressed. With nothing to read
// from it writes its report and ends. A pipe whose other end is closed is that nothing, and needs no file.
static void leave_backtracer_no_input(void) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return;
  close(ends[1]);
  dup2(ends[0], STDIN_FILENO);
}

static void on_fatal(int signal, siginfo_t *info, void *context) {
  (void)context;
  int saved_errno = errno;
  if (atomic_load(&armed)) leave_backtracer_no_input();
  tg_restore();
  if (info->si_code == SI_USER) {  // Somebody else sent it: there is nothing to report, and nothing goes on.
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(signal);
    errno = saved_errno;
    return;
  }
  // Hand over to whoever came first: Swift's backtracer, or the default action. Returning runs the faulting instruction
  // again, with its registers intact, so the backtrace is the true one. A signal that was sent rather than caused must
  // be sent again.
  sigaction(signal, &previous[signal], NULL);
  errno = saved_errno;
  if (info->si_code <= 0 || signal == SIGTRAP) raise(signal);
}

static void on_stop(int signal) {
  int saved_errno = errno;
  atomic_store(&stop_signal, signal);
  tg_wake();
  errno = saved_errno;
}

static void on_suspend(int signal) {
  (void)signal;
  int saved_errno = errno;
  atomic_store(&suspend_requested, true);
  tg_wake();
  errno = saved_errno;
}

static void install_handlers(void) {
  static atomic_bool installed;
  if (atomic_exchange(&installed, true)) return;

  // A stack overflow leaves no stack to handle SIGSEGV on. This stack serves the calling thread; an overflow on another
  // one is not caught.
  static char alternate_stack[64 * 1024];
  stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
  sigaltstack(&stack, NULL);

  struct sigaction fatal = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
    sigaction(fatal_signals[i], &fatal, &previous[fatal_signals[i]]);

  struct sigaction stop = {.sa_handler = on_stop};
  for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++)
    sigaction(stop_signals[i], &stop, NULL);

  // Ctrl-Z is a key here; this one comes from outside. A shell without job control has it ignored, and nobody there
  // could wake the program again.
  struct sigaction suspend = {.sa_handler = on_suspend}, inherited;
  sigaction(SIGTSTP, &suspend, &inherited);
  if (inherited.sa_handler == SIG_IGN) sigaction(SIGTSTP, &inherited, NULL);

  atexit(tg_restore);
}

bool tg_arm(int descriptor) {
  terminal = descriptor;
  if (tcgetattr(terminal, &saved_modes) < 0) return false;
  if (wake < 0) wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (real_stderr < 0) real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (captured_stderr < 0) captured_stderr = memfd_create("stderr", MFD_CLOEXEC);
  if (wake < 0 || real_stderr < 0 || captured_stderr < 0) return false;

  captures_stderr = isatty(real_stderr);  // what goes to a file does no harm
  if (captures_stderr) dup2(captured_stderr, STDERR_FILENO);
  install_handlers();
  atomic_store(&armed, true);
  return true;
}

int tg_wake_descriptor(void) { return wake; }

void tg_wake(void) {
  uint64_t one = 1;
  ssize_t ignored = write(wake, &one, sizeof one);
  (void)ignored;
}

void tg_clear_wake(void) {
  uint64_t count;
  ssize_t ignored = read(wake, &count, sizeof count);
  (void)ignored;
}

bool tg_stop_requested(void) { return atomic_load(&stop_signal) != 0; }

void tg_end_by_signal(void) {
  int number = atomic_load(&stop_signal);
  if (number == 0) return;
  tg_restore();
  signal(number, SIG_DFL);
  raise(number);
}

bool tg_take_suspend_request(void) { return atomic_exchange(&suspend_requested, false); }

void tg_suspend(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL}, kept;
  sigaction(SIGTSTP, &standard, &kept);
  kill(0, SIGTSTP);  // the whole foreground job, as the terminal driver would
  sigaction(SIGTSTP, &kept, NULL);
}
