// YAML as a bounded tree with positions: what the readers walk. Built from libyaml's events; knows
// nothing of gateways.
//
// Hostile texts are refused in bounded memory and time (limits.hpp): size, depth, nodes (an alias
// counts as often as it is used, so a 'billion laughs' file is refused while its tree is small),
// duplicate keys, invalid UTF-8, tags, merge keys, several documents. Every such error says what to
// do.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "config/position.hpp"
#include "config/report.hpp"

namespace ferroway::config {

struct node {
  enum class kind : std::uint8_t { scalar, list, mapping };
  kind is = kind::scalar;
  bool plain = false;        // a scalar without quotes
  bool flow = false;         // a list or mapping in brackets or braces
  std::uint32_t weight = 1;  // nodes in it, itself included, aliases spelled out
  position at;
  std::string text;                // of a scalar, as written (not substituted)
  std::vector<const node*> items;  // of a list; of a mapping: key, value, key, value

  bool is_scalar() const noexcept { return is == kind::scalar; }
  bool is_list() const noexcept { return is == kind::list; }
  bool is_mapping() const noexcept { return is == kind::mapping; }
  // Nothing was written, or `~` or `null`.
  bool is_null() const noexcept {
    return is_scalar() && plain && (text.empty() || text == "~" || text == "null");
  }
};

// Owns its nodes; an alias and its anchor are the same node.
struct yaml_tree {
  std::deque<node> nodes;
  const node* root = nullptr;  // null where the text is not one YAML document; the report says why
};

// `text` is UTF-8 without a byte order mark. Duplicate keys are reported and the tree is still
// built.
yaml_tree parse_yaml(std::string_view text, reporter& report);

}  // namespace ferroway::config
