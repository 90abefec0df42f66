#include "unit/config/config_support.hpp"

#include <sstream>

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
      << " " << each.idle_connections << " " << each.idle_timeout.count() << " "
      << each.connect_timeout.count();
  for (const endpoint& one : each.endpoints) {
    out << " [" << one.url << " " << one.address.text() << " " << one.authority << "]";
  }
  out << "\n";
}

void write(std::ostream& out, const middleware& each) {
  out << "middleware " << each.name << " " << each.kind << " " << each.settings.index();
  const header_edits* edits = nullptr;
  if (const auto* request = std::get_if<request_headers_middleware>(&each.settings)) {
    edits = &request->edits;
  } else if (const auto* response = std::get_if<response_headers_middleware>(&each.settings)) {
    edits = &response->edits;
  }
  if (edits != nullptr) {
    for (const auto& [name, value] : edits->set) out << " set " << name << "=" << text_of(value);
    for (const auto& [name, value] : edits->add) out << " add " << name << "=" << text_of(value);
    for (const std::string& name : edits->remove) out << " remove " << name;
  }
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
  out << " to " << (each.upstream ? std::to_string(*each.upstream) : "-");
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

loaded load(const std::string& text, const environment& outside) {
  return load_text("dir/gateway.yaml", text, outside);
}

std::string complaints(const loaded& outcome) {
  std::string all;
  for (const diagnostic& each : outcome.diagnostics) {
    all += each.level == severity::error ? "error " : "warning ";
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
      << "\n";
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
