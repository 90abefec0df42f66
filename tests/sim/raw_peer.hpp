// Clients and backends that do exactly what a test says, byte by byte, and remember what they got.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "io/loop.hpp"
#include "sim/backend_listener.hpp"

namespace ferroway::sim {

struct step {
  enum class kind : std::uint8_t { say, await, pause, end_writing, reset, read_all };
  kind is;
  std::string text = {};
  duration length = {};
};

inline step say(std::string text) { return {step::kind::say, std::move(text)}; }
// Reads until `text` has come behind what was awaited before.
inline step await(std::string text) { return {step::kind::await, std::move(text)}; }
inline step pause(duration length) { return {step::kind::pause, {}, length}; }
inline step end_writing() { return {step::kind::end_writing}; }
// Tears the connection down at once.
inline step reset() { return {step::kind::reset}; }
// Reads until the peer ends the connection.
inline step read_all() { return {step::kind::read_all}; }

using script = std::vector<step>;

struct heard {
  std::string text;
  bool ended = false;      // the peer ended its side cleanly
  bool torn_down = false;  // the peer reset the connection
  bool played = false;     // the whole script
  bool done = false;
  time_point end = never;
};

// Plays one script on one connection.
class raw_peer {
 public:
  raw_peer(io::loop& loop, std::unique_ptr<io::stream> stream, heard& into)
      : loop_(loop), stream_(std::move(stream)), into_(into) {}

  task<> play(const script& steps, io::cancel_scope& scope) {
    into_.played = true;
    for (const step& item : steps) {
      if (co_await one(item, scope)) continue;
      into_.played = false;
      // Who cannot send may still have something to read.
      if (item.is != step::kind::say) break;
    }
  }

 private:
  task<bool> one(const step& item, io::cancel_scope& scope) {
    switch (item.is) {
      case step::kind::say:
        co_return co_await send(item.text, scope);
      case step::kind::await:
        co_return co_await until(item.text, scope);
      case step::kind::pause: {
        const result<void> slept = co_await loop_.sleep_for(item.length, scope);
        co_return slept.has_value();
      }
      case step::kind::end_writing:
        stream_->shutdown_write();
        co_return true;
      case step::kind::reset:
        stream_->reset_on_close();
        stream_.reset();
        co_return false;
      case step::kind::read_all:
        while (co_await more(scope)) continue;
        co_return true;
    }
    std::unreachable();
  }

  task<bool> send(std::string_view rest, io::cancel_scope& scope) {
    while (!rest.empty()) {
      buffer piece = loop_.buffers().acquire();
      rest.remove_prefix(piece.append(rest));
      const result<void> sent = co_await stream_->send(io::gather(std::move(piece)), scope);
      if (!sent) co_return false;
    }
    co_return true;
  }

  task<bool> until(std::string_view text, io::cancel_scope& scope) {
    while (true) {
      const std::size_t at = into_.text.find(text, awaited_);
      if (at != std::string::npos) {
        awaited_ = at + text.size();
        co_return true;
      }
      if (!co_await more(scope)) co_return false;
    }
  }

  task<bool> more(io::cancel_scope& scope) {
    result<buffer> received = co_await stream_->receive(scope);
    if (!received) {
      into_.torn_down = received.error().kind == fault::reset;
      co_return false;
    }
    into_.text += received->view();
    into_.ended = received->empty();
    co_return !received->empty();
  }

  io::loop& loop_;
  std::unique_ptr<io::stream> stream_;
  heard& into_;
  std::size_t awaited_ = 0;
};

// Connects and plays. `into` stays until it is done.
inline task<> run_raw_peer(io::loop& loop, io::address to, script steps, heard& into,
                           io::cancel_scope& scope) {
  result<std::unique_ptr<io::stream>> made = co_await loop.connect(to, scope);
  if (made) {
    raw_peer peer(loop, std::move(*made), into);
    co_await peer.play(steps, scope);
  }
  into.end = loop.now();
  into.done = true;
}

// Plays a script for each connection that it accepts, the last one for all further ones.
class raw_backend {
 public:
  raw_backend(io::loop& loop, const io::address& at, std::vector<script> scripts)
      : loop_(loop),
        scripts_(std::move(scripts)),
        listener_(loop, at, {},
                  [this](std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
                    heard_.push_back(std::make_unique<heard>());
                    return serve(std::move(stream), *heard_.back(), scope);
                  }) {}

  void stop() { listener_.stop(); }
  std::size_t live() const { return listener_.live(); }
  // By connection, in the order in which they were accepted.
  const heard& at(std::size_t connection) const { return *heard_.at(connection); }
  std::size_t connections() const { return heard_.size(); }
  std::string all_text() const {
    std::string all;
    for (const auto& item : heard_) all += item->text;
    return all;
  }

 private:
  task<> serve(std::unique_ptr<io::stream> stream, heard& into, io::cancel_scope& scope) {
    const script& mine = scripts_[std::min(heard_.size(), scripts_.size()) - 1];
    {
      raw_peer peer(loop_, std::move(stream), into);
      co_await peer.play(mine, scope);
    }
    into.end = loop_.now();
    into.done = true;
  }

  io::loop& loop_;
  std::vector<script> scripts_;
  std::vector<std::unique_ptr<heard>> heard_;
  backend_listener listener_;
};

}  // namespace ferroway::sim
