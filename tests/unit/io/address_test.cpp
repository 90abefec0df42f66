#include "io/address.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace ferroway::io {
namespace {

TEST(ip_address, reads_and_writes_both_families) {
  for (const char* text : {"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "::1", "2001:db8::1"}) {
    const auto ip = ip_address::parse(text);
    ASSERT_TRUE(ip.has_value()) << text;
    EXPECT_EQ(ip->text(), text);
  }
  // RFC 5952, and one form for both ways to write an IPv4 address.
  EXPECT_EQ(ip_address::parse("2001:DB8:0:0:0:0:0:1")->text(), "2001:db8::1");
  EXPECT_EQ(*ip_address::parse("::ffff:10.1.2.3"), *ip_address::parse("10.1.2.3"));
}

TEST(ip_address, refuses_what_is_not_quite_one) {
  for (const std::string_view text :
       {"", "10.1.2", "10.1.2.256", "010.1.2.3", "10.1.2.3 ", " ::1", "[::1]", "::1%eth0",
        "1::2::3", "example.org", "0x7f.1", "2001:db8:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1"}) {
    EXPECT_FALSE(ip_address::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(ip_address::parse(std::string_view("::1\0x", 5)).has_value());
}

TEST(ip_network, contains_its_block_and_nothing_else) {
  const auto contains = [](const char* network, const char* ip) {
    return ip_network::parse(network)->contains(*ip_address::parse(ip));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(contains("192.168.4.0/22", "192.168.7.255"));
  EXPECT_FALSE(contains("192.168.4.0/22", "192.168.8.0"));
  EXPECT_TRUE(contains("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("::/0", "8.8.8.8"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(contains("10.1.2.3", "10.1.2.2"));
}

TEST(ip_network, refuses_host_bits_and_bad_prefixes) {
  for (const char* text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8",
                           "2001:db8::1/32", "::/129", "/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(ip_network::parse(text).has_value()) << text;
  }
}

TEST(address, reads_what_a_configuration_says) {
  EXPECT_EQ(address::parse("8080")->text(), "[::]:8080");
  EXPECT_EQ(address::parse(":8080")->text(), "[::]:8080");
  EXPECT_EQ(address::parse("127.0.0.1:80")->text(), "127.0.0.1:80");
  EXPECT_EQ(address::parse("[2001:db8::1]:443")->text(), "[2001:db8::1]:443");
  EXPECT_EQ(address::parse("unix:/run/f.sock")->path(), "/run/f.sock");
  EXPECT_EQ(address::parse("unix:/run/f.sock")->text(), "unix:/run/f.sock");
}

TEST(address, refuses_what_is_ambiguous_or_out_of_range) {
  for (const std::string& text :
       {std::string(""), std::string(":"), std::string("65536"), std::string("127.0.0.1"),
        std::string("127.0.0.1:"), std::string("::1:80"), std::string("[::1]"),
        std::string("[127.0.0.1]:80"), std::string("localhost:80"), std::string("127.0.0.1:+80"),
        std::string("unix:"), "unix:" + std::string(108, 'x'), std::string("000080")}) {
    EXPECT_FALSE(address::parse(text).has_value()) << text;
  }
}

TEST(address, survives_the_way_through_a_sockaddr) {
  for (const char* text : {"127.0.0.1:80", "[2001:db8::1]:443", "[::]:1", "unix:/run/f.sock"}) {
    const address before = *address::parse(text);
    sockaddr_storage storage{};
    auto* name = reinterpret_cast<sockaddr*>(&storage);
    const std::uint32_t length = before.write(name);
    EXPECT_EQ(address::of_sockaddr(*name, length), before) << text;
  }
}

TEST(address, is_a_value_of_either_kind) {
  const address ip = *address::parse("10.1.2.3:80");
  const address path = address::of_path("/run/some/rather/long/path/of/a/socket.sock");
  for (const address& from : {ip, path, address()}) {
    for (const address& to : {ip, path, address()}) {
      address copy = to;
      copy = from;
      EXPECT_EQ(copy, from);
      address moved = std::move(copy);
      EXPECT_EQ(moved, from);
      const address& itself = moved;
      moved = itself;
      EXPECT_EQ(moved.text(), from.text());
      EXPECT_EQ(to == from, to.text() == from.text());
    }
  }
}

TEST(address, tells_an_unnamed_unix_peer_from_none) {
  sockaddr unnamed{};
  unnamed.sa_family = AF_UNIX;
  EXPECT_EQ(address::of_sockaddr(unnamed, sizeof unnamed.sa_family).is(), address::kind::unix_path);
  EXPECT_EQ(address().is(), address::kind::none);
}

}  // namespace
}  // namespace ferroway::io
