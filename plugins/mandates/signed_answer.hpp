// SPDX-License-Identifier: MIT
// Answers that the register signs as a JWT (suomifi.md 7.5): who has its public key need not take
// the connection's word for it. An answer counts for the person it was asked about and for nobody
// else, now and not later (threats.md M-06).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/result.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace tunnus::plugin::mandates {

/// RSA, as the agency hands it out: SubjectPublicKeyInfo in base64, with or without PEM's lines.
class AnswerKey {
  public:
    /// BaseErrc::malformed for what is no RSA key of 2048 bits at least.
    [[nodiscard]] static Result<AnswerKey> parse(std::string_view text);
    /// RSASSA-PKCS1-v1_5 with SHA-256, whatever the header of a token says.
    [[nodiscard]] bool verifies(std::string_view signed_text, std::string_view signature) const;

  private:
    std::shared_ptr<evp_pkey_st> key_;
};

enum class AnswerKind { authorization_list, organisational_roles };

/// Claims that the register may leave out of its answers. Nobody has published what it really puts
/// there (suomifi.md 7.5), so all are demanded unless the configuration says otherwise; what is
/// there must be right in any case.
struct MayLack {
    bool end_user = false;  ///< of answers about a person
    bool iat = false;
    bool exp = false;
};

struct ExpectedAnswer {
    AnswerKind kind{};
    std::string_view end_user;    ///< who asked: their identity code
    std::string_view principal;   ///< of a person's roles
    std::string_view request_id;  ///< of the call; binds where the answer names one
    std::string_view audience;    ///< our service at the register
    TimePoint now{};
    MayLack may_lack = {};
};
/// What the unsigned call would have answered. BaseErrc::denied names in its detail what is wrong,
/// without a value of it.
[[nodiscard]] Result<boost::json::value> read_signed_answer(std::string_view jwt,
                                                            AnswerKey const& key,
                                                            ExpectedAnswer const& expected,
                                                            Limits const& limits);

}  // namespace tunnus::plugin::mandates
