// SPDX-License-Identifier: Apache-2.0
//
// The attributes of OTLP as nearly all exporters write them: {"key":"…","value":{"stringValue":"…"}}.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "CSimdJSON.h"
#include "Structure.h"
#include "scalars.h"

namespace daybook {

// Where a container stands in a request of OTLP.
enum class Place : uint8_t { other, root, resources, resource, scopes, scope, items, item, attributes };

// The place of the value of a key.
inline Place place_below(Place place, const daybook_json_token &key) {
  const std::string_view name(reinterpret_cast<const char *>(key.bytes), key.length);
  switch (place) {
    case Place::root:
      return name == "resourceSpans" || name == "resourceLogs" ? Place::resources : Place::other;
    case Place::resource:
      return name == "scopeSpans" || name == "scopeLogs" ? Place::scopes : Place::other;
    case Place::scope: return name == "spans" || name == "logRecords" ? Place::items : Place::other;
    case Place::item: return name == "attributes" ? Place::attributes : Place::other;
    default: return Place::other;
  }
}

// The place of the elements of an array.
inline Place place_of_elements(Place place) {
  switch (place) {
    case Place::resources: return Place::resource;
    case Place::scopes: return Place::scope;
    case Place::items: return Place::item;
    default: return Place::other;
  }
}

// One such attribute: two texts of the source.
struct Pair {
  const uint8_t *key;
  size_t key_length;
  daybook_json_kind kind;
  const uint8_t *value;
  size_t value_length;

  // The brackets, commas, colons and beginnings of strings and scalars that it consists of; of an array
  // those in front of its first element, of that, and those behind the array.
  static constexpr size_t structure_count = 13;
  static constexpr size_t array_structure_count = 14;
  static constexpr size_t text_structure_count = 5;
  static constexpr size_t array_end_structure_count = 4;

  // Reads the element of an array that comes next, if it is one. The positions that are not looked at
  // follow from the bytes: what stands outside of strings is in the structure, byte by byte.
  bool read(const Structure &structure, const uint8_t *end, bool has_escapes) {
    const uint32_t *at = structure.peek(structure_count);
    if (at == nullptr) return false;
    const uint8_t *input = structure.input();
    const uint8_t *begin = input + at[0], *middle = input + at[4];
    if (!is(begin, "{\"key\":\"") || !is(middle, ",\"value\":{\"")) return false;
    key = begin + 8;
    if (!text_ends(key, middle, end, has_escapes)) return false;
    key_length = static_cast<size_t>(middle - 1 - key);
    const uint8_t *type = middle + 11;
    if (is(type, "arrayValue\":{\"values\":[{")) {
      kind = daybook_json_array;
      value = input + at[10];
      value_length = 0;
      return true;
    }
    const uint8_t *behind = input + at[11];
    value = input + at[10];
    if (*behind != '}' || input[at[12]] != '}') return false;
    if (is(type, "stringValue\":")) return read_text(behind, end, has_escapes);
    if (is(type, "intValue\":")) return read_integer(behind);
    if (is(type, "doubleValue\":")) return read_number(behind);
    return is(type, "boolValue\":") && read_boolean(behind);
  }

  // Reads the element of an array of texts that comes next.
  static bool read_text(
      const Structure &structure, const uint8_t *end, bool has_escapes, const uint8_t *&text,
      size_t &length) {
    const uint32_t *at = structure.peek(text_structure_count);
    if (at == nullptr) return false;
    const uint8_t *begin = structure.input() + at[0], *behind = structure.input() + at[4];
    if (!is(begin, "{\"stringValue\":\"") || *behind != '}') return false;
    text = begin + 16;
    length = static_cast<size_t>(behind - 1 - text);
    return text_ends(text, behind, end, has_escapes);
  }

  // Whether the array of an attribute ends here, and with it the attribute.
  static bool is_end_of_array(const Structure &structure) {
    const uint32_t *at = structure.peek(array_end_structure_count);
    return at != nullptr && is(structure.input() + at[0], "]}}}");
  }

 private:
  template <size_t size>
  static bool is(const uint8_t *at, const char (&text)[size]) {
    return std::memcmp(at, text, size - 1) == 0;
  }

  // Whether the text ends in front of what comes next, without an escape.
  static bool text_ends(
      const uint8_t *begin, const uint8_t *next, const uint8_t *end, bool has_escapes) {
    const uint8_t *quote = next - 1;
    return quote >= begin && *quote == '"' && quote - begin <= daybook_json_string_bytes_max &&
           (!has_escapes || plain_end(begin, end) == quote);
  }

  bool read_text(const uint8_t *behind, const uint8_t *end, bool has_escapes) {
    if (*value != '"') return false;
    ++value;
    kind = daybook_json_string;
    value_length = static_cast<size_t>(behind - 1 - value);
    return text_ends(value, behind, end, has_escapes);
  }

  // JSON has no integers of 64 bits: they stand in quotes.
  bool read_integer(const uint8_t *behind) {
    if (*value != '"') return read_number(behind);
    const uint8_t *first = ++value;
    if (behind[-1] != '"') return false;
    const uint8_t *quote = behind - 1;
    if (quote > first && *first == '-') ++first;
    constexpr int digits_max = 12;
    if (quote <= first || quote - first > digits_max || (*first == '0' && quote - first > 1)) {
      return false;
    }
    for (const uint8_t *digit = first; digit < quote; ++digit) {
      if (!is_digit(static_cast<char>(*digit))) return false;
    }
    kind = daybook_json_number;
    value_length = static_cast<size_t>(quote - value);
    return true;
  }

  bool read_number(const uint8_t *behind) {
    kind = daybook_json_number;
    value_length = static_cast<size_t>(behind - value);
    return check_number({reinterpret_cast<const char *>(value), value_length}) == daybook_json_ok;
  }

  bool read_boolean(const uint8_t *behind) {
    value_length = static_cast<size_t>(behind - value);
    const std::string_view source(reinterpret_cast<const char *>(value), value_length);
    kind = source == "true" ? daybook_json_true : daybook_json_false;
    return source == "true" || source == "false";
  }
};

}  // namespace daybook
