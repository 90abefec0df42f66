#include "cli/explain.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/text.hpp"
#include "cli/configuration_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain/explanation.hpp"
#include "cli/explain/request_line.hpp"
#include "cli/quiet_snapshot.hpp"
#include "cli/terminal.hpp"
#include "config/limits.hpp"
#include "config/read_file.hpp"
#include "middleware/jwt.hpp"

namespace ferroway::cli {
namespace {

constexpr std::size_t losers_shown = 5;

int refuse(const std::string& why) {
  std::fprintf(stderr, "ferroway: explain: %s\n", why.c_str());
  return static_cast<int>(exit_code::bad_usage);
}

// "Name: value"; false where there is no colon.
bool add_header(const std::string& text, server::header_lines& into) {
  std::string_view value = text;
  const std::string_view name = split_off(value, ':');
  if (name.size() == text.size()) return false;
  into.emplace_back(name, trim(value));
  return true;
}

// Gives middlewares what they would fetch.
std::optional<std::string> state_keys(const std::string& path, const server::snapshot& serving) {
  const config::file_text read = config::read_file(path, config::body_bytes_max);
  if (!read.problem.empty()) return "the file cannot be read: " + read.problem;
  bool wanted = false;
  for (const server::middleware_in_use& item : serving.middlewares) {
    const auto* guard = dynamic_cast<const jwt_guard*>(item.step.get());
    if (guard == nullptr || !guard->source()) continue;
    wanted = true;
    const auto skipped = guard->source()->publish(read.text);
    if (!skipped) return skipped.error();
  }
  if (!wanted) return "no `jwt` in use has a `jwks`";
  return std::nullopt;
}

}  // namespace

int explain(const explain_options& options) {
  server::header_lines headers;
  for (const std::string& each : options.headers) {
    if (!add_header(each, headers)) return refuse("-H takes 'Name: value', not `" + each + "`");
  }
  auto asked = make_request(options.method, options.url, std::move(headers));
  if (!asked) return refuse(asked.error());
  const auto from = parse_client(options.from);
  if (!from) return refuse("--from: " + from.error());
  asked->from = *from;
  asked->body = options.body;
  const std::optional<std::string> file = configuration_file(options.file);
  if (!file) return static_cast<int>(exit_code::bad_usage);
  quiet_snapshot serving(*file);
  if (!serving.value()) {
    show_diagnostics(serving.file());
    return static_cast<int>(exit_code::configuration_invalid);
  }
  const config::config& config = *serving.file().value;
  const auto listener = find_listener(config, options.listener);
  if (!listener) return refuse("--listener: " + listener.error());
  asked->listener = *listener;
  if (!options.jwks.empty()) {
    if (const auto wrong = state_keys(options.jwks, *serving.value())) {
      return refuse("--jwks: " + *wrong);
    }
  }
  server::rehearsal stage(serving.value(), std::chrono::system_clock::now());
  explanation what{serving.file(), *asked, config.listeners[*listener].name, stage.run(*asked), {}};
  what.losers = stage.losers(*asked, config.routes, what.outcome.route, losers_shown);
  what.outcome.mask(config.outside);
  for (routing::loser& each : what.losers) each.why = config.outside.masked(each.why);
  const std::string text =
      options.json ? as_json(what) : as_text(what, wants_colour(STDOUT_FILENO));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return static_cast<int>(exit_code::fine);
}

}  // namespace ferroway::cli
