// SPDX-License-Identifier: MIT
// Reads the members of a registration (RFC 7591 §2), each by its name and its type. For the files
// that make a Client of it.
#pragma once

#include "oidc/protocol/client.hpp"
#include "oidc/protocol/registered_uri.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {

/// RFC 7591 §2 members that change nothing here.
inline constexpr std::array<std::string_view, 5> informational_members = {
    "contacts", "software_id", "software_version", "software_statement", "client_id_issued_at"};

/// Reads members by name and keeps the first complaint. What was asked for is what we know: the
/// rest is unknown.
class MetadataReader {
  public:
    explicit MetadataReader(boost::json::object const& object) : object_(object) {}

    void complain(std::string_view member, std::string_view what,
                  MetadataErrc code = MetadataErrc::invalid_client_metadata) {
        if (!error_) error_ = Error(code, std::string(member).append(": ").append(what));
    }
    [[nodiscard]] std::optional<Error> const& error() const { return error_; }

    boost::json::value const* find(std::string_view member) {
        known_.emplace_back(member);
        return object_.if_contains(member);
    }

    std::string text(std::string_view member, std::string_view otherwise = {}) {
        auto const* value = find(member);
        if (value == nullptr) return std::string(otherwise);
        if (auto const* text = value->if_string()) return std::string(*text);
        complain(member, "must be a text");
        return {};
    }

    bool flag(std::string_view member, bool otherwise) {
        auto const* value = find(member);
        if (value == nullptr) return otherwise;
        if (auto const* flag = value->if_bool()) return *flag;
        complain(member, "must be true or false");
        return otherwise;
    }

    std::optional<seconds> duration(std::string_view member, seconds most) {
        auto const* value = find(member);
        if (value == nullptr) return std::nullopt;
        auto const* number = value->if_int64();
        if (number != nullptr && *number >= 0 && *number <= most.count()) return seconds(*number);
        complain(member, "must be a whole number of seconds");
        return std::nullopt;
    }

    std::vector<std::string> texts(std::string_view member,
                                   std::vector<std::string> otherwise = {}) {
        auto const* value = find(member);
        if (value == nullptr) return otherwise;
        std::vector<std::string> list;
        auto const* array = value->if_array();
        if (array == nullptr) complain(member, "must be a list of texts");
        for (auto const& element : array != nullptr ? *array : boost::json::array()) {
            auto const* text = element.if_string();
            if (text == nullptr)
                complain(member, "must be a list of texts");
            else if (!contains(list, *text))
                list.emplace_back(*text);
        }
        return list;
    }

    std::string web_uri(std::string_view member) {
        auto uri = text(member);
        if (uri.empty()) return uri;
        if (auto const reason = reject_web_uri(uri)) complain(member, *reason);
        return uri;
    }

    /// One of the words given, as its place in the list.
    template <std::size_t n>
    std::size_t choice(std::string_view member, std::array<std::string_view, n> const& words,
                       std::size_t otherwise) {
        auto const word = text(member, words[otherwise]);
        auto const found = std::ranges::find(words, word);
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
        complain(member, "unknown value");
        return otherwise;
    }

    void refuse_unknown() {
        for (auto const& member : object_) {
            std::string_view const name = member.key();
            if (std::ranges::find(known_, name) == known_.end() &&
                std::ranges::find(informational_members, name) == informational_members.end() &&
                !name.starts_with("client_name#"))
                complain(name, "unknown member");
        }
    }

    [[nodiscard]] boost::json::object const& object() const { return object_; }

  private:
    boost::json::object const& object_;
    std::vector<std::string> known_;
    std::optional<Error> error_;
};

}  // namespace tunnus::oidc
