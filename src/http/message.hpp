// A request's and a response's head, as every protocol and middleware sees them. Views live in the
// exchange's memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/fields.hpp"
#include "http/path_ambiguities.hpp"

namespace ferroway::http {

enum class method : std::uint8_t {
  get,
  head,
  post,
  put,
  delete_,
  options,
  patch,
  trace,
  connect,
  other
};

method method_of(std::string_view token) noexcept;  // case-sensitive (RFC 9110, 9.1)
std::string_view to_string(method verb) noexcept;   // "" for other
// RFC 9110, 9.2.2: repeating it does no more than doing it once.
constexpr bool is_idempotent(method verb) {
  return verb == method::get || verb == method::head || verb == method::put ||
         verb == method::delete_ || verb == method::options || verb == method::trace;
}

enum class version : std::uint8_t { http_1_0, http_1_1, http_2, http_3 };

// How long a message's body is, as its head says (RFC 9112, 6.3).
struct framing {
  enum class kind : std::uint8_t {
    none,         // no body
    length,       // Content-Length
    chunked,      // Transfer-Encoding: chunked
    until_close,  // responses only: all that comes until the connection ends
  };
  kind is = kind::none;
  std::uint64_t length = 0;
};

struct request_head {
  method verb = method::other;
  version spoken = version::http_1_1;
  bool keep_alive = true;         // the peer lets the connection be used again
  bool expects_continue = false;  // Expect: 100-continue (RFC 9110, 10.1.1); never set for HTTP/1.0
  bool wants_websocket = false;   // a well-formed `Upgrade: websocket` on a GET (RFC 6455, 4.1)
  framing body;
  std::string_view method_text;
  std::string_view target;     // as received
  std::string_view path;       // normalised (http/path.hpp), begins with '/'; "*" for OPTIONS *
  path_ambiguities ambiguous;  // of `path`; a route must allow them
  std::string_view query;      // without '?', byte for byte as received
  bool has_query = false;      // "/a?" has an empty one
  std::string_view authority;  // of an absolute target, else Host's value; host[:port]
  field_list fields;
};

struct response_head {
  std::uint16_t status = 0;
  version spoken = version::http_1_1;
  bool keep_alive = true;
  framing body;
  std::string_view reason;  // may be empty
  field_list fields;
};

// The standard phrase of RFC 9110, 15; "" if there is none.
std::string_view reason_phrase(std::uint16_t status) noexcept;

}  // namespace ferroway::http
