#include "exchange/identity_headers.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/arena.hpp"

namespace ferroway {
namespace {

class identity_names : public testing::Test {
 protected:
  identity_names() {
    const std::array<std::string, 4> names{"X-User", "X-User-Groups", "x-user", "X_Tenant"};
    reserved.add(names);
  }
  // The names of what is left, each followed by a space.
  std::string left_of(std::initializer_list<const char*> names) {
    http::field_list fields;
    for (const char* name : names) fields.add(memory, name, "forged");
    reserved.remove_from(fields);
    std::string left;
    for (const http::field& item : fields) left += std::string(item.name()) + " ";
    return left;
  }

  arena memory;
  identity_headers reserved;
};

TEST_F(identity_names, are_taken_away_in_every_case_and_however_often) {
  EXPECT_EQ(left_of({"X-User", "Accept", "x-user", "X-USER", "X-User-Groups"}), "Accept ");
}

TEST_F(identity_names, are_known_with_an_underscore_or_a_dot_for_the_hyphen) {
  EXPECT_EQ(left_of({"X_User", "X.User", "x-user_groups", "X.User-Groups", "X_user.GROUPS"}), "");
  // One that is written so in the configuration, too.
  EXPECT_EQ(left_of({"X-Tenant", "X_Tenant", "x.tenant"}), "");
}

TEST_F(identity_names, leave_others_alone) {
  EXPECT_EQ(left_of({"X-Used", "X-Users", "XUser", "X-User-Group", "Host", "X-User~"}),
            "X-Used X-Users XUser X-User-Group Host X-User~ ");
}

TEST_F(identity_names, may_be_longer_than_any_other) {
  const std::array<std::string, 2> names{"X-" + std::string(61, 'a'), "X-" + std::string(98, 'b')};
  reserved.add(names);
  EXPECT_TRUE(reserved.holds("x_" + std::string(61, 'A')));
  EXPECT_TRUE(reserved.holds("x." + std::string(98, 'B')));
  EXPECT_FALSE(reserved.holds("X-" + std::string(97, 'b')));
  EXPECT_FALSE(reserved.holds("X-" + std::string(98, 'a')));
}

TEST_F(identity_names, may_be_none) {
  const identity_headers none;
  http::field_list fields;
  fields.add(memory, "X-User", "1");
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.remove_from(fields), 0U);
  EXPECT_FALSE(none.holds("X-User"));
  EXPECT_FALSE(none.holds(""));
  EXPECT_EQ(fields.find("X-User")->value(), "1");
}

}  // namespace
}  // namespace ferroway
