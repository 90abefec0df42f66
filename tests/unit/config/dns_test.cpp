// Endpoints that are names, and how they are resolved.
#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config {
namespace {

using namespace testing;

const std::string rest = "\nlisten: 8080\nroutes: [{respond: {}}]";

dns settings(const std::string& value) {
  const loaded made = load("dns: " + value + rest);
  EXPECT_TRUE(made.value) << complaints(made);
  return made.value ? made.value->names : dns{};
}

endpoint first(const std::string& url) {
  const loaded made = load("listen: 8080\nroutes: [{to: '" + url + "'}]");
  EXPECT_TRUE(made.value) << complaints(made);
  return made.value ? made.value->upstreams[0].endpoints[0] : endpoint{};
}

TEST(Dns, HasDefaults) {
  const dns usual = settings("{}");
  EXPECT_TRUE(usual.servers.empty());
  EXPECT_EQ(usual.refresh_min, seconds(1));
  EXPECT_EQ(usual.refresh_max, minutes(5));
  EXPECT_EQ(usual.use, family::ipv4_first);
}

TEST(Dns, Servers) {
  const dns made = settings("{servers: [10.0.0.53, '127.0.0.1:5353', '::1', '[::1]:5353']}");
  std::vector<std::string> texts;
  for (const io::address& each : made.servers) texts.push_back(each.text());
  EXPECT_EQ(texts,
            (std::vector<std::string>{"10.0.0.53:53", "127.0.0.1:5353", "[::1]:53", "[::1]:5353"}));
}

TEST(Dns, Families) {
  EXPECT_EQ(settings("{family: ipv6_first}").use, family::ipv6_first);
  EXPECT_EQ(settings("{family: ipv4}").use, family::ipv4);
  EXPECT_EQ(settings("{family: ipv6}").use, family::ipv6);
}

TEST(Dns, SaysWhatIsWrong) {
  const std::pair<std::string, std::string> all[] = {
      {"5", "`dns`: expected settings such as"},
      {"{servers: []}", "`servers`: expected"},
      {"{servers: [dns.example.com]}", "the address of a DNS server"},
      {"{servers: ['10.0.0.53:0']}", "the address of a DNS server"},
      {"{servers: [0.0.0.0:53]}", "the address of a DNS server"},
      {"{servers: ['unix:/run/dns']}", "the address of a DNS server"},
      {"{servers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5, 1.1.1.6, 1.1.1.7, 1.1.1.8, "
       "1.1.1.9]}",
       "more DNS servers than 8"},
      {"{family: ipv5}", "`family`: expected ipv4_first"},
      {"{refresh_min: 10s, refresh_max: 5s}", "`refresh_max` is shorter than `refresh_min`"},
      {"{refresh_min: 1ms}", "`refresh_min`"},
      {"{ttl: 5s}", "ttl"}};
  for (const auto& [value, wanted] : all) {
    const loaded made = load("dns: " + value + rest);
    EXPECT_FALSE(made.value) << value;
    EXPECT_NE(complaints(made).find(wanted), std::string::npos) << value << complaints(made);
  }
}

TEST(Dns, EndpointsMayBeNames) {
  const endpoint name = first("http://Users.Internal:8000");
  EXPECT_TRUE(name.is_name());
  EXPECT_EQ(name.name, "users.internal");
  EXPECT_EQ(name.port, 8000);
  EXPECT_EQ(name.address.is(), io::address::kind::none);
  EXPECT_EQ(name.authority, "Users.Internal:8000");
  EXPECT_EQ(name.url, "http://Users.Internal:8000");
  EXPECT_EQ(first("http://backend").port, 80) << "one label, as between containers";
  EXPECT_EQ(first("http://my_service:1").name, "my_service");
}

TEST(Dns, SomeNamesHaveSrvRecords) {
  const endpoint service = first("srv+http://_http._tcp.users.internal");
  EXPECT_EQ(service.name, "_http._tcp.users.internal");
  EXPECT_EQ(service.port, 0);
  EXPECT_EQ(service.lookup(), "srv:_http._tcp.users.internal");
}

TEST(Dns, AddressesAreNoNames) {
  for (const char* url : {"http://10.0.0.1:8000", "http://[::1]:8000", "http://localhost:8000",
                          "unix:/run/app.sock"}) {
    EXPECT_FALSE(first(url).is_name()) << url;
    EXPECT_NE(first(url).address.is(), io::address::kind::none) << url;
    EXPECT_EQ(first(url).port, 0) << url;
  }
}

}  // namespace
}  // namespace ferroway::config
