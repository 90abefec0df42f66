#include "http/vary.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ferroway::http {
namespace {

std::string varied(const std::vector<std::string>& values) {
  arena memory;
  field_list fields;
  for (const std::string& value : values) fields.add(memory, "vary", value);
  vary_by(fields, "Origin", memory);
  std::string all;
  for (const field& item : fields) all += (all.empty() ? "" : "|") + std::string(item.value());
  return all;
}

TEST(vary, names_what_the_answer_depends_on_once) {
  EXPECT_EQ(varied({}), "Origin");
  EXPECT_EQ(varied({""}), "Origin");
  EXPECT_EQ(varied({"Accept"}), "Accept, Origin");
  EXPECT_EQ(varied({"Accept, origin"}), "Accept, origin");
  EXPECT_EQ(varied({"Accept", "Cookie"}), "Accept, Cookie, Origin");
  EXPECT_EQ(varied({"*"}), "*");
  EXPECT_EQ(varied({"X-Origin"}), "X-Origin, Origin");
}

}  // namespace
}  // namespace ferroway::http
