#include "http/preflight.hpp"

#include <gtest/gtest.h>

namespace ferroway::http {
namespace {

struct asked : public testing::Test {
  std::string_view announced(method verb,
                             std::initializer_list<std::pair<const char*, const char*>> fields) {
    head = {};
    head.verb = verb;
    for (const auto& [name, value] : fields) head.fields.add(memory, name, value);
    return announced_method(head);
  }
  arena memory;
  request_head head;
};

constexpr std::pair<const char*, const char*> from{"Origin", "https://a.example"};
constexpr std::pair<const char*, const char*> to{"Access-Control-Request-Method", "PUT"};

TEST_F(asked, AnOptionsRequestWithOriginAndMethodIsAPreflight) {
  EXPECT_EQ(announced(method::options, {from, to}), "PUT");
}

TEST_F(asked, NothingElseIs) {
  EXPECT_EQ(announced(method::get, {from, to}), "");
  EXPECT_EQ(announced(method::options, {from}), "");
  EXPECT_EQ(announced(method::options, {to}), "");
  EXPECT_EQ(announced(method::options, {from, from, to}), "");
  EXPECT_EQ(announced(method::options, {from, to, to}), "");
}

TEST_F(asked, NeitherIsOneThatAnnouncesNoMethod) {
  const std::string longest(32, 'A');
  const std::string longer(33, 'A');
  for (const char* word : {"", "PUT, GET", "P T", "<script>", longer.c_str()}) {
    EXPECT_EQ(announced(method::options, {from, {"Access-Control-Request-Method", word}}), "");
  }
  EXPECT_EQ(announced(method::options, {from, {"Access-Control-Request-Method", longest.c_str()}}),
            longest);
}

}  // namespace
}  // namespace ferroway::http
