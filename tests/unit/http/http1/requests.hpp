// Requests as tests write them down, and how they are refused.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {

inline std::string get(std::string_view fields, std::string_view line = "GET / HTTP/1.1") {
  return std::string(line).append("\r\n").append(fields).append("\r\n");
}

struct refused {
  std::string_view name;
  std::string bytes;
  fault kind;
  std::string_view detail;
};

inline void expect_refused(const refused& wanted) {
  const auto read = read_request(wanted.bytes);
  ASSERT_FALSE(*read) << wanted.name;
  EXPECT_EQ(read->kind(), wanted.kind) << wanted.name << ": " << read->detail();
  EXPECT_EQ(read->detail(), wanted.detail) << wanted.name;
  EXPECT_EQ(read->outcome.error().from, side::client) << wanted.name;
}

}  // namespace ferroway::http1
