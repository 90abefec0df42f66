// What a genuine token says (RFC 7519, 4), and whether that is enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "jwt/problem.hpp"

namespace ferroway::jwt {

// A claim as text: numbers and booleans as JSON writes them. Objects, and lists that hold anything
// but such values, count as absent; so does null.
struct claim_value {
  enum class shape : std::uint8_t { absent, single, list };
  shape is = shape::absent;
  std::vector<std::string> items = {};

  bool equals(std::string_view wanted) const noexcept;
  // It is in the list; a single value is a list of one.
  bool contains(std::string_view wanted) const noexcept;
};

// What one claim must be. `path` is the name of a claim, or of one within others: "realm.roles". A
// claim whose own name has dots comes first.
struct claim_rule {
  enum class kind : std::uint8_t { one_of, contains };
  std::string path;
  kind is = kind::one_of;           // equal to one of the values; or a list that holds all of them
  std::vector<std::string> values;  // at least one
  bool operator==(const claim_rule&) const = default;
};

struct policy {
  std::vector<std::string> issuers;    // one of these; empty: any
  std::vector<std::string> audiences;  // likewise
  duration leeway = std::chrono::seconds(30);
  bool expiry_required = true;
  std::vector<std::string> scopes;  // all of these
  std::vector<claim_rule> rules;
  std::vector<std::string> kept;  // paths of the claims that somebody will ask for
};

struct verified_token {
  std::optional<wall_time> expires;
  std::optional<wall_time> valid_from;
  std::optional<wall_time> issued;
  std::optional<problem> insufficient;  // it is valid, but not for this
  std::string lacking;                  // then: the scope or the claim, as the policy has it
  std::vector<claim_value> kept;        // as policy::kept
};

// Of what depends on the moment; nothing where the token is valid now.
std::optional<problem> problem_of_times(const verified_token& of, duration leeway,
                                        wall_time now) noexcept;

}  // namespace ferroway::jwt
