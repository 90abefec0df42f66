#include "middleware/network_tree.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace ferroway {
namespace {

io::ip_address ip(std::string_view text) { return *io::ip_address::parse(text); }

std::uint8_t found_in(const network_tree& tree, std::string_view address) {
  return tree.find(ip(address)).value;
}

network_tree tree_of(std::initializer_list<std::pair<const char*, std::uint8_t>> all) {
  network_tree made;
  for (const auto& [network, value] : all) made.add(*io::ip_network::parse(network), value);
  return made;
}

TEST(network_tree, the_smallest_network_counts) {
  const network_tree tree = tree_of({{"10.1.2.0/24", 3},
                                     {"10.0.0.0/8", 1},
                                     {"10.1.2.3", 4},
                                     {"10.1.0.0/16", 2},
                                     {"11.0.0.0/8", 9}});
  EXPECT_EQ(found_in(tree, "10.9.9.9"), 1);
  EXPECT_EQ(found_in(tree, "10.1.9.9"), 2);
  EXPECT_EQ(found_in(tree, "10.1.2.9"), 3);
  EXPECT_EQ(found_in(tree, "10.1.2.3"), 4);
  EXPECT_EQ(found_in(tree, "11.255.255.255"), 9);
  EXPECT_EQ(found_in(tree, "12.0.0.0"), 0);
  EXPECT_EQ(tree.find(ip("10.1.9.9")).prefix_bits, 96 + 16);
}

TEST(network_tree, ipv4_and_ipv6_are_apart) {
  const network_tree all_v6 = tree_of({{"::/0", 1}});
  EXPECT_EQ(found_in(all_v6, "2001:db8::1"), 1);
  EXPECT_EQ(found_in(all_v6, "192.0.2.1"), 0);
  const network_tree all_v4 = tree_of({{"0.0.0.0/0", 1}});
  EXPECT_EQ(found_in(all_v4, "2001:db8::1"), 0);
  EXPECT_EQ(found_in(all_v4, "::1"), 0);
  EXPECT_EQ(found_in(all_v4, "192.0.2.1"), 1);
  // The mapped form is IPv4, however it is written.
  EXPECT_EQ(found_in(tree_of({{"::ffff:10.0.0.0/104", 1}}), "10.1.1.1"), 1);
}

TEST(network_tree, an_empty_one_finds_nothing) {
  EXPECT_EQ(found_in(network_tree(), "192.0.2.1"), 0);
  EXPECT_EQ(found_in(network_tree(), "::"), 0);
}

TEST(network_tree, a_network_that_comes_twice_has_its_last_value) {
  EXPECT_EQ(found_in(tree_of({{"10.0.0.0/8", 1}, {"10.0.0.0/8", 2}}), "10.1.1.1"), 2);
}

TEST(network_tree, network_text_is_what_was_written) {
  EXPECT_EQ(network_text(ip("10.1.2.3"), 96 + 8), "10.0.0.0/8");
  EXPECT_EQ(network_text(ip("2001:db8:1:2::3"), 48), "2001:db8:1::/48");
  EXPECT_EQ(network_text(ip("::1"), 128), "::1/128");
  EXPECT_EQ(network_text(ip("9.1.1.1"), 96), "0.0.0.0/0");
}

// Few bits vary, so that networks lie in each other.
class made_up_networks {
 public:
  io::ip_address address() {
    io::ip_address made = random_.chance(50) ? ip("10.0.0.0") : ip("2001:db8::");
    for (const std::size_t at : {4U, 12U, 13U, 15U}) {
      if (at < 12 && made.is_v4()) continue;
      made.bytes[at] ^= static_cast<std::uint8_t>(random_.below(256) & random_.below(256));
    }
    return made;
  }
  io::ip_network network() {
    const io::ip_address base = address();
    const unsigned least = base.is_v4() ? 96 : 0;
    const auto bits = static_cast<unsigned>(least + random_.below(129 - least));
    return *io::ip_network::parse(network_text(base, bits));
  }

 private:
  random_source random_{7};
};

TEST(network_tree, finds_what_looking_at_every_network_finds) {
  made_up_networks some;
  for (int round = 0; round < 60; ++round) {
    network_tree tree;
    std::vector<std::pair<io::ip_network, std::uint8_t>> all;
    for (int i = 0; i < 1 + round * 3; ++i) {
      const io::ip_network one = some.network();
      const auto value = static_cast<std::uint8_t>(1 + i % 250);
      tree.add(one, value);
      std::erase_if(all, [&](const auto& each) { return each.first == one; });
      all.emplace_back(one, value);
    }
    EXPECT_LE(tree.nodes(), 2 * all.size());
    for (int i = 0; i < 300; ++i) {
      const io::ip_address asked = some.address();
      std::uint8_t expected = 0;
      int longest = -1;
      for (const auto& [network, value] : all) {
        const bool same_family = network.prefix_bits >= 96 && network.base.is_v4() == asked.is_v4();
        const bool v6 = network.prefix_bits < 96 && !asked.is_v4();
        if (!(same_family || v6) || !network.contains(asked)) continue;
        if (network.prefix_bits <= longest) continue;
        longest = network.prefix_bits;
        expected = value;
      }
      ASSERT_EQ(tree.find(asked).value, expected) << asked.text();
    }
  }
}

}  // namespace
}  // namespace ferroway
