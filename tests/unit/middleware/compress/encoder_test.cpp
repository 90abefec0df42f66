#include "middleware/compress/encoder.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <cstdlib>

#include "base/random.hpp"
#include "middleware/compress/encoder_pool.hpp"
#include "unit/middleware/compress/decoded.hpp"

namespace ferroway {
namespace {

using config::compression_level;
using http::content_coding;

constexpr std::array levels{compression_level::fast, compression_level::usual,
                            compression_level::best};

// Words, so that there is something to find again.
std::string text_of(std::size_t bytes, std::uint64_t seed = 1) {
  random_source random(seed);
  std::string made;
  while (made.size() < bytes) made += "word" + std::to_string(random.below(5000)) + ", ";
  made.resize(bytes);
  return made;
}

std::string noise_of(std::size_t bytes) {
  random_source random(3);
  std::string made(bytes, '\0');
  for (char& c : made) c = static_cast<char>(random.below(256));
  return made;
}

// All that a step has to give, by room for so many bytes.
void run(encoder& by, std::string_view input, encoder::until end, std::size_t room_bytes,
         std::string& into) {
  std::string room(room_bytes, '\0');
  for (int rounds = 0; rounds < 100'000; ++rounds) {
    const result<encoder::step> did = by.advance(input, room, end);
    ASSERT_TRUE(did);
    into.append(room, 0, did->made);
    input.remove_prefix(did->taken);
    if (did->done) return;
    ASSERT_EQ(did->made, room_bytes) << "it stopped though there was room";
  }
  FAIL() << "it does not end";
}

class encoders : public testing::TestWithParam<std::tuple<content_coding, compression_level>> {
 protected:
  content_coding coding() const { return std::get<0>(GetParam()); }
  encoder_loan take() { return pool.take(coding(), std::get<1>(GetParam())); }
  encoder_pool pool{encoder_pool::settings{}};
};

INSTANTIATE_TEST_SUITE_P(of, encoders,
                         testing::Combine(testing::Values(content_coding::zstd, content_coding::br,
                                                          content_coding::gzip),
                                          testing::ValuesIn(levels)),
                         [](const auto& each) {
                           return std::string(to_string(std::get<0>(each.param))) + "_" +
                                  std::to_string(static_cast<int>(std::get<1>(each.param)));
                         });

TEST_P(encoders, bring_back_what_went_in_whatever_the_pieces) {
  for (const std::size_t piece : {1U, 7U, 4096U, 300'000U}) {
    for (const std::size_t room : {encoder::room_bytes_min, std::size_t{20'000}}) {
      const std::string text = text_of(piece < 100 ? 500 : 200'000);
      const encoder_loan by = take();
      ASSERT_TRUE(by);
      std::string out;
      for (std::size_t at = 0; at < text.size(); at += piece) {
        run(*by, std::string_view(text).substr(at, piece), encoder::until::flushed, room, out);
      }
      run(*by, {}, encoder::until::finished, room, out);
      const decoded got = decode(coding(), out);
      EXPECT_TRUE(got.whole && !got.wrong);
      EXPECT_TRUE(got.text == text) << piece << " by " << room;
    }
  }
}

TEST_P(encoders, whole_texts_get_smaller_and_noise_hardly_larger) {
  const encoder_loan by = take();
  for (const std::string& text : {text_of(200'000), noise_of(200'000), std::string()}) {
    ASSERT_TRUE(by->begin());
    std::string out;
    run(*by, text, encoder::until::finished, 1000, out);
    const decoded got = decode(coding(), out);
    EXPECT_TRUE(got.whole && !got.wrong && got.text == text);
    EXPECT_LT(out.size(), text.size() + 1000);
  }
}

TEST_P(encoders, a_flush_gives_all_that_went_in) {
  const encoder_loan by = take();
  std::string out, text;
  for (int i = 0; i < 20; ++i) {
    const std::string piece = "event " + std::to_string(i) + "\n\n";
    text += piece;
    run(*by, piece, encoder::until::flushed, 1000, out);
    const decoded got = decode(coding(), out);
    EXPECT_EQ(got.text, text);
    EXPECT_FALSE(got.whole) << "what may go on does not look complete";
  }
}

TEST_P(encoders, a_stream_that_was_given_up_leaves_nothing_to_the_next) {
  const std::string first = text_of(100'000, 7);
  const std::string second = text_of(50'000, 8);
  {
    const encoder_loan by = take();
    std::string out(50, '\0');
    ASSERT_TRUE(by->advance(first, out, encoder::until::flushed));
  }
  ASSERT_GT(pool.bytes_kept(), 0U);
  const encoder_loan by = take();
  EXPECT_EQ(pool.bytes_kept(), 0U) << "the same one again";
  std::string out;
  run(*by, second, encoder::until::finished, 1000, out);
  EXPECT_TRUE(decode(coding(), out).text == second);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FERROWAY_SANITIZED_MALLOC
#endif
#endif

std::size_t heap_in_use() {
#ifdef FERROWAY_SANITIZED_MALLOC
  return 0;
#else
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
#endif
}

TEST_P(encoders, take_no_more_memory_than_they_are_counted_for) {
  const std::size_t before = heap_in_use();
  const std::string text = text_of(1'000'000);
  std::string out;
  out.reserve(1'000'000);
  std::size_t most = heap_in_use();
  const std::size_t ours = most - before;  // as malloc counts it: in whole pages
  const encoder_loan by = take();
  for (std::size_t at = 0; at < text.size(); at += 65536) {
    run(*by, std::string_view(text).substr(at, 65536), encoder::until::flushed, 20'000, out);
    most = std::max(most, heap_in_use());
  }
  EXPECT_LE(most - before, ours + encoder_bytes_max(coding()));
}

TEST(encoder_pools, lend_no_more_than_their_bound) {
  const std::size_t each = encoder_bytes_max(content_coding::gzip);
  encoder_pool pool({.bytes_max = 2 * each + each / 2, .bytes_kept = each});
  encoder_loan first = pool.take(content_coding::gzip, compression_level::usual);
  encoder_loan second = pool.take(content_coding::gzip, compression_level::fast);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(pool.take(content_coding::gzip, compression_level::usual));
  EXPECT_FALSE(pool.take(content_coding::br, compression_level::usual));
  first.give_back();
  EXPECT_TRUE(pool.take(content_coding::gzip, compression_level::best));
  second.give_back();
  EXPECT_EQ(pool.bytes_lent(), 0U);
  EXPECT_LE(pool.bytes_kept(), each);
}

TEST(encoder_pools, a_loan_that_moves_is_given_back_once) {
  encoder_pool pool{encoder_pool::settings{}};
  encoder_loan first = pool.take(content_coding::gzip, compression_level::fast);
  encoder_loan second = std::move(first);
  first.give_back();
  EXPECT_EQ(pool.bytes_lent(), encoder_bytes_max(content_coding::gzip));
  second = pool.take(content_coding::zstd, compression_level::fast);
  EXPECT_EQ(pool.bytes_lent(), encoder_bytes_max(content_coding::zstd));
}

}  // namespace
}  // namespace ferroway
