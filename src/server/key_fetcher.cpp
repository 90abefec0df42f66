#include "server/key_fetcher.hpp"

#include <algorithm>

#include "base/spawn.hpp"
#include "http/http1/fetch.hpp"
#include "middleware/jwt.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

using telemetry::log_level;

// After a fetch that failed: twice as long each time.
constexpr duration pause_min = std::chrono::seconds(1);
constexpr duration pause_max = std::chrono::minutes(1);

http1::fetch_request request_for(const config::jwks_address& from) {
  http1::fetch_request made;
  made.from = from.at;
  made.authority = from.authority;
  made.target = from.target;
  made.fields = {{"User-Agent", "ferroway"},
                 {"Accept", "application/jwk-set+json, application/json"}};
  made.body_bytes_max = jwt::jwks_bytes_max;
  return made;
}

// For metrics and the log: a query may hold what nobody else should know.
std::string shown(const std::string& url) { return url.substr(0, url.find('?')); }

}  // namespace

struct key_fetcher::following {
  following(io::loop& on, std::shared_ptr<key_source> from,
            std::shared_ptr<telemetry::key_set_stats> in)
      : source(std::move(from)), stats(std::move(in)), scope(on), pause(scope) {}

  std::shared_ptr<key_source> source;
  std::shared_ptr<telemetry::key_set_stats> stats;
  io::cancel_scope scope;
  io::cancel_scope pause;  // ends when a fetch is wanted
  duration next_pause = pause_min;
  bool ended = false;
};

key_fetcher::key_fetcher(io::loop& control, telemetry::metrics& counted, std::uint64_t seed)
    : control_(control), counted_(counted), random_(seed) {}
key_fetcher::~key_fetcher() = default;

void key_fetcher::follow(const snapshot& now) {
  std::vector<std::shared_ptr<key_source>> wanted;
  for (const middleware_in_use& each : now.middlewares) {
    const auto* guard = dynamic_cast<const jwt_guard*>(each.step.get());
    if (guard != nullptr && guard->source()) wanted.push_back(guard->source());
  }
  for (const auto& each : all_) {
    if (std::ranges::find(wanted, each->source) == wanted.end()) give_up(*each);
  }
  for (const auto& source : wanted) {
    const auto is_known = [&](const auto& each) {
      return each->source == source && !each->scope.cancelled();
    };
    if (std::ranges::none_of(all_, is_known)) begin(source);
  }
}

void key_fetcher::begin(const std::shared_ptr<key_source>& source) {
  all_.push_back(
      std::make_unique<following>(control_, source, counted_.key_set(shown(source->from().url))));
  source->on_ask([this, which = source.get()] { control_.post([this, which] { wake(which); }); });
  spawn(keep_fresh(*all_.back()));
}

void key_fetcher::give_up(following& which) {
  which.source->on_ask({});
  which.scope.cancel({fault::cancelled, side::local, false, "no longer in use"});
}

void key_fetcher::wake(const key_source* source) {
  for (const auto& each : all_) {
    if (each->source.get() != source || each->scope.cancelled()) continue;
    each->pause.cancel({fault::cancelled, side::local, false, "a fetch is wanted"});
  }
}

task<> key_fetcher::keep_fresh(following& which) {
  while (!which.scope.cancelled()) {
    which.source->fetch_began();
    const bool fine = co_await fetch(which);
    which.source->fetch_ended();
    which.pause.reset();  // who asked meanwhile has been heard
    (void)co_await control_.sleep_for(pause_after(which, fine), which.pause);
  }
  which.ended = true;
  control_.post([this] { sweep(); });
}

task<bool> key_fetcher::fetch(following& which) {
  const std::string url = shown(which.source->from().url);
  result<http1::fetched> answer =
      co_await http1::fetch(control_, which.scope, request_for(which.source->from()));
  if (which.scope.cancelled()) co_return false;
  std::string why;
  if (!answer) {
    why = std::string(to_string(answer.error().kind)) + " " + answer.error().detail;
  } else if (answer->status != 200) {
    why = "status " + std::to_string(answer->status);
  } else {
    const std::uint64_t before = which.source->version();
    const auto skipped = which.source->publish(answer->body);
    if (skipped && which.source->version() != before) {
      telemetry::log(log_level::info, "key set",
                     {{"url", url}, {"keys", which.source->keys()->size()}, {"skipped", *skipped}});
    }
    if (skipped) {
      which.stats->fetched(which.source->keys()->size(), control_.wall_now());
      co_return true;
    }
    why = skipped.error();
  }
  which.stats->failed();
  telemetry::log(log_level::warning,
                 which.source->version() == 0 ? "no key set: requests that need it get 503"
                                              : "key set not fetched: the one before it stays",
                 {{"url", url}, {"reason", why}});
  co_return false;
}

duration key_fetcher::pause_after(following& which, bool fine) {
  const duration refresh = which.source->refresh();
  if (!fine) {
    const duration pause = std::min(which.next_pause, refresh);
    which.next_pause = std::min(which.next_pause * 2, pause_max);
    return pause;
  }
  which.next_pause = pause_min;
  // A tenth more or less, so that many gateways do not ask at the same moment.
  const auto tenth = static_cast<std::uint64_t>(refresh.count() / 10);
  return refresh - duration(static_cast<duration::rep>(tenth)) +
         duration(static_cast<duration::rep>(random_.below(2 * tenth + 1)));
}

void key_fetcher::sweep() {
  std::erase_if(all_, [](const auto& each) { return each->ended; });
  if (all_.empty() && done_) std::exchange(done_, nullptr)();
}

void key_fetcher::end(std::move_only_function<void()> done) {
  done_ = std::move(done);
  for (const auto& each : all_) give_up(*each);
  sweep();
}

}  // namespace ferroway::server
