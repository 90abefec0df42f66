#include "base/failure.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace ferroway {
namespace {

TEST(failure, every_fault_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(fault::internal);
  for (int kind = 0; kind <= last; ++kind) names.insert(to_string(static_cast<fault>(kind)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(failure, tells_what_a_socket_call_meant) {
  EXPECT_EQ(fault_of_errno(ECONNRESET), fault::reset);
  EXPECT_EQ(fault_of_errno(EPIPE), fault::reset);
  EXPECT_EQ(fault_of_errno(ECONNREFUSED), fault::refused);
  EXPECT_EQ(fault_of_errno(ENOENT), fault::unreachable);
  EXPECT_EQ(fault_of_errno(ENETUNREACH), fault::unreachable);
  EXPECT_EQ(fault_of_errno(EADDRINUSE), fault::address_in_use);
  EXPECT_EQ(fault_of_errno(EACCES), fault::permission_denied);
  EXPECT_EQ(fault_of_errno(EMFILE), fault::out_of_descriptors);
  EXPECT_EQ(fault_of_errno(ETIMEDOUT), fault::reset);
  EXPECT_EQ(fault_of_errno(EBADF), fault::internal);
}

}  // namespace
}  // namespace ferroway
