// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "CSimdJSON.h"

namespace daybook {

// The tokens of one document. Room is made once, when it is known how many there can be.
class Tokens {
 public:
  // Forgets those of the document before.
  void begin(size_t count_max) {
    count_ = 0;
    if (count_max <= capacity_) return;
    tokens_.reset(new daybook_json_token[count_max]);
    capacity_ = count_max;
  }

  void append(const daybook_json_token &token) { tokens_[count_++] = token; }

  // Takes back what was appended since there were so many.
  void cut(size_t count) { count_ = count; }

  size_t size() const { return count_; }
  const daybook_json_token *data() const { return tokens_.get(); }
  daybook_json_token &back() { return tokens_[count_ - 1]; }
  const daybook_json_token &back() const { return tokens_[count_ - 1]; }
  daybook_json_token &operator[](size_t index) { return tokens_[index]; }
  const daybook_json_token &operator[](size_t index) const { return tokens_[index]; }

 private:
  std::unique_ptr<daybook_json_token[]> tokens_;
  size_t count_ = 0, capacity_ = 0;
};

}  // namespace daybook
