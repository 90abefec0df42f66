#include "upstream/discovery/dns_channel.hpp"

#include <arpa/nameser.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>

namespace ferroway::upstream {
namespace {

// Of a datagram (DNS Flag Day 2020): larger answers come by TCP.
constexpr int datagram_bytes_max = 1232;
// Questions to each server before the name counts as not resolved.
constexpr int tries = 2;

std::string in_csv(const std::vector<io::address>& servers) {
  std::string text;
  for (const io::address& each : servers) {
    if (!text.empty()) text += ',';
    text += each.text();
  }
  return text;
}

// `ares_strerror` gives literals.
failure failure_of(int status) {
  const bool none = status == ARES_ENOTFOUND || status == ARES_ENODATA;
  const bool slow = status == ARES_ETIMEOUT;
  const bool bad = status == ARES_EBADRESP || status == ARES_EFORMERR;
  const fault kind = none   ? fault::no_endpoint
                     : slow ? fault::timed_out
                     : bad  ? fault::malformed
                            : fault::unreachable;
  return {kind, side::upstream, false, ares_strerror(status)};
}

}  // namespace

// A socket of c-ares, which it closes itself.
class dns_channel::socket final : public io::epoll_source {
 public:
  socket(dns_channel& owner, ares_socket_t number) : owner_(owner), number_(number) {}
  socket(const socket&) = delete;
  socket& operator=(const socket&) = delete;
  ~socket() {
    owner_.loop_.remove(number_);
    owner_.loop_.forget(*this);
  }

  bool watch(std::uint32_t events) {
    const bool done = watched_ == 0 ? owner_.loop_.add(number_, *this, events)
                                    : owner_.loop_.change(number_, *this, events);
    watched_ = events;
    return done;
  }

 private:
  // c-ares may close the socket meanwhile: then this is gone afterwards.
  void ready(std::uint32_t events) noexcept override {
    const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool readable = broken || (events & EPOLLIN) != 0;
    const bool writable = (broken || (events & EPOLLOUT) != 0) && (watched_ & EPOLLOUT) != 0;
    owner_.process(readable ? number_ : ARES_SOCKET_BAD, writable ? number_ : ARES_SOCKET_BAD);
  }

  dns_channel& owner_;
  const ares_socket_t number_;
  std::uint32_t watched_ = 0;
};

dns_channel::dns_channel(io::epoll_loop& on, const config::dns& by)
    : timer(on.timers()), loop_(on) {
  (void)ares_library_init(ARES_LIB_INIT_ALL);
  ares_options options{};
  options.flags = ARES_FLAG_EDNS;
  options.timeout =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(by.timeout).count());
  options.tries = tries;
  options.ednspsz = datagram_bytes_max;
  options.sock_state_cb = &dns_channel::socket_changed;
  options.sock_state_cb_data = this;
  int status = ares_init_options(&channel_, &options,
                                 ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                     ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB);
  if (status != ARES_SUCCESS) {
    channel_ = nullptr;
  } else if (!by.servers.empty()) {
    status = ares_set_servers_ports_csv(channel_, in_csv(by.servers).c_str());
  }
  if (status != ARES_SUCCESS) trouble_ = ares_strerror(status);
}

dns_channel::~dns_channel() {
  if (channel_ != nullptr) ares_destroy(channel_);
  ares_library_cleanup();
}

void dns_channel::socket_changed(void* with, ares_socket_t which, int readable, int writable) {
  auto& self = *static_cast<dns_channel*>(with);
  const std::uint32_t events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
  if (events == 0) {
    self.sockets_.erase(which);
  } else {
    self.watch(which, events);
  }
}

// A socket that cannot be watched is noticed by its questions' timeouts.
void dns_channel::watch(ares_socket_t which, std::uint32_t events) {
  std::unique_ptr<socket>& mine = sockets_[which];
  if (!mine) mine = std::make_unique<socket>(*this, which);
  (void)mine->watch(events);
}

void dns_channel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  keep_time();
}

void dns_channel::keep_time() {
  timeval left{};
  if (ares_timeout(channel_, nullptr, &left) == nullptr) return disarm();
  arm(loop_.now() + std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec));
}

std::vector<io::ip_address> dns_channel::in_hosts_file(const std::string& name,
                                                       record_type family) {
  std::vector<io::ip_address> found;
  hostent* host = nullptr;
  const int wanted = family == record_type::a ? AF_INET : AF_INET6;
  if (ares_gethostbyname_file(channel_, name.c_str(), wanted, &host) != ARES_SUCCESS) return found;
  for (char** each = host->h_addr_list; *each != nullptr; ++each) {
    if (found.size() == addresses_per_name_max) break;
    sockaddr_storage place{};
    if (wanted == AF_INET) {
      auto& in = reinterpret_cast<sockaddr_in&>(place);
      in.sin_family = AF_INET;
      std::memcpy(&in.sin_addr, *each, sizeof in.sin_addr);
    } else {
      auto& in = reinterpret_cast<sockaddr_in6&>(place);
      in.sin6_family = AF_INET6;
      std::memcpy(&in.sin6_addr, *each, sizeof in.sin6_addr);
    }
    found.push_back(
        io::address::of_sockaddr(reinterpret_cast<sockaddr&>(place), sizeof place).ip());
  }
  ares_free_hostent(host);
  std::ranges::sort(found);
  const auto same = std::ranges::unique(found);
  found.erase(same.begin(), same.end());
  return found;
}

// Where c-ares knows at once, it says so before this returns. A name without a dot, or one that
// DNS does not know as it is, is looked for in the domains of resolv.conf too.
bool dns_question::begin() {
  beginning_ = true;
  pending_ = new pending{this};
  ares_search(by_.channel_, name_.c_str(), ns_c_in, static_cast<int>(type_), &answered, pending_);
  beginning_ = false;
  by_.keep_time();
  return pending_ == nullptr;
}

void dns_question::cancel(const failure& why) noexcept {
  if (pending_ != nullptr) pending_->asker = nullptr;
  complete(fail(why));
}

void dns_question::answered(void* with, int status, int, unsigned char* message, int length) {
  const std::unique_ptr<pending> mine(static_cast<pending*>(with));
  if (mine->asker == nullptr) return;
  if (status != ARES_SUCCESS || length < 0) return mine->asker->take(fail(failure_of(status)));
  mine->asker->take(std::vector<std::uint8_t>(message, message + length));
}

void dns_question::take(result<std::vector<std::uint8_t>> answer) {
  pending_ = nullptr;
  if (beginning_) {
    set_outcome(std::move(answer));
  } else {
    complete(std::move(answer));
  }
}

}  // namespace ferroway::upstream
