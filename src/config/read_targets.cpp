// `to`: one upstream by name, one in place, or several by weight; and `stick_by`.
#include <algorithm>

#include "config/readers.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view forms =
    "the name of an upstream, a URL, a list of URLs, or upstreams by weight such as "
    "{users: 90, users_next: 10}";

constexpr std::size_t weight_max = 1'000'000;

std::optional<std::size_t> find_upstream(reading& in, const node& from, draft& into) {
  const auto name = read_text(in, from, "to", forms);
  if (!name) return std::nullopt;
  const auto found = into.upstream_names.find(*name);
  if (found != into.upstream_names.end()) {
    if (found->second) into.upstreams[*found->second].referred_to = true;
    return found->second;
  }
  std::string hint;
  if (name->find(':') != std::string::npos || name->find('/') != std::string::npos) {
    hint = "a URL begins with `http://`";
  } else if (!in.report.full()) {
    std::vector<std::string_view> names;
    for (const draft_upstream& each : into.upstreams) {
      if (!each.in_place) names.push_back(each.value.name);
    }
    hint = did_you_mean(*name, names);
  }
  in.report.error(from.at, "no upstream is called " + shown(from.text), std::move(hint));
  return std::nullopt;
}

void add_target(reading& in, const node& name, const node* weight, route& made, draft& into) {
  const auto upstream = find_upstream(in, name, into);
  const auto share = weight == nullptr ? std::optional<std::size_t>(1)
                                       : read_count(in, *weight, "weight", 0, weight_max);
  if (!upstream || !share) return;
  if (std::ranges::find(made.targets, *upstream, &target::upstream) != made.targets.end()) {
    in.report.error(name.at, "the upstream " + shown(name.text) + " stands here twice");
  } else if (made.targets.size() == targets_max) {
    in.report.error(name.at,
                    "more than " + std::to_string(targets_max) + " upstreams in one route");
  } else {
    made.targets.push_back({*upstream, static_cast<std::uint32_t>(*share)});
  }
}

// `count` is how many were written: those that could not be read have errors of their own.
void check_weights(reading& in, const node& from, std::size_t count, const route& made) {
  const bool any = std::ranges::any_of(made.targets, [](const target& t) { return t.weight > 0; });
  if (made.targets.size() == count && !any) {
    in.report.error(from.at, "the weights are all 0: nothing would be sent anywhere");
  }
}

// {users: 90, users_next: 10}
void read_weights(reading& in, const node& from, route& made, draft& into) {
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    add_target(in, *from.items[i], from.items[i + 1], made, into);
  }
  check_weights(in, from, from.items.size() / 2, made);
}

// [{upstream: users, weight: 90}, ...]
void read_weighted_list(reading& in, const node& from, route& made, draft& into) {
  for (const node* item : from.items) {
    if (!item->is_mapping()) {
      in.report.error(
          item->at, "a list under `to` holds URLs, or upstreams with weights",
          "write " + (item->is_scalar()
                          ? "{upstream: " + std::string(item->text.substr(0, 60)) + ", weight: 1}"
                          : std::string("{upstream: users, weight: 90}")));
      continue;
    }
    const fields all(in, *item, keys::weighted);
    if (const node* name = all.find("upstream")) {
      add_target(in, *name, all.find("weight"), made, into);
    } else if (!all.meant("upstream")) {
      in.report.error(item->at, "this target has no `upstream`");
    }
  }
  check_weights(in, from, from.items.size(), made);
}

}  // namespace

std::optional<std::size_t> read_service(reading& in, const node& from, draft& into) {
  if (from.is_scalar() && !looks_like_url(from.text)) return find_upstream(in, from, into);
  if (from.is_mapping() || (from.is_list() && !is_filled_list(in, from, "to", "URLs"))) {
    if (from.is_mapping()) expected(in, from, "to", "an upstream's name, a URL or a list of URLs");
    return std::nullopt;
  }
  auto made = read_upstream_in_place(in, from);
  if (!made) return std::nullopt;
  into.upstreams.push_back({std::move(*made), true, true});
  return into.upstreams.size() - 1;
}

void read_targets(reading& in, const node& from, route& made, draft& into) {
  if (from.is_mapping() && !from.items.empty() && !from.items[1]->is_null()) {
    return read_weights(in, from, made, into);
  }
  if (from.is_scalar() && !looks_like_url(from.text)) {
    if (const auto only = find_upstream(in, from, into)) made.targets.push_back({*only, 1});
    return;
  }
  if (from.is_list()) {
    if (!is_filled_list(in, from, "to", "URLs")) return;
    const bool named = std::ranges::any_of(from.items, [](const node* item) {
      return item->is_mapping() || (item->is_scalar() && is_name(item->text));
    });
    if (named) return read_weighted_list(in, from, made, into);
  } else if (!from.is_scalar()) {
    return expected(in, from, "to", forms);
  }
  if (auto upstream = read_upstream_in_place(in, from)) {
    made.targets.push_back({into.upstreams.size(), 1});
    into.upstreams.push_back({std::move(*upstream), true, true});
  }
}

void read_stick_by(reading& in, const node& from, draft_route& into) {
  const auto name =
      read_text(in, from, "stick_by", "a variable such as client.ip or cookie.session");
  if (!name) return;
  if (!is_variable_name(*name)) {
    return expected(in, from, "stick_by", "a variable such as client.ip or cookie.session",
                    "such as `cookie." + std::string(is_name(*name) ? *name : "session") + "`");
  }
  if (!check_variable(in, from, *name)) return;
  into.value.stick_by = *name;
  into.variables.push_back({*name, from.at});
}

}  // namespace ferroway::config
