// A signature that a case makes for itself, over the request as the case has it (RFC 9421,
// hmac-sha256): with a key of the test file, its times counted from the case's clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/reading.hpp"
#include "server/rehearsal.hpp"

namespace ferroway::cli {

struct test_signature {
  std::string key_id;
  std::string secret;                   // its bytes
  std::vector<std::string> components;  // empty: the usual ones
  duration created{};                   // from then
  std::optional<duration> expires;      // likewise
  std::string nonce, tag, algorithm;    // empty: not said

  // Adds Signature-Input and Signature, and Content-Digest where there is a body and none is said.
  void add_to(server::rehearsal_request& request, wall_time now) const;
};

// Nothing where something is wrong, which has been reported.
std::optional<test_signature> read_signature(config::reading& in, const config::node& from);

}  // namespace ferroway::cli
