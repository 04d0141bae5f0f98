// SPDX-License-Identifier: Apache-2.0
//
// A strict JSON reader over the first stage of simdjson, as C.
//
// One call walks and validates the whole document and leaves a flat array of tokens in document
// order. Nothing in here throws, and nothing is allocated once the token array has reached the size
// of the largest document seen. A parser belongs to one thread at a time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define DAYBOOK_NOEXCEPT noexcept
extern "C" {
#else
#define DAYBOOK_NOEXCEPT
#endif

// The limits of one document. A document beyond them is refused with the error of that name.
enum {
  daybook_json_payload_bytes_max = 1 << 20,
  daybook_json_depth_max = 64,
  // Of a lenient parser: a JSON Schema in the attributes of OTLP takes eight for each of its levels.
  daybook_json_lenient_depth_max = 192,
  daybook_json_keys_max = 1000,
  daybook_json_string_bytes_max = 256 << 10,
  daybook_json_number_characters_max = 40,
  // A double has no larger one, and jsonb writes 1e324 out in full.
  daybook_json_exponent_max = 324,
  // Of a daybook_json_names.
  daybook_json_names_max = 1024,
};

typedef enum daybook_json_kind : uint8_t {
  daybook_json_object,
  daybook_json_array,
  daybook_json_key,
  daybook_json_string,
  daybook_json_number,
  daybook_json_true,
  daybook_json_false,
  daybook_json_null,
} daybook_json_kind;

typedef enum daybook_json_error : uint8_t {
  daybook_json_ok,
  daybook_json_empty_payload,
  daybook_json_payload_too_large,
  daybook_json_byte_order_mark,
  daybook_json_invalid_utf8,
  daybook_json_nul_character,
  daybook_json_lone_surrogate,
  daybook_json_not_json,
  daybook_json_trailing_content,
  daybook_json_duplicate_key,
  daybook_json_too_deep,
  daybook_json_too_many_keys,
  daybook_json_string_too_long,
  daybook_json_number_out_of_range,
} daybook_json_error;

// One token. A key is followed by its value; `next` is the index behind the token and everything
// below it (for a key: behind its value).
typedef struct daybook_json_token {
  const uint8_t *bytes;  // key, string: unescaped UTF-8; everything else: the source text
  uint32_t length;       // bytes
  uint32_t next;
  uint32_t hash;         // of a key, under the seed of the parser; else 0, or the error below
  daybook_json_kind kind;
  uint8_t depth;         // containers around the token; 0 for the root
  uint16_t name;         // of a key: 1 + its index in the names that are read; else 0, or the error below
} daybook_json_token;

// A key that means something in one object: scope 0 is the record, others are objects inside it.
typedef struct daybook_json_name {
  const uint8_t *bytes;
  uint32_t length;
  uint32_t hash;
  int16_t scope;
  int16_t below;         // the scope of an object that is its value, or -1
  bool is_read;          // other values of it are read; else they are skipped
} daybook_json_name;

// What is to be read of a document. Values of other keys are skipped: they are one token, without
// limits and whatever they hold, as long as they are JSON.
typedef struct daybook_json_names {
  const daybook_json_name *names;
  const int16_t *slots;  // index of a name, or -1, from (hash + 31 * scope) on
  uint32_t slot_mask;
  int32_t event;         // the name whose presence in the root is told of, or -1
} daybook_json_names;

typedef struct daybook_json_parser daybook_json_parser;

// NULL when there is no memory for it. The seed makes the key hashes unpredictable to a sender.
//
// A lenient one reads documents of others, of which little is stored. A text, key or number that
// cannot be (nul_character, lone_surrogate, string_too_long, number_out_of_range) does not end them: it
// is a token in its source form, and has the error: a key as its name, any other as its hash. Keys are
// neither counted nor compared.
//
// One of OTLP is lenient, and gives keys no hashes. The attributes of spans and log records are arrays of
// {"key": …, "value": {"stringValue": …}}: such an element without white space, whose value is one of the
// four scalars, or an array of texts, is a key and its value on the tape. An integer in quotes, of at most
// 12 digits, is a number.
typedef enum daybook_json_dialect : uint8_t {
  daybook_json_strict,
  daybook_json_lenient,
  daybook_json_otlp,
} daybook_json_dialect;

daybook_json_parser *daybook_json_create(
    uint64_t seed, daybook_json_dialect dialect) DAYBOOK_NOEXCEPT;
void daybook_json_destroy(daybook_json_parser *parser) DAYBOOK_NOEXCEPT;

// With `names` NULL the whole document is read; else from `scope` on. `has_event` may be NULL.
// The tokens stay valid until the next call with the same parser. The input may be freed at once.
daybook_json_error daybook_json_parse(
    daybook_json_parser *parser, const uint8_t *bytes, size_t length,
    const daybook_json_names *names, int16_t scope, const daybook_json_token **tokens,
    size_t *count, bool *has_event) DAYBOOK_NOEXCEPT;

// The hash that a key with these bytes has in the tokens of this parser.
uint32_t daybook_json_hash(
    const daybook_json_parser *parser, const uint8_t *bytes, size_t length) DAYBOOK_NOEXCEPT;

// Where the last document is at fault, in bytes from its beginning.
typedef struct daybook_json_fault {
  daybook_json_error error;
  uint16_t name;         // of the member: 1 + its index in the names that are read; else 0
  int64_t offset;        // of the fault, or of the token that has it; -1 unknown
  // The member in whose value the fault is, from its quote to behind the value: the innermost that is
  // read or skipped as one. -1 if there is none, or nobody can say where it ends.
  int64_t member_begin, member_end;
} daybook_json_fault;

// Reads again up to the fault.
daybook_json_fault daybook_json_last_fault(daybook_json_parser *parser) DAYBOOK_NOEXCEPT;

// Where a token of the last document begins in it: a text behind its quote.
int64_t daybook_json_offset(const daybook_json_parser *parser, size_t token) DAYBOOK_NOEXCEPT;

// The shortest decimal that reads as the same double, plain from 0.0001 to 10^15, else as in `2.85e-05`; returns its
// length, or 0 if the text is no finite number. `text` has room for 32 bytes.
size_t daybook_json_shortest(const uint8_t *bytes, size_t length, uint8_t *text) DAYBOOK_NOEXCEPT;
// The same of a double.
size_t daybook_json_number_text(double value, uint8_t *text) DAYBOOK_NOEXCEPT;

bool daybook_json_is_utf8(const uint8_t *bytes, size_t length) DAYBOOK_NOEXCEPT;

#ifdef __cplusplus
}
#endif
