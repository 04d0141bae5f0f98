// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include "CSimdJSON.h"
#include "Tokens.h"

namespace daybook {

// Up to 8 bytes as a word, without a call for those that are no whole one.
inline uint64_t word_of(const uint8_t *bytes, size_t length) {
  const auto read32 = [](const uint8_t *at) {
    uint32_t word;
    std::memcpy(&word, at, sizeof word);
    return uint64_t{word};
  };
  if (length >= 8) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  if (length >= 4) return read32(bytes) << 32 | read32(bytes + length - 4);
  if (length == 0) return 0;
  return uint64_t{bytes[0]} << 16 | uint64_t{bytes[length / 2]} << 8 | bytes[length - 1];
}

inline bool is_same(const uint8_t *left, const uint8_t *right, size_t length) {
  for (; length > 8; left += 8, right += 8, length -= 8) {
    if (word_of(left, 8) != word_of(right, 8)) return false;
  }
  return word_of(left, length) == word_of(right, length);
}

// A multiply-and-fold hash over 8 bytes at a time. The seed keeps a sender from choosing keys that
// collide.
inline uint32_t hash_bytes(const uint8_t *bytes, size_t length, uint64_t seed) {
  constexpr uint64_t odd = 0x9E3779B97F4A7C15;
  const auto mix = [](uint64_t a, uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  uint64_t state = seed ^ (length * odd);
  for (; length > 8; bytes += 8, length -= 8) state = mix(state ^ word_of(bytes, 8), odd);
  state = mix(state ^ word_of(bytes, length), odd ^ seed);
  return static_cast<uint32_t>(state ^ (state >> 32));
}

// The keys of every object of one document: one open-addressing table, at most half full.
class KeySet {
 public:
  // Forgets everything, without touching the slots of the documents before.
  void clear() {
    count_ = 0;
    if (++document_ == 0) {
      std::memset(slots_, 0, sizeof slots_);
      document_ = 1;
    }
  }

  // Adds the last token, a key of the object at that index.
  daybook_json_error insert(const Tokens &tokens, uint32_t object) {
    if (++count_ > daybook_json_keys_max) return daybook_json_too_many_keys;
    const daybook_json_token &key = tokens.back();
    for (uint32_t at = key.hash + object * 0x9E3779B1u;; ++at) {
      Slot &slot = slots_[at % slot_count];
      if (slot.document != document_) {
        slot = {document_, object, static_cast<uint32_t>(tokens.size() - 1)};
        return daybook_json_ok;
      }
      const daybook_json_token &other = tokens[slot.token];
      if (slot.object == object && other.hash == key.hash && other.length == key.length &&
          is_same(other.bytes, key.bytes, key.length)) {
        return daybook_json_duplicate_key;
      }
    }
  }

 private:
  struct Slot {
    uint32_t document, object, token;
  };
  static constexpr uint32_t slot_count = 2048;
  static_assert(slot_count >= 2 * daybook_json_keys_max);

  Slot slots_[slot_count] = {};
  uint32_t document_ = 0;
  uint32_t count_ = 0;
};

}  // namespace daybook
