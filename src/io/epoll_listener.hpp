// A listening socket of the epoll backend.
#pragma once

#include <memory>
#include <optional>

#include "io/descriptor.hpp"
#include "io/epoll_loop.hpp"
#include "io/listener.hpp"

namespace ferroway::io {

class epoll_listener final : public listener, private epoll_source, private deferrable {
 public:
  epoll_listener(epoll_loop& on, descriptor socket);
  ~epoll_listener() override;

  bool registered() const noexcept { return registered_; }
  const address& bound() const noexcept override { return bound_; }

 private:
  bool begin(accept_operation& wanted) override;
  void abandon(accept_operation& wanted, const failure& why) noexcept override;
  void ready(std::uint32_t events) noexcept override;
  void retry() noexcept override;
  // Nothing when nobody waits to be accepted.
  std::optional<result<std::unique_ptr<stream>>> try_accept();

  epoll_loop& loop_;
  descriptor socket_;
  address bound_;
  accept_operation* accept_ = nullptr;
  bool readable_ = false;
  bool registered_ = false;
};

}  // namespace ferroway::io
