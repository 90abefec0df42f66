#include "http/hop_by_hop.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace ferroway::http {
namespace {

constexpr std::array always_removed = {
    field_id::connection,
    field_id::keep_alive,
    field_id::proxy_connection,
    field_id::te,
    field_id::trailer,
    field_id::transfer_encoding,
    field_id::upgrade,
    field_id::http2_settings,
    field_id::proxy_authenticate,
    field_id::proxy_authorization,
};

// A peer that lists one of these wants the next hop to see another message than this one (routing,
// framing, identity).
bool is_kept_though_listed(field_id id) {
  switch (id) {
    case field_id::host:
    case field_id::content_length:
    case field_id::content_type:
    case field_id::content_encoding:
    case field_id::authorization:
    case field_id::cookie:
    case field_id::date:
    case field_id::expect:
    case field_id::forwarded:
    case field_id::location:
    case field_id::origin:
    case field_id::traceparent:
    case field_id::via:
    case field_id::x_forwarded_for:
    case field_id::x_forwarded_host:
    case field_id::x_forwarded_proto:
    case field_id::x_request_id:
      return true;
    default:
      return false;
  }
}

void remove_listed(field_list& fields, std::string_view names) noexcept {
  while (!names.empty()) {
    const std::string_view name = trim(split_off(names, ','));
    if (name.empty()) continue;
    const field_id id = identify(name);
    if (id == field_id::connection || is_kept_though_listed(id)) continue;
    fields.remove(name);
  }
}

// Most messages have none: one look without a branch for each.
template <std::size_t... At>
bool has_any(const field_list& fields, std::index_sequence<At...>) noexcept {
  return (static_cast<unsigned>(fields.has(always_removed[At])) | ...) != 0;
}

}  // namespace

void remove_hop_by_hop(field_list& fields) noexcept {
  if (fields.has(field_id::connection)) {
    for (const field& item : fields) {
      if (item.id() == field_id::connection) remove_listed(fields, item.value());
    }
  }
  if (!has_any(fields, std::make_index_sequence<always_removed.size()>())) return;
  for (const field_id id : always_removed) fields.remove(id);
}

}  // namespace ferroway::http
