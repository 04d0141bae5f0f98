// SPDX-License-Identifier: Apache-2.0
#include "CSimdJSON.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include "KeySet.h"
#include "Pairs.h"
#include "Places.h"
#include "Skip.h"
#include "Structure.h"
#include "Tokens.h"
#include "scalars.h"

using Error = daybook_json_error;
using daybook::Place;

struct daybook_json_parser {
  daybook_json_parser(uint64_t seed, daybook_json_dialect dialect);

  Error parse(
      const uint8_t *bytes, size_t length, const daybook_json_names *names, int16_t scope);

  uint64_t seed;
  bool is_lenient;
  // Nearly all keys of OTLP are those of its wrappers, which nobody looks up.
  bool is_otlp;
  daybook::Tokens tokens;
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
  Error walk_root(int16_t scope);
  // Scope -1: everything is read.
  Error walk(unsigned depth, int16_t scope, Place place = Place::other);
  Error walk_container(unsigned depth, int16_t scope, Place place);
  Error walk_object(uint32_t self, unsigned depth, Place place);
  Error walk_scope(unsigned depth, int16_t scope);
  Error walk_array(unsigned depth, Place place);
  bool append_pair(unsigned depth);
  bool append_texts(unsigned depth);
  Error skip(unsigned depth);
  // What is true of a key that was taken, and its colon.
  Error append_key(const uint8_t *begin, uint32_t object, unsigned depth);
  Error append_name(
      const uint8_t *begin, unsigned depth, int16_t scope, int16_t guess,
      const daybook_json_name *&name);
  bool stands_at(const daybook_json_name &name, const uint8_t *begin) const;
  const daybook_json_name *find_name(daybook_json_token &key, int16_t scope) const;
  Error append_scalar(const uint8_t *begin, unsigned depth);
  Error append_string(daybook_json_kind kind, const uint8_t *begin, unsigned depth);
  // One with an escape, or beyond the limit.
  Error append_unusual_string(daybook_json_kind kind, const uint8_t *begin, unsigned depth);
  void append(
      daybook_json_kind kind, unsigned depth, const uint8_t *bytes = nullptr, size_t length = 0);
  // Whether the error is that of a value that a lenient parser passes on.
  bool is_unusable(Error error) const {
    return is_lenient &&
           (error == daybook_json_nul_character || error == daybook_json_lone_surrogate ||
            error == daybook_json_string_too_long || error == daybook_json_number_out_of_range);
  }

  daybook::Structure structure_;
  daybook::KeySet keys_;
  daybook::Skip skip_;
  const daybook_json_names *names_ = nullptr;
  // Behind each name the one that came last time, -1 for none; then the first of each scope. A
  // sender writes its keys in the same order again and again.
  std::unique_ptr<int16_t[]> guesses_{new int16_t[2 * daybook_json_names_max]};
  // By name: the document that has it.
  std::unique_ptr<uint32_t[]> seen_{new uint32_t[daybook_json_names_max]()};
  uint32_t document_ = 0;
  // The input, because simdjson reads up to SIMDJSON_PADDING bytes behind it.
  std::unique_ptr<uint8_t[]> input_;
  const uint8_t *end_ = nullptr;
  bool has_escapes_ = false;
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

daybook_json_parser::daybook_json_parser(uint64_t seed, daybook_json_dialect dialect)
    : seed(seed),
      is_lenient(dialect != daybook_json_strict),
      is_otlp(dialect == daybook_json_otlp),
      input_(new uint8_t[input_capacity]()),
      text_(new uint8_t[daybook_json_payload_bytes_max]) {
  tokens.begin(tokens_at_start);
}

Error daybook_json_parser::parse(
    const uint8_t *bytes, size_t length, const daybook_json_names *names, int16_t scope) {
  if (names_ != names) {
    names_ = names;
    std::fill_n(guesses_.get(), 2 * daybook_json_names_max, int16_t{-1});
  }
  has_event = false;
  if (++document_ == 0) {
    std::memset(seen_.get(), 0, daybook_json_names_max * sizeof(uint32_t));
    document_ = 1;
  }
  tokens.begin(0);
  keys_.clear();
  text_end_ = text_.get();
  if (length == 0) return daybook_json_empty_payload;
  if (length > daybook_json_payload_bytes_max) return daybook_json_payload_too_large;
  std::memcpy(input_.get(), bytes, length);
  std::memset(input_.get() + length, 0, simdjson::SIMDJSON_PADDING);
  end_ = input_.get() + length;
  at_ = input_.get();
  if (Error error = check_prefix(length)) return error;

  if (auto code = structure_.read(input_.get(), length)) return translate(code);
  has_escapes_ = std::memchr(input_.get(), '\\', length) != nullptr;
  tokens.begin(structure_.count());
  return walk_root(names == nullptr ? -1 : scope);
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

Error daybook_json_parser::walk_root(int16_t scope) {
  const uint8_t first = *structure_.at();
  if (first != '{' && first != '[') {
    if (!daybook::begins_scalar(first)) return daybook_json_not_json;
    if (structure_.count() > 1) return daybook_json_trailing_content;
  }
  if (Error error = walk(0, scope, is_otlp ? Place::root : Place::other)) return error;
  return structure_.is_at_end() ? daybook_json_ok : daybook_json_trailing_content;
}

Error daybook_json_parser::walk(unsigned depth, int16_t scope, Place place) {
  const uint8_t first = *structure_.at();
  if (first == '{' || first == '[') return walk_container(depth, scope, place);
  const uint8_t *begin = structure_.take();
  return first == '"' ? append_string(daybook_json_string, begin + 1, depth)
                      : append_scalar(begin, depth);
}

Error daybook_json_parser::walk_container(unsigned depth, int16_t scope, Place place) {
  const uint8_t *begin = structure_.take();
  if (depth == (is_lenient ? daybook_json_lenient_depth_max : daybook_json_depth_max)) {
    at_ = begin;
    return daybook_json_too_deep;
  }
  const bool is_object = *begin == '{';
  const size_t self = tokens.size();
  append(is_object ? daybook_json_object : daybook_json_array, depth);
  if (*structure_.at() != (is_object ? '}' : ']')) {
    const Error error = !is_object ? walk_array(depth, place)
                        : scope < 0 ? walk_object(static_cast<uint32_t>(self), depth, place)
                                    : walk_scope(depth, scope);
    if (error) return error;
  }
  const uint8_t *last = structure_.take();
  tokens[self].bytes = begin;
  tokens[self].length = static_cast<uint32_t>(last + 1 - begin);
  tokens[self].next = static_cast<uint32_t>(tokens.size());
  return daybook_json_ok;
}

// The members of a container stand up to its bracket, which is left to the caller.
Error daybook_json_parser::walk_object(uint32_t self, unsigned depth, Place place) {
  while (true) {
    const size_t key = tokens.size();
    const uint8_t *begin = structure_.take_key();
    if (begin == nullptr) return daybook_json_not_json;
    if (Error error = append_key(begin, self, depth + 1)) return error;
    structure_.take();
    if (Error error = walk(depth + 1, -1, place_below(place, tokens.back()))) return error;
    tokens[key].next = static_cast<uint32_t>(tokens.size());
    if (*structure_.at() == '}') return daybook_json_ok;
    if (*structure_.take() != ',') return daybook_json_not_json;
  }
}

Error daybook_json_parser::walk_scope(unsigned depth, int16_t scope) {
  int16_t *guess = &guesses_[daybook_json_names_max + scope];
  while (true) {
    const size_t key = tokens.size();
    const uint8_t *begin = structure_.take_key();
    if (begin == nullptr) return daybook_json_not_json;
    const daybook_json_name *name = nullptr;
    if (Error error = append_name(begin, depth + 1, scope, *guess, name)) return error;
    if (name != nullptr) {
      const auto index = static_cast<int16_t>(name - names_->names);
      *guess = index;
      guess = &guesses_[index];
    }
    structure_.take();
    const bool descends = name != nullptr && name->below >= 0 && *structure_.at() == '{';
    if (descends || (name != nullptr && name->is_read)) {
      // A name has one object in a document: whether it was there needs no search.
      uint32_t &seen = seen_[tokens[key].name];
      if (seen == document_) return daybook_json_duplicate_key;
      seen = document_;
      const auto below = descends ? name->below : int16_t{-1};
      if (Error error = walk(depth + 1, below)) return error;
    } else if (Error error = skip(depth + 1)) {
      return error;
    }
    tokens[key].next = static_cast<uint32_t>(tokens.size());
    if (*structure_.at() == '}') return daybook_json_ok;
    if (*structure_.take() != ',') return daybook_json_not_json;
  }
}

Error daybook_json_parser::walk_array(unsigned depth, Place place) {
  const Place below = place_of_elements(place);
  while (true) {
    if (place != Place::attributes || !append_pair(depth + 1)) {
      if (Error error = walk(depth + 1, -1, below)) return error;
    }
    if (*structure_.at() == ']') return daybook_json_ok;
    if (*structure_.take() != ',') return daybook_json_not_json;
  }
}

bool daybook_json_parser::append_pair(unsigned depth) {
  daybook::Pair pair;
  if (!pair.read(structure_, end_, has_escapes_)) return false;
  const size_t key = tokens.size();
  append(daybook_json_key, depth, pair.key, pair.key_length);
  append(pair.kind, depth, pair.value, pair.value_length);
  if (pair.kind != daybook_json_array) {
    structure_.pass(daybook::Pair::structure_count);
  } else if (!append_texts(depth + 1)) {
    tokens.cut(key);
    return false;
  } else {
    tokens[key + 1].next = static_cast<uint32_t>(tokens.size());
  }
  tokens[key].next = static_cast<uint32_t>(tokens.size());
  return true;
}

// The array of an attribute, behind its bracket, up to the end of the attribute.
bool daybook_json_parser::append_texts(unsigned depth) {
  const uint32_t *begin = structure_.position();
  structure_.pass(daybook::Pair::array_structure_count);
  const uint8_t *text;
  size_t length;
  while (daybook::Pair::read_text(structure_, end_, has_escapes_, text, length)) {
    structure_.pass(daybook::Pair::text_structure_count);
    append(daybook_json_string, depth, text, length);
    if (daybook::Pair::is_end_of_array(structure_)) {
      structure_.pass(daybook::Pair::array_end_structure_count);
      return true;
    }
    if (*structure_.take() != ',') break;
  }
  structure_.return_to(begin);
  return false;
}

Error daybook_json_parser::skip(unsigned depth) {
  const uint8_t *begin = structure_.take();
  const uint8_t *end = *begin == '"' && !has_escapes_ ? structure_.closing_quote(begin) + 1
                                                      : skip_.value(begin, end_);
  if (end == nullptr) return daybook_json_not_json;
  structure_.skip_to(end);
  // Here, and not by the caller, so that what stands behind the value is a fault of its member.
  if (*structure_.at() != ',' && *structure_.at() != '}') return daybook_json_not_json;
  append(daybook::kind_of(*begin), depth, begin, static_cast<size_t>(end - begin));
  return daybook_json_ok;
}

// Appends a key of a scope. One that cannot be stored is no name: its source stands for it.
Error daybook_json_parser::append_name(
    const uint8_t *begin, unsigned depth, int16_t scope, int16_t guess,
    const daybook_json_name *&name) {
  if (guess >= 0 && stands_at(names_->names[guess], begin)) {
    name = &names_->names[guess];
    at_ = begin;
    append(daybook_json_key, depth, begin, name->length);
  } else {
    const Error error = append_string(daybook_json_key, begin, depth);
    if (error == daybook_json_nul_character || error == daybook_json_lone_surrogate ||
        error == daybook_json_string_too_long) {
      const uint8_t *end = daybook::Skip::string(begin, end_);
      if (end == nullptr) return daybook_json_not_json;
      append(daybook_json_key, depth, begin, static_cast<size_t>(end - 1 - begin));
    } else if (error) {
      return error;
    }
    name = find_name(tokens.back(), scope);
    if (name == nullptr) return daybook_json_ok;
  }
  daybook_json_token &key = tokens.back();
  const auto index = static_cast<int16_t>(name - names_->names);
  key.hash = name->hash;
  key.name = static_cast<uint16_t>(index + 1);
  if (index == names_->event && depth == 1) has_event = true;
  return daybook_json_ok;
}

// Whether that is the key at `begin`, in front of its colon. No name has a quote or an escape in it.
bool daybook_json_parser::stands_at(const daybook_json_name &name, const uint8_t *begin) const {
  return begin + name.length < structure_.at() && begin[name.length] == '"' &&
         daybook::is_same(begin, name.bytes, name.length);
}

const daybook_json_name *daybook_json_parser::find_name(
    daybook_json_token &key, int16_t scope) const {
  key.hash = daybook::hash_bytes(key.bytes, key.length, seed);
  for (uint32_t slot = key.hash + 31u * static_cast<uint32_t>(scope);; ++slot) {
    const int16_t index = names_->slots[slot & names_->slot_mask];
    if (index < 0) return nullptr;
    const daybook_json_name &name = names_->names[index];
    if (name.hash == key.hash && name.scope == scope && name.length == key.length &&
        daybook::is_same(name.bytes, key.bytes, key.length)) {
      return &name;
    }
  }
}

Error daybook_json_parser::append_key(const uint8_t *begin, uint32_t object, unsigned depth) {
  if (Error error = append_string(daybook_json_key, begin, depth)) return error;
  daybook_json_token &key = tokens.back();
  if (is_lenient) key.name = static_cast<uint16_t>(key.hash);
  key.hash = 0;
  if (!is_otlp) key.hash = daybook::hash_bytes(key.bytes, key.length, seed);
  return is_lenient ? daybook_json_ok : keys_.insert(tokens, object);
}

Error daybook_json_parser::append_scalar(const uint8_t *begin, unsigned depth) {
  at_ = begin;
  const uint8_t *end = structure_.scalar_end(begin);
  const std::string_view source(
      reinterpret_cast<const char *>(begin), static_cast<size_t>(end - begin));
  if (source.empty()) return daybook_json_not_json;
  const daybook_json_kind kind = daybook::kind_of(*begin);
  if (kind == daybook_json_number) {
    if (Error error = daybook::check_number(source)) {
      if (!is_unusable(error)) return error;
      append(kind, depth, begin, source.size());
      tokens.back().hash = error;
      return daybook_json_ok;
    }
  } else if (source != (kind == daybook_json_true ? "true"
                        : kind == daybook_json_false ? "false" : "null")) {
    return daybook_json_not_json;
  }
  append(kind, depth, begin, source.size());
  return daybook_json_ok;
}

// From behind the opening quote.
inline Error daybook_json_parser::append_string(
    daybook_json_kind kind, const uint8_t *begin, unsigned depth) {
  if (!has_escapes_) {
    const auto length = static_cast<size_t>(structure_.closing_quote(begin) - begin);
    if (length <= daybook_json_string_bytes_max) {
      at_ = begin;
      append(kind, depth, begin, length);
      return daybook_json_ok;
    }
  }
  return append_unusual_string(kind, begin, depth);
}

Error daybook_json_parser::append_unusual_string(
    daybook_json_kind kind, const uint8_t *begin, unsigned depth) {
  at_ = begin;
  const uint8_t *stop = has_escapes_ ? daybook::plain_end(begin, end_)
                                     : structure_.closing_quote(begin);
  if (stop == end_) return daybook_json_not_json;
  auto length = static_cast<size_t>(stop - begin);
  const uint8_t *source = begin;
  Error error = daybook_json_ok;
  if (*stop == '\\') {
    uint8_t *decoded = text_end_;
    error = daybook::decode_string(begin, end_, text_end_);
    if (error) {
      text_end_ = decoded;
    } else {
      begin = decoded;
      length = static_cast<size_t>(text_end_ - decoded);
    }
  }
  if (!error && length > daybook_json_string_bytes_max) error = daybook_json_string_too_long;
  if (error && !is_unusable(error)) return error;
  if (error) {
    const uint8_t *end = daybook::Skip::string(source, end_);
    if (end == nullptr) return daybook_json_not_json;
    begin = source;
    length = static_cast<size_t>(end - 1 - source);
  }
  append(kind, depth, begin, length);
  tokens.back().hash = error;
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
  tokens.append(
      {bytes, static_cast<uint32_t>(length), next, 0, kind, static_cast<uint8_t>(depth), 0});
}

// The noexcept functions below end the process when the token array cannot grow, as Swift does
// when it runs out of memory: such a record must not look like a bad one.

daybook_json_parser *daybook_json_create(
    uint64_t seed, daybook_json_dialect dialect) noexcept {
  try {
    return new daybook_json_parser(seed, dialect);
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

size_t daybook_json_shortest(const uint8_t *bytes, size_t length, uint8_t *text) noexcept {
  const auto *begin = reinterpret_cast<const char *>(bytes);
  double value = 0;
  const auto read = std::from_chars(begin, begin + length, value);
  const bool is_number = read.ec == std::errc() && read.ptr == begin + length;
  return is_number ? daybook_json_number_text(value, text) : 0;
}

size_t daybook_json_number_text(double value, uint8_t *text) noexcept {
  if (!std::isfinite(value)) return 0;
  auto *output = reinterpret_cast<char *>(text);
  const double size = std::fabs(value);
  const bool is_plain = size == 0 || (size >= 1e-4 && size < 1e15);
  const auto written = std::to_chars(
      output, output + 32, value,
      is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  return written.ec == std::errc() ? static_cast<size_t>(written.ptr - output) : 0;
}
