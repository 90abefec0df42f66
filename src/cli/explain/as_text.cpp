// The explanation for people: the answer first, then why.
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/explain/explanation.hpp"
#include "http/message.hpp"

namespace ferroway::cli {
namespace {

struct palette {
  const char* strong = "";
  const char* good = "";
  const char* bad = "";
  const char* faint = "";
  const char* off = "";
};

palette palette_for(bool colour) {
  if (!colour) return {};
  return {"\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"};
}

// What clients and files say, without what would move a terminal's cursor.
std::string clean(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return made;
}

class writer {
 public:
  writer(const explanation& what, bool colour) : what_(what), colours_(palette_for(colour)) {}

  std::string run() {
    request();
    route();
    losers();
    pipeline();
    upstream();
    answer();
    return std::move(out_);
  }

 private:
  const config::config& file() const { return *what_.file.value; }
  const server::rehearsal_outcome& outcome() const { return what_.outcome; }

  // A line of a section; its title stands in the first one.
  void line(std::string_view title, const std::string& text) {
    out_ += fmt::format("{}{:<10}{}{}\n", colours_.strong, title, colours_.off, text);
  }
  std::string faint(const std::string& text) const {
    return text.empty() ? "" : colours_.faint + text + colours_.off;
  }

  void request() {
    std::string host;
    for (const auto& [name, value] : what_.asked.headers) {
      if (equals_ignoring_case(name, "host")) host = value;
    }
    line("request",
         clean(what_.asked.method + " " + host + what_.asked.target) +
             faint(fmt::format("  from {} on listener {}", outcome().client, what_.listener)));
    if (!outcome().path.empty() && !what_.asked.target.starts_with(outcome().path)) {
      line("", "its path in normal form is " + clean(outcome().path));
    }
    out_ += '\n';
  }

  void route() {
    if (!outcome().route) {
      line("route",
           fmt::format("{}none{}: {}", colours_.bad, colours_.off, outcome().refusal_detail));
      return;
    }
    const config::route& won = file().routes[*outcome().route];
    line("route", fmt::format("{}{}{}  {}", colours_.good, won.name, colours_.off,
                              faint(place_of(what_.file, *outcome().route))));
    line("", clean(summary_of(file(), won)));
    for (const auto& [name, value] : outcome().captures) {
      line("", clean(name + " = " + value));
    }
  }

  void losers() {
    bool first = true;
    for (const routing::loser& each : what_.losers) {
      line(first ? "not" : "",
           fmt::format("{}  {}  {}", file().routes[each.route].name,
                       faint(place_of(what_.file, each.route)), clean(each.why)));
      first = false;
    }
    out_ += '\n';
  }

  void pipeline() {
    bool first = true;
    for (const std::size_t index : pipeline_of(file(), outcome())) {
      const config::middleware& step = file().middlewares[index];
      const std::string kind = step.name == step.kind ? "" : " (" + step.kind + ")";
      const decision* made = decision_of(outcome(), step.name);
      const std::string verdict =
          made == nullptr ? faint("not reached") : clean(made->verdict + reason_of(*made));
      line(first ? "pipeline" : "", step.name + kind + ": " + verdict);
      first = false;
    }
    for (const char* step :
         {"identity headers", "mirror", "split", "rewrite", "redirect", "respond"}) {
      const decision* made = decision_of(outcome(), step);
      if (made == nullptr) continue;
      line(first ? "pipeline" : "",
           std::string(step) + ": " + clean(made->verdict + reason_of(*made)));
      first = false;
    }
    if (!first) out_ += '\n';
  }

  static std::string reason_of(const decision& made) {
    return made.reason.empty() ? "" : " (" + made.reason + ")";
  }

  void upstream() {
    if (outcome().upstream.empty()) return;
    line("upstream", outcome().upstream);
    if (const decision* made = decision_of(outcome(), "endpoint")) {
      line("", "endpoint " + made->verdict + reason_of(*made));
    }
    const sent_head head = sent_of(outcome());
    line("", faint("> ") + clean(head.method + " " + head.target + " HTTP/1.1"));
    for (const auto& [name, value] : head.headers) {
      line("", faint("> ") + clean(name + ": " + value));
    }
    out_ += '\n';
  }

  void answer() {
    const bool stood_in = !outcome().endpoint.empty();
    line("answer", fmt::format("{} {}{}", outcome().status, http::reason_phrase(outcome().status),
                               faint(stood_in ? "  if the endpoint answers 200" : "")));
    for (const auto& [name, value] : outcome().headers) {
      line("", faint("< ") + clean(name + ": " + value));
    }
  }

  const explanation& what_;
  palette colours_;
  std::string out_;
};

}  // namespace

std::string as_text(const explanation& what, bool colour) { return writer(what, colour).run(); }

}  // namespace ferroway::cli
