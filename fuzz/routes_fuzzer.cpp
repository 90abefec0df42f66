// Patterns of hosts, paths and conditions, and requests to them. The first line is a request (host,
// path, method, query), each further one a route. What compiles is matched: never a crash, a hang
// or a capture that is not a piece of the request; what was found alone is found by a table of its
// own.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "http/path.hpp"
#include "require.hpp"
#include "routing/route_table.hpp"

namespace ferroway::fuzz {
namespace {

constexpr std::size_t routes_max = 24;

// "kind host path method header=value query=value priority", separated by spaces.
routing::route_pattern pattern_of(std::string_view line, std::uint32_t index) {
  routing::route_pattern made;
  made.route = index;
  const std::string_view kind = split_off(line, ' ');
  made.kind = kind == "="   ? config::path_kind::exact
              : kind == "~" ? config::path_kind::regex
                            : config::path_kind::prefix;
  made.host = split_off(line, ' ');
  made.path = split_off(line, ' ');
  if (const std::string_view method = split_off(line, ' '); !method.empty()) {
    made.methods.emplace_back(method);
  }
  using condition = config::condition;
  std::string_view header = split_off(line, ' ');
  if (!header.empty()) {
    const std::string_view name = split_off(header, '=');
    made.headers.push_back(
        {std::string(name),
         header.starts_with('~') ? condition::kind::regex : condition::kind::equals,
         std::string(header)});
  }
  std::string_view query = split_off(line, ' ');
  if (!query.empty()) {
    const std::string_view name = split_off(query, '=');
    made.query.push_back({std::string(name),
                          query.empty() ? condition::kind::present : condition::kind::equals,
                          std::string(query)});
  }
  if (!line.empty()) made.priority = static_cast<std::int32_t>(line.size() % 5) - 2;
  return made;
}

bool is_piece(std::string_view piece, std::string_view whole) {
  return whole.find(piece) != std::string_view::npos;
}

void check(const std::vector<routing::route_pattern>& patterns, const routing::route_query& asked) {
  const auto table = routing::route_table::compile(patterns);
  if (!table) {
    require(table.error().pattern < patterns.size(), "an error names its pattern");
    require(!table.error().message.empty(), "an error says what is wrong");
    return;
  }
  arena memory;
  const routing::route_match match = table->match(asked, memory);
  if (match.is == routing::route_match::outcome::no_route) return;
  if (match.is == routing::route_match::outcome::method_not_allowed) return;
  require(match.route < patterns.size(), "the route is one of those given");
  const std::string host = lower_case(asked.authority);
  for (std::size_t i = 0; i < match.captured.size(); ++i) {
    const std::string_view value = match.captured.value(i);
    require(is_piece(value, asked.path) || is_piece(value, host), "captures come from the request");
  }
  const auto alone = routing::route_table::compile({&patterns[match.route], 1});
  require(alone && alone->match(asked, memory).is == routing::route_match::outcome::found,
          "a route that wins would win alone");
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ferroway;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  std::string_view request = split_off(rest, '\n');
  arena memory;
  http::field_list fields;
  fields.add(memory, "X", "gold");
  routing::route_query asked;
  asked.authority = split_off(request, ' ');
  const std::string_view path = split_off(request, ' ');
  const result<http::normal_path> normal = http::normalise_path(path, memory);
  if (!normal) return 0;  // such a request reaches no table
  asked.path = normal->text;
  asked.method = split_off(request, ' ');
  asked.query = request;
  asked.fields = &fields;
  std::vector<routing::route_pattern> patterns;
  while (!rest.empty() && patterns.size() < fuzz::routes_max) {
    const std::string_view line = split_off(rest, '\n');
    patterns.push_back(fuzz::pattern_of(line, static_cast<std::uint32_t>(patterns.size())));
  }
  if (!patterns.empty()) fuzz::check(patterns, asked);
  return 0;
}
