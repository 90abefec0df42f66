// `listen` and `listeners`.
#include "config/readers.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view address_forms =
    "an address such as 8080, 127.0.0.1:8080, [::1]:8080 or unix:/run/f.sock";

void check_address(reading& in, const node& from, std::string_view key, const io::address& what) {
  if (what.is_ip() && what.port() == 0) expected(in, from, key, "a port from 1 to 65535");
}

void read_trusted(reading& in, const node& from, listener& into) {
  constexpr std::string_view what = "networks such as 10.0.0.0/8";
  if (!is_filled_list(in, from, "trusted_proxies", what)) return;
  for (const node* item : from.items) {
    const auto text = read_text(in, *item, "trusted_proxies", what);
    if (!text) continue;
    if (const auto network = io::ip_network::parse(*text)) {
      into.trusted_proxies.push_back(*network);
    } else {
      expected(in, *item, "trusted_proxies", "an IP address or a network such as 10.0.0.0/8",
               text->find('/') == std::string::npos
                   ? ""
                   : "the bits behind the prefix must be zero: 10.0.0.0/8");
    }
  }
}

void read_limits(reading& in, const node& from, listener_limits& into) {
  if (!is_mapping(in, from, "limits", "limits such as {head_bytes: 32KiB}")) return;
  const fields all(in, from, keys::listener_limits);
  all.read("head_bytes", into.head_bytes);
  all.read("header_fields", into.header_fields);
  all.read("target_bytes", into.target_bytes);
  all.read("body_bytes", into.body_bytes);
  all.read("connections", into.connections);
  if (into.target_bytes > into.head_bytes) {
    const bool target_given = all.has("target_bytes");
    in.report.error(all.at(target_given ? "target_bytes" : "head_bytes"),
                    "`target_bytes` is larger than `head_bytes`, which holds it",
                    target_given ? "" : "lower `target_bytes` too (its default is 8KiB)");
  }
}

void read_timeouts(reading& in, const node& from, listener_timeouts& into) {
  if (!is_mapping(in, from, "timeouts", "timeouts such as {head: 10s}")) return;
  const fields all(in, from, keys::listener_timeouts);
  all.read("head", into.head);
  all.read("body", into.body);
  all.read("send", into.send);
  all.read("keep_alive", into.keep_alive);
}

void check_listener_name(reading& in, const node& from, const std::string& name, draft& into) {
  if (name == "any") {
    in.report.error(from.at, "a listener cannot be called `any`",
                    "in a route `listener: any` means all of them");
  } else if (!into.listener_names.try_emplace(name, into.value.listeners.size()).second) {
    in.report.error(from.at, "a second listener called " + shown(name));
  }
}

void read_listener(reading& in, const node& from, std::size_t count, draft& into) {
  if (!is_mapping(in, from, "listeners", "a listener such as {name: public, address: 8080}")) {
    return;
  }
  const fields all(in, from, keys::listener);
  listener made;
  made.at = from.at;
  if (const node* name = all.find("name")) {
    made.name = read_name(in, *name, "name").value_or("");
    if (!made.name.empty()) check_listener_name(in, *name, made.name, into);
  } else if (count > 1) {
    in.report.error(from.at, "this listener has no `name`", "with two or more, each needs one");
  } else {
    made.name = "default";
    into.listener_names.emplace(made.name, 0);
  }
  if (const node* address = all.find("address")) {
    made.address = read_address(in, *address, "address").value_or(io::address{});
    made.at = address->at;
  } else if (!all.meant("address")) {
    in.report.error(from.at, "this listener has no `address`", "such as `address: 8080`");
  }
  if (const node* trusted = all.find("trusted_proxies")) read_trusted(in, *trusted, made);
  if (const node* limits = all.find("limits")) read_limits(in, *limits, made.limits);
  if (const node* timeouts = all.find("timeouts")) read_timeouts(in, *timeouts, made.timeouts);
  into.value.listeners.push_back(std::move(made));
}

void check_overlaps(reading& in, const std::vector<listener>& all) {
  constexpr std::size_t listeners_compared_max = 1000;
  const std::size_t count = std::min(all.size(), listeners_compared_max);
  for (std::size_t later = 1; later < count; ++later) {
    for (std::size_t first = 0; first < later; ++first) {
      const io::address& a = all[first].address;
      const io::address& b = all[later].address;
      if (a.is() == io::address::kind::none || (!covers(a, b) && !covers(b, a))) continue;
      in.report.error(all[later].at,
                      a == b
                          ? "a second listener with this address"
                          : "this address overlaps another, and one takes the other's connections",
                      "the other one is in line " + std::to_string(all[first].at.line));
      break;
    }
  }
}

}  // namespace

std::optional<io::address> read_address(reading& in, const node& from, std::string_view key) {
  const auto text = read_text(in, from, key, address_forms);
  if (!text) return std::nullopt;
  const auto address = io::address::parse(*text);
  if (!address) {
    const bool url = text->find("://") != std::string::npos;
    const bool name = text->starts_with("localhost");
    expected(in, from, key, address_forms,
             url    ? "a listener has an address, without `http://`"
             : name ? "write the IP address: 127.0.0.1"
                    : "");
    return std::nullopt;
  }
  check_address(in, from, key, *address);
  return *address;
}

bool covers(const io::address& wide, const io::address& narrow) {
  if (wide == narrow) return true;
  if (!wide.is_ip() || !narrow.is_ip() || wide.port() != narrow.port()) return false;
  const io::ip_address any_v6{};
  if (wide.ip() == any_v6) return true;
  return wide.ip().is_v4() && narrow.ip().is_v4() && wide.ip().text() == "0.0.0.0";
}

void read_listeners(reading& in, const fields& top, draft& into) {
  const node* listen = top.find("listen");
  const node* listeners = top.find("listeners");
  if (listen != nullptr && listeners != nullptr) {
    in.report.error(top.at("listen"), "`listen` and `listeners` exclude each other",
                    "`listen` is the short form of one listener");
  }
  if (listeners != nullptr) {
    if (is_filled_list(in, *listeners, "listeners", "listeners")) {
      for (const node* item : listeners->items) {
        read_listener(in, *item, listeners->items.size(), into);
      }
    }
    check_overlaps(in, into.value.listeners);
  } else if (listen != nullptr) {
    if (listen->is_list()) {
      expected(in, *listen, "listen", "one address", "several addresses stand in `listeners`");
    } else if (const auto address = read_address(in, *listen, "listen")) {
      into.value.listeners.push_back({"default", *address, {}, {}, {}, listen->at});
      into.listener_names.emplace("default", 0);
    }
  } else if (!top.meant("listen") && !top.meant("listeners")) {
    in.report.error(top.at("listen"), "no listener", "say where to listen, such as `listen: 8080`");
  }
}

}  // namespace ferroway::config
