#include "credentials/user_list.hpp"

#include <unordered_set>

#include "credentials/consumer_name.hpp"
#include "credentials/password_hash.hpp"

namespace ferroway::credentials {

std::expected<std::vector<listed_user>, line_problem> parse_user_list(std::string_view text) {
  std::vector<listed_user> made;
  std::unordered_set<std::string_view> names;
  listed_lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    const auto wrong = [&](const char* what) {
      return std::unexpected(line_problem{lines.number(), what});
    };
    const std::string_view name = line.substr(0, line.find(':'));
    if (name.size() == line.size()) return wrong("a line is a user's name, `:` and a hash");
    if (!is_consumer_name(name)) return wrong(consumer_name_described);
    const std::string_view hash = line.substr(name.size() + 1);
    if (const char* flaw = flaw_of_hash(hash)) return wrong(flaw);
    if (!names.insert(name).second) return wrong("a user of this name stands there already");
    if (made.size() == users_max) return wrong("there are more than 10000 users");
    made.push_back({std::string(name), std::string(hash)});
  }
  return made;
}

}  // namespace ferroway::credentials
