// `mirror`: where copies of a route's requests go, and of which.
#include <algorithm>

#include "config/readers.hpp"

namespace ferroway::config {
namespace {

// As in a route, GET includes HEAD.
std::vector<std::string> read_copied_methods(reading& in, const node& from) {
  std::vector<std::string> methods;
  read_methods(in, from, methods);
  const auto get = std::ranges::find(methods, "GET");
  if (get != methods.end() && std::ranges::find(methods, "HEAD") == methods.end()) {
    methods.insert(get + 1, "HEAD");
  }
  return methods;
}

}  // namespace

boxed<mirror> read_mirror(reading& in, const node& from, const route& of, draft& into) {
  if (!is_mapping(in, from, "mirror", "settings such as {to: users_next, percent: 10}")) return {};
  const fields all(in, from, keys::mirror);
  mirror made;
  std::optional<std::size_t> to;
  if (const node* where = all.find("to")) {
    to = read_service(in, *where, into);
    if (to && of.targets.size() == 1 && of.targets[0].upstream == *to) {
      in.report.error(where->at, "the route's requests go to " + shown(where->text) + " anyway",
                      "`mirror` is for copies to another upstream");
    }
  } else if (!all.meant("to")) {
    in.report.error(from.at, "`mirror` has no `to`", "such as `to: users_next`");
  }
  std::size_t percent = made.percent;
  std::size_t in_flight = made.in_flight;
  all.read("percent", percent);
  all.read("timeout", made.timeout);
  all.read("in_flight", in_flight);
  all.read("body_bytes", made.body_bytes);
  made.percent = static_cast<unsigned>(percent);
  made.in_flight = static_cast<std::uint32_t>(in_flight);
  if (const node* methods = all.find("methods")) made.methods = read_copied_methods(in, *methods);
  if (!to) return {};
  made.to = *to;
  return made;
}

}  // namespace ferroway::config
