// Rewrites and templates of paths. The lines are: the request's path, its query, a header's value,
// a capture's value, then the rewrite (strip prefix, add prefix, template, match, replacement).
// What comes out is a path in normal form, or a refusal.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/regular_expression.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "exchange/path_rewrite.hpp"
#include "http/path.hpp"
#include "io/simulated_world.hpp"
#include "require.hpp"

namespace ferroway::fuzz {
namespace {

// A configuration that asks for it: what the reader refuses never reaches a request.
std::string quoted(std::string_view text) {
  std::string made = "'";
  for (const char c : text) made += c == '\'' ? std::string("''") : std::string(1, c);
  return made + "'";
}

std::string configuration(std::string_view strip, std::string_view add, std::string_view path,
                          std::string_view match, std::string_view replace) {
  std::string rewrite;
  if (!path.empty()) {
    rewrite = "path: " + quoted(path);
  } else if (!match.empty()) {
    rewrite = "regex: {match: " + quoted(match) + ", replace: " + quoted(replace) + "}";
  } else {
    if (!strip.empty()) rewrite = "strip_prefix: " + quoted(strip);
    if (!add.empty()) rewrite += (rewrite.empty() ? "" : ", ") + ("add_prefix: " + quoted(add));
  }
  return "listen: 80\nroutes:\n  - {path: '/{id}', to: 'http://127.0.0.1:1', rewrite: {" + rewrite +
         "}}\n  - {path: " + quoted(strip.empty() ? "/x" : strip) +
         ", to: 'http://127.0.0.1:1', rewrite: {" + rewrite + "}}\n";
}

void check(exchange& ex, const config::path_rewrite& how) {
  const path_rewrite compiled(how);
  const result<std::string_view> made = compiled.apply(ex);
  if (!made) {
    require(made.error().kind == fault::malformed, "a refusal is the client's fault");
    return;
  }
  require(made->starts_with('/'), "a path begins with a slash");
  require(!made->starts_with("//"), "and not with two, which would name a host");
  arena memory;
  const result<std::string_view> again = http::normalise_joined_path(*made, memory, {});
  require(again && *again == *made, "what comes out is in normal form, and no ambiguity in it");
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ferroway;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  io::simulated_world world;
  const std::unique_ptr<io::loop> loop = world.make_loop();
  worker_resources resources{*loop, 0, random_source(1)};
  io::cancel_scope connection(*loop);
  exchange ex(resources, connection);
  const result<http::normal_path> path = http::normalise_path(split_off(rest, '\n'), ex.memory);
  if (!path || !path->ambiguous.empty()) return 0;
  ex.request.path = path->text;
  ex.request.query = split_off(rest, '\n');
  ex.request.fields.add(ex.memory, "X", split_off(rest, '\n'));
  // A capture is a whole segment of a path in normal form.
  std::string_view segments = path->text.substr(1);
  const capture captured[] = {{"path.id", split_off(segments, '/')}};
  ex.captures = captured;
  const std::string_view strip = split_off(rest, '\n'), add = split_off(rest, '\n');
  const std::string_view text = split_off(rest, '\n'), match = split_off(rest, '\n');
  const config::loaded loaded =
      config::load_text("a.yaml", fuzz::configuration(strip, add, text, match, rest));
  if (!loaded.value) return 0;
  for (const config::route& each : loaded.value->routes) {
    if (each.rewrite) fuzz::check(ex, *each.rewrite);
  }
  return 0;
}
