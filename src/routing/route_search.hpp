// One match under way: a depth-first walk of a host's tries in the order of precedence, so that the
// first end found wins. The depth is that of the patterns (path_segments_max), the steps are
// bounded by the builder (steps_max). A value on the stack of route_table::match.
#pragma once

#include "routing/route_table.hpp"

namespace ferroway::routing {

class route_search {
 public:
  route_search(const route_table& table, const route_query& query, arena& memory,
               route_match& into) noexcept
      : table_(table),
        query_(query),
        path_(query.path),
        memory_(memory),
        subject_(query.fields, query.query, memory),
        into_(into) {}

  // True when a path of this host has won, whatever became of the method. `host_part` is what its
  // wildcard stands for.
  bool try_host(std::uint32_t first_level, std::string_view host_part, bool is_wildcard);

 private:
  bool try_level(const route_table::level& here);
  bool try_expressions(const route_table::expressions& here);
  bool has_segment(std::size_t at) const noexcept;
  bool walk(std::uint32_t index, std::size_t at);
  bool settle(std::uint32_t terminal_index);
  bool settle_tail(const route_table::node& node, std::string_view rest);
  void found(const route_table::entry& entry) noexcept;
  void refuse(const route_table::terminal& terminal);
  bool conditions_hold(const route_table::entry& entry);
  bool takes_method(const route_table::entry& entry) const noexcept;
  std::string_view allowed_by(const route_table::terminal& terminal);
  void push(std::string_view value) noexcept { into_.captured.values_[depth_++] = value; }

  const route_table& table_;
  const route_query& query_;
  std::string_view path_;
  arena& memory_;
  condition_subject subject_;
  route_match& into_;
  std::size_t depth_ = 0;
  bool exact_ = false;
  bool refused_ = false;         // a path has won that does not take the method
  std::uint32_t only_path_ = 0;  // that path: from now on no other is asked
};

}  // namespace ferroway::routing
