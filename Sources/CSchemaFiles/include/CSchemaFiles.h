// SPDX-License-Identifier: Apache-2.0
// The SQL files below `schemas`, as they were when the program was built.
#ifndef DAYBOOK_SCHEMA_FILES_H
#define DAYBOOK_SCHEMA_FILES_H

#include <stddef.h>

struct daybook_schema_file {
  const char *path;  // from Sources/CSchemaFiles
  const char *text;  // UTF-8, `count` bytes, without a zero behind them
  size_t count;
};

// `count` files that live as long as the program: migrations by version, then functions and views in the order of loading.
const struct daybook_schema_file *daybook_schema_files(size_t *count);

// The profiles that are part of the program, by the names of their files; as above.
const struct daybook_schema_file *daybook_profile_files(size_t *count);

#endif
