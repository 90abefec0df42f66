#include "unit/config/config_support.hpp"

#include <set>
#include <sstream>

#include "config/print_connections.hpp"
#include "config/print_middlewares.hpp"

namespace ferroway::config::testing {
namespace {

std::string text_of(const template_text& pieces) {
  std::string all;
  for (const template_piece& piece : pieces) {
    all += piece.is_variable ? "<" + piece.text + ">" : piece.text;
    if (!piece.origin.empty()) all += "(" + piece.origin + ")";
  }
  return all;
}

void write(std::ostream& out, const listener& each) {
  out << "listener " << each.name << " " << each.address.text();
  for (const auto& network : each.trusted_proxies) {
    out << " trusts " << network.base.text() << "/" << int{network.prefix_bits};
  }
  out << " " << each.limits.head_bytes << " " << each.limits.header_fields << " "
      << each.limits.target_bytes << " "
      << (each.limits.body_bytes ? std::to_string(*each.limits.body_bytes) : "-") << " "
      << (each.limits.connections ? std::to_string(*each.limits.connections) : "-") << " "
      << each.timeouts.head.count() << " " << each.timeouts.body.count() << " "
      << each.timeouts.send.count() << " " << each.timeouts.keep_alive.count() << "\n";
}

void write(std::ostream& out, const upstream& each) {
  out << "upstream " << each.name << " host " << static_cast<int>(each.host) << each.host_name
      << " " << each.connect_timeout.count();
  for (const std::string& setting : connections_of(each)) out << " | " << setting;
  for (const endpoint& one : each.endpoints) {
    out << " [" << one.url << " " << one.address.text() << " " << one.authority << " " << one.name
        << " " << one.port << "]";
  }
  out << "\n";
}

void write(std::ostream& out, const middleware& each) {
  out << "middleware " << each.name << " " << each.kind;
  for (const std::string& setting : long_form_of(*each.settings, {})) out << " | " << setting;
  out << "\n";
}

void write(std::ostream& out, const route& each) {
  out << "route " << each.name << " " << each.host << " " << static_cast<int>(each.path) << " "
      << each.pattern << " methods";
  for (const std::string& method : each.methods) out << " " << method;
  out << " pipeline";
  for (const std::size_t index : each.pipeline) out << " " << index;
  out << " listeners";
  for (const std::size_t index : each.listeners) out << " " << index;
  for (const auto* list : {&each.headers, &each.query}) {
    for (const condition& one : *list) {
      out << (list == &each.query ? " query " : " header ") << one.name << " "
          << static_cast<int>(one.is) << one.value;
    }
  }
  if (each.priority != 0) out << " priority " << each.priority;
  for (std::size_t i = 0; i < http::path_ambiguities::names.size(); ++i) {
    if (each.allowed_in_path.has(static_cast<http::path_ambiguities::one>(i))) {
      out << " allow " << http::path_ambiguities::names[i];
    }
  }
  out << " to";
  if (each.targets.empty()) out << " -";
  for (const target& one : each.targets) {
    out << " " << one.upstream;
    if (each.targets.size() > 1) out << "*" << one.weight;
  }
  if (!each.stick_by.empty()) out << " stick_by " << each.stick_by;
  if (each.rewrite) {
    out << " rewrite " << each.rewrite->strip_prefix << "," << each.rewrite->add_prefix << ","
        << text_of(each.rewrite->path) << "," << each.rewrite->match << ","
        << each.rewrite->replace;
  }
  if (each.elsewhere) {
    out << " redirect " << each.elsewhere->status << " " << each.elsewhere->scheme << " "
        << each.elsewhere->host << " " << each.elsewhere->port.value_or(0) << " "
        << text_of(each.elsewhere->path);
  }
  if (each.fixed) {
    out << " respond " << each.fixed->status << " '" << each.fixed->body << "'";
    for (const auto& [name, value] : each.fixed->headers) out << " " << name << "=" << value;
  }
  out << " timeouts " << (each.timeouts.request ? each.timeouts.request->count() : -1) << " "
      << each.timeouts.response.count() << " " << each.timeouts.idle.count() << " "
      << each.timeouts.tunnel.count() << " websocket " << each.websocket << "\n";
}

}  // namespace

std::optional<std::string> made_up_environment::variable(std::string_view name) const {
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> made_up_environment::file(const std::string& path) const {
  const auto found = files.find(path);
  if (found == files.end()) return std::nullopt;
  return found->second;
}

file_text made_up_environment::configuration(const std::string& path, std::size_t bytes_max) const {
  const auto found = files.find(path);
  if (found == files.end()) return {{}, "No such file or directory"};
  if (found->second.size() > bytes_max) return {{}, "it is too large"};
  return {found->second, {}};
}

// Folders are what paths have in front of their slashes.
std::expected<std::optional<std::vector<std::string>>, std::string> made_up_environment::names_in(
    const std::string& folder) const {
  std::set<std::string> names;
  for (const auto& each : files) {
    if (!each.first.starts_with(folder + "/")) continue;
    const std::string rest = each.first.substr(folder.size() + 1);
    names.insert(rest.substr(0, rest.find('/')));
  }
  if (names.empty()) return std::nullopt;
  return std::vector<std::string>(names.rbegin(), names.rend());
}

loaded load(const std::string& text, const environment& outside) {
  return load_text("dir/gateway.yaml", text, outside);
}

std::string complaints(const loaded& outcome) {
  std::string all;
  for (const diagnostic& each : outcome.diagnostics) {
    all += each.level == severity::error ? "error " : "warning ";
    if (each.at.file > 0) all += outcome.sources[each.at.file].name + ":";
    all += std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + " " + each.message;
    if (!each.hint.empty()) all += " | " + each.hint;
    all += "\n";
  }
  return all;
}

std::string written_out(const config& what) {
  std::ostringstream out;
  out << "workers " << (what.workers ? std::to_string(*what.workers) : "auto") << " io "
      << (what.io ? to_string(*what.io) : "auto") << " drain " << what.drain_timeout.count()
      << " watch " << what.watch << "\n";
  out << "admin " << what.admin.address.text() << " required " << what.admin.required << " token "
      << text_of(what.admin.token) << " probe " << what.probe.address.text() << "\n";
  out << "dns " << what.names.refresh_min.count() << " " << what.names.refresh_max.count() << " "
      << what.names.timeout.count() << " " << static_cast<int>(what.names.use);
  for (const io::address& each : what.names.servers) out << " " << each.text();
  out << "\n";
  for (const listener& each : what.listeners) write(out, each);
  for (const upstream& each : what.upstreams) write(out, each);
  for (const middleware& each : what.middlewares) write(out, each);
  out << "use";
  for (const std::size_t index : what.use) out << " " << index;
  out << "\n";
  for (const route& each : what.routes) write(out, each);
  return out.str();
}

std::string written_out(const std::string& text, const environment& outside) {
  const loaded outcome = load(text, outside);
  return outcome.value ? written_out(*outcome.value) : complaints(outcome);
}

}  // namespace ferroway::config::testing
