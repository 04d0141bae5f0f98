// SPDX-License-Identifier: Apache-2.0
//
// The first stage of simdjson: where every bracket, comma, colon, string and scalar begins. A
// document that passes is UTF-8, its strings end, and no control character stands inside of one.
//
// Its On-Demand interface walks over the same indexes; a strict reader, which looks at every token
// anyway, pays for that interface a second time (the number is in ARCHITECTURE.md).
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>

#include "CSimdJSON.h"
#include "scalars.h"

namespace daybook {

class Structure {
 public:
  // Without memory for it, read() tries again.
  Structure() { (void)allocate(); }

  // Begins a document, behind which SIMDJSON_PADDING bytes can be read.
  simdjson::error_code read(const uint8_t *input, size_t length) {
    if (stage_ == nullptr) {
      if (const auto code = allocate()) return code;
    }
    input_ = input;
    if (const auto code = stage_->stage1(input, length, simdjson::stage1_mode::regular)) return code;
    next_ = stage_->structural_indexes.get();
    return simdjson::SUCCESS;
  }

  size_t count() const { return stage_->n_structural_indexes; }
  bool is_at_end() const { return next_ == stage_->structural_indexes.get() + count(); }

  // Where the next one begins: behind the last one, the end of the document, where a 0 stands.
  const uint8_t *at() const { return input_ + *next_; }

  const uint8_t *take() { return input_ + *next_++; }

  // A key in front of its colon: where it begins, behind the quote; nullptr if there is none.
  const uint8_t *take_key() {
    const uint8_t *quote = take();
    return *quote == '"' && *at() == ':' ? quote + 1 : nullptr;
  }

  // So many that come next, if there are.
  const uint32_t *peek(size_t count) const {
    const uint32_t *end = stage_->structural_indexes.get() + this->count();
    return static_cast<size_t>(end - next_) > count ? next_ : nullptr;
  }

  void pass(size_t count) { next_ += count; }

  const uint32_t *position() const { return next_; }
  void return_to(const uint32_t *position) { next_ = position; }

  const uint8_t *input() const { return input_; }

  // Passes over what stands in front of `end`.
  void skip_to(const uint8_t *end) {
    while (at() < end) ++next_;
  }

  // The end of the scalar that was taken last, which began at `begin`.
  const uint8_t *scalar_end(const uint8_t *begin) const {
    const uint8_t *end = at();
    while (end > begin && is_space(end[-1])) --end;
    return end;
  }

  // Where the closing quote of the string stands that was taken last; between that and the next
  // token, or the end, is only white space.
  const uint8_t *closing_quote(const uint8_t *begin) const {
    const uint8_t *quote = at() - 1;
    while (quote > begin && *quote != '"') --quote;
    return quote;
  }

 private:
  simdjson::error_code allocate() {
    // The second stage, which alone asks for the depth, does not run.
    constexpr size_t depth_max = 1;
    return simdjson::get_active_implementation()->create_dom_parser_implementation(
        daybook_json_payload_bytes_max, depth_max, stage_);
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  const uint8_t *input_ = nullptr;
  const uint32_t *next_ = nullptr;
};

}  // namespace daybook
