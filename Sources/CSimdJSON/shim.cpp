// SPDX-License-Identifier: Apache-2.0
#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "KeySet.h"
#include "scalars.h"

namespace ondemand = simdjson::ondemand;
using Error = daybook_json_error;

struct daybook_json_parser {
  explicit daybook_json_parser(uint64_t seed);

  Error parse(const uint8_t *bytes, size_t length);

  uint64_t seed;
  std::vector<daybook_json_token> tokens;

 private:
  Error check_prefix(size_t length) const;
  Error walk(ondemand::document &document);
  Error walk(ondemand::document &document, ondemand::value value, unsigned depth);
  Error walk_object(
      ondemand::document &document, ondemand::value value, uint32_t self, unsigned depth);
  Error walk_array(ondemand::document &document, ondemand::value value, unsigned depth);
  const uint8_t *consumed_end(ondemand::document &document) const;
  Error append_key(const char *begin, uint32_t object, unsigned depth);
  Error append_scalar(std::string_view source, unsigned depth);
  Error append_string(daybook_json_kind kind, const char *begin, unsigned depth);
  void append(
      daybook_json_kind kind, unsigned depth, const uint8_t *bytes = nullptr, size_t length = 0);

  ondemand::parser parser_;
  daybook::KeySet keys_;
  // The input, because simdjson reads up to SIMDJSON_PADDING bytes behind it.
  std::unique_ptr<uint8_t[]> input_;
  const uint8_t *end_ = nullptr;
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

Error daybook_json_parser::parse(const uint8_t *bytes, size_t length) {
  tokens.clear();
  keys_.clear();
  text_end_ = text_.get();
  if (length == 0) return daybook_json_empty_payload;
  if (length > daybook_json_payload_bytes_max) return daybook_json_payload_too_large;
  std::memcpy(input_.get(), bytes, length);
  std::memset(input_.get() + length, 0, simdjson::SIMDJSON_PADDING);
  end_ = input_.get() + length;
  if (Error error = check_prefix(length)) return error;

  ondemand::document document;
  if (auto code = parser_.iterate(input_.get(), length, input_capacity).get(document)) {
    return translate(code);
  }
  return walk(document);
}

Error daybook_json_parser::check_prefix(size_t length) const {
  if (length >= 3 && std::memcmp(input_.get(), "\xEF\xBB\xBF", 3) == 0) {
    return daybook_json_byte_order_mark;
  }
  if (std::memchr(input_.get(), 0, length) != nullptr) return daybook_json_nul_character;
  return daybook_json_ok;
}

Error daybook_json_parser::walk(ondemand::document &document) {
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
  if (Error error = walk(document, value, 0)) return error;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? daybook_json_ok : daybook_json_trailing_content;
}

Error daybook_json_parser::walk(
    ondemand::document &document, ondemand::value value, unsigned depth) {
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
  if (depth == daybook_json_depth_max) return daybook_json_too_deep;

  const size_t self = tokens.size();
  append(is_object ? daybook_json_object : daybook_json_array, depth);
  const Error error = is_object ? walk_object(document, value, static_cast<uint32_t>(self), depth)
                                : walk_array(document, value, depth);
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
    if (Error error = walk(document, field.value(), depth + 1)) return error;
    tokens[key].next = static_cast<uint32_t>(tokens.size());
  }
  return daybook_json_ok;
}

Error daybook_json_parser::walk_array(
    ondemand::document &document, ondemand::value value, unsigned depth) {
  ondemand::array array;
  if (auto code = value.get_array().get(array)) return translate(code);
  for (auto item : array) {
    ondemand::value element;
    if (auto code = std::move(item).get(element)) return translate(code);
    if (Error error = walk(document, element, depth + 1)) return error;
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
  const auto *quote =
      static_cast<const uint8_t *>(std::memchr(begin, '"', static_cast<size_t>(end_ - begin)));
  if (quote == nullptr) return daybook_json_not_json;
  auto length = static_cast<size_t>(quote - begin);
  if (std::memchr(begin, '\\', length) != nullptr) {
    const uint8_t *decoded = text_end_;
    if (Error error = daybook::decode_string(begin, end_, text_end_)) return error;
    begin = decoded;
    length = static_cast<size_t>(text_end_ - decoded);
  }
  if (length > daybook_json_string_bytes_max) return daybook_json_string_too_long;
  append(kind, depth, begin, length);
  return daybook_json_ok;
}

void daybook_json_parser::append(
    daybook_json_kind kind, unsigned depth, const uint8_t *bytes, size_t length) {
  const auto next = static_cast<uint32_t>(tokens.size() + 1);
  tokens.push_back(
      {bytes, static_cast<uint32_t>(length), next, 0, kind, static_cast<uint8_t>(depth)});
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
    const daybook_json_token **tokens, size_t *count) noexcept {
  const Error error = parser->parse(bytes, length);
  *tokens = parser->tokens.data();
  *count = error ? 0 : parser->tokens.size();
  return error;
}

uint32_t daybook_json_hash(
    const daybook_json_parser *parser, const uint8_t *bytes, size_t length) noexcept {
  return daybook::hash_bytes(bytes, length, parser->seed);
}

bool daybook_json_is_utf8(const uint8_t *bytes, size_t length) noexcept {
  return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), length);
}
