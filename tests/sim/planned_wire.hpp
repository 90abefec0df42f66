// What planned clients and backends have in common.
#pragma once

#include <string>
#include <string_view>

#include "sim/exchange_plan.hpp"
#include "sim/http_wire.hpp"
#include "sim/pattern.hpp"
#include "sim/seen_exchange.hpp"

namespace ferroway::sim {

// Sends `text` in the pieces, and with the pauses, that `message` plans. `text` stays.
inline task<bool> send_split(http_wire& wire, const planned_message& message, std::string_view text,
                             io::cancel_scope& scope) {
  for (const split& item : splits_of(message, text.size())) {
    if (item.pause > duration::zero() && !co_await wire.loop().sleep_for(item.pause, scope))
      co_return false;
    if (!co_await wire.send(text.substr(0, item.bytes), scope)) co_return false;
    text.remove_prefix(item.bytes);
  }
  co_return true;
}

// The fields that do not depend on when what arrived. The gateway says how long a chunked body is
// where it had all of it in time; whether a connection goes on depends on what is still under way.
inline std::string stable_fields(const http::field_list& fields, const planned_message& message) {
  using http::field_id;
  std::string text;
  for (const http::field& item : fields) {
    const field_id id = item.id();
    if (id == field_id::date || id == field_id::x_request_id || id == field_id::connection)
      continue;
    const bool says_length = id == field_id::content_length || id == field_id::transfer_encoding;
    if (says_length && message.framing != body_framing::length) continue;
    text += item.name();
    text += ": ";
    text += item.value();
    text += '\n';
  }
  return text;
}

class body_check {
 public:
  body_check(std::uint64_t token, seen_message& into) : check_(token), into_(into) {}
  void see(std::string_view piece) {
    check_.see(piece);
    into_.body_bytes = check_.seen();
    into_.right = into_.right && check_.right();
  }

 private:
  pattern_check check_;
  seen_message& into_;
};

}  // namespace ferroway::sim
