// SPDX-License-Identifier: MIT
// What a plugin answered is data from outside: bounded, UTF-8, and nothing that it has not declared
// (threats.md ). Pure.
#pragma once

#include "idp/base/limits.hpp"
#include "plugins/host/plugins.hpp"

#include <optional>

namespace tunnus::plugin {

/// What of an attestation was asked for; nothing for one that is not of the shape of
/// ClaimsSource::verified_claims_offer(), or goes beyond the offer.
[[nodiscard]] std::optional<boost::json::object> check_attestation(
    boost::json::value const& attestation, VerifiedClaimsOffer const& offer,
    std::vector<std::string> const& names);

/// Counts what one answer holds, all its parts together.
class AnswerCheck {
  public:
    explicit AnswerCheck(Limits const& limits)
        : bytes_left_(limits.plugin_answer_bytes), depth_(limits.json_depth) {}

    void text(std::string_view value);
    void json(boost::json::value const& value);
    void json(boost::json::object const& object);
    /// `levels`: what the authenticator has declared.
    void identity(Identity const& identity, std::vector<std::string> const& levels);
    void acting(Acting const& acting);
    /// https, or http to this machine.
    void url(std::string_view value);
    /// Something else that must hold.
    void demand(bool fact) {
        if (!fact) fail(Failure::Kind::malformed);
    }

    /// What every kind of answer holds besides a result.
    void operator()(Redirect const& redirect);
    void operator()(Page const& page);
    void operator()(Deny const& deny);
    void operator()(Writes const& writes);

    /// The first thing that was wrong.
    [[nodiscard]] std::optional<Failure::Kind> failure() const { return failure_; }

  private:
    void fail(Failure::Kind kind) {
        if (!failure_) failure_ = kind;
    }
    void spend(std::size_t bytes);
    void json(boost::json::value const& value, std::size_t depth);
    void json(boost::json::object const& object, std::size_t depth);

    std::size_t bytes_left_;
    std::size_t depth_;
    std::optional<Failure::Kind> failure_;
};

}  // namespace tunnus::plugin
