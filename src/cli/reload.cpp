#include "cli/reload.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/configuration_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/reload/admin_client.hpp"
#include "config/read_file.hpp"

namespace ferroway::cli {
namespace {

using json = nlohmann::json;

constexpr std::size_t token_bytes_max = 8 * 1024;

int code(exit_code is) { return static_cast<int>(is); }

int complain(exit_code is, const std::string& message) {
  fmt::print(stderr, "ferroway: {}\n", message);
  return code(is);
}

// What comes from elsewhere cannot move the terminal's cursor.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

// A member that is a text; empty where there is none.
std::string text_of(const json& from, const char* key) {
  const auto found = from.is_object() ? from.find(key) : from.end();
  if (!from.is_object() || found == from.end() || !found->is_string()) return {};
  return printable(found->get<std::string>());
}

std::uint64_t number_of(const json& from, const char* key) {
  const auto found = from.is_object() ? from.find(key) : from.end();
  if (!from.is_object() || found == from.end() || !found->is_number_unsigned()) return 0;
  return found->get<std::uint64_t>();
}

const json& list_of(const json& from, const char* key) {
  static const json none = json::array();
  const auto found = from.is_object() ? from.find(key) : from.end();
  if (!from.is_object() || found == from.end() || !found->is_array()) return none;
  return *found;
}

void show_changes(const json& answer) {
  const json& changes = list_of(answer, "changes");
  for (const json& each : changes) {
    const std::string what = text_of(each, "what");
    const std::string named = text_of(each, "part") + " " + text_of(each, "name");
    const bool known = what == "added" || what == "removed" || what == "changed";
    const char* sign = what == "added" ? "+" : what == "removed" ? "-" : known ? "~" : "!";
    fmt::print("{} {}{}\n", sign, named, known ? "" : ": " + what);
  }
  if (changes.empty()) fmt::print("nothing has changed\n");
}

// As `check` does, but for the lines themselves, which stand where the gateway is.
void show_findings(const json& answer) {
  for (const char* kind : {"error", "warning"}) {
    for (const json& each : list_of(answer, (std::string(kind) + "s").c_str())) {
      std::string at = text_of(each, "file");
      const std::uint64_t line = number_of(each, "line");
      if (line > 0) at += fmt::format(":{}:{}", line, number_of(each, "column"));
      fmt::print(stderr, "{}{}{}: {}\n", at, at.empty() ? "" : ": ", kind,
                 text_of(each, "message"));
      const std::string hint = text_of(each, "hint");
      if (!hint.empty()) fmt::print(stderr, "        = {}\n", hint);
    }
  }
}

int show_refusal(const admin_answer& answer, const json& said) {
  if (answer.status == 401) {
    return complain(exit_code::could_not_start,
                    "the admin listener wants its token: name the gateway's own configuration with "
                    "-c, or a file with --token-file");
  }
  std::string why = text_of(said, "detail");
  if (why.empty()) why = text_of(said, "title");
  const json& errors = list_of(said, "errors");
  if (why.empty() && !errors.empty()) why = text_of(errors.front(), "message");
  return complain(exit_code::could_not_start,
                  fmt::format("the admin listener answered {}{}{}", answer.status,
                              why.empty() ? "" : ": ", why));
}

int show(const admin_answer& answer, bool as_json) {
  const json said = json::parse(answer.body, nullptr, false);
  const bool reloaded = answer.status == 200;
  if (!reloaded && answer.status != 422) return show_refusal(answer, said);
  if (as_json) {
    std::fwrite(answer.body.data(), 1, answer.body.size(), stdout);
  } else {
    show_findings(said);
    if (reloaded) show_changes(said);
  }
  return code(reloaded ? exit_code::fine : exit_code::configuration_invalid);
}

// Whom to ask, as the configuration says; the exit code where it does not.
std::optional<int> take_from_file(const reload_options& options, admin_request& into) {
  const std::optional<std::string> file = configuration_file(options.file);
  if (!file) return code(exit_code::bad_usage);
  const config::loaded outcome = config::load_file(*file);
  if (!outcome.value) {
    show_diagnostics(outcome);
    fmt::print(stderr, "ferroway: not reloaded: the gateway serves what it served before\n");
    return code(exit_code::configuration_invalid);
  }
  const config::admin_listener& admin = outcome.value->admin;
  if (!admin.is_on()) {
    return complain(exit_code::could_not_start,
                    *file + " says `admin: off`; send the gateway HUP instead");
  }
  into.to = admin.address;
  for (const config::template_piece& piece : admin.token) into.token += piece.text;
  return std::nullopt;
}

std::optional<int> take_token(const std::string& file, admin_request& into) {
  config::file_text read = config::read_file(file, token_bytes_max);
  if (!read.problem.empty()) {
    return complain(exit_code::bad_usage, file + ": " + read.problem);
  }
  while (read.text.ends_with('\n') || read.text.ends_with('\r')) read.text.pop_back();
  for (const char c : read.text) {
    if (c <= ' ' || c > '~') return complain(exit_code::bad_usage, file + " holds no token");
  }
  into.token = std::move(read.text);
  return std::nullopt;
}

}  // namespace

int reload(const reload_options& options) {
  admin_request asked;
  asked.method = "POST";
  asked.path = "/v1/reload";
  if (options.admin.empty()) {
    if (const auto failed = take_from_file(options, asked)) return *failed;
  } else if (const auto address = io::address::parse(options.admin)) {
    asked.to = *address;
  } else {
    return complain(exit_code::bad_usage, "--admin: expected an address such as 127.0.0.1:9901");
  }
  if (!options.token_file.empty()) {
    if (const auto failed = take_token(options.token_file, asked)) return *failed;
  }
  const auto answer = ask(asked);
  if (!answer) return complain(exit_code::could_not_start, answer.error());
  return show(*answer, options.json);
}

}  // namespace ferroway::cli
