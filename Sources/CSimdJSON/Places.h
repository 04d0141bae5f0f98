// SPDX-License-Identifier: Apache-2.0
//
// Where the tokens of a document stand in its source. Only refusals ask.
#pragma once

#include <cstdint>
#include <cstring>

#include "CSimdJSON.h"
#include "Skip.h"
#include "Tokens.h"

namespace daybook {

// The tokens of a document, and its source. A container has its bytes when it is complete, a key its
// `next` when its value is.
class Places {
 public:
  Places(
      const Tokens &tokens, const uint8_t *begin, const uint8_t *end)
      : tokens_(tokens), begin_(begin), end_(end) {}

  // Where a token begins: a text behind its quote. One with escapes was decoded elsewhere and is
  // found behind the last token that was not. nullptr for a container that is not complete.
  const uint8_t *of(size_t index) const {
    size_t known = index;
    while (known > 0 && !is_source(tokens_[known])) --known;
    const daybook_json_token &token = tokens_[known];
    const bool is_known = is_source(token);
    if (is_known && known == index) return token.bytes;
    const uint8_t *at = is_known ? behind(token, known) : begin_;
    for (size_t i = is_known ? known + 1 : known; i <= index; ++i) {
      if (tokens_[i].bytes == nullptr) continue;
      at = static_cast<const uint8_t *>(std::memchr(at, '"', static_cast<size_t>(end_ - at)));
      if (at == nullptr || ++at == end_ || i == index) return at;
      if ((at = Skip::string(at, end_)) == nullptr) return nullptr;
    }
    return nullptr;
  }

  // The last key on the way to a fault whose value is read by names, is read whole, or is skipped;
  // the number of tokens if there is none.
  size_t key_of_fault(const daybook_json_names *names) const {
    size_t found = tokens_.size();
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const daybook_json_token &key = tokens_[i];
      if (key.kind != daybook_json_key || key.next != i + 1) continue;
      found = i;
      const bool descends = names != nullptr && key.name != 0 &&
                            names->names[key.name - 1].below >= 0 && i + 1 < tokens_.size() &&
                            tokens_[i + 1].kind == daybook_json_object;
      if (!descends) break;
    }
    return found;
  }

 private:
  bool is_source(const daybook_json_token &token) const {
    return token.bytes >= begin_ && token.bytes < end_;
  }

  const uint8_t *behind(const daybook_json_token &token, size_t index) const {
    const bool is_text = token.kind == daybook_json_key || token.kind == daybook_json_string;
    const bool is_around = !is_text && token.next > index + 1;
    return is_around ? token.bytes + 1 : token.bytes + token.length + is_text;
  }

  const Tokens &tokens_;
  const uint8_t *begin_;
  const uint8_t *end_;
};

}  // namespace daybook
