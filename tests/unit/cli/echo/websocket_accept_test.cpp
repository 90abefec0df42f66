#include "cli/echo/websocket_accept.hpp"

#include <gtest/gtest.h>

namespace ferroway::echo {
namespace {

TEST(websocket_accept, is_that_of_rfc_6455_section_1_3) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace ferroway::echo
