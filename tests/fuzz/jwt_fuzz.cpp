// SPDX-License-Identifier: MIT
// A token from anybody: split, header, signature, claims and their checks. The keys are the public
// ones of the RFC examples in the seeds, so that good signatures are reached.
#include "oidc/jose/claims.hpp"
#include "tests/oidc/jose/vectors.hpp"

#include <boost/json/parse.hpp>

using namespace tunnus;
using namespace tunnus::jose;

namespace {

SigningKey example(std::string_view private_jwk) {
    return SigningKey::parse(Secret(std::string(private_jwk))).value();
}

constexpr Algorithms every{Algorithm::HS256, Algorithm::RS256, Algorithm::PS384,
                           Algorithm::ES256, Algorithm::ES512, Algorithm::EdDSA};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static JwkSet const keys({example(vectors::rfc7515_a1_key).verification_key(),
                              example(vectors::rfc7515_a3_key).verification_key(),
                              example(vectors::rfc7515_a4_key).verification_key(),
                              example(vectors::rfc7520_4_1_key).verification_key(),
                              example(vectors::rfc7520_4_2_key).verification_key(),
                              example(vectors::rfc7520_4_3_key).verification_key(),
                              example(vectors::rfc8037_a_key).verification_key()});
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const parsed = UnverifiedJws::parse(text);
    if (!parsed) return 0;
    (void)find_unverified_claim(*parsed, "iss");
    (void)VerifiedJwt::verify(*parsed, keys, every);

    // The claims of a token that nobody signed, through the checks that follow a verification.
    auto const claims = parse_json_object(parsed->payload());
    if (!claims) return 0;
    TimePoint const now = from_unix_s(1'300'819'000);
    std::array<std::string_view, 1> const accepted{"https://id.example"};
    (void)check_issuer(*claims, accepted[0]);
    (void)check_audience(*claims, accepted, AudienceForm::text_or_members);
    (void)check_lifetime(*claims, {.longest_age = seconds(600), .longest_remaining = seconds(600)},
                         now);
    return 0;
}
