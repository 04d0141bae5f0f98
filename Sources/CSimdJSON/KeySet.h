// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "CSimdJSON.h"

namespace daybook {

// A multiply-and-fold hash over 8 bytes at a time. The seed keeps a sender from choosing keys that
// collide.
inline uint32_t hash_bytes(const uint8_t *bytes, size_t length, uint64_t seed) {
  constexpr uint64_t odd = 0x9E3779B97F4A7C15;
  const auto mix = [](uint64_t a, uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  uint64_t state = seed ^ (length * odd);
  while (length > 0) {
    uint64_t word = 0;
    const size_t taken = length < sizeof word ? length : sizeof word;
    std::memcpy(&word, bytes, taken);
    state = mix(state ^ word, odd);
    bytes += taken;
    length -= taken;
  }
  state = mix(state, odd ^ seed);
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
  daybook_json_error insert(const std::vector<daybook_json_token> &tokens, uint32_t object) {
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
          std::memcmp(other.bytes, key.bytes, key.length) == 0) {
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
