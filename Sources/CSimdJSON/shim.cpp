// SPDX-License-Identifier: Apache-2.0
#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "KeySet.h"
#include "Places.h"
#include "Skip.h"
#include "scalars.h"

namespace ondemand = simdjson::ondemand;
using Error = daybook_json_error;

struct daybook_json_parser {
  explicit daybook_json_parser(uint64_t seed);

  Error parse(
      const uint8_t *bytes, size_t length, const daybook_json_names *names, int16_t scope);

  uint64_t seed;
  std::vector<daybook_json_token> tokens;
  bool has_event = false;

  Error error = daybook_json_ok;

  daybook_json_fault fault();
  int64_t offset(size_t token) const {
    const uint8_t *at = token < tokens.size() ? places().of(token) : nullptr;
    return at == nullptr ? -1 : at - input_.get();
  }

 private:
  Error check_prefix(size_t length);
  daybook::Places places() const { return {tokens, input_.get(), end_}; }
  int64_t fault_offset();
  Error walk(ondemand::document &document, int16_t scope);
  // Scope -1: everything is read.
  Error walk(ondemand::document &document, ondemand::value value, unsigned depth, int16_t scope);
  Error walk_object(
      ondemand::document &document, ondemand::value value, uint32_t self, unsigned depth);
  Error walk_scope(
      ondemand::document &document, ondemand::value value, unsigned depth, int16_t scope);
  Error skip(ondemand::value value, unsigned depth);
  const daybook_json_name *append_name(
      const char *begin, unsigned depth, int16_t scope, Error &error);
  Error walk_array(ondemand::document &document, ondemand::value value, unsigned depth);
  const uint8_t *consumed_end(ondemand::document &document) const;
  Error append_key(const char *begin, uint32_t object, unsigned depth);
  Error append_scalar(std::string_view source, unsigned depth);
  Error append_string(daybook_json_kind kind, const char *begin, unsigned depth);
  void append(
      daybook_json_kind kind, unsigned depth, const uint8_t *bytes = nullptr, size_t length = 0);

  ondemand::parser parser_;
  daybook::KeySet keys_;
  daybook::Skip skip_;
  const daybook_json_names *names_ = nullptr;
  // By name: the document that has it.
  std::unique_ptr<uint32_t[]> seen_{new uint32_t[daybook_json_names_max]()};
  uint32_t document_ = 0;
  // The input, because simdjson reads up to SIMDJSON_PADDING bytes behind it.
  std::unique_ptr<uint8_t[]> input_;
  const uint8_t *end_ = nullptr;
  // The string or scalar that was looked at last.
  const uint8_t *at_ = nullptr;
  // Strings with escapes, decoded: never longer than their source.
  std::unique_ptr<uint8_t[]> text_;
  uint8_t *text_end_ = nullptr;
};

namespace {

constexpr size_t input_capacity = daybook_json_payload_bytes_max + simdjson::SIMDJSON_PADDING;
constexpr size_t tokens_at_start = 1024;

Error translate(simdjson::error_code code) {
  switch (code) {
    case simdjson::SUCCESS: return daybook_json_ok;
    case simdjson::EMPTY: return daybook_json_empty_payload;
    case simdjson::UTF8_ERROR: return daybook_json_invalid_utf8;
    case simdjson::DEPTH_ERROR: return daybook_json_too_deep;
    case simdjson::TRAILING_CONTENT: return daybook_json_trailing_content;
    default: return daybook_json_not_json;
  }
}

}  // namespace

daybook_json_parser::daybook_json_parser(uint64_t seed)
    : seed(seed),
      parser_(daybook_json_payload_bytes_max),
      input_(new uint8_t[input_capacity]()),
      text_(new uint8_t[daybook_json_payload_bytes_max]) {
  tokens.reserve(tokens_at_start);
  // Now, so that the first record costs what every other one does. On failure parse() tries again.
  (void)parser_.allocate(daybook_json_payload_bytes_max);
}

Error daybook_json_parser::parse(
    const uint8_t *bytes, size_t length, const daybook_json_names *names, int16_t scope) {
  names_ = names;
  has_event = false;
  if (++document_ == 0) {
    std::memset(seen_.get(), 0, daybook_json_names_max * sizeof(uint32_t));
    document_ = 1;
  }
  tokens.clear();
  keys_.clear();
  text_end_ = text_.get();
  if (length == 0) return daybook_json_empty_payload;
  if (length > daybook_json_payload_bytes_max) return daybook_json_payload_too_large;
  std::memcpy(input_.get(), bytes, length);
  std::memset(input_.get() + length, 0, simdjson::SIMDJSON_PADDING);
  end_ = input_.get() + length;
  at_ = input_.get();
  if (Error error = check_prefix(length)) return error;

  ondemand::document document;
  if (auto code = parser_.iterate(input_.get(), length, input_capacity).get(document)) {
    return translate(code);
  }
  return walk(document, names == nullptr ? -1 : scope);
}

Error daybook_json_parser::check_prefix(size_t length) {
  if (length >= 3 && std::memcmp(input_.get(), "\xEF\xBB\xBF", 3) == 0) {
    return daybook_json_byte_order_mark;
  }
  if (const void *nul = std::memchr(input_.get(), 0, length)) {
    at_ = static_cast<const uint8_t *>(nul);
    return daybook_json_nul_character;
  }
  return daybook_json_ok;
}

Error daybook_json_parser::walk(ondemand::document &document, int16_t scope) {
  ondemand::json_type type;
  if (auto code = document.type().get(type)) return translate(code);
  if (type != ondemand::json_type::object && type != ondemand::json_type::array) {
    std::string_view source;
    if (auto code = document.raw_json_token().get(source)) return translate(code);
    // A lone scalar reaches to the end of the input, or something stands behind it.
    const auto *source_end = reinterpret_cast<const uint8_t *>(source.data()) + source.size();
    return source_end == end_ ? append_scalar(source, 0) : daybook_json_trailing_content;
  }
  // As a value, because get_object() of a document looks at the last character first and would
  // take trailing content for a missing bracket.
  ondemand::value value;
  if (auto code = document.get_value().get(value)) return translate(code);
  if (Error error = walk(document, value, 0, scope)) return error;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? daybook_json_ok : daybook_json_trailing_content;
}

Error daybook_json_parser::walk(
    ondemand::document &document, ondemand::value value, unsigned depth, int16_t scope) {
  ondemand::json_type type;
  if (auto code = value.type().get(type)) return translate(code);
  const std::string_view source = value.raw_json_token();
  if (type == ondemand::json_type::string) {
    // Consumed, because simdjson takes a string that it has to skip for a key when a colon follows.
    ondemand::raw_json_string consumed;
    if (auto code = value.get_raw_json_string().get(consumed)) return translate(code);
  }
  const bool is_object = type == ondemand::json_type::object;
  if (!is_object && type != ondemand::json_type::array) return append_scalar(source, depth);
  if (depth == daybook_json_depth_max) {
    at_ = reinterpret_cast<const uint8_t *>(source.data());
    return daybook_json_too_deep;
  }

  const size_t self = tokens.size();
  append(is_object ? daybook_json_object : daybook_json_array, depth);
  const auto object = static_cast<uint32_t>(self);
  const Error error = !is_object ? walk_array(document, value, depth)
                      : scope < 0 ? walk_object(document, value, object, depth)
                                  : walk_scope(document, value, depth, scope);
  if (error) return error;
  const auto *begin = reinterpret_cast<const uint8_t *>(source.data());
  tokens[self].bytes = begin;
  tokens[self].length = static_cast<uint32_t>(consumed_end(document) - begin);
  tokens[self].next = static_cast<uint32_t>(tokens.size());
  return daybook_json_ok;
}

Error daybook_json_parser::walk_object(
    ondemand::document &document, ondemand::value value, uint32_t self, unsigned depth) {
  ondemand::object object;
  if (auto code = value.get_object().get(object)) return translate(code);
  for (auto item : object) {
    ondemand::field field;
    if (auto code = std::move(item).get(field)) return translate(code);
    const size_t key = tokens.size();
    if (Error error = append_key(field.key().raw(), self, depth + 1)) return error;
    if (Error error = walk(document, field.value(), depth + 1, -1)) return error;
    tokens[key].next = static_cast<uint32_t>(tokens.size());
  }
  return daybook_json_ok;
}

Error daybook_json_parser::walk_scope(
    ondemand::document &document, ondemand::value value, unsigned depth, int16_t scope) {
  ondemand::object object;
  if (auto code = value.get_object().get(object)) return translate(code);
  for (auto item : object) {
    ondemand::field field;
    if (auto code = std::move(item).get(field)) return translate(code);
    const size_t key = tokens.size();
    Error error = daybook_json_ok;
    const auto *name = append_name(field.key().raw(), depth + 1, scope, error);
    if (error) return error;
    ondemand::json_type type;
    if (auto code = field.value().type().get(type)) return translate(code);
    const bool descends = name != nullptr && name->below >= 0 && type == ondemand::json_type::object;
    if (descends || (name != nullptr && name->is_read)) {
      // A name has one object in a document: whether it was there needs no search.
      uint32_t &seen = seen_[tokens[key].name];
      if (seen == document_) return daybook_json_duplicate_key;
      seen = document_;
      error = walk(
          document, field.value(), depth + 1, descends ? name->below : static_cast<int16_t>(-1));
    } else {
      error = skip(field.value(), depth + 1);
    }
    if (error) return error;
    tokens[key].next = static_cast<uint32_t>(tokens.size());
  }
  return daybook_json_ok;
}

// Leaves the value to simdjson's iterator, which passes over by its brackets what was not taken.
Error daybook_json_parser::skip(ondemand::value value, unsigned depth) {
  const auto *begin = reinterpret_cast<const uint8_t *>(value.raw_json_token().data());
  const uint8_t *end = skip_.value(begin, end_);
  if (end == nullptr) return daybook_json_not_json;
  const uint8_t *next = daybook::Skip::space(end, end_);
  if (next == end_ || (*next != ',' && *next != '}')) return daybook_json_not_json;
  daybook_json_kind kind = daybook_json_number;
  switch (*begin) {
    case '{': kind = daybook_json_object; break;
    case '[': kind = daybook_json_array; break;
    case '"': kind = daybook_json_string; break;
    case 't': kind = daybook_json_true; break;
    case 'f': kind = daybook_json_false; break;
    case 'n': kind = daybook_json_null; break;
    default: break;
  }
  append(kind, depth, begin, static_cast<size_t>(end - begin));
  return daybook_json_ok;
}

// Appends a key of a scope. One that cannot be stored is no name: its source stands for it.
const daybook_json_name *daybook_json_parser::append_name(
    const char *begin, unsigned depth, int16_t scope, Error &error) {
  error = append_string(daybook_json_key, begin, depth);
  if (error == daybook_json_nul_character || error == daybook_json_lone_surrogate ||
      error == daybook_json_string_too_long) {
    const auto *source = reinterpret_cast<const uint8_t *>(begin);
    const uint8_t *end = daybook::Skip::string(source, end_);
    error = end == nullptr ? daybook_json_not_json : daybook_json_ok;
    if (error) return nullptr;
    append(daybook_json_key, depth, source, static_cast<size_t>(end - 1 - source));
  }
  if (error) return nullptr;
  daybook_json_token &key = tokens.back();
  key.hash = daybook::hash_bytes(key.bytes, key.length, seed);
  for (uint32_t slot = key.hash + 31u * static_cast<uint32_t>(scope);; ++slot) {
    const int16_t index = names_->slots[slot & names_->slot_mask];
    if (index < 0) return nullptr;
    const daybook_json_name &name = names_->names[index];
    if (name.hash != key.hash || name.scope != scope || name.length != key.length ||
        std::memcmp(name.bytes, key.bytes, key.length) != 0) {
      continue;
    }
    key.name = static_cast<uint16_t>(index + 1);
    if (index == names_->event && depth == 1) has_event = true;
    return &name;
  }
}

Error daybook_json_parser::walk_array(
    ondemand::document &document, ondemand::value value, unsigned depth) {
  ondemand::array array;
  if (auto code = value.get_array().get(array)) return translate(code);
  for (auto item : array) {
    ondemand::value element;
    if (auto code = std::move(item).get(element)) return translate(code);
    if (Error error = walk(document, element, depth + 1, -1)) return error;
  }
  return daybook_json_ok;
}

// The end of what has been read: the next token, less the white space in front of it.
const uint8_t *daybook_json_parser::consumed_end(ondemand::document &document) const {
  const char *location;
  const bool at_end = document.current_location().get(location) != simdjson::SUCCESS;
  const auto *end = at_end ? end_ : reinterpret_cast<const uint8_t *>(location);
  while (daybook::is_space(end[-1])) --end;
  return end;
}

Error daybook_json_parser::append_key(const char *begin, uint32_t object, unsigned depth) {
  if (Error error = append_string(daybook_json_key, begin, depth)) return error;
  daybook_json_token &key = tokens.back();
  key.hash = daybook::hash_bytes(key.bytes, key.length, seed);
  return keys_.insert(tokens, object);
}

Error daybook_json_parser::append_scalar(std::string_view source, unsigned depth) {
  while (!source.empty() && daybook::is_space(static_cast<uint8_t>(source.back()))) {
    source.remove_suffix(1);
  }
  if (source.empty()) return daybook_json_not_json;
  daybook_json_kind kind = daybook_json_number;
  switch (source.front()) {
    case '"': return append_string(daybook_json_string, source.data() + 1, depth);
    case 't': kind = daybook_json_true; break;
    case 'f': kind = daybook_json_false; break;
    case 'n': kind = daybook_json_null; break;
    default: break;
  }
  at_ = reinterpret_cast<const uint8_t *>(source.data());
  if (kind == daybook_json_number) {
    if (Error error = daybook::check_number(source)) return error;
  } else if (source != (kind == daybook_json_true ? "true"
                        : kind == daybook_json_false ? "false" : "null")) {
    return daybook_json_not_json;
  }
  append(kind, depth, reinterpret_cast<const uint8_t *>(source.data()), source.size());
  return daybook_json_ok;
}

Error daybook_json_parser::append_string(
    daybook_json_kind kind, const char *source, unsigned depth) {
  const auto *begin = reinterpret_cast<const uint8_t *>(source);
  at_ = begin;
  const uint8_t *stop = daybook::quote_or_escape(begin, end_);
  if (stop == end_) return daybook_json_not_json;
  auto length = static_cast<size_t>(stop - begin);
  if (*stop == '\\') {
    const uint8_t *decoded = text_end_;
    if (Error error = daybook::decode_string(begin, end_, text_end_)) return error;
    begin = decoded;
    length = static_cast<size_t>(text_end_ - decoded);
  }
  if (length > daybook_json_string_bytes_max) return daybook_json_string_too_long;
  append(kind, depth, begin, length);
  return daybook_json_ok;
}

// Cold: the grammar is read again up to its fault.
int64_t daybook_json_parser::fault_offset() {
  const uint8_t *begin = input_.get();
  switch (error) {
    case daybook_json_ok:
    case daybook_json_payload_too_large:
    case daybook_json_empty_payload: return -1;
    case daybook_json_not_json:
    case daybook_json_trailing_content: {
      const uint8_t *end = skip_.value(begin, end_);
      if (end == nullptr) return skip_.fault() - begin;
      return daybook::Skip::space(end, end_) - begin;
    }
    case daybook_json_invalid_utf8: {
      // The longest valid beginning: at most 20 looks at 1 MiB.
      size_t low = 0, high = static_cast<size_t>(end_ - begin);
      while (low < high) {
        const size_t middle = (low + high) / 2;
        size_t cut = middle;
        while (cut > 0 && cut + 3 > middle && (begin[cut] & 0xC0) == 0x80) --cut;
        const bool is_valid =
            simdjson::validate_utf8(reinterpret_cast<const char *>(begin), cut);
        if (is_valid) low = middle + 1; else high = middle;
      }
      return static_cast<int64_t>(low > 0 ? low - 1 : 0);
    }
    case daybook_json_byte_order_mark: return 0;
    default: return at_ - begin;
  }
}

daybook_json_fault daybook_json_parser::fault() {
  daybook_json_fault fault{error, 0, fault_offset(), -1, -1};
  const size_t key = places().key_of_fault(names_);
  if (error == daybook_json_ok || key == tokens.size()) return fault;
  fault.name = tokens[key].name;
  const uint8_t *begin = places().of(key);
  const uint8_t *at = begin == nullptr ? nullptr : daybook::Skip::string(begin, end_);
  if (at == nullptr) return fault;
  at = daybook::Skip::space(at, end_);
  if (at == end_ || *at != ':') return fault;
  if (const uint8_t *end = skip_.damaged(at + 1, end_)) {
    fault.member_begin = begin - 1 - input_.get();
    fault.member_end = end - input_.get();
  }
  return fault;
}

void daybook_json_parser::append(
    daybook_json_kind kind, unsigned depth, const uint8_t *bytes, size_t length) {
  const auto next = static_cast<uint32_t>(tokens.size() + 1);
  tokens.push_back(
      {bytes, static_cast<uint32_t>(length), next, 0, kind, static_cast<uint8_t>(depth), 0});
}

// The noexcept functions below end the process when the token array cannot grow, as Swift does
// when it runs out of memory: such a record must not look like a bad one.

daybook_json_parser *daybook_json_create(uint64_t seed) noexcept {
  try {
    return new daybook_json_parser(seed);
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

void daybook_json_destroy(daybook_json_parser *parser) noexcept { delete parser; }

daybook_json_error daybook_json_parse(
    daybook_json_parser *parser, const uint8_t *bytes, size_t length,
    const daybook_json_names *names, int16_t scope, const daybook_json_token **tokens,
    size_t *count, bool *has_event) noexcept {
  const Error error = parser->parse(bytes, length, names, scope);
  parser->error = error;
  if (has_event != nullptr) *has_event = parser->has_event;
  *tokens = parser->tokens.data();
  *count = error ? 0 : parser->tokens.size();
  return error;
}

uint32_t daybook_json_hash(
    const daybook_json_parser *parser, const uint8_t *bytes, size_t length) noexcept {
  return daybook::hash_bytes(bytes, length, parser->seed);
}

daybook_json_fault daybook_json_last_fault(daybook_json_parser *parser) noexcept {
  return parser->fault();
}

int64_t daybook_json_offset(const daybook_json_parser *parser, size_t token) noexcept {
  return parser->offset(token);
}

bool daybook_json_is_utf8(const uint8_t *bytes, size_t length) noexcept {
  return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), length);
}
