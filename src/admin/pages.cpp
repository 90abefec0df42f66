#include "admin/pages.hpp"

#include "admin/documents.hpp"
#include "telemetry/exposition.hpp"

namespace ferroway::admin {
namespace {

struct content {
  std::uint16_t status = 200;
  std::string_view type;  // a literal
  std::string text;
};

constexpr std::string_view plain = "text/plain; charset=utf-8";
constexpr std::string_view json = "application/json";

// The page that nobody takes is kept until its connection ends: all that are kept together are
// bounded, so that slow readers cost what one does.
class kept_bytes {
 public:
  bool take(std::size_t bytes) noexcept {
    if (bytes > bytes_max - now_) return false;
    now_ += bytes;
    return true;
  }
  void give(std::size_t bytes) noexcept { now_ -= bytes; }

 private:
  static constexpr std::size_t bytes_max = std::size_t{16} << 20;
  std::size_t now_ = 0;
};

response head_of(exchange& ex, std::uint16_t status, std::string_view type, std::string_view body) {
  response reply;
  reply.head = ex.memory.make<http::response_head>();
  reply.head->status = status;
  http::field_list& fields = reply.head->fields;
  fields.add(ex.memory, "Content-Type", type, http::field_id::content_type);
  fields.add(ex.memory, "Cache-Control", "no-store");
  fields.add(ex.memory, "X-Content-Type-Options", "nosniff");
  reply.body.text = body;
  reply.body.length = body.size();
  return reply;
}

// A text that the exchange keeps for as long as it lasts.
class kept_text {
 public:
  static std::string_view keep(exchange& ex, std::shared_ptr<const std::string> text,
                               std::shared_ptr<kept_bytes> of) {
    auto* kept = new kept_text{std::move(text), std::move(of)};
    ex.at_end(&kept_text::let_go, kept);
    return *kept->text_;
  }

 private:
  kept_text(std::shared_ptr<const std::string> text, std::shared_ptr<kept_bytes> of)
      : text_(std::move(text)), of_(std::move(of)) {}
  static void let_go(exchange&, void* kept) noexcept {
    auto* self = static_cast<kept_text*>(kept);
    if (self->of_) self->of_->give(self->text_->size());
    delete self;
  }
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<kept_bytes> of_;  // null: the text is shared with others
};

result<response> reply_with(exchange& ex, content&& what, const std::shared_ptr<kept_bytes>& of) {
  if (!of->take(what.text.size())) {
    return fail(fault::overloaded, side::local, "too many answers wait to be read");
  }
  auto text = std::make_shared<const std::string>(std::move(what.text));
  return head_of(ex, what.status, what.type, kept_text::keep(ex, std::move(text), of));
}

// A page that is made of what the source says at that moment.
class shown_page final : public handler {
 public:
  using make = result<content> (*)(const source& of, exchange& ex);
  shown_page(const source& of, make with, std::shared_ptr<kept_bytes> kept)
      : of_(of), with_(with), kept_(std::move(kept)) {}

  task<result<response>> handle(exchange& ex) override {
    result<content> made = with_(of_, ex);
    if (!made) co_return fail(made.error());
    co_return reply_with(ex, std::move(*made), kept_);
  }

 private:
  const source& of_;
  make with_;
  std::shared_ptr<kept_bytes> kept_;
};

// The long form takes long to make: once for each configuration, and all who read it share it.
class config_page final : public handler {
 public:
  explicit config_page(const source& of) : of_(of) {}

  task<result<response>> handle(exchange& ex) override {
    // A reload that changes nothing of what is served may change what of it is shown.
    const std::uint64_t reloads = of_.figures().reloads.succeeded;
    if (text_ == nullptr || reloads != reloads_) {
      std::optional<std::string> made = config_document(of_.serving(), of_.generation());
      if (!made) {
        co_return fail(fault::overloaded, side::local,
                       "the configuration is too large to be shown");
      }
      text_ = std::make_shared<const std::string>(std::move(*made));
      reloads_ = reloads;
    }
    co_return head_of(ex, 200, json, kept_text::keep(ex, text_, nullptr));
  }

 private:
  const source& of_;
  std::uint64_t reloads_ = 0;
  std::shared_ptr<const std::string> text_;
};

class reload_page final : public handler {
 public:
  reload_page(source& of, std::shared_ptr<kept_bytes> kept) : of_(of), kept_(std::move(kept)) {}

  task<result<response>> handle(exchange& ex) override {
    const bool draining = of_.state() == readiness::draining;
    const reload_outcome outcome = of_.reload();
    // Who is told that it is done shall meet nothing older.
    while (!of_.is_everywhere()) {
      const result<void> slept = co_await ex.worker.loop.sleep_for(io::timer_wheel::tick, ex.scope);
      if (!slept) co_return fail(slept.error());
    }
    const std::uint16_t status = outcome.ok ? 200 : draining ? 503 : 422;
    co_return reply_with(ex, {status, json, reload_document(outcome)}, kept_);
  }

 private:
  source& of_;
  std::shared_ptr<kept_bytes> kept_;
};

result<content> healthz(const source&, exchange&) { return content{200, plain, "ok\n"}; }

result<content> readyz(const source& of, exchange&) {
  switch (of.state()) {
    case readiness::serving:
      return content{200, plain, "ready\n"};
    case readiness::starting:
      return content{503, plain, "starting\n"};
    case readiness::draining:
      break;
  }
  return content{503, plain, "draining\n"};
}

result<content> metrics(const source& of, exchange&) {
  return content{200, telemetry::exposition_type,
                 telemetry::metrics_text(of.counted(), of.figures())};
}

result<content> routes(const source& of, exchange& ex) {
  const auto from = first_item(ex);
  if (!from) return fail(from.error());
  return content{200, json, routes_document(of.serving(), of.counted(), *from)};
}

result<content> upstreams(const source& of, exchange& ex) {
  const auto from = first_item(ex);
  if (!from) return fail(from.error());
  return content{200, json, upstreams_document(of.serving(), of.counted(), *from)};
}

result<content> last_reload(const source& of, exchange&) {
  const std::optional<reload_outcome> last = of.last_reload();
  return content{200, json, last ? reload_document(*last) : no_reload_document(of.generation())};
}

}  // namespace

std::vector<page> probe_pages(source& of) {
  const auto kept = std::make_shared<kept_bytes>();  // of their own: a probe is always answered
  return {{"healthz", "/healthz", "GET", std::make_shared<shown_page>(of, healthz, kept)},
          {"readyz", "/readyz", "GET", std::make_shared<shown_page>(of, readyz, kept)}};
}

std::vector<page> admin_pages(source& of) {
  std::vector<page> all = probe_pages(of);
  const auto kept = std::make_shared<kept_bytes>();
  const auto add = [&](const char* name, const char* path, shown_page::make with) {
    all.push_back({name, path, "GET", std::make_shared<shown_page>(of, with, kept)});
  };
  add("metrics", "/metrics", metrics);
  all.push_back({"config", "/v1/config", "GET", std::make_shared<config_page>(of)});
  add("routes", "/v1/routes", routes);
  add("upstreams", "/v1/upstreams", upstreams);
  add("last-reload", "/v1/reload", last_reload);
  all.push_back({"reload", "/v1/reload", "POST", std::make_shared<reload_page>(of, kept)});
  return all;
}

}  // namespace ferroway::admin
