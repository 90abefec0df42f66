// The long form: block style, every default written out, every text in double quotes where YAML
// could misread it.
#include <algorithm>

#include "base/text.hpp"
#include "config/load.hpp"
#include "config/scalar.hpp"
#include "config/yaml_text.hpp"

namespace ferroway::config {
namespace {

std::string list_of(const std::vector<std::string>& items) {
  std::string all = "[";
  for (const std::string& item : items) {
    if (all.size() > 1) all += ", ";
    all += item;
  }
  return all + "]";
}

std::string network_text(const io::ip_network& from) {
  const bool v4 = from.base.is_v4() && from.prefix_bits >= 96;
  return from.base.text() + "/" + std::to_string(v4 ? from.prefix_bits - 96 : from.prefix_bits);
}

class printer {
 public:
  explicit printer(const config& from) : from_(from) {}

  std::string run() {
    line(0, "version: 1");
    line(0, "workers: " + (from_.workers ? std::to_string(*from_.workers) : "auto"));
    line(0, "io: " + std::string(from_.io ? to_string(*from_.io) : "auto"));
    line(0, "drain_timeout: " + format_duration(from_.drain_timeout));
    line(0, "listeners:");
    for (const listener& each : from_.listeners) print(each);
    if (!from_.upstreams.empty()) line(0, "upstreams:");
    for (const upstream& each : from_.upstreams) print(each);
    if (!from_.middlewares.empty()) line(0, "middlewares:");
    for (const middleware& each : from_.middlewares) print(each);
    if (!from_.use.empty()) line(0, "use: " + names_of(from_.use));
    line(0, "routes:");
    for (const route& each : from_.routes) print(each);
    return std::move(out_);
  }

 private:
  void line(std::size_t indent, const std::string& text) {
    out_.append(indent, ' ');
    out_ += text;
    out_ += '\n';
  }

  void print(const listener& each) {
    line(2, "- name: " + yaml_word(each.name));
    line(4, "address: " + yaml_quoted(each.address.text()));
    std::vector<std::string> networks;
    for (const io::ip_network& network : each.trusted_proxies) {
      networks.push_back(yaml_quoted(network_text(network)));
    }
    if (!networks.empty()) line(4, "trusted_proxies: " + list_of(networks));
    line(4, "limits:");
    line(6, "head_bytes: " + format_size(each.limits.head_bytes));
    line(6, "header_fields: " + std::to_string(each.limits.header_fields));
    line(6, "target_bytes: " + format_size(each.limits.target_bytes));
    if (each.limits.body_bytes) line(6, "body_bytes: " + format_size(*each.limits.body_bytes));
    if (each.limits.connections) {
      line(6, "connections: " + std::to_string(*each.limits.connections));
    }
    line(4, "timeouts:");
    line(6, "head: " + format_duration(each.timeouts.head));
    line(6, "body: " + format_duration(each.timeouts.body));
    line(6, "send: " + format_duration(each.timeouts.send));
    line(6, "keep_alive: " + format_duration(each.timeouts.keep_alive));
  }

  void print(const upstream& each) {
    line(2, yaml_word(each.name) + ":");
    line(4, "endpoints:");
    for (const endpoint& one : each.endpoints) line(6, "- url: " + yaml_quoted(one.url));
    const bool fixed = each.host == host_sent::fixed;
    line(4, "host: " + (fixed                              ? yaml_quoted(each.host_name)
                        : each.host == host_sent::endpoint ? "endpoint"
                                                           : "client"));
    line(4, "balance: round_robin");
    line(4, "connections:");
    line(6, "idle: " + std::to_string(each.idle_connections));
    line(6, "idle_timeout: " + format_duration(each.idle_timeout));
    line(4, "timeouts:");
    line(6, "connect: " + format_duration(each.connect_timeout));
  }

  void print(const middleware& each) {
    const header_edits* edits = nullptr;
    if (const auto* request = std::get_if<request_headers_middleware>(&each.settings)) {
      edits = &request->edits;
    } else if (const auto* response = std::get_if<response_headers_middleware>(&each.settings)) {
      edits = &response->edits;
    }
    line(2, yaml_word(each.name) + ":");
    if (edits == nullptr) return line(4, each.kind + ": {}");
    line(4, each.kind + ":");
    // An empty mapping is the long form of nothing to edit.
    const bool empty = edits->set.empty() && edits->add.empty() && edits->remove.empty();
    if (empty) return line(6, "set: {}");
    print("set", edits->set);
    print("add", edits->add);
    std::vector<std::string> removed;
    for (const std::string& name : edits->remove) removed.push_back(yaml_word(name));
    if (!removed.empty()) line(6, "remove: " + list_of(removed));
  }

  void print(const std::string& verb,
             const std::vector<std::pair<std::string, template_text>>& values) {
    if (values.empty()) return;
    line(6, verb + ":");
    for (const auto& [name, value] : values) {
      line(8, yaml_word(name) + ": " + yaml_template(value));
    }
  }

  void print(const route& each) {
    line(2, "- name: " + yaml_word(each.name));
    if (!each.host.empty()) line(4, "host: " + yaml_quoted(each.host));
    if (each.path == path_kind::exact) {
      line(4, "path:");
      line(6, "exact: " + yaml_quoted(each.pattern));
    } else {
      line(4, "path: " + yaml_quoted(each.pattern));
    }
    if (!each.methods.empty()) {
      std::vector<std::string> methods;
      for (const std::string& method : each.methods) methods.push_back(yaml_word(method));
      line(4, "methods: " + list_of(methods));
    }
    print_listeners(each.listeners);
    print_pipeline(each.pipeline);
    line(4, "timeouts:");
    if (each.timeouts.request) line(6, "request: " + format_duration(*each.timeouts.request));
    line(6, "response: " + format_duration(each.timeouts.response));
    line(6, "idle: " + format_duration(each.timeouts.idle));
    line(6, "tunnel: " + format_duration(each.timeouts.tunnel));
    if (each.upstream) {
      line(4, std::string("websocket: ") + (each.websocket ? "true" : "false"));
      line(4, "to: " + yaml_word(from_.upstreams[*each.upstream].name));
    }
    if (each.fixed) print(*each.fixed);
  }

  void print(const respond& what) {
    line(4, "respond:");
    line(6, "status: " + std::to_string(what.status));
    if (!what.body.empty()) line(6, "body: " + yaml_quoted(what.body));
    if (what.headers.empty()) return;
    line(6, "headers:");
    for (const auto& [name, value] : what.headers) {
      line(8, yaml_word(name) + ": " + yaml_quoted(value));
    }
  }

  void print_listeners(const std::vector<std::size_t>& chosen) {
    if (chosen.size() == from_.listeners.size()) return line(4, "listener: any");
    std::vector<std::string> names;
    for (const std::size_t index : chosen) names.push_back(yaml_word(from_.listeners[index].name));
    line(4, "listener: " + list_of(names));
  }

  // What the top level gives is in effect by itself; the rest is what the route takes away and
  // adds.
  void print_pipeline(const std::vector<std::size_t>& steps) {
    std::vector<std::size_t> without;
    std::size_t kept = 0;
    for (const std::size_t inherited : from_.use) {
      if (kept < steps.size() && steps[kept] == inherited) {
        ++kept;
      } else {
        without.push_back(inherited);
      }
    }
    if (!without.empty()) line(4, "without: " + names_of(without));
    const std::vector<std::size_t> own(steps.begin() + static_cast<std::ptrdiff_t>(kept),
                                       steps.end());
    if (!own.empty()) line(4, "use: " + names_of(own));
  }

  std::string names_of(const std::vector<std::size_t>& instances) const {
    std::vector<std::string> names;
    for (const std::size_t index : instances) {
      names.push_back(yaml_word(from_.middlewares[index].name));
    }
    return list_of(names);
  }

  const config& from_;
  std::string out_;
};

}  // namespace

std::string print_long_form(const config& from) { return printer(from).run(); }

}  // namespace ferroway::config
