#include "middleware/header_edits.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

std::string listed(const http::field_list& fields) {
  std::string all;
  for (const http::field& item : fields) {
    all += std::string(item.name()) + "=" + std::string(item.value()) + ";";
  }
  return all;
}

config::header_edits edits_of(config::header_edits edits) { return edits; }

TEST(HeaderEdits, RemoveThenSetThenAdd) {
  exchange_rig rig;
  rig.field("X-Secret", "1");
  rig.field("x-secret", "2");
  rig.field("X-Set", "old");
  rig.field("X-Set", "older");
  rig.field("X-Add", "theirs");
  const auto edits =
      edits_of({.set = {{"X-Set", {{false, "new"}}}, {"X-Secret", {{false, "ours"}}}},
                .append = {},
                .add = {{"X-Add", {{false, "more"}}}, {"X-Set", {{false, "and"}}}},
                .remove = {"X-SECRET", "X-Not-There"}});
  ASSERT_TRUE(rig.run({std::make_shared<request_headers>(edits)}));
  const http::field_list& fields = rig.ex().request.fields;
  EXPECT_EQ(all_of(fields, "X-Secret"), "ours");
  EXPECT_EQ(all_of(fields, "X-Set"), "new|and");
  EXPECT_EQ(all_of(fields, "X-Add"), "theirs|more");
}

TEST(HeaderEdits, AppendedValuesJoinTheList) {
  exchange_rig rig;
  rig.field("X-Hops", "a");
  rig.field("x-hops", "b");
  rig.field("Cookie", "c=1");
  rig.field("X-Empty", "");
  rig.field("X-Kept", "k");
  const config::header_edits edits{.set = {{"X-Set", {{false, "s"}}}},
                                   .append = {{"X-Hops", {{true, "client.ip"}}},
                                              {"Cookie", {{false, "d=2"}}},
                                              {"X-Empty", {{false, "e"}}},
                                              {"X-New", {{false, "n"}}},
                                              {"X-Set", {{false, "t"}}},
                                              {"X-Kept", {{true, "query.none"}}}},
                                   .add = {},
                                   .remove = {}};
  ASSERT_TRUE(rig.run({std::make_shared<request_headers>(edits)}));
  const http::field_list& fields = rig.ex().request.fields;
  EXPECT_EQ(all_of(fields, "X-Hops"), "a, b, 192.0.2.7");
  EXPECT_EQ(all_of(fields, "Cookie"), "c=1; d=2");
  EXPECT_EQ(all_of(fields, "X-Empty"), "e");
  EXPECT_EQ(all_of(fields, "X-New"), "n");
  EXPECT_EQ(all_of(fields, "X-Set"), "s, t");
  EXPECT_EQ(all_of(fields, "X-Kept"), "k");
}

TEST(HeaderEdits, ValuesHoldVariables) {
  exchange_rig rig;
  rig.field("X-Tier", "gold");
  const capture captured[] = {{"path.id", "17"}};
  rig.ex().captures = captured;
  const auto edits = edits_of(
      {.set = {{"X-From",
                {{false, "id="}, {true, "path.id"}, {false, "/"}, {true, "header.X-Tier"}}},
               {"X-Peer", {{true, "client.ip"}}},
               {"X-Lacking", {{true, "query.none"}}}},
       .append = {},
       .add = {},
       .remove = {}});
  ASSERT_TRUE(rig.run({std::make_shared<request_headers>(edits)}));
  EXPECT_EQ(listed(rig.ex().request.fields),
            "X-Tier=gold;X-From=id=17/gold;X-Peer=192.0.2.7;X-Lacking=;");
}

TEST(HeaderEdits, KnownFieldsAreFoundByIdAfterwards) {
  exchange_rig rig;
  const auto edits = edits_of(
      {.set = {{"authorization", {{false, "Basic x"}}}}, .append = {}, .add = {}, .remove = {}});
  ASSERT_TRUE(rig.run({std::make_shared<request_headers>(edits)}));
  EXPECT_EQ(rig.ex().request.fields.value(http::field_id::authorization), "Basic x");
}

TEST(HeaderEdits, ResponseEditsTouchTheAnswerAndNotTheRequest) {
  exchange_rig rig;
  rig.field("X-A", "theirs");
  const auto edits = edits_of({.set = {{"X-A", {{true, "header.X-A"}, {false, "!"}}}},
                               .append = {},
                               .add = {},
                               .remove = {}});
  const result<response> reply = rig.run({std::make_shared<response_headers>(edits)});
  EXPECT_EQ(listed(reply->head->fields), "X-A=theirs!;");
  EXPECT_EQ(listed(rig.ex().request.fields), "X-A=theirs;");
}

TEST(HeaderEdits, AFieldCanBeRenamed) {
  exchange_rig rig;
  rig.field("X-Old", "theirs");
  const auto edits = edits_of(
      {.set = {{"X-New", {{true, "header.X-Old"}}}}, .append = {}, .add = {}, .remove = {"X-Old"}});
  const result<response> reply = rig.run({std::make_shared<request_headers>(edits)});
  EXPECT_EQ(listed(rig.ex().request.fields), "X-New=theirs;");
}

TEST(HeaderEdits, ResponseEditsReachTheGatewaysOwnErrors) {
  exchange_rig rig;
  const auto edits =
      edits_of({.set = {{"X-A", {{false, "1"}}}}, .append = {}, .add = {}, .remove = {}});
  const result<response> reply = rig.run({std::make_shared<response_headers>(edits)},
                                         failure{fault::timed_out, side::upstream, false, ""});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->head->status, 504);
  EXPECT_EQ(all_of(reply->head->fields, "X-A"), "1");
}

TEST(HeaderEdits, NothingIsMadeUpForAClientThatIsGone) {
  exchange_rig rig;
  const result<response> reply =
      rig.run({std::make_shared<response_headers>(config::header_edits{})},
              failure{fault::reset, side::client, false, ""});
  EXPECT_FALSE(reply);
}

}  // namespace
}  // namespace ferroway
