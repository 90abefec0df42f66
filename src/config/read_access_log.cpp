// The settings of `access_log`.
#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "config/limits.hpp"
#include "config/read_middlewares.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view format_words =
    "json, combined, or a template such as "
    "\"${client.ip} ${request.target} ${response.status}\"";

std::size_t literal_bytes(const template_text& from) {
  std::size_t bytes = 0;
  for (const template_piece& each : from) bytes += each.is_variable ? 0 : each.text.size();
  return bytes;
}

void read_format(reading& in, const node& from, access_log_middleware& into,
                 std::vector<used_variable>& variables) {
  auto pieces = read_log_template(in, from, "format");
  if (!pieces) return;
  const auto used = static_cast<std::size_t>(
      std::ranges::count_if(*pieces, [](const template_piece& each) { return each.is_variable; }));
  if (used == 0) {
    std::string word;
    for (const template_piece& each : *pieces) word += each.text;
    if (word == "combined") into.format = log_format::combined;
    if (word == "combined" || word == "json") return;
    return expected(in, from, "format", format_words, did_you_mean(word, {"json", "combined"}));
  }
  if (used > log_variables_max || literal_bytes(*pieces) > log_literal_bytes_max) {
    in.report.error(from.at, "`format` is too long: at most " + std::to_string(log_variables_max) +
                                 " variables and " + std::to_string(log_literal_bytes_max) +
                                 " bytes around them");
    return;
  }
  for (const template_piece& each : *pieces) {
    if (each.is_variable) variables.push_back({each.text, from.at});
  }
  into.format = log_format::as_template;
  into.line = std::move(*pieces);
}

void read_file_path(reading& in, const node& from, telemetry::log_destination& into) {
  const auto text = read_text(in, from, "file", "the path of a file");
  if (!text) return;
  std::string path = *text;
  if (path.front() != '/') {
    if (!in.folder.empty()) path = in.folder + "/" + path;
    std::error_code error;
    path = std::filesystem::absolute(path, error).string();
    if (error) {
      in.report.error(from.at, "`file`: the working directory is gone", "write an absolute path");
      return;
    }
  }
  if (path.ends_with('/')) return expected(in, from, "file", "the path of a file");
  into = {telemetry::log_destination::kind::file, std::move(path)};
}

void read_syslog(reading& in, const node& from, telemetry::log_destination& into) {
  constexpr std::string_view what = "`unix:/dev/log`, or `udp:` with an IP address and port";
  const auto text = read_text(in, from, "syslog", what);
  if (!text) return;
  const bool udp = text->starts_with("udp:");
  const auto at = io::address::parse(udp ? text->substr(4) : *text);
  const bool fits = at && at->is_ip() == udp && (!udp || !at->ip().is_unspecified());
  if (!fits) {
    return expected(in, from, "syslog", what,
                    "names of hosts are not looked up: write 10.0.0.1:514 or [fd00::1]:514");
  }
  into = {telemetry::log_destination::kind::syslog, (udp ? "udp:" : "") + at->text()};
}

void read_destination(reading& in, const node& from, access_log_middleware& into) {
  into.to_at = from.at;
  if (!from.is_mapping()) {
    constexpr std::string_view what = "stdout, stderr, {file: PATH} or {syslog: unix:/dev/log}";
    const auto word = read_text(in, from, "to", what);
    if (!word) return;
    if (*word == "stderr") into.to.is = telemetry::log_destination::kind::standard_error;
    if (*word == "stderr" || *word == "stdout") return;
    const bool path = word->find('/') != std::string::npos && !is_substituted(from);
    return expected(
        in, from, "to", what,
        path ? "write {file: " + *word + "}" : did_you_mean(*word, {"stdout", "stderr"}));
  }
  const fields all(in, from, keys::log_destination);
  const node* file = all.find("file");
  const node* syslog = all.find("syslog");
  if (file != nullptr && syslog != nullptr) {
    in.report.error(all.at("syslog"), "a log has one destination, `file` or `syslog`",
                    "to write to both use two access_logs");
  } else if (file != nullptr) {
    read_file_path(in, *file, into.to);
  } else if (syslog != nullptr) {
    read_syslog(in, *syslog, into.to);
  } else if (!all.meant("file") && !all.meant("syslog")) {
    in.report.error(from.at, "`to` names no destination", "write {file: PATH} or {syslog: ...}");
  }
}

// "2.5%" to 2,500.
std::optional<std::uint32_t> parse_share(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const std::size_t dot = text.find('.');
  const auto whole = parse_decimal(text.substr(0, dot));
  if (!whole || *whole > 100) return std::nullopt;
  std::uint64_t thousandths = 0;
  if (dot != std::string_view::npos) {
    std::string digits(text.substr(dot + 1));
    if (digits.empty() || digits.size() > 3) return std::nullopt;
    digits.resize(3, '0');
    const auto parsed = parse_decimal(digits);
    if (!parsed) return std::nullopt;
    thousandths = *parsed;
  }
  const std::uint64_t share = *whole * 1000 + thousandths;
  if (share == 0 || share > access_log_middleware::sample_all) return std::nullopt;
  return static_cast<std::uint32_t>(share);
}

void read_choice(reading& in, const fields& all, access_log_middleware& into) {
  const node* sample = all.find("sample");
  const node* only = all.find("only");
  if (sample != nullptr) {
    constexpr std::string_view what = "a share from 0.001% to 100%, such as 10%";
    if (const auto text = read_text(in, *sample, "sample", what)) {
      const auto share = parse_share(*text);
      if (share) {
        into.sample = *share;
      } else {
        expected(in, *sample, "sample", what);
      }
    }
  }
  if (only == nullptr) return;
  const auto word = read_text(in, *only, "only", "`errors`");
  if (!word) return;
  if (*word != "errors") return expected(in, *only, "only", "`errors`");
  into.only_errors = true;
  if (sample != nullptr) {
    in.report.error(all.at("sample"), "`only: errors` leaves nothing to sample",
                    "exchanges with an error are always logged: leave one of the two out");
  }
}

}  // namespace

std::optional<access_log_middleware> read_access_log(reading& in, const node& from,
                                                     std::vector<used_variable>& variables) {
  access_log_middleware made;
  made.to_at = from.at;
  if (from.is_null()) return made;
  if (!is_mapping(in, from, "access_log", "settings such as {format: combined}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::access_log);
  if (const node* format = all.find("format")) read_format(in, *format, made, variables);
  if (const node* to = all.find("to")) read_destination(in, *to, made);
  read_choice(in, all, made);
  return made;
}

}  // namespace ferroway::config
