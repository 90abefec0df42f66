#include "base/list.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace ferroway {
namespace {

struct item : tagged_node<struct first_tag>, tagged_node<struct second_tag> {
  explicit item(int n) : number(n) {}
  int number;
};
using first_list = list<item, first_tag>;
using second_list = list<item, second_tag>;

std::vector<int> drain(first_list& from) {
  std::vector<int> numbers;
  while (!from.empty()) numbers.push_back(from.pop_front().number);
  return numbers;
}

TEST(list, keeps_order_at_both_ends) {
  item a(1), b(2), c(3);
  first_list all;
  all.push_back(b);
  all.push_back(c);
  all.push_front(a);
  EXPECT_EQ(all.front().number, 1);
  EXPECT_EQ(all.back().number, 3);
  EXPECT_EQ(drain(all), (std::vector{1, 2, 3}));
}

TEST(list, forgets_an_item_that_is_destroyed) {
  item a(1), c(3);
  first_list all;
  all.push_back(a);
  {
    item b(2);
    all.push_back(b);
    all.push_back(c);
  }
  EXPECT_EQ(drain(all), (std::vector{1, 3}));
}

TEST(list, moves_an_item_that_is_pushed_again) {
  item a(1), b(2);
  first_list one;
  first_list other;
  one.push_back(a);
  one.push_back(b);
  other.push_back(a);
  EXPECT_EQ(drain(one), std::vector{2});
  EXPECT_EQ(drain(other), std::vector{1});
}

TEST(list, tags_keep_the_lists_of_one_item_apart) {
  item a(1), b(2);
  first_list one;
  second_list other;
  one.push_back(a);
  one.push_back(b);
  other.push_back(a);
  first_list::remove(a);
  EXPECT_EQ(drain(one), std::vector{2});
  EXPECT_EQ(other.front().number, 1);
}

TEST(list, splices_behind_what_is_there) {
  item a(1), b(2), c(3);
  first_list to;
  first_list from;
  first_list none;
  to.push_back(a);
  from.push_back(b);
  from.push_back(c);
  to.splice(none);
  to.splice(from);
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(drain(to), (std::vector{1, 2, 3}));
}

}  // namespace
}  // namespace ferroway
