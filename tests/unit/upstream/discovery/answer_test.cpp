#include "upstream/discovery/answer.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace ferroway::upstream {
namespace {

using bytes = std::vector<std::uint8_t>;
using std::chrono::seconds;

// A message, written piece by piece.
class message {
 public:
  message& u8(unsigned value) {
    all_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  message& u16(unsigned value) { return u8(value >> 8U).u8(value & 0xFFU); }
  message& u32(std::uint32_t value) { return u16(value >> 16U).u16(value & 0xFFFFU); }
  message& name(std::initializer_list<std::string_view> labels) {
    for (const std::string_view label : labels) {
      u8(static_cast<unsigned>(label.size()));
      for (const char c : label) u8(static_cast<unsigned char>(c));
    }
    return u8(0);
  }
  message& pointer(unsigned to) { return u16(0xC000U | to); }
  message& head(unsigned questions, unsigned answers) {
    return u16(7).u16(0x8180).u16(questions).u16(answers).u16(0).u16(0);
  }
  // The name that the question at byte 12 has.
  message& record(unsigned type, std::uint32_t ttl, const bytes& value) {
    pointer(12).u16(type).u16(1).u32(ttl).u16(static_cast<unsigned>(value.size()));
    all_.insert(all_.end(), value.begin(), value.end());
    return *this;
  }
  message& question(unsigned type) { return name({"users", "internal"}).u16(type).u16(1); }
  operator const bytes&() const { return all_; }
  operator std::span<const std::uint8_t>() const { return all_; }
  const bytes& all() const { return all_; }

 private:
  bytes all_;
};

constexpr unsigned a = 1, cname = 5, aaaa = 28, srv = 33;

bytes service(unsigned priority, unsigned weight, unsigned port, const message& target) {
  const message head = message().u16(priority).u16(weight).u16(port);
  bytes made = head.all();
  made.insert(made.end(), target.all().begin(), target.all().end());
  return made;
}

std::vector<std::string> texts(const result<found_addresses>& found) {
  std::vector<std::string> made;
  if (!found) return {found.error().detail};
  for (const io::ip_address& each : found->all) made.push_back(each.text());
  return made;
}

TEST(DnsAnswer, AddressesAreSortedAndStandOnce) {
  const message all = message()
                          .head(1, 3)
                          .question(a)
                          .record(a, 30, {10, 0, 0, 2})
                          .record(a, 20, {10, 0, 0, 1})
                          .record(a, 40, {10, 0, 0, 2});
  const auto found = read_addresses(all, record_type::a);
  EXPECT_EQ(texts(found), (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(found->valid, seconds(20)) << "the least TTL";
}

TEST(DnsAnswer, TheWayThereHasTtlsToo) {
  const message all = message()
                          .head(1, 2)
                          .question(a)
                          .record(cname, 5, message().name({"other", "internal"}))
                          .record(a, 60, {10, 0, 0, 1});
  EXPECT_EQ(read_addresses(all, record_type::a)->valid, seconds(5));
}

TEST(DnsAnswer, IPv6) {
  bytes loopback(16);
  loopback[15] = 1;
  const message all = message().head(1, 1).question(aaaa).record(aaaa, 9, loopback);
  EXPECT_EQ(texts(read_addresses(all, record_type::aaaa)), std::vector<std::string>{"::1"});
  EXPECT_EQ(read_addresses(all, record_type::a).error().kind, fault::no_endpoint);
}

TEST(DnsAnswer, NoneIsNotMalformed) {
  const auto found = read_addresses(message().head(1, 0).question(a), record_type::a);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, fault::no_endpoint);
}

TEST(DnsAnswer, ATtlWithItsFirstBitIsNone) {
  const message all = message().head(1, 1).question(a).record(a, 0x80000001, {10, 0, 0, 1});
  EXPECT_EQ(read_addresses(all, record_type::a)->valid, duration(0));
}

TEST(DnsAnswer, OfTooManyTheSameAreKept) {
  constexpr unsigned count = 300;
  message forward = message().head(1, count).question(a);
  message backward = message().head(1, count).question(a);
  for (unsigned i = 0; i < count; ++i) {
    const auto at = [](unsigned n) {
      return bytes{10, 0, static_cast<std::uint8_t>(n / 256), static_cast<std::uint8_t>(n % 256)};
    };
    forward.record(a, 60, at(i));
    backward.record(a, 60, at(count - 1 - i));
  }
  const auto one = read_addresses(forward, record_type::a);
  const auto other = read_addresses(backward, record_type::a);
  EXPECT_EQ(one->all.size(), addresses_per_name_max);
  EXPECT_EQ(one->all, other->all);
}

TEST(DnsAnswer, Services) {
  const message all = message()
                          .head(1, 3)
                          .question(srv)
                          .record(srv, 60, service(10, 5, 8000, message().name({"B", "internal"})))
                          // Behind the first label as the question is, behind its own first.
                          .record(srv, 50, service(0, 1, 8001, message().u8(1).u8('a').pointer(18)))
                          .record(srv, 70, service(0, 0, 8002, message().u8(0)));
  const auto found = read_services(all);
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->all.size(), 2U) << "`.` says that there is none";
  EXPECT_EQ(found->all[0], (found_service{"a.internal", 8001, 0, 1}));
  EXPECT_EQ(found->all[1], (found_service{"b.internal", 8000, 10, 5}));
  EXPECT_EQ(found->valid, seconds(50));
}

TEST(DnsAnswer, TargetsThatCannotBeAskedForAreLeftOut) {
  const message all = message()
                          .head(1, 3)
                          .question(srv)
                          .record(srv, 60, service(0, 0, 0, message().name({"a"})))
                          .record(srv, 60, service(0, 0, 80, message().name({"a b"})))
                          .record(srv, 60, service(0, 0, 80, message().name({"a\n"})));
  EXPECT_EQ(read_services(all).error().kind, fault::no_endpoint);
}

// Each cut of a message is malformed, or says less; none is read past its end (ASan).
TEST(DnsAnswer, CutAnywhere) {
  const message whole =
      message()
          .head(1, 2)
          .question(srv)
          .record(srv, 60, service(10, 5, 8000, message().name({"b", "internal"})))
          .record(a, 60, {10, 0, 0, 1});
  for (std::size_t length = 0; length < whole.all().size(); ++length) {
    const bytes cut(whole.all().begin(), whole.all().begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(read_services(cut).error().kind, fault::malformed) << length;
    EXPECT_EQ(read_addresses(cut, record_type::a).error().kind, fault::malformed) << length;
  }
  EXPECT_TRUE(read_services(whole));
}

TEST(DnsAnswer, NamesThatGoRoundInCircles) {
  const message self = message().head(1, 1).pointer(12).u16(a).u16(1);
  EXPECT_EQ(read_addresses(self, record_type::a).error().kind, fault::malformed);
  const message all = message().head(1, 1).question(srv).record(
      srv, 60, service(0, 0, 80, message().u8(1).u8('a').pointer(53)));
  EXPECT_EQ(read_services(all).error().kind, fault::malformed);
}

TEST(DnsAnswer, ValuesOfAnotherSize) {
  const message longer = message().head(1, 1).question(a).record(a, 60, {10, 0, 0, 1, 2});
  EXPECT_EQ(read_addresses(longer, record_type::a).error().kind, fault::malformed);
  const message shorter = message().head(1, 1).question(srv).record(srv, 60, {0, 0, 0, 0, 0});
  EXPECT_EQ(read_services(shorter).error().kind, fault::malformed);
}

TEST(DnsAnswer, RecordsOfAnotherClassDoNotCount) {
  message all = message().head(1, 1).question(a);
  all.pointer(12).u16(a).u16(3).u32(60).u16(4).u8(10).u8(0).u8(0).u8(1);
  EXPECT_EQ(read_addresses(all, record_type::a).error().kind, fault::no_endpoint);
}

}  // namespace
}  // namespace ferroway::upstream
