#include "unit/io/rig.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "io/backend.hpp"
#include "io/connect_socket.hpp"
#include "io/listen_socket.hpp"
#include "io/loop.hpp"
#include "io/uring_loop.hpp"
#include "io/uring_probe.hpp"

namespace ferroway::io::test {
namespace {

void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string make_folder() {
  char name[] = "/tmp/ferroway_io_XXXXXX";
  return ::mkdtemp(name);
}

task<> accept_one(listener& at, std::unique_ptr<stream>& accepted, cancel_scope& scope) {
  result<std::unique_ptr<stream>> got = co_await at.accept(scope);
  if (got) accepted = std::move(*got);
}

}  // namespace

std::string to_string(backend kind) {
  switch (kind) {
    case backend::epoll_ipv4:
      return "epoll_ipv4";
    case backend::epoll_ipv6:
      return "epoll_ipv6";
    case backend::epoll_unix:
      return "epoll_unix";
    case backend::uring_ipv4:
      return "uring_ipv4";
    case backend::uring_ipv6:
      return "uring_ipv6";
    case backend::uring_unix:
      return "uring_unix";
    case backend::simulated:
      return "simulated";
  }
  return "unknown";
}

bool is_uring(backend kind) {
  return kind == backend::uring_ipv4 || kind == backend::uring_ipv6 || kind == backend::uring_unix;
}

bool available(backend kind) {
  if (is_uring(kind) && !choose_backend(io::backend::io_uring)) return false;
  return (kind != backend::epoll_ipv6 && kind != backend::uring_ipv6) ||
         make_listening_socket(*address::parse("[::1]:0"), {}).has_value();
}

std::vector<backend> backends() {
  std::vector<backend> there;
  for (const backend kind :
       {backend::epoll_ipv4, backend::epoll_ipv6, backend::epoll_unix, backend::uring_ipv4,
        backend::uring_ipv6, backend::uring_unix, backend::simulated}) {
    if (available(kind)) there.push_back(kind);
  }
  return there;
}

rig::rig(backend kind, const buffer_pool::settings& memory, const uring::settings& sizes)
    : kind_(kind) {
  allow_many_descriptors();
  if (kind == backend::simulated) {
    world_ = std::make_unique<simulated_world>();
    loop_ = world_->make_loop(memory);
    return;
  }
  result<std::unique_ptr<loop>> made =
      is_uring(kind) ? uring_loop::make(memory, sizes) : make_epoll_loop(memory);
  if (!made) std::abort();
  loop_ = std::move(*made);
  folder_ = make_folder();
}

rig::~rig() {
  if (world_) EXPECT_EQ(world_->open_streams(), 0U);
  EXPECT_EQ(loop_->buffers().bytes_lent(), 0U);
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

address rig::fresh_address() {
  switch (kind_) {
    case backend::epoll_ipv6:
    case backend::uring_ipv6:
      return *address::parse("[::1]:0");
    case backend::epoll_unix:
    case backend::uring_unix:
      return address::of_path(folder_ + "/" + std::to_string(++sockets_) + ".sock");
    case backend::epoll_ipv4:
    case backend::uring_ipv4:
    case backend::simulated:
      break;
  }
  return *address::parse("127.0.0.1:0");
}

std::unique_ptr<listener> rig::listen(int backlog) {
  const address at = fresh_address();
  listen_options options;
  options.backlog = backlog;
  descriptor bound;
  if (is_tcp()) {
    // Accepted sockets inherit the sizes of their listener's buffers.
    sockaddr_storage storage{};
    auto* name = reinterpret_cast<sockaddr*>(&storage);
    const socklen_t length = at.write(name);
    bound = descriptor(::socket(name->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int bytes = 64 * 1024;
    (void)::setsockopt(bound.number(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    (void)::setsockopt(bound.number(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (::bind(bound.number(), name, length) != 0) std::abort();
    options.shared_descriptor = bound.number();
  }
  result<std::unique_ptr<listener>> made = loop_->listen(at, options);
  if (!made) std::abort();
  return std::move(*made);
}

task<> rig::run_to_stop(rig& self, task<> body) {
  co_await std::move(body);
  self.finished_ = true;
  self.on().stop();
}

void rig::run(task<> body) {
  finished_ = false;
  spawn(run_to_stop(*this, std::move(body)));
  loop_->run();
  ASSERT_TRUE(finished_);
}

descriptor raw_client(const address& to) {
  sockaddr_storage storage{};
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  const socklen_t length = to.write(name);
  descriptor made(::socket(name->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(made.number(), name, length) != 0) ADD_FAILURE() << "no connection";
  return made;
}

task<std::string> receive_raw(rig& on, const descriptor& from, std::size_t bytes) {
  constexpr int silent_ticks_max = 2000;
  cancel_scope scope(on.on());
  std::string all;
  std::string piece(buffer_pool::large_bytes, '\0');
  for (int silent = 0; all.size() < bytes && silent < silent_ticks_max;) {
    const std::size_t wanted = std::min(piece.size(), bytes - all.size());
    const ssize_t count = ::recv(from.number(), piece.data(), wanted, MSG_DONTWAIT);
    if (count == 0) break;
    if (count > 0) {
      all.append(piece, 0, static_cast<std::size_t>(count));
      silent = 0;
    } else {
      ++silent;
      (void)co_await on.on().sleep_for(std::chrono::milliseconds(1), scope);
    }
  }
  co_return all;
}

void send_raw(const descriptor& to, std::string_view text) {
  const ssize_t count = ::send(to.number(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  EXPECT_EQ(count, static_cast<ssize_t>(text.size()));
}

void reset(descriptor socket) { reset_on_close(socket.number()); }

void uring_test::SetUp() {
  if (const std::optional<std::string> obstacle = why_no_uring()) {
    GTEST_SKIP() << "io_uring cannot be used here: " << *obstacle;
  }
}

task<connected_pair> connect_pair(rig& on, listener& at) {
  cancel_scope scope(on.on());
  connected_pair made;
  companion accepting;
  accepting.start(accept_one(at, made.server, scope));
  result<std::unique_ptr<stream>> client = co_await on.on().connect(at.bound(), scope);
  if (client) made.client = std::move(*client);
  co_await accepting.join();
  EXPECT_TRUE(made.client && made.server);
  co_return made;
}

task<bool> wait_until(rig& on, std::function<bool()> condition) {
  constexpr int ticks_max = 20'000;
  cancel_scope scope(on.on());
  for (int i = 0; i < ticks_max; ++i) {
    if (condition()) co_return true;
    (void)co_await on.on().sleep_for(std::chrono::milliseconds(1), scope);
  }
  co_return condition();
}

task<> some_turns(rig& on) {
  const std::uint64_t before = on.on().turns();
  (void)co_await wait_until(on, [&on, before] { return on.on().turns() >= before + 3; });
}

task<bool> comes_to_rest(rig& on) {
  constexpr int attempts_max = 50;
  constexpr std::uint64_t turns_of_a_sleep = 10;  // timers on the way to their tick among them
  cancel_scope scope(on.on());
  for (int i = 0; i < attempts_max; ++i) {
    const std::uint64_t before = on.on().turns();
    (void)co_await on.on().sleep_for(std::chrono::milliseconds(100), scope);
    if (on.on().turns() - before <= turns_of_a_sleep) co_return true;
  }
  co_return false;
}

task<result<void>> send_text(stream& to, std::string_view text, cancel_scope& scope) {
  while (!text.empty()) {
    buffer bytes = scope.on().buffers().acquire();
    text.remove_prefix(bytes.append(text));
    result<void> sent = co_await to.send(gather(std::move(bytes)), scope);
    if (!sent) co_return sent;
  }
  co_return result<void>{};
}

task<std::string> receive_bytes(stream& from, std::size_t bytes, cancel_scope& scope) {
  std::string all;
  while (all.size() < bytes) {
    result<buffer> got = co_await from.receive(scope);
    if (!got || got->empty()) break;
    all += got->view();
  }
  co_return all;
}

task<> echo(rig& on, std::unique_ptr<stream> with) {
  cancel_scope scope(on.on());
  ++on.echoes;
  while (true) {
    result<buffer> got = co_await with->receive(scope);
    if (!got || got->empty()) break;
    result<void> sent = co_await with->send(gather(std::move(*got)), scope);
    if (!sent) break;
  }
  with.reset();
  --on.echoes;
}

task<> serve_echo(rig& on, listener& at, cancel_scope& scope) {
  while (true) {
    result<std::unique_ptr<stream>> got = co_await at.accept(scope);
    if (!got) break;
    spawn(echo(on, std::move(*got)));
  }
}

}  // namespace ferroway::io::test
