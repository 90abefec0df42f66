// `cors`: which origins, and what they may do.
#include <algorithm>

#include "base/text.hpp"
#include "config/host_pattern.hpp"
#include "config/read_middlewares.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t items_max = 256;  // of any list here

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// What keeps `text`, in lower case, from being an origin (RFC 6454, 6.1) or a pattern of some;
// empty: nothing does.
std::string_view origin_problem(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos || !is_scheme(text.substr(0, end))) {
    return "it begins with a scheme, such as https://";
  }
  std::string_view host = text.substr(end + 3);
  if (host.find_first_of("/?#") != std::string_view::npos) {
    return "it ends with the host or the port: no slash, no path";
  }
  const bool wildcard = host.starts_with("*.");
  if (wildcard) host.remove_prefix(2);
  if (host.find('*') != std::string_view::npos) {
    return "`*` stands for whole labels in front: https://*.example.com";
  }
  if (!is_authority(host) || (wildcard && host.starts_with('['))) {
    return "the host is a name in ASCII or an address, perhaps with a port";
  }
  return {};
}

// As browsers write it: without a port that its scheme implies.
void drop_default_port(std::string& origin) {
  const std::string_view implied = origin.starts_with("https://")  ? ":443"
                                   : origin.starts_with("http://") ? ":80"
                                                                   : "";
  if (implied.empty() || !origin.ends_with(implied)) return;
  origin.resize(origin.size() - implied.size());
}

std::optional<std::string> read_origin(reading& in, const node& from) {
  auto text = read_text(in, from, "origins",
                        "an origin such as https://app.example.com, \"null\" or \"*\"");
  if (!text || *text == "*" || *text == "null") return text;
  std::string origin = lower_case(*text);
  if (const std::string_view problem = origin_problem(origin); !problem.empty()) {
    in.report.error(from.at, shown(from.text) + " is not an origin", std::string(problem));
    return std::nullopt;
  }
  drop_default_port(origin);
  return origin;
}

std::optional<std::string> read_method(reading& in, const node& from) {
  auto text = read_text(in, from, "methods", "a method such as GET");
  if (!text) return std::nullopt;
  if (*text == "*" || !is_token(*text) ||
      std::ranges::any_of(*text, [](char c) { return c >= 'a' && c <= 'z'; })) {
    in.report.error(from.at, shown(from.text) + " is not a method",
                    *text == "*" ? "leave `methods` out to allow those that the route takes"
                                 : "methods are in capitals");
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> read_name_of_header(reading& in, const node& from) {
  if (from.is_scalar() && from.text == "*") {
    in.report.error(from.at, "`*` is not the name of a header",
                    "leave `headers` out to allow those that are asked for; list what to `expose`");
    return std::nullopt;
  }
  // Nothing is set by these names, so none of them is reserved.
  if (from.is_scalar() && is_token(from.text) && from.text.size() <= name_bytes_max) {
    return std::string(from.text);
  }
  return read_header_name(in, from, {false, false});
}

void read_list(reading& in, const fields& all, std::string_view key,
               std::optional<std::string> (*read)(reading&, const node&),
               std::vector<std::string>& into) {
  const node* list = all.find(key);
  if (list == nullptr || !is_filled_list(in, *list, key, "texts")) return;
  if (list->items.size() > items_max) {
    return in.report.error(list->at,
                           shown(key) + " has more than " + std::to_string(items_max) + " items");
  }
  for (const node* item : list->items) {
    auto text = read(in, *item);
    if (!text) continue;
    const auto same = [&](const std::string& other) { return equals_ignoring_case(other, *text); };
    if (std::ranges::any_of(into, same)) {
      in.report.error(item->at, shown(item->text) + " stands here twice");
    } else {
      into.push_back(std::move(*text));
    }
  }
}

void check_any_origin(reading& in, const fields& all, const cors_middleware& made) {
  if (std::ranges::find(made.origins, "*") == made.origins.end()) return;
  if (made.credentials) {
    in.report.error(all.at("credentials"), "`credentials` cannot be allowed to every origin",
                    "list the `origins` that may send cookies, instead of `*`");
  }
  if (made.origins.size() > 1) {
    in.report.error(all.at("origins"), "`*` is every origin: no other can stand beside it");
  }
}

}  // namespace

std::optional<cors_middleware> read_cors(reading& in, const node& from) {
  if (!is_mapping(in, from, "cors", "settings such as {origins: [https://app.example.com]}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::cors);
  if (!all.meant("origins")) {
    in.report.error(from.at, "`cors` has nothing to go by", "say which `origins` it allows");
    return std::nullopt;
  }
  cors_middleware made;
  read_list(in, all, "origins", read_origin, made.origins);
  all.read("credentials", made.credentials);
  read_list(in, all, "methods", read_method, made.methods);
  read_list(in, all, "headers", read_name_of_header, made.headers);
  read_list(in, all, "expose", read_name_of_header, made.expose);
  all.read("max_age", made.max_age);
  all.read("private_network", made.private_network);
  all.read("shadow", made.shadow);
  check_any_origin(in, all, made);
  return made;
}

}  // namespace ferroway::config
