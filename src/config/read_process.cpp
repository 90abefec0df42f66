// What concerns the process as a whole.
#include "config/readers.hpp"

namespace ferroway::config {
namespace {

void read_workers(reading& in, const node& from, draft& into) {
  if (from.is_scalar() && from.text == "auto") return;
  constexpr std::size_t workers_max = 1024;
  if (!from.is_scalar()) return expected(in, from, "workers", "`auto` or a number");
  const auto count = read_count(in, from, "workers", 1, workers_max);
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

void read_admin(reading& in, const node& from) {
  if (from.is_scalar() && from.text == "off") return;
  in.report.error(from.at, "the admin listener is not supported yet",
                  "leave `admin` out, or write `admin: off`");
}

void read_watch(reading& in, const node& from) {
  if (read_switch(in, from, "watch").value_or(false)) {
    in.report.error(from.at, "`watch: true` is not supported yet",
                    "leave `watch` out, or write `watch: false`");
  }
}

}  // namespace

void read_process(reading& in, const fields& top, draft& into) {
  if (const node* version = top.find("version")) read_version(in, *version);
  if (const node* workers = top.find("workers")) read_workers(in, *workers, into);
  if (const node* io = top.find("io")) read_io(in, *io, into);
  if (const node* admin = top.find("admin")) read_admin(in, *admin);
  if (const node* watch = top.find("watch")) read_watch(in, *watch);
  if (const node* drain = top.find("drain_timeout")) {
    const duration_range range{duration::zero(), std::chrono::hours(24)};
    into.value.drain_timeout =
        read_duration(in, *drain, "drain_timeout", range).value_or(into.value.drain_timeout);
  }
}

}  // namespace ferroway::config
