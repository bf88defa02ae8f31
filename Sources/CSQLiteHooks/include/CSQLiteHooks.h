#ifndef CSQLITEHOOKS_H
#define CSQLITEHOOKS_H

// What SQLite tells of changing rows and of savepoints beyond what GRDBSQLite declares, and a setting that Swift cannot
// make. It is linked with that module, and so with the same SQLite.

#include <stdbool.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_value;

// Called before each change of a row, whatever makes it: a statement, a trigger, a foreign key.
// `operation` is SQLITE_INSERT, SQLITE_UPDATE or SQLITE_DELETE. The rowids mean nothing in tables without them.
typedef void (*row_hook)(void *context, struct sqlite3 *database, int operation, const char *schema,
                         const char *table, int64_t old_rowid, int64_t new_rowid);

// How the transaction of a connection goes on. Savepoints, also those that statements make for themselves, stand at
// levels that count from 0.
typedef struct {
  // A savepoint begins at `level`.
  void (*save)(void *context, int level);
  // What has happened since the savepoint at `level` began is undone; the savepoint stays.
  void (*undo)(void *context, int level);
  // The savepoint at `level`, and those within it, are no more.
  void (*release)(void *context, int level);
  // The transaction is about to be committed; false turns that into a failure and a rollback.
  bool (*may_commit)(void *context);
  // The transaction has ended, one way or the other.
  void (*end)(void *context);
  // The connection is closed, or was not watched after all: nothing more is told.
  void (*close)(void *context);
} savepoint_hooks;

// Lets SQLite keep no account of the memory that it takes, for which it would lock a mutex each time. Before the first
// database is opened; SQLite's result code is SQLITE_MISUSE when it is too late, and all stays as it was.
int sqlite_hooks_count_no_memory(void);

// False when this SQLite was built without SQLITE_ENABLE_PREUPDATE_HOOK. Nothing of rows may be called then.
bool sqlite_hooks_know_rows(void);

// Calls `hook` with `context` for each row of the connection from now on. A connection has room for one such hook.
void sqlite_hooks_watch_rows(struct sqlite3 *database, void *context, row_hook hook);

// The value of a column before or after the change, where there is one; good until the hook returns. Within the hook
// alone. Returns SQLite's result code.
int sqlite_hooks_old_value(struct sqlite3 *database, int column, struct sqlite3_value **value);
int sqlite_hooks_new_value(struct sqlite3 *database, int column, struct sqlite3_value **value);

// Columns of the row that changes. Within the hook alone.
int sqlite_hooks_column_count(struct sqlite3 *database);

// Whether bytes are written into a BLOB in place, so that the new row cannot be asked for. Within the hook alone.
bool sqlite_hooks_is_blob_write(struct sqlite3 *database);

// Gives the connection a table `name` that holds nothing. A transaction that inserts into it
// (`INSERT INTO name DEFAULT VALUES`) is watched from there to its end. Returns SQLite's result code.
int sqlite_hooks_watch_savepoints(struct sqlite3 *database, const char *name, savepoint_hooks hooks, void *context);

#endif
