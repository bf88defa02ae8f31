// ncursesw for Swift, with what Swift cannot import by itself: wide characters, function-like macros, and the mutable
// globals that Swift 6 rejects. It holds no state and decides nothing.
#pragma once

// SwiftPM drops pkg-config's -D_XOPEN_SOURCE=600 as a "prohibited flag", so the wide-character API has to be asked for
// here.
#define NCURSES_WIDECHAR 1

#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <wchar.h>
#include <curses.h>

// Attributes. The A_* macros are cast expressions, which Swift does not import.
static const attr_t CN_BOLD = A_BOLD;
static const attr_t CN_DIM = A_DIM;
static const attr_t CN_ITALIC = A_ITALIC;
static const attr_t CN_UNDERLINE = A_UNDERLINE;
static const attr_t CN_REVERSE = A_REVERSE;

// What the terminal database says of a type, before anything is sent to the terminal.
enum cn_knowledge { CN_UNKNOWN, CN_CANNOT_MOVE, CN_USABLE };
enum cn_knowledge cn_knows(const char *terminal_type);

// Globals. Reached through functions, `stdscr`, `stdout` and friends, which are mutable C variables, stay out of
// Swift's concurrency checking.
bool cn_open(const char *terminal_type);  // NULL: what TERM says
WINDOW *cn_screen(void);
int cn_color_count(void);

// Sends bytes past curses, in order with what curses sends.
void cn_send(const char *bytes, int count);

// Draws one cell: a base character and up to four combining ones, ended by 0. Pairs past 255 work, as the pair goes in
// the cell's extended colour and not in its attribute bits.
void cn_put(int row, int column, const wchar_t *text, attr_t attributes, int pair);

// The columns the C library gives a character, by which ncurses lays out; -1 if it is not printable. (<wchar.h> hides
// wcwidth without _XOPEN_SOURCE.)
int cn_width(uint32_t scalar);
