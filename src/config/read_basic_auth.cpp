// `basic_auth`: a file of users.
#include "config/read_middlewares.hpp"

namespace ferroway::config {

std::optional<basic_auth_middleware> read_basic_auth(reading& in, const node& from,
                                                     draft_middleware& into) {
  if (!is_mapping(in, from, "basic_auth", "settings such as {users_file: htpasswd}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::basic_auth);
  basic_auth_middleware made;
  made.consumers.realm = "restricted";
  all.read("remember", made.remember);
  read_consumer_rules(in, all, into, made.consumers);
  const node* file = all.find("users_file");
  if (file == nullptr) {
    if (!all.meant("users_file")) {
      in.report.error(from.at, "`basic_auth` without its `users_file`",
                      "such as {users_file: htpasswd}, made with htpasswd -B -c htpasswd alice");
    }
    return std::nullopt;
  }
  const auto text = read_file_beside(in, *file, "users_file", made.users_file);
  if (!text) return std::nullopt;
  auto listed = credentials::parse_user_list(*text);
  if (listed && listed->empty()) {
    listed = std::unexpected(credentials::line_problem{0, "it is empty"});
  }
  if (!listed) {
    report_line(in, *file, "users_file", listed.error());
    return std::nullopt;
  }
  made.users = std::move(*listed);
  return made;
}

}  // namespace ferroway::config
