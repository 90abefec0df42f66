// The header fields of a message, in order (RFC 9110, section 5). Names and values are views into
// the memory of the exchange (head block or arena) and live as long as it. Fields that the gateway
// itself looks at are known by an id and found by index; all others by a scan that ignores case.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/arena.hpp"

namespace ferroway::http {

enum class field_id : std::uint8_t {
  other,
  accept,
  access_control_request_method,
  authorization,
  connection,
  content_encoding,
  content_length,
  content_type,
  cookie,
  date,
  expect,
  forwarded,
  host,
  http2_settings,
  keep_alive,
  location,
  origin,
  proxy_authenticate,
  proxy_authorization,
  proxy_connection,
  referer,
  server,
  te,
  traceparent,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  vary,
  via,
  x_forwarded_for,
  x_forwarded_host,
  x_forwarded_proto,
  x_request_id,
  count_,
};

// The id of a field name in any case, `other` if it has none. One switch on length and first
// letters.
field_id identify(std::string_view name) noexcept;

class field {
 public:
  field() = default;
  field(std::string_view name, std::string_view value, field_id id) noexcept
      : name_(name.data()),
        value_(value.data()),
        value_size_(static_cast<std::uint32_t>(value.size())),
        name_size_(static_cast<std::uint16_t>(name.size())),
        id_(id) {}
  std::string_view name() const noexcept { return {name_, name_size_}; }
  std::string_view value() const noexcept { return {value_, value_size_}; }
  field_id id() const noexcept { return id_; }
  bool removed() const noexcept { return name_ == nullptr; }

 private:
  friend class field_list;
  const char* name_ = nullptr;  // null: removed
  const char* value_ = nullptr;
  std::uint32_t value_size_ = 0;
  std::uint16_t name_size_ = 0;
  field_id id_ = field_id::other;
};

class field_list;

// All fields of a name as one list (RFC 9110, 5.3), "; " between cookies, ", " between others; put
// together in `memory` only where there are several. Nothing where there is none.
std::optional<std::string_view> combined_value(const field_list& fields, field_id id,
                                               std::string_view name, arena& memory);

// Storage comes from the arena of the exchange. Names of at most 65,535 bytes, at most 65,534
// fields.
class field_list {
 public:
  field_list() = default;

  // Appends; the texts are not copied.
  void add(arena& memory, std::string_view name, std::string_view value) {
    add(memory, name, value, identify(name));
  }
  void add(arena& memory, std::string_view name, std::string_view value, field_id id) {
    assert(!name.empty() && name.size() <= UINT16_MAX && size_ < fields_max);
    if (size_ == capacity_) [[unlikely]]
      grow(memory);
    new (&items_[size_++]) field(name, value, id);
    line_bytes_ += line_bytes_of(name, value);
    std::uint16_t& first = first_[static_cast<std::size_t>(id)];
    if (first == 0 && id != field_id::other) first = size_;
  }
  // Leaves exactly one field of that name: replaces the first in place, removes the others, or
  // appends.
  void set(arena& memory, std::string_view name, std::string_view value);
  void set(arena& memory, std::string_view name, std::string_view value, field_id id);
  // Returns how many were removed.
  std::size_t remove(std::string_view name) noexcept;
  std::size_t remove(std::string_view name, field_id id) noexcept;
  std::size_t remove(field_id id) noexcept;
  void remove(const field& item) noexcept;  // one of this list's own

  // The first of that name.
  const field* find(field_id id) const noexcept {
    const std::uint16_t at = first_[static_cast<std::size_t>(id)];
    return at == 0 ? nullptr : &items_[at - 1];
  }
  const field* find(std::string_view name) const noexcept;
  const field* find(std::string_view name, field_id id) const noexcept;
  bool has(field_id id) const noexcept { return find(id) != nullptr; }
  // Its value, empty if there is none.
  std::string_view value(field_id id) const noexcept {
    const field* found = find(id);
    return found == nullptr ? std::string_view{} : found->value();
  }
  // How many fields of that known name there are.
  std::size_t count(field_id id) const noexcept;

  // Iteration skips what was removed.
  class iterator {
   public:
    iterator(const field* at, const field* end) noexcept : at_(at), end_(end) { skip(); }
    const field& operator*() const noexcept { return *at_; }
    iterator& operator++() noexcept {
      ++at_;
      skip();
      return *this;
    }
    bool operator==(const iterator& other) const noexcept { return at_ == other.at_; }

   private:
    void skip() noexcept {
      while (at_ != end_ && at_->removed()) ++at_;
    }
    const field* at_;
    const field* end_;
  };
  iterator begin() const noexcept { return {items_, items_ + size_}; }
  iterator end() const noexcept { return {items_ + size_, items_ + size_}; }
  bool empty() const noexcept { return begin() == end(); }
  // Of all of them as the lines of a head: name, ": ", value, CRLF.
  std::size_t line_bytes() const noexcept { return line_bytes_; }

 private:
  static constexpr std::size_t fields_max = 65534;
  static std::size_t line_bytes_of(std::string_view name, std::string_view value) noexcept {
    return name.size() + 2 + value.size() + 2;
  }
  void drop(field& item) noexcept;
  void grow(arena& memory);
  void forget_first(field_id id) noexcept;

  field* items_ = nullptr;
  std::size_t line_bytes_ = 0;
  std::uint16_t size_ = 0;
  std::uint16_t capacity_ = 0;
  // Index + 1 of the first field of each known name, 0 for none. `other` is never found here.
  std::array<std::uint16_t, static_cast<std::size_t>(field_id::count_)> first_{};
};

}  // namespace ferroway::http
