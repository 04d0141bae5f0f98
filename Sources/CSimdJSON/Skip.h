// SPDX-License-Identifier: Apache-2.0
//
// Reads over one value: the grammar of RFC 8259, and nothing about what it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "CSimdJSON.h"
#include "scalars.h"

namespace daybook {

// One bit for each level: whether it is an object. No document has more levels than bytes.
class Skip {
 public:
  Skip() : objects_(new uint64_t[levels_max / 64]) {}

  // Where the last value that was none stops being one: the token that does not fit begins there.
  const uint8_t *fault() const { return fault_; }

  // The end of the value that begins at `at`; nullptr if there is none.
  const uint8_t *value(const uint8_t *at, const uint8_t *end) {
    fault_ = at;
    size_t depth = 0;
    bool expects_value = true;
    while (true) {
      if (expects_value) {
        if ((at = fault_ = space(at, end)) == end) return nullptr;
        if (*at == '{' || *at == '[') {
          const bool is_object = *at == '{';
          if (depth == levels_max) return nullptr;
          set(depth++, is_object);
          if ((at = fault_ = space(at + 1, end)) == end) return nullptr;
          if (*at != (is_object ? '}' : ']')) {
            if (is_object && (at = key(at, end)) == nullptr) return nullptr;
            continue;
          }
          ++at;
          --depth;
        } else if ((at = scalar(at, end)) == nullptr) {
          return nullptr;
        }
      }
      if (depth == 0) return at;
      if ((at = fault_ = space(at, end)) == end) return nullptr;
      const bool in_object = is_set(depth - 1);
      if (*at == ',') {
        ++at;
        fault_ = space(at, end);
        if (in_object && (at = key(fault_, end)) == nullptr) return nullptr;
        expects_value = true;
      } else if (*at == (in_object ? '}' : ']')) {
        ++at;
        --depth;
        expects_value = false;
      } else {
        return nullptr;
      }
    }
  }

  // The end of a member's value whose quotes and brackets match, whatever else is wrong with it: where
  // the comma or the bracket behind it stands. nullptr if nobody can say.
  const uint8_t *damaged(const uint8_t *at, const uint8_t *end) {
    size_t depth = 0;
    at = space(at, end);
    do {
      if (at >= end) return nullptr;
      switch (*at) {
        case '"':
          for (++at; at < end && *at != '"'; ++at) at += *at == '\\';
          ++at;
          break;
        case '{': case '[':
          if (depth == levels_max) return nullptr;
          set(depth++, *at++ == '{');
          break;
        case '}': case ']':
          if (depth == 0) return at;
          if (is_set(--depth) != (*at++ == '}')) return nullptr;
          break;
        case ',':
          if (depth == 0) return at;
          ++at;
          break;
        default:
          while (at < end && !is_delimiter(*at)) ++at;
          at = space(at, end);
      }
    } while (depth > 0);
    at = space(at, end);
    return at < end && (*at == ',' || *at == '}' || *at == ']') ? at : nullptr;
  }

  static const uint8_t *space(const uint8_t *at, const uint8_t *end) {
    while (at < end && is_space(*at)) ++at;
    return at;
  }

  // From behind the opening quote to behind the closing one.
  static const uint8_t *string(const uint8_t *at, const uint8_t *end) {
    for (; (at = plain_end(at, end)) < end; ++at) {
      if (*at == '"') return at + 1;
      if (*at < 0x20 || ++at == end) return nullptr;
      switch (*at) {
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': break;
        case 'u':
          if (hex4(at + 1, end) > 0xFFFF) return nullptr;
          at += 4;
          break;
        default: return nullptr;
      }
    }
    return nullptr;
  }

 private:
  // A key and its colon.
  static const uint8_t *key(const uint8_t *at, const uint8_t *end) {
    if (at == end || *at != '"') return nullptr;
    if ((at = string(at + 1, end)) == nullptr) return nullptr;
    at = space(at, end);
    return at < end && *at == ':' ? at + 1 : nullptr;
  }

  static const uint8_t *scalar(const uint8_t *at, const uint8_t *end) {
    if (*at == '"') return string(at + 1, end);
    const uint8_t *begin = at;
    while (at < end && !is_space(*at) && *at != ',' && *at != ']' && *at != '}') ++at;
    const std::string_view source(
        reinterpret_cast<const char *>(begin), static_cast<size_t>(at - begin));
    if (source == "true" || source == "false" || source == "null") return at;
    unsigned exponent;
    return !source.empty() && is_number(source, exponent) ? at : nullptr;
  }

  static bool is_delimiter(uint8_t byte) {
    return is_space(byte) || byte == ',' || byte == '"' || byte == '{' || byte == '}' ||
           byte == '[' || byte == ']';
  }

  void set(size_t level, bool is_object) {
    const uint64_t bit = uint64_t{1} << (level % 64);
    if (is_object) {
      objects_[level / 64] |= bit;
    } else {
      objects_[level / 64] &= ~bit;
    }
  }

  bool is_set(size_t level) const { return (objects_[level / 64] >> (level % 64) & 1) != 0; }

  static constexpr size_t levels_max = daybook_json_payload_bytes_max;
  std::unique_ptr<uint64_t[]> objects_;
  const uint8_t *fault_ = nullptr;
};

}  // namespace daybook
