// SPDX-License-Identifier: MIT
#include "plugins/profile/light.hpp"

#include "tests/fakes/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunnus::plugin::profile {
namespace {

using testing::SizeIs;

class LightTest : public testing::Test {
  protected:
    Result<LightData> after(LightEdit const& edit) { return edited(data_, edit, 5, random_); }
    /// Why the edit is refused: `firstName`; empty when it is not.
    std::string refusal(LightEdit const& edit, EditErrc code = EditErrc::invalid) {
        auto const before = data_;
        auto const result = after(edit);
        EXPECT_EQ(data_, before);
        if (result) return {};
        EXPECT_EQ(result.error().code, code);
        return result.error().detail;
    }
    void apply(LightEdit const& edit) { data_ = after(edit).value(); }
    static LightEdit add_email(std::string address, std::optional<bool> primary = {}) {
        LightEdit edit;
        edit.add_emails.push_back(
            {.id = {}, .address = std::move(address), .type = {}, .primary = primary});
        return edit;
    }
    static LightEdit add_phone(std::string number) {
        LightEdit edit;
        edit.add_phones.push_back(
            {.id = {}, .number = std::move(number), .type = "mobile", .primary = {}});
        return edit;
    }

    fakes::SeededRandom random_;
    LightData data_;
};

TEST_F(LightTest, TakesWhatIsGivenAndLeavesTheRest) {
    LightEdit edit;
    edit.first_name = "Liisa Maria";
    edit.language = "sv";
    apply(edit);
    LightEdit further;
    further.nickname = "Lissu";
    apply(further);
    EXPECT_EQ(data_.first_name, "Liisa Maria");
    EXPECT_EQ(data_.nickname, "Lissu");
    further.first_name = "";
    apply(further);
    EXPECT_EQ(data_.first_name, "") << "what is given empty is gone";
    EXPECT_EQ(data_.language, "sv");
}

TEST_F(LightTest, RefusesTextsThatCannotBeShownOrAreTooLong) {
    LightEdit edit;
    edit.first_name = std::string(150, 'a');
    EXPECT_EQ(refusal(edit), "");
    edit.first_name = std::string(151, 'a');
    EXPECT_EQ(refusal(edit), "firstName");
    edit.first_name = "Liisa\u202Etxt";
    EXPECT_EQ(refusal(edit), "firstName");
    edit.first_name.reset();
    edit.language = "de";
    EXPECT_EQ(refusal(edit), "language");
    edit.language.reset();
    edit.contact_method = "letter";
    EXPECT_EQ(refusal(edit), "contactMethod");
}

TEST_F(LightTest, MakesTheFirstOfAKindPrimaryAndOneAlone) {
    apply(add_email("a@example.org"));
    EXPECT_TRUE(data_.emails[0].primary);
    apply(add_email("b@example.org"));
    EXPECT_FALSE(data_.emails[1].primary);
    apply(add_email("c@example.org", true));
    ASSERT_THAT(data_.emails, SizeIs(3));
    EXPECT_FALSE(data_.emails[0].primary);
    EXPECT_TRUE(data_.emails[2].primary);
    EXPECT_EQ(data_.primary_email()->address, "c@example.org");
}

TEST_F(LightTest, KeepsAPrimaryEmailUntilAnotherIsMadePrimary) {
    apply(add_email("a@example.org"));
    apply(add_email("b@example.org"));
    LightEdit edit;
    edit.remove_emails = {data_.emails[0].id};
    EXPECT_EQ(refusal(edit, EditErrc::must_have_primary_email), "removeEmails");
    edit.update_emails.push_back(
        {.id = data_.emails[1].id, .address = {}, .type = {}, .primary = true});
    apply(edit);
    ASSERT_THAT(data_.emails, SizeIs(1));
    EXPECT_EQ(data_.primary_email()->address, "b@example.org");
}

TEST_F(LightTest, MovesThePrimaryMarkOfOtherContacts) {
    apply(add_phone("040 123 4567"));
    apply(add_phone("+46 8 123 456 78"));
    LightEdit edit;
    edit.remove_phones = {data_.phones[0].id};
    apply(edit);
    ASSERT_THAT(data_.phones, SizeIs(1));
    EXPECT_TRUE(data_.phones[0].primary);
}

TEST_F(LightTest, UnverifiesAnAddressThatChangesAndNoOther) {
    apply(add_email("a@example.org"));
    data_ = with_verified(data_, "a@example.org");
    ASSERT_TRUE(data_.emails[0].verified);
    LightEdit edit;
    edit.update_emails.push_back(
        {.id = data_.emails[0].id, .address = "a@example.org", .type = "work", .primary = {}});
    apply(edit);
    EXPECT_TRUE(data_.emails[0].verified) << "the same address";
    EXPECT_EQ(data_.emails[0].type, ContactType::work);
    edit.update_emails[0].address = "b@example.org";
    apply(edit);
    EXPECT_FALSE(data_.emails[0].verified);
    EXPECT_EQ(with_verified(data_, "a@example.org"), data_) << "not the person's any more";
}

TEST_F(LightTest, RefusesContactsThatAreNoneOrNotThePersons) {
    EXPECT_EQ(refusal(add_email("nobody"), EditErrc::invalid_email), "addEmails[0].email");
    EXPECT_EQ(refusal(add_phone("112")), "addPhones[0].phone");
    LightEdit edit;
    edit.update_phones.push_back({.id = "6c84fb90-12c4-11e1-840d-7b25c5ee775a",
                                  .number = "+358401234567",
                                  .type = {},
                                  .primary = {}});
    EXPECT_EQ(refusal(edit, EditErrc::does_not_exist), "updatePhones[0]");
    LightEdit removal;
    removal.remove_addresses = {""};
    EXPECT_EQ(refusal(removal, EditErrc::does_not_exist), "removeAddresses[0]");
    LightEdit wrong;
    wrong.add_emails.push_back(
        {.id = {}, .address = "a@example.org", .type = "mobile", .primary = {}});
    EXPECT_EQ(refusal(wrong), "addEmails[0].emailType") << "a telephone's type";
}

TEST_F(LightTest, BoundsTheNumberOfContacts) {
    for (int i = 0; i < 5; ++i)
        apply(add_email("a" + std::to_string(i) + "@example.org"));
    EXPECT_EQ(refusal(add_email("b@example.org"), EditErrc::too_many), "addEmails[0]");
}

TEST_F(LightTest, TakesNoAddressOrNumberTwice) {
    apply(add_email("a@example.org"));
    EXPECT_EQ(refusal(add_email("A@example.org"), EditErrc::there_already), "addEmails[0]");
    apply(add_email("b@example.org"));
    LightEdit edit;
    edit.update_emails.push_back(
        {.id = data_.emails[1].id, .address = "a@example.org", .type = {}, .primary = {}});
    EXPECT_EQ(refusal(edit, EditErrc::there_already), "updateEmails[0]");
    apply(add_phone("040 123 4567"));
    EXPECT_EQ(refusal(add_phone("+358 40 1234567"), EditErrc::there_already), "addPhones[0]");
}

TEST_F(LightTest, TellsServicesAnAddressThatIsProvenWhereThereIsOne) {
    EXPECT_EQ(data_.told_email(), nullptr);
    apply(add_email("a@example.org"));
    EXPECT_EQ(to_claims(data_).at("email"), "a@example.org");
    EXPECT_EQ(to_claims(data_).at("email_verified"), false);
    apply(add_email("b@example.org"));
    data_ = with_verified(data_, "b@example.org");
    EXPECT_EQ(to_claims(data_).at("email"), "b@example.org") << "although the other is primary";
    data_ = with_verified(data_, "a@example.org");
    EXPECT_EQ(to_claims(data_).at("email"), "a@example.org");
}

TEST_F(LightTest, TakesAddressesWithCountriesThatThereAre) {
    LightEdit edit;
    edit.add_addresses.push_back({.id = {},
                                  .street = "Kotikatu 1",
                                  .postal_code = "00100",
                                  .city = "Helsinki",
                                  .country = "FI",
                                  .type = "home",
                                  .primary = {}});
    apply(edit);
    EXPECT_EQ(data_.primary_address()->city, "Helsinki");
    edit.add_addresses[0].country = "ZZ";
    EXPECT_EQ(refusal(edit), "addAddresses[0].countryCode");
    LightEdit empty;
    empty.update_addresses.push_back({.id = data_.addresses[0].id,
                                      .street = "",
                                      .postal_code = "",
                                      .city = "",
                                      .country = {},
                                      .type = {},
                                      .primary = {}});
    EXPECT_EQ(refusal(empty, EditErrc::missing), "updateAddresses[0].address")
        << "remove it instead";
}

TEST_F(LightTest, IsStoredWhole) {
    apply(add_email("a@example.org"));
    apply(add_phone("0401234567"));
    LightEdit edit;
    edit.first_name = "Liisa";
    edit.add_addresses.push_back({.id = {},
                                  .street = "Kotikatu 1",
                                  .postal_code = {},
                                  .city = {},
                                  .country = {},
                                  .type = {},
                                  .primary = {}});
    apply(edit);
    data_.claims = {{"gender", "female"}};
    EXPECT_EQ(light_from_json(to_json(data_)).value(), data_);
    EXPECT_EQ(light_from_json({}).value(), LightData());
    EXPECT_FALSE(light_from_json({{"emails", "a@example.org"}}));
}

// ---- Two accounts of one person

TEST(MergedLight, KeepsWhatItHasAndTakesWhatItLacks) {
    LightData into;
    into.first_name = "Maija";
    into.emails = {{"1", "maija@example.org", ContactType::personal, true, false}};
    into.claims = {{"gender", "female"}};
    LightData from;
    from.first_name = "Maisa";
    from.last_name = "Meikäläinen";
    from.emails = {{"2", "Maija@Example.org", ContactType::work, true, true},
                   {"3", "toinen@example.org", ContactType::work, false, true}};
    from.phones = {{"4", "+358401234567", ContactType::mobile, true, true}};
    from.claims = {{"gender", "other"}, {"zoneinfo", "Europe/Helsinki"}};
    auto const both = merged(into, from, 5);
    EXPECT_EQ(both.first_name, "Maija");
    EXPECT_EQ(both.last_name, "Meikäläinen");
    ASSERT_THAT(both.emails, SizeIs(2));
    EXPECT_TRUE(both.emails[0].primary && both.emails[0].verified) << "proven by either";
    EXPECT_FALSE(both.emails[1].primary);
    EXPECT_TRUE(both.phones.at(0).primary) << "the first of its kind";
    EXPECT_EQ(both.claims.at("gender").as_string(), "female");
    EXPECT_EQ(both.claims.at("zoneinfo").as_string(), "Europe/Helsinki");
}

TEST(MergedLight, TakesNoMoreContactsThanThereMayBe) {
    LightData from;
    for (std::string const id : {"1", "2", "3"})
        from.phones.push_back({id, "+35840123456" + id, ContactType::mobile, id == "1", false});
    EXPECT_THAT(merged({}, from, 2).phones, SizeIs(2));
    EXPECT_EQ(merged({}, from, 5).phones, from.phones);
    EXPECT_EQ(merged(from, from, 5), from);
}

TEST(NormalisePhone, ReadsWhatPeopleWrite) {
    EXPECT_EQ(normalise_phone("040 123 4567"), "+358401234567");
    EXPECT_EQ(normalise_phone("(09) 310-1691"), "+35893101691");
    EXPECT_EQ(normalise_phone("00358 40 1234567"), "+358401234567");
    EXPECT_EQ(normalise_phone("+358-40-1234567"), "+358401234567");
    EXPECT_EQ(normalise_phone("+358 (0)40 123 4567"), "+358401234567");
    EXPECT_EQ(normalise_phone("(040) 123 4567"), "+358401234567");
    EXPECT_EQ(normalise_phone("+358 (0)(0)40 123 4567"), "+358401234567");
    std::string zeros("+");
    for (int i = 0; i < 20'000; ++i)
        zeros += "(0)";
    EXPECT_EQ(normalise_phone(zeros + "358401234567"), "");
    for (auto const* no : {"", "112", "+", "+0401234567", "+3580401234567", "040 123 456x",
                           "++358401234567", "+3584012345678901", "1234567"})
        EXPECT_EQ(normalise_phone(no), "") << no;
}

}  // namespace
}  // namespace tunnus::plugin::profile
