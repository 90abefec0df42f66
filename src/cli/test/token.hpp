// A token that a case makes for itself: signed with a key of the test file, its times counted from
// the case's clock.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "config/reading.hpp"
#include "jwt/mint.hpp"
#include "server/rehearsal.hpp"

namespace ferroway::cli {

struct test_token {
  jwt::signing_key key;
  std::string header;  // JSON
  // Names and values in JSON; times among them once the moment is known.
  std::vector<std::pair<std::string, std::string>> claims;
  std::vector<std::pair<std::string, duration>> times;  // from then: "exp", 5m
  std::string cookie;                                   // where it goes, by name
  std::string query;                                    // likewise; neither: Authorization

  std::string minted(wall_time now) const;
  // Puts it where it goes.
  void add_to(server::rehearsal_request& request, wall_time now) const;
};

// "+5m", "-30s": from then. Nothing for any other text.
std::optional<duration> relative_time(const config::node& from);

// Nothing where something is wrong, which has been reported.
std::optional<test_token> read_token(config::reading& in, const config::node& from);

}  // namespace ferroway::cli
