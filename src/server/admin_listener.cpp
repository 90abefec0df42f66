#include "server/admin_listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "admin/guard.hpp"
#include "admin/pages.hpp"
#include "base/random.hpp"
#include "io/listen_socket.hpp"
#include "middleware/respond.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

using telemetry::log_level;

// Scrapers, operators and probes; what an admin listener answers can be large.
constexpr std::size_t connections_max = 64;
// No page takes a body.
constexpr std::uint64_t body_bytes_max = 4096;
constexpr duration request_timeout = std::chrono::seconds(60);
constexpr duration drain_timeout = std::chrono::milliseconds(500);

constexpr unsigned owner_only = 0600;

constexpr const char* admin_name = "admin";
constexpr const char* probe_name = "probe";

// `ours`: this listener has, or is about to close, a socket that overlaps. No socket of anybody
// else may share the port.
result<io::descriptor> open_socket(const io::address& at, bool ours) {
  io::listen_options options;
  options.unix_mode = owner_only;
  options.first = !ours;
  if (at.is_ip()) return io::make_listening_socket(at, options);
  result<io::descriptor> bound = io::bind_shared_unix(at, options.unix_mode);
  if (!bound) return bound;
  options.shared_descriptor = bound->number();
  return io::make_listening_socket(at, options);
}

std::string secret_of(const config::admin_listener& from) {
  std::string secret;
  for (const config::template_piece& piece : from.token) secret += piece.text;
  return secret;
}

listener_settings settings_of(const char* name, const io::address& at) {
  const config::listener_limits limits;
  listener_settings made;
  made.name = name;
  made.address = at;
  made.heads = {limits.head_bytes, limits.header_fields, limits.target_bytes};
  made.body_bytes_max = body_bytes_max;
  made.connections_max = connections_max;
  return made;
}

class snapshot_builder {
 public:
  explicit snapshot_builder(const config::admin_listener& admin)
      : guard_(
            std::make_shared<admin::guard>(admin_name, secret_of(admin), !admin.address.is_ip())) {}

  void add(const char* name, const io::address& at, std::vector<admin::page> pages) {
    const std::size_t listener = made_->listeners.size();
    made_->listeners.push_back(settings_of(name, at));
    for (admin::page& each : pages) {
      routing::route_pattern pattern;
      pattern.kind = config::path_kind::exact;
      pattern.path = std::move(each.path);
      pattern.methods = {std::move(each.method)};
      pattern.listeners = {listener};
      pattern.route = static_cast<std::uint32_t>(made_->routes.size());
      patterns_.push_back(std::move(pattern));
      config::route_timeouts timeouts;
      timeouts.request = request_timeout;
      made_->routes.push_back(
          {std::move(each.name), pipeline({guard_}, std::move(each.end)), timeouts, false});
    }
  }

  std::shared_ptr<const snapshot> finish() {
    made_->refused = std::make_unique<route>(
        route{"", pipeline({guard_}, std::make_shared<refuse>()), {}, false});
    made_->table = std::move(*routing::route_table::compile(patterns_));
    return std::move(made_);
  }

 private:
  std::shared_ptr<middleware> guard_;
  std::shared_ptr<snapshot> made_ = std::make_shared<snapshot>();
  std::vector<routing::route_pattern> patterns_;
};

}  // namespace

struct admin_listener::wanted_listener {
  const char* name;
  const io::address& address;
  bool required;
  config::position at;
};

std::vector<admin_listener::wanted_listener> admin_listener::listeners_of(
    const config::config& from) {
  std::vector<wanted_listener> all;
  if (from.admin.is_on()) {
    all.push_back({admin_name, from.admin.address, from.admin.required, from.admin.at});
  }
  if (from.probe.is_on()) all.push_back({probe_name, from.probe.address, true, from.probe.at});
  return all;
}

std::expected<void, admin_listener::problem> admin_listener::prepare(const config::config& wanted) {
  forget_prepared();
  for (const wanted_listener& each : listeners_of(wanted)) {
    if (is_open(each.address)) continue;
    result<io::descriptor> socket = open_socket(each.address, is_ours(each.address));
    if (socket) {
      files_.add(each.address);
      prepared_.push_back({each.address, std::move(*socket)});
      continue;
    }
    const std::string why = explain(socket.error());
    if (each.required) {
      forget_prepared();
      return std::unexpected(problem{
          fmt::format("cannot listen on {} (`{}`): {}", each.address.text(), each.name, why),
          each.at});
    }
    const io::address* before = address_of(each.name);
    telemetry::log(log_level::warning,
                   before == nullptr ? "no admin listener: metrics and reload cannot be asked for"
                                     : "the admin listener stays where it is",
                   {{"address", each.address.text()},
                    {"reason", why},
                    {"hint", "write `admin: ADDRESS`, or `admin: off`"}});
  }
  return {};
}

void admin_listener::begin(io::loop& control, admin::source& pages, const config::config& now) {
  pages_ = &pages;
  worker_ =
      std::make_unique<worker>(control, 0, snapshot_builder(now.admin).finish(), system_seed());
  follow(now);
}

void admin_listener::follow(const config::config& now) {
  snapshot_builder next(now.admin);
  std::vector<offered_socket> sockets;
  std::vector<served> serving;
  for (const wanted_listener& each : listeners_of(now)) {
    const auto fresh = std::ranges::find(prepared_, each.address, &opened::at);
    io::address at = each.address;
    if (fresh != prepared_.end()) {
      auto held = std::make_shared<const io::address>(at);
      addresses_.emplace_back(held);
      sockets.push_back({std::move(fresh->socket), !at.is_ip(), serving.size(), std::move(held)});
      prepared_.erase(fresh);
      telemetry::log(log_level::info, "listening",
                     {{"listener", each.name}, {"address", at.text()}});
    } else if (!is_open(at)) {
      const io::address* before = address_of(each.name);
      if (before == nullptr) continue;
      at = *before;
    }
    next.add(each.name, at,
             each.name == admin_name ? admin::admin_pages(*pages_) : admin::probe_pages(*pages_));
    serving.push_back({each.name, std::move(at)});
  }
  for (const served& was : serving_) {
    if (std::ranges::find(serving, was.at, &served::at) == serving.end()) files_.remove(was.at);
  }
  serving_ = std::move(serving);
  worker_->swap(next.finish(), adopt(worker_->loop(), std::move(sockets)));
}

void admin_listener::drain(std::move_only_function<void()> done) {
  worker_->drain(drain_timeout, std::move(done));
}

bool admin_listener::serves(const config::config& wanted) const {
  return std::ranges::all_of(listeners_of(wanted),
                             [&](const wanted_listener& each) { return is_open(each.address); });
}

bool admin_listener::is_open(const io::address& at) const {
  return std::ranges::find(serving_, at, &served::at) != serving_.end();
}

const io::address* admin_listener::address_of(std::string_view name) const {
  const auto found = std::ranges::find(serving_, name, &served::name);
  return found == serving_.end() ? nullptr : &found->at;
}

// What was given up accepts for a moment longer.
bool admin_listener::is_ours(const io::address& at) {
  std::erase_if(addresses_, [](const auto& each) { return each.expired(); });
  return std::ranges::any_of(addresses_, [&](const auto& each) {
    const std::shared_ptr<const io::address> held = each.lock();
    return held && overlap(*held, at);
  });
}

void admin_listener::forget_prepared() {
  for (const opened& each : prepared_) files_.remove(each.at);
  prepared_.clear();
}

}  // namespace ferroway::server
