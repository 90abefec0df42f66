#include "cli/explain/request_line.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway::cli {

std::expected<server::rehearsal_request, std::string> make_request(std::string_view method,
                                                                   std::string_view url,
                                                                   server::header_lines headers) {
  server::rehearsal_request made;
  made.method = method;
  made.headers = std::move(headers);
  std::string host = "localhost";
  std::string_view target = url;
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const std::string_view name = url.substr(0, scheme);
    if (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https")) {
      return std::unexpected("a URL begins with http:// or https://, or is a path alone");
    }
    const std::string_view rest = url.substr(scheme + 3);
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    host = rest.substr(0, end);
    target = rest.substr(end);
  } else if (!url.starts_with('/') && url != "*") {
    return std::unexpected("a URL begins with http://, or is a path that begins with a slash");
  }
  // Browsers and curl keep a fragment to themselves.
  target = target.substr(0, target.find('#'));
  made.target = target.starts_with('?') || target.empty() ? "/" + std::string(target) : target;
  const bool has_host = std::ranges::any_of(
      made.headers, [](const auto& header) { return equals_ignoring_case(header.first, "host"); });
  if (!has_host) made.headers.insert(made.headers.begin(), {"Host", host});
  return made;
}

std::expected<io::address, std::string> parse_client(std::string_view text) {
  if (const auto ip = io::ip_address::parse(text)) return io::address::of_ip(*ip, 40000);
  const auto with_port = io::address::parse(text);
  if (with_port && with_port->is_ip() && text.find_first_of(":.") != std::string_view::npos) {
    return *with_port;
  }
  return std::unexpected("a client is an IP address, such as 192.0.2.7 or 2001:db8::7");
}

std::expected<std::size_t, std::string> find_listener(const config::config& in,
                                                      std::string_view name) {
  if (name.empty()) return 0;
  const auto found = std::ranges::find(in.listeners, name, &config::listener::name);
  if (found != in.listeners.end()) return static_cast<std::size_t>(found - in.listeners.begin());
  std::string names;
  for (const config::listener& each : in.listeners) {
    names += (names.empty() ? "" : ", ") + each.name;
  }
  return std::unexpected("no listener is called `" + std::string(name) + "`; there is: " + names);
}

}  // namespace ferroway::cli
