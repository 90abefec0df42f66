// Pages in place of errors, through the whole gateway, on the virtual clock.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::seconds;

// A folder with two pages, and a configuration that names them.
class page_files {
 public:
  page_files() : folder_(testing::TempDir() + "error-pages-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/5xx.html") << "<p>${response.status} on ${header.X-Name}</p>";
    std::ofstream(folder_ + "/404.html") << "<p>lost</p>";
  }
  page_files(const page_files&) = delete;
  page_files& operator=(const page_files&) = delete;
  ~page_files() { std::filesystem::remove_all(folder_); }

  std::string yaml() const {
    return R"(
listen: "10.0.0.1:80"
admin: off
use:
  - security_headers
  - error_pages: {pages: {404: )" +
           folder_ + "/404.html, 5xx: " + folder_ + R"(/5xx.html}}
  - response_headers: {set: {X-Tag: a}}
routes:
  - {path: /orders, timeouts: {response: 3s}, to: http://10.0.1.1:8000}
)";
  }

 private:
  const std::string folder_;
};

const std::string last = "Connection: close\r\n";

std::string get(const std::string& path, const std::string& name = "7") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nX-Name: " + name + "\r\n" +
         last + "\r\n";
}

class pages_in_place_of_errors : protected page_files, public raw_world {
 protected:
  pages_in_place_of_errors() : raw_world(yaml().c_str(), {}, 2) {}

  static bool ends_with(const heard& client, const std::string& body) {
    return client.text.ends_with("\r\n\r\n" + body);
  }
};

TEST_F(pages_in_place_of_errors, StandForTheGatewaysOwnWithWhatTheClientAskedForEscaped) {
  const heard& client = ask(get("/orders/7", "<b>"));  // nobody listens
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 502 ")) << client.text;
  EXPECT_EQ(times_in(client.text, "<b>"), 0U) << client.text;
  EXPECT_TRUE(ends_with(client, "<p>502 on &lt;b&gt;</p>")) << client.text;
  // Middlewares on either side have put their fields on it.
  EXPECT_EQ(times_in(client.text, "\r\nX-Tag: a\r\n"), 1U) << client.text;
  EXPECT_EQ(times_in(client.text, "\r\nX-Content-Type-Options: nosniff\r\n"), 1U) << client.text;
}

TEST_F(pages_in_place_of_errors, StandWhereNoRouteTakesARequest) {
  const heard& client = ask(get("/elsewhere"));
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 404 ")) << client.text;
  EXPECT_TRUE(ends_with(client, "<p>lost</p>")) << client.text;
}

TEST_F(pages_in_place_of_errors, LeaveTheUpstreamsOwnErrorsAlone) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"), read_all()});
  const heard& client = ask(get("/orders/7"));
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 503 ")) << client.text;
  EXPECT_TRUE(ends_with(client, "busy")) << client.text;
}

TEST_F(pages_in_place_of_errors, ComeWhenAnUpstreamHangsExactlyAtItsTimeout) {
  serve({await("\r\n\r\n"), read_all()});
  const heard& client = ask(get("/orders/7"));
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 504 ")) << client.text;
  EXPECT_TRUE(ends_with(client, "<p>504 on 7</p>")) << client.text;
  EXPECT_GE(client.end - began, seconds(3));
  EXPECT_LT(client.end - began, seconds(3) + std::chrono::milliseconds(50));
}

TEST_F(pages_in_place_of_errors, NeverFollowAnAnswerThatHasBegun) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")});
  const heard& client = ask(get("/orders/7"));
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 ")) << client.text;
  EXPECT_TRUE(ends_with(client, "half")) << client.text;
}

}  // namespace
}  // namespace ferroway::sim
