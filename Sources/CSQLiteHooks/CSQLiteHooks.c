#include "CSQLiteHooks.h"

#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <sqlite3.h>
#include <stddef.h>

// MARK: Memory

int sqlite_hooks_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// MARK: Rows

// Weak, so that a SQLite without them can be linked, and asked.
#pragma weak sqlite3_preupdate_hook
#pragma weak sqlite3_preupdate_old
#pragma weak sqlite3_preupdate_new
#pragma weak sqlite3_preupdate_count
#pragma weak sqlite3_preupdate_blobwrite

bool sqlite_hooks_know_rows(void) {
  return &sqlite3_preupdate_hook != NULL && &sqlite3_preupdate_old != NULL && &sqlite3_preupdate_new != NULL &&
         &sqlite3_preupdate_count != NULL && &sqlite3_preupdate_blobwrite != NULL;
}

_Static_assert(sizeof(int64_t) == sizeof(sqlite3_int64), "the hook is called with SQLite's own integers");

void sqlite_hooks_watch_rows(sqlite3 *database, void *context, row_hook hook) {
  sqlite3_preupdate_hook(
      database, (void (*)(void *, sqlite3 *, int, const char *, const char *, sqlite3_int64, sqlite3_int64))hook,
      context);
}

int sqlite_hooks_old_value(sqlite3 *database, int column, sqlite3_value **value) {
  return sqlite3_preupdate_old(database, column, value);
}

int sqlite_hooks_new_value(sqlite3 *database, int column, sqlite3_value **value) {
  return sqlite3_preupdate_new(database, column, value);
}

int sqlite_hooks_column_count(sqlite3 *database) { return sqlite3_preupdate_count(database); }

bool sqlite_hooks_is_blob_write(sqlite3 *database) { return sqlite3_preupdate_blobwrite(database) >= 0; }

// MARK: Savepoints

// SQLite tells virtual tables that a transaction has written to of all its savepoints, so that they can keep what they
// hold in memory in step: "The Virtual Table Mechanism of SQLite", 2.18 to 2.20. This one holds nothing.

typedef struct {
  savepoint_hooks hooks;
  void *context;
} savepoint_watch;

typedef struct {
  sqlite3_vtab base;
  const savepoint_watch *watch;
} watching_table;

static int connect(sqlite3 *database, void *watch, int argument_count, const char *const *arguments,
                   sqlite3_vtab **table, char **message) {
  (void)argument_count, (void)arguments, (void)message;
  int code = sqlite3_declare_vtab(database, "CREATE TABLE watch(unused)");
  if (code != SQLITE_OK) return code;
  watching_table *made = sqlite3_malloc(sizeof *made);
  if (made == NULL) return SQLITE_NOMEM;
  *made = (watching_table){.watch = watch};
  *table = &made->base;
  return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table) {
  sqlite3_free(table);
  return SQLITE_OK;
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
  (void)table, (void)info;
  return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor) {
  (void)table;
  *cursor = sqlite3_malloc(sizeof **cursor);
  if (*cursor == NULL) return SQLITE_NOMEM;
  **cursor = (sqlite3_vtab_cursor){0};
  return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor) {
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *name, int count, sqlite3_value **values) {
  (void)cursor, (void)number, (void)name, (void)count, (void)values;
  return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor) {
  (void)cursor;
  return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *cursor) {
  (void)cursor;
  return 1;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int place) {
  (void)cursor, (void)place;
  sqlite3_result_null(result);
  return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *result) {
  (void)cursor;
  *result = 0;
  return SQLITE_OK;
}

static int update(sqlite3_vtab *table, int count, sqlite3_value **values, sqlite3_int64 *inserted) {
  (void)table, (void)count, (void)values;
  *inserted = 0;
  return SQLITE_OK;
}

static int begin(sqlite3_vtab *table) {
  (void)table;
  return SQLITE_OK;
}

static const savepoint_watch *watch_of(sqlite3_vtab *table) { return ((watching_table *)table)->watch; }

static int sync(sqlite3_vtab *table) {
  const savepoint_watch *watch = watch_of(table);
  if (watch->hooks.may_commit(watch->context)) return SQLITE_OK;
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = sqlite3_mprintf("this transaction may not be committed by a statement of its own");
  return SQLITE_ABORT;
}

static int end(sqlite3_vtab *table) {
  const savepoint_watch *watch = watch_of(table);
  watch->hooks.end(watch->context);
  return SQLITE_OK;
}

static int save(sqlite3_vtab *table, int level) {
  const savepoint_watch *watch = watch_of(table);
  watch->hooks.save(watch->context, level);
  return SQLITE_OK;
}

static int release(sqlite3_vtab *table, int level) {
  const savepoint_watch *watch = watch_of(table);
  watch->hooks.release(watch->context, level);
  return SQLITE_OK;
}

static int undo(sqlite3_vtab *table, int level) {
  const savepoint_watch *watch = watch_of(table);
  watch->hooks.undo(watch->context, level);
  return SQLITE_OK;
}

// Without xCreate the table is there by its name alone, and stands in no schema.
static const sqlite3_module watching_module = {
    .iVersion = 2,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = is_at_end,
    .xColumn = column,
    .xRowid = rowid,
    .xUpdate = update,
    .xBegin = begin,
    .xSync = sync,
    .xCommit = end,
    .xRollback = end,
    .xSavepoint = save,
    .xRelease = release,
    .xRollbackTo = undo,
};

static void close_watch(void *watch_pointer) {
  const savepoint_watch *watch = watch_pointer;
  watch->hooks.close(watch->context);
  sqlite3_free(watch_pointer);
}

int sqlite_hooks_watch_savepoints(sqlite3 *database, const char *name, savepoint_hooks hooks, void *context) {
  savepoint_watch *watch = sqlite3_malloc(sizeof *watch);
  if (watch == NULL) {
    hooks.close(context);
    return SQLITE_NOMEM;
  }
  *watch = (savepoint_watch){.hooks = hooks, .context = context};
  return sqlite3_create_module_v2(database, name, &watching_module, watch, close_watch);
}
