#include "http/fields.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "base/text.hpp"

namespace ferroway::http {
namespace {

constexpr std::uint16_t first_capacity = 16;

std::uint64_t load_word(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// A known name in lower case, with the bit that ignores case set for its letters only: `(c | mask)
// == name` is then exact for every byte.
template <std::size_t Size>
struct known_name {
  char lower[Size]{};
  char mask[Size]{};

  consteval known_name(const char (&text)[Size + 1]) {
    for (std::size_t i = 0; i < Size; ++i) {
      lower[i] = text[i];
      mask[i] = is_alpha(text[i]) ? 0x20 : 0;
    }
  }

  bool equals(const char* name) const {
    if constexpr (Size < sizeof(std::uint64_t)) {
      bool same = true;
      for (std::size_t i = 0; i < Size; ++i) same &= (name[i] | mask[i]) == lower[i];
      return same;
    } else {
      std::size_t at = 0;
      for (; at + sizeof(std::uint64_t) < Size; at += sizeof(std::uint64_t)) {
        if (!word_equals(name, at)) return false;
      }
      return word_equals(name, Size - sizeof(std::uint64_t));
    }
  }

 private:
  bool word_equals(const char* name, std::size_t at) const {
    return (load_word(name + at) | load_word(mask + at)) == load_word(lower + at);
  }
};
template <std::size_t Bytes>
known_name(const char (&)[Bytes]) -> known_name<Bytes - 1>;

// `id` if `name`, which is as long as Known, is that name.
template <known_name Known>
field_id if_is(const char* name, field_id id) {
  static constexpr auto known = Known;
  return known.equals(name) ? id : field_id::other;
}

}  // namespace

field_id identify(std::string_view name) noexcept {
  using enum field_id;
  const char* n = name.data();
  const char first = name.empty() ? '\0' : static_cast<char>(n[0] | 0x20);
  switch (name.size()) {
    case 2:
      return if_is<"te">(n, te);
    case 3:
      return if_is<"via">(n, via);
    case 4:
      if (first == 'h') return if_is<"host">(n, host);
      return first == 'd' ? if_is<"date">(n, date) : if_is<"vary">(n, vary);
    case 6:
      switch (first) {
        case 'a':
          return if_is<"accept">(n, accept);
        case 'c':
          return if_is<"cookie">(n, cookie);
        case 'e':
          return if_is<"expect">(n, expect);
        case 'o':
          return if_is<"origin">(n, origin);
        default:
          return if_is<"server">(n, server);
      }
    case 7:
      if (first == 'r') return if_is<"referer">(n, referer);
      return first == 't' ? if_is<"trailer">(n, trailer) : if_is<"upgrade">(n, upgrade);
    case 8:
      return if_is<"location">(n, location);
    case 9:
      return if_is<"forwarded">(n, forwarded);
    case 10:
      if (first == 'c') return if_is<"connection">(n, connection);
      return first == 'u' ? if_is<"user-agent">(n, user_agent) : if_is<"keep-alive">(n, keep_alive);
    case 11:
      return if_is<"traceparent">(n, traceparent);
    case 12:
      return first == 'c' ? if_is<"content-type">(n, content_type)
                          : if_is<"x-request-id">(n, x_request_id);
    case 13:
      return if_is<"authorization">(n, authorization);
    case 14:
      return first == 'c' ? if_is<"content-length">(n, content_length)
                          : if_is<"http2-settings">(n, http2_settings);
    case 15:
      return if_is<"x-forwarded-for">(n, x_forwarded_for);
    case 16:
      if (first == 'c') return if_is<"content-encoding">(n, content_encoding);
      return first == 'p' ? if_is<"proxy-connection">(n, proxy_connection)
                          : if_is<"x-forwarded-host">(n, x_forwarded_host);
    case 17:
      return first == 't' ? if_is<"transfer-encoding">(n, transfer_encoding)
                          : if_is<"x-forwarded-proto">(n, x_forwarded_proto);
    case 18:
      return if_is<"proxy-authenticate">(n, proxy_authenticate);
    case 19:
      return if_is<"proxy-authorization">(n, proxy_authorization);
    case 29:
      return if_is<"access-control-request-method">(n, access_control_request_method);
    default:
      return other;
  }
}

void field_list::grow(arena& memory) {
  const std::size_t wanted = capacity_ == 0 ? first_capacity : std::size_t{capacity_} * 2;
  const std::size_t capacity = std::min(wanted, fields_max);
  field* items = memory.allocate_array<field>(capacity);
  if (size_ != 0) std::memcpy(static_cast<void*>(items), items_, size_ * sizeof(field));
  items_ = items;
  capacity_ = static_cast<std::uint16_t>(capacity);
}

void field_list::drop(field& item) noexcept {
  line_bytes_ -= line_bytes_of(item.name(), item.value());
  item.name_ = nullptr;
}

void field_list::set(arena& memory, std::string_view name, std::string_view value) {
  set(memory, name, value, identify(name));
}

void field_list::set(arena& memory, std::string_view name, std::string_view value, field_id id) {
  const field* kept = find(name, id);
  if (kept == nullptr) {
    add(memory, name, value, id);
    return;
  }
  for (field* item = items_ + (kept - items_) + 1; item != items_ + size_; ++item) {
    if (item->removed() || item->id_ != id) continue;
    if (id != field_id::other || equals_ignoring_case(item->name(), name)) drop(*item);
  }
  drop(items_[kept - items_]);
  items_[kept - items_] = field(name, value, id);
  line_bytes_ += line_bytes_of(name, value);
}

std::size_t field_list::remove(std::string_view name) noexcept {
  return remove(name, identify(name));
}

std::size_t field_list::remove(std::string_view name, field_id id) noexcept {
  if (id != field_id::other) return remove(id);
  std::size_t count = 0;
  for (field* item = items_; item != items_ + size_; ++item) {
    if (item->removed() || item->id_ != field_id::other) continue;
    if (!equals_ignoring_case(item->name(), name)) continue;
    drop(*item);
    ++count;
  }
  return count;
}

std::size_t field_list::remove(field_id id) noexcept {
  std::uint16_t& first = first_[static_cast<std::size_t>(id)];
  if (first == 0) return 0;
  std::size_t count = 0;
  for (field* item = items_ + first - 1; item != items_ + size_; ++item) {
    if (item->id_ != id || item->removed()) continue;
    drop(*item);
    ++count;
  }
  first = 0;
  return count;
}

void field_list::remove(const field& item) noexcept {
  assert(&item >= items_ && &item < items_ + size_);
  field& own = items_[&item - items_];
  drop(own);
  if (own.id_ != field_id::other) forget_first(own.id_);
}

void field_list::forget_first(field_id id) noexcept {
  std::uint16_t& first = first_[static_cast<std::size_t>(id)];
  std::size_t at = first == 0 ? 0 : std::size_t{first} - 1;
  first = 0;
  for (; at < size_; ++at) {
    if (items_[at].id_ != id || items_[at].removed()) continue;
    first = static_cast<std::uint16_t>(at + 1);
    return;
  }
}

const field* field_list::find(std::string_view name) const noexcept {
  return find(name, identify(name));
}

const field* field_list::find(std::string_view name, field_id id) const noexcept {
  if (id != field_id::other) return find(id);
  for (const field& item : *this) {
    if (item.id_ == field_id::other && equals_ignoring_case(item.name(), name)) return &item;
  }
  return nullptr;
}

std::size_t field_list::count(field_id id) const noexcept {
  const std::uint16_t first = first_[static_cast<std::size_t>(id)];
  if (first == 0) return 0;
  return static_cast<std::size_t>(
      std::count_if(items_ + first - 1, items_ + size_,
                    [id](const field& item) { return item.id_ == id && !item.removed(); }));
}

std::optional<std::string_view> combined_value(const field_list& fields, field_id id,
                                               std::string_view name, arena& memory) {
  const auto is_meant = [&](const field& item) {
    return item.id() == id && (id != field_id::other || equals_ignoring_case(item.name(), name));
  };
  constexpr std::size_t separator_bytes = 2;
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::string_view only;
  for (const field& item : fields) {
    if (!is_meant(item)) continue;
    only = item.value();
    bytes += only.size();
    ++count;
  }
  if (count == 0) return std::nullopt;
  if (count == 1) return only;
  bytes += (count - 1) * separator_bytes;
  char* const begin = memory.allocate_text(bytes);
  char* end = begin;
  bool first = true;  // whose value may be empty
  for (const field& item : fields) {
    if (!is_meant(item)) continue;
    if (!std::exchange(first, false)) {
      *end++ = id == field_id::cookie ? ';' : ',';
      *end++ = ' ';
    }
    const std::string_view value = item.value();
    end = std::copy(value.begin(), value.end(), end);
  }
  return std::string_view(begin, bytes);
}

}  // namespace ferroway::http
