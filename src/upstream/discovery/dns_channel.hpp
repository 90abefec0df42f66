// c-ares on a loop: its sockets are watched and its timeouts kept by the loop, so that it needs no
// thread and nothing waits. On the loop's thread.
#pragma once

#include <ares.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "io/epoll_loop.hpp"
#include "upstream/discovery/answer.hpp"

namespace ferroway::upstream {

class dns_channel;

// One question; ends in the bytes of the answer. fault::no_endpoint: there is no such record.
class dns_question final : public io::operation_of<std::vector<std::uint8_t>> {
 public:
  // `name` outlives it.
  dns_question(dns_channel& by, const std::string& name, record_type type, io::cancel_scope& scope)
      : operation_of(scope), by_(by), name_(name), type_(type) {}
  void cancel(const failure& why) noexcept override;

 private:
  friend class dns_channel;
  // What c-ares holds until it answers, which may be after the question has been given up.
  struct pending {
    dns_question* asker;
  };
  static void answered(void* with, int status, int timeouts, unsigned char* message, int length);
  bool begin() override;
  void take(result<std::vector<std::uint8_t>> answer);

  dns_channel& by_;
  const std::string& name_;
  const record_type type_;
  pending* pending_ = nullptr;
  bool beginning_ = false;
};

class dns_channel final : private io::timer {
 public:
  dns_channel(io::epoll_loop& on, const config::dns& by);
  dns_channel(const dns_channel&) = delete;
  dns_channel& operator=(const dns_channel&) = delete;
  // Questions that nobody waits for any more may be under way.
  ~dns_channel();

  // Null: it is well. Else why it cannot be used.
  const char* trouble() const noexcept { return trouble_; }
  dns_question ask(const std::string& name, record_type type, io::cancel_scope& scope) {
    return {*this, name, type, scope};
  }
  // What the hosts file says; empty: nothing. Reads the file.
  std::vector<io::ip_address> in_hosts_file(const std::string& name, record_type family);

 private:
  friend class dns_question;
  class socket;

  static void socket_changed(void* with, ares_socket_t which, int readable, int writable);
  void watch(ares_socket_t which, std::uint32_t events);
  void process(ares_socket_t readable, ares_socket_t writable);
  void expired() override { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }
  void keep_time();

  io::epoll_loop& loop_;
  ::ares_channel channel_ = nullptr;
  const char* trouble_ = nullptr;  // a literal
  std::unordered_map<ares_socket_t, std::unique_ptr<socket>> sockets_;
};

}  // namespace ferroway::upstream
