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
#include <span>
#include <string>
#include <string_view>

#include "config/block_store.hpp"
#include "config/limits.hpp"
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
  std::string_view text = {};               // of a scalar, as written (not substituted)
  std::span<const node* const> items = {};  // of a list; of a mapping: key, value, key, value

  bool is_scalar() const noexcept { return is == kind::scalar; }
  bool is_list() const noexcept { return is == kind::list; }
  bool is_mapping() const noexcept { return is == kind::mapping; }
  // Nothing was written, or `~` or `null`.
  bool is_null() const noexcept {
    return is_scalar() && plain && (text.empty() || text == "~" || text == "null");
  }
};

// Owns its nodes, but for texts that stand in the file as they are; an alias and its anchor are the
// same node.
struct yaml_tree {
  std::deque<node> nodes;
  block_store<const node*> lists;
  block_store<char> texts;
  const node* root = nullptr;  // null where the text is not one YAML document; the report says why
};

// What all files of one configuration may have together.
struct yaml_budget {
  std::size_t nodes_left = nodes_max;
};

// `text` is UTF-8 without a byte order mark, and outlives the tree. Duplicate keys are reported and
// the tree is still built. `file` is what positions say.
yaml_tree parse_yaml(std::string_view text, reporter& report, std::uint32_t file,
                     yaml_budget& budget);
yaml_tree parse_yaml(std::string&& text, reporter& report) = delete;  // would be gone too soon
inline yaml_tree parse_yaml(std::string_view text, reporter& report) {
  yaml_budget budget;
  return parse_yaml(text, report, 0, budget);
}

}  // namespace ferroway::config
