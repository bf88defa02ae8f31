#define _GNU_SOURCE
#include "CNcurses.h"

#include <term.h>
#include <unistd.h>

enum cn_knowledge cn_knows(const char *terminal_type) {
  int answer = 0;
  if (setupterm((char *)terminal_type, STDOUT_FILENO, &answer) == ERR) return CN_UNKNOWN;
  enum cn_knowledge knowledge = cursor_address == NULL ? CN_CANNOT_MOVE : CN_USABLE;
  del_curterm(cur_term);
  return knowledge;
}

bool cn_open(const char *terminal_type) { return newterm(terminal_type, stdout, stdin) != NULL; }
WINDOW *cn_screen(void) { return stdscr; }
int cn_color_count(void) { return COLORS; }

void cn_send(const char *bytes, int count) {
  fwrite(bytes, 1, (size_t)count, stdout);
  fflush(stdout);
}

void cn_put(int row, int column, const wchar_t *text, attr_t attributes, int pair) {
  cchar_t cell;
  if (setcchar(&cell, text, attributes, 0, &pair) == ERR) return;
  // The bottom-right cell is drawn and still answers ERR, as the cursor cannot move past it. So the answer says
  // nothing, and is not read.
  (void)mvwadd_wch(stdscr, row, column, &cell);
}

int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
