// Signatures of a request (RFC 9421, HTTP Message Signatures) as its fields `Signature-Input` and
// `Signature` have them, and the text that each of them signs. What is taken of the RFC is in
// docs/middlewares/HMAC.md; everything else is refused. Nothing of keys.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.hpp"
#include "http/message.hpp"

namespace ferroway::http {

inline constexpr std::size_t signatures_max = 4;              // of one request
inline constexpr std::size_t signed_components_max = 32;      // of one signature
inline constexpr std::size_t signature_bytes_max = 8 * 1024;  // of each of the two fields
inline constexpr std::size_t signature_base_bytes_max = 1 << 17;

struct message_signature {
  std::string_view label;
  std::span<const std::string_view> components;  // "@method", "content-digest"; none twice
  std::optional<std::int64_t> created;           // seconds since 1970
  std::optional<std::int64_t> expires;
  // Texts as they stand between quotes, escapes and all.
  std::optional<std::string_view> key_id;
  std::optional<std::string_view> nonce;
  std::optional<std::string_view> algorithm;
  std::optional<std::string_view> tag;
  std::string_view parameters;  // components and parameters as they are signed
  std::string_view signature;   // base64
  const char* flaw = nullptr;   // what of it is not taken here: it may be for somebody else

  bool covers(std::string_view component) const noexcept;
};

struct message_signatures {
  std::array<message_signature, signatures_max> each;
  std::size_t count = 0;
  const char* flaw = nullptr;  // why nothing is made of them: a literal
};

// Of the two fields' values, several fields put together with commas (RFC 9421, 4.3). Each label
// has to stand in both. Views lead into the values and `memory`.
message_signatures read_signatures(std::string_view input, std::string_view signatures,
                                   arena& memory);

// Of the components that derive from a request, those which are taken here.
bool is_derived_component(std::string_view name) noexcept;
// The name of a field as components have it: in lower case.
bool is_field_component(std::string_view name) noexcept;

// What the signature signs (RFC 9421, 2.5) to `into`. Null, or why there is no such text: a
// literal. `scheme`: "http" or "https", by which the client has asked. `request.path` must be what
// its target has: what an upstream gets is what was signed.
const char* make_signature_base(const request_head& request, std::string_view scheme,
                                const message_signature& of, std::string& into);

}  // namespace ferroway::http
