#include "http/hop_by_hop.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::http {
namespace {

std::string names_left(std::initializer_list<std::pair<std::string_view, std::string_view>> given) {
  arena memory;
  field_list fields;
  for (const auto& [name, value] : given) fields.add(memory, name, value);
  remove_hop_by_hop(fields);
  std::string names;
  for (const field& item : fields) names.append(item.name()).append(" ");
  return names;
}

TEST(remove_hop_by_hop, removes_connection_fields_always) {
  EXPECT_EQ(names_left({{"Keep-Alive", "timeout=5"},
                        {"Accept", "*/*"},
                        {"Proxy-Connection", "keep-alive"},
                        {"TE", "trailers"},
                        {"Trailer", "X"},
                        {"Transfer-Encoding", "chunked"},
                        {"Upgrade", "h2c"},
                        {"HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA"},
                        {"Proxy-Authenticate", "Basic"},
                        {"Proxy-Authorization", "Basic eDp5"}}),
            "Accept ");
}

TEST(remove_hop_by_hop, removes_what_any_connection_field_lists) {
  EXPECT_EQ(names_left({{"X-One", "1"},
                        {"Connection", "x-one , ,X-Two"},
                        {"X-Two", "2"},
                        {"X-Three", "3"},
                        {"x-two", "2"},
                        {"Connection", "close,X-Four"},
                        {"X-Four", "4"}}),
            "X-Three ");
}

TEST(remove_hop_by_hop, keeps_end_to_end_fields_though_listed) {
  EXPECT_EQ(names_left({{"Connection",
                         "Host, Content-Length, Authorization, Cookie, X-Forwarded-For, "
                         "X-Request-Id, Content-Type, Forwarded, Connection"},
                        {"Host", "h"},
                        {"Content-Length", "1"},
                        {"Authorization", "x"},
                        {"Cookie", "x"},
                        {"X-Forwarded-For", "x"},
                        {"X-Request-Id", "x"},
                        {"Content-Type", "x"},
                        {"Forwarded", "x"}}),
            "Host Content-Length Authorization Cookie X-Forwarded-For X-Request-Id Content-Type "
            "Forwarded ");
}

}  // namespace
}  // namespace ferroway::http
