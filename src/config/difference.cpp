#include "config/difference.hpp"

#include <algorithm>
#include <unordered_map>

namespace ferroway::config {
namespace {

using part = change::part;
using what = change::what;

// What no configuration has: an index that stands for a part which is new or gone.
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

template <class Item>
std::unordered_map<std::string_view, std::size_t> by_name(const std::vector<Item>& all) {
  std::unordered_map<std::string_view, std::size_t> made;
  for (std::size_t i = 0; i < all.size(); ++i) made.emplace(all[i].name, i);
  return made;
}

class comparison {
 public:
  comparison(const config& before, const config& now) : before_(before), now_(now) {}

  std::vector<change> run() {
    settings();
    const auto as_it_is = [](const auto& item) -> const auto& { return item; };
    listeners_ = compare(part::listener, before_.listeners, now_.listeners, as_it_is);
    upstreams_ = compare(part::upstream, before_.upstreams, now_.upstreams, as_it_is);
    middlewares_ = compare(part::middleware, before_.middlewares, now_.middlewares, as_it_is);
    const std::vector<std::size_t> routes = compare(
        part::route, before_.routes, now_.routes, [this](const route& item) { return old(item); });
    if (old(now_.use, middlewares_) != before_.use) add(part::setting, "use", what::changed);
    if (!std::ranges::is_sorted(routes)) add(part::setting, "order of routes", what::changed);
    // Whatever else a configuration may have.
    if (changes_.empty() && now_ != before_) add(part::setting, "something else", what::changed);
    return std::move(changes_);
  }

 private:
  void add(part of, std::string name, what is) { changes_.push_back({of, std::move(name), is}); }

  void settings() {
    const auto compare = [this](const char* key, bool same, what is) {
      if (!same) add(part::setting, key, is);
    };
    compare("workers", before_.workers == now_.workers, what::needs_restart);
    compare("io", before_.io == now_.io, what::needs_restart);
    compare("drain_timeout", before_.drain_timeout == now_.drain_timeout, what::changed);
    compare("watch", before_.watch == now_.watch, what::changed);
    compare("admin", before_.admin == now_.admin, what::changed);
    compare("consumers", before_.consumers == now_.consumers, what::changed);
    compare("probe", before_.probe == now_.probe, what::changed);
    compare("dns", before_.names == now_.names, what::changed);
  }

  // Returns for each of `now` where it was before; those that are new are left out. `in_old` makes
  // an item of `now` comparable with one of `before`.
  template <class Item, class InOld>
  std::vector<std::size_t> compare(part of, const std::vector<Item>& before,
                                   const std::vector<Item>& now, const InOld& in_old) {
    const auto known = by_name(before);
    std::vector<bool> kept(before.size());
    std::vector<std::size_t> places;
    for (const Item& item : now) {
      const auto found = known.find(item.name);
      const std::size_t place = found == known.end() ? nowhere : found->second;
      if (of != part::route || place != nowhere) places.push_back(place);
      if (place == nowhere) {
        add(of, item.name, what::added);
        continue;
      }
      kept[place] = true;
      if (!(in_old(item) == before[place])) add(of, item.name, what::changed);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!kept[i]) add(of, before[i].name, what::removed);
    }
    return places;
  }

  static std::vector<std::size_t> old(std::vector<std::size_t> indices,
                                      const std::vector<std::size_t>& places) {
    for (std::size_t& index : indices) index = places[index];
    return indices;
  }

  // As the same route would have been written before.
  route old(route item) const {
    item.pipeline = old(std::move(item.pipeline), middlewares_);
    item.listeners = old(std::move(item.listeners), listeners_);
    for (target& to : item.targets) to.upstream = upstreams_[to.upstream];
    if (item.copies) item.copies->to = upstreams_[item.copies->to];
    return item;
  }

  const config& before_;
  const config& now_;
  std::vector<std::size_t> listeners_;  // where those of `now` were before, or nowhere
  std::vector<std::size_t> upstreams_;
  std::vector<std::size_t> middlewares_;
  std::vector<change> changes_;
};

}  // namespace

std::string_view to_string(change::part of) noexcept {
  switch (of) {
    case part::setting:
      return "setting";
    case part::listener:
      return "listener";
    case part::upstream:
      return "upstream";
    case part::middleware:
      return "middleware";
    case part::route:
      return "route";
  }
  return "setting";
}

std::string_view to_string(change::what is) noexcept {
  switch (is) {
    case what::added:
      return "added";
    case what::removed:
      return "removed";
    case what::changed:
      return "changed";
    case what::needs_restart:
      return "needs a restart";
  }
  return "changed";
}

std::vector<change> difference(const config& before, const config& now) {
  return comparison(before, now).run();
}

std::string describe(const std::vector<change>& changes, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most, changes.size()); ++i) {
    const change& each = changes[i];
    text += (i == 0 ? "" : ", ") + std::string(to_string(each.of)) + " " + each.name + " " +
            std::string(to_string(each.is));
  }
  if (changes.size() > most) text += " and " + std::to_string(changes.size() - most) + " more";
  return text;
}

}  // namespace ferroway::config
