// SPDX-License-Identifier: Apache-2.0
//
// The scalars of JSON, read here and not by simdjson, because its versions differ in what they
// accept (3.0 lets a lone low surrogate pass) and because numbers must keep their source text.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "CSimdJSON.h"

namespace daybook {

inline bool is_space(uint8_t byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

// The first byte that ends a run of plain ones in a string: a quote, an escape, a control character.
// Eight bytes at a time; up to seven behind the end are looked at, which the padding of the input
// has. The order of the bytes is that of x86 and ARM.
inline const uint8_t *plain_end(const uint8_t *at, const uint8_t *end) {
  constexpr uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  const auto zeros = [](uint64_t word) { return (word - ones) & ~word & highs; };
  for (; at < end; at += 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    // The lowest bit that is set is that of the first such byte.
    if (const uint64_t found = zeros(word ^ ones * '"') | zeros(word ^ ones * '\\') |
                               zeros(word & ones * 0xE0)) {
      at += __builtin_ctzll(found) / 8;
      return at < end ? at : end;
    }
  }
  return end;
}

// What a token is by its first byte. Only what stands there can say whether it is one.
inline daybook_json_kind kind_of(uint8_t first) {
  switch (first) {
    case '{': return daybook_json_object;
    case '[': return daybook_json_array;
    case '"': return daybook_json_string;
    case 't': return daybook_json_true;
    case 'f': return daybook_json_false;
    case 'n': return daybook_json_null;
    default: return daybook_json_number;
  }
}

inline bool begins_scalar(uint8_t first) {
  return kind_of(first) != daybook_json_number || first == '-' || (first >= '0' && first <= '9');
}

inline bool is_digit(char character) { return character >= '0' && character <= '9'; }

// The grammar of RFC 8259; the absolute exponent, or a value beyond its limit.
inline bool is_number(std::string_view source, unsigned &exponent) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t start = at;
    while (at < source.size() && is_digit(source[at])) ++at;
    return at - start;
  };
  if (source[at] == '-') ++at;
  const bool leading_zero = at < source.size() && source[at] == '0';
  const size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (at < source.size() && source[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  exponent = 0;
  if (at < source.size() && (source[at] == 'e' || source[at] == 'E')) {
    ++at;
    if (at < source.size() && (source[at] == '+' || source[at] == '-')) ++at;
    const size_t start = at;
    if (digits() == 0) return false;
    for (size_t i = start; i < at && exponent <= daybook_json_exponent_max; ++i) {
      exponent = exponent * 10 + static_cast<unsigned>(source[i] - '0');
    }
  }
  return at == source.size();
}

// The same, and the limits on length and exponent.
inline daybook_json_error check_number(std::string_view source) {
  unsigned exponent = 0;
  if (!is_number(source, exponent)) return daybook_json_not_json;
  const bool fits = source.size() <= daybook_json_number_characters_max &&
                    exponent <= daybook_json_exponent_max;
  return fits ? daybook_json_ok : daybook_json_number_out_of_range;
}

// Four hexadecimal digits, or a value above 0xFFFF.
inline uint32_t hex4(const uint8_t *at, const uint8_t *end) {
  constexpr uint32_t bad = 0x10000;
  if (end - at < 4) return bad;
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const uint8_t byte = at[i];
    const uint8_t lower = byte | 0x20;
    if (byte >= '0' && byte <= '9') {
      value = value << 4 | (byte - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value << 4 | (lower - 'a' + 10u);
    } else {
      return bad;
    }
  }
  return value;
}

inline void put_utf8(uint32_t scalar, uint8_t *&out) {
  if (scalar < 0x80) {
    *out++ = static_cast<uint8_t>(scalar);
    return;
  }
  if (scalar < 0x800) {
    *out++ = static_cast<uint8_t>(0xC0 | scalar >> 6);
  } else {
    if (scalar < 0x10000) {
      *out++ = static_cast<uint8_t>(0xE0 | scalar >> 12);
    } else {
      *out++ = static_cast<uint8_t>(0xF0 | scalar >> 18);
      *out++ = static_cast<uint8_t>(0x80 | (scalar >> 12 & 0x3F));
    }
    *out++ = static_cast<uint8_t>(0x80 | (scalar >> 6 & 0x3F));
  }
  *out++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
}

// One \uXXXX, or the pair of them that makes one scalar; `at` stands behind the first 'u'.
inline daybook_json_error decode_unicode(const uint8_t *&at, const uint8_t *end, uint8_t *&out) {
  uint32_t scalar = hex4(at, end);
  if (scalar > 0xFFFF) return daybook_json_not_json;
  at += 4;
  if (scalar == 0) return daybook_json_nul_character;
  if (scalar >= 0xD800 && scalar < 0xE000) {
    if (scalar >= 0xDC00 || end - at < 6 || at[0] != '\\' || at[1] != 'u') {
      return daybook_json_lone_surrogate;
    }
    const uint32_t low = hex4(at + 2, end);
    if (low > 0xFFFF) return daybook_json_not_json;
    if (low < 0xDC00 || low >= 0xE000) return daybook_json_lone_surrogate;
    at += 6;
    scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
  }
  put_utf8(scalar, out);
  return daybook_json_ok;
}

// Decodes from behind the opening quote to the closing one. What is written is never longer than
// what is read.
inline daybook_json_error decode_string(const uint8_t *at, const uint8_t *end, uint8_t *&out) {
  while (true) {
    const uint8_t *stop = plain_end(at, end);
    std::memcpy(out, at, static_cast<size_t>(stop - at));
    out += stop - at;
    at = stop;
    if (at == end || *at < 0x20) return daybook_json_not_json;
    if (*at == '"') return daybook_json_ok;
    if (++at == end) return daybook_json_not_json;
    switch (const uint8_t escape = *at++) {
      case '"': case '\\': case '/': *out++ = escape; break;
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'u':
        if (auto error = decode_unicode(at, end, out)) return error;
        break;
      default: return daybook_json_not_json;
    }
  }
}

}  // namespace daybook
