// SPDX-License-Identifier: MIT
// What a signature costs, and what everything around it adds. Run on one quiet core:
//   taskset -c 1 build/release/jose_bench
// The lines named Plain are OpenSSL called as its manual shows it, for proportion.
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "oidc/jose/claims.hpp"

#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tunnus::jose {
namespace {

SigningKey make_key(Algorithm algorithm) {
    return SigningKey::parse(generate_private_jwk(algorithm)).value();
}

/// An ID token's claims, as a login makes them.
boost::json::object id_token_claims() {
    return {{"iss", "https://id.example.fi"},
            {"sub", "0b6f7d2c-9f0a-4a52-9d0c-2f8f0b7e5b11"},
            {"aud", "kirjasto"},
            {"exp", 1'800'000'300},
            {"iat", 1'800'000'000},
            {"auth_time", 1'799'999'990},
            {"nonce", "n-0S6_WzA2MjQyMzQyMzQ"},
            {"acr", "strong"},
            {"amr", boost::json::array{"pwd"}},
            {"sid", "3hX0yQ2m9kS8rT5vW1bD7g"},
            {"at_hash", "77QmUPtjPfzWtF2AnpK9RQ"}};
}

void sign(benchmark::State& state, Algorithm algorithm) {
    auto const key = make_key(algorithm);
    auto const claims = id_token_claims();
    for (auto _ : state)
        benchmark::DoNotOptimize(sign_jwt(key, typ::jwt, claims));
}

/// As an access token comes back: split, header, key by kid, signature, claims.
void verify(benchmark::State& state, Algorithm algorithm) {
    auto const key = make_key(algorithm);
    auto const token = sign_jwt(key, typ::jwt, id_token_claims());
    JwkSet const keys({key.verification_key()});
    for (auto _ : state) {
        auto const verified = VerifiedJwt::verify(token, keys, algorithm);
        if (!verified) state.SkipWithError("refused");
    }
}

/// The part of a verification that is not the signature.
void parse_only(benchmark::State& state) {
    auto const token = sign_jwt(make_key(Algorithm::ES256), typ::jwt, id_token_claims());
    for (auto _ : state)
        benchmark::DoNotOptimize(UnverifiedJws::parse(token));
}

void sign_bytes(benchmark::State& state) {
    auto const key = make_key(Algorithm::ES256);
    std::string const message(500, 'm');
    for (auto _ : state)
        benchmark::DoNotOptimize(key.sign(message));
}

void plain_sign_bytes(benchmark::State& state) {
    auto* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    std::string const message(500, 'm');
    std::array<unsigned char, 80> signature{};
    for (auto _ : state) {
        auto* const context = EVP_MD_CTX_new();
        std::size_t size = signature.size();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
        EVP_DigestSign(context, signature.data(), &size,
                       reinterpret_cast<unsigned char const*>(message.data()), message.size());
        benchmark::DoNotOptimize(signature);
        EVP_MD_CTX_free(context);
    }
    EVP_PKEY_free(key);
}

void digest(benchmark::State& state) {
    std::string const message(static_cast<std::size_t>(state.range(0)), 'm');
    for (auto _ : state)
        benchmark::DoNotOptimize(sha256(message));
}

void plain_digest(benchmark::State& state) {
    std::string const message(static_cast<std::size_t>(state.range(0)), 'm');
    std::array<unsigned char, 32> bytes{};
    for (auto _ : state) {
        EVP_Digest(message.data(), message.size(), bytes.data(), nullptr, EVP_sha256(), nullptr);
        benchmark::DoNotOptimize(bytes);
    }
}

void mac(benchmark::State& state) {
    std::string const key(32, 'k');
    std::string const message(static_cast<std::size_t>(state.range(0)), 'm');
    for (auto _ : state)
        benchmark::DoNotOptimize(hmac_sha256(key, message));
}

void plain_mac(benchmark::State& state) {
    std::string const key(32, 'k');
    std::string const message(static_cast<std::size_t>(state.range(0)), 'm');
    std::array<unsigned char, 32> bytes{};
    for (auto _ : state) {
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<unsigned char const*>(message.data()), message.size(), bytes.data(),
             nullptr);
        benchmark::DoNotOptimize(bytes);
    }
}

void base64url(benchmark::State& state) {
    std::string const bytes(static_cast<std::size_t>(state.range(0)), 'm');
    for (auto _ : state)
        benchmark::DoNotOptimize(encode_base64url(bytes));
}

BENCHMARK_CAPTURE(sign, ES256, Algorithm::ES256);
BENCHMARK_CAPTURE(sign, ES384, Algorithm::ES384);
BENCHMARK_CAPTURE(sign, EdDSA, Algorithm::EdDSA);
BENCHMARK_CAPTURE(sign, RS256, Algorithm::RS256);
BENCHMARK_CAPTURE(sign, PS256, Algorithm::PS256);
BENCHMARK_CAPTURE(verify, ES256, Algorithm::ES256);
BENCHMARK_CAPTURE(verify, EdDSA, Algorithm::EdDSA);
BENCHMARK_CAPTURE(verify, RS256, Algorithm::RS256);
BENCHMARK(parse_only);
BENCHMARK(sign_bytes);
BENCHMARK(plain_sign_bytes);
BENCHMARK(digest)->Arg(43)->Arg(500);
BENCHMARK(plain_digest)->Arg(43)->Arg(500);
BENCHMARK(mac)->Arg(43);
BENCHMARK(plain_mac)->Arg(43);
BENCHMARK(base64url)->Arg(500);

}  // namespace
}  // namespace tunnus::jose

BENCHMARK_MAIN();
