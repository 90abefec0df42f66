// What concerns the process as a whole.
#include "config/readers.hpp"

namespace ferroway::config {
namespace {

void read_workers(reading& in, const node& from, const fields& top, draft& into) {
  if (from.is_scalar() && from.text == "auto") return;
  if (!from.is_scalar()) return expected(in, from, "workers", "`auto` or a number");
  std::optional<std::size_t> count;
  top.read("workers", count);
  if (count) into.value.workers = static_cast<unsigned>(*count);
}

void read_io(reading& in, const node& from, draft& into) {
  constexpr const char* words = "auto, io_uring or epoll";
  const auto word = read_text(in, from, "io", words);
  if (!word || *word == "auto") return;
  into.value.io = io::parse_backend(*word);
  if (!into.value.io) {
    expected(in, from, "io", words, did_you_mean(*word, {"auto", "io_uring", "epoll"}));
  }
}

void read_version(reading& in, const node& from) {
  if (from.is_scalar() && from.text == "1") return;
  expected(in, from, "version", "1", "this release reads version 1 of the language");
}

}  // namespace

void read_process(reading& in, const fields& top, draft& into) {
  if (const node* version = top.find("version")) read_version(in, *version);
  if (const node* workers = top.find("workers")) read_workers(in, *workers, top, into);
  if (const node* io = top.find("io")) read_io(in, *io, into);
  top.read("watch", into.value.watch);
  top.read("drain_timeout", into.value.drain_timeout);
}

}  // namespace ferroway::config
