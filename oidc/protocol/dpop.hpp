// SPDX-License-Identifier: MIT
// RFC 9449: a caller proves with each request that it has the private key that its tokens are bound
// to.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/secret.hpp"
#include "oidc/jose/jwa.hpp"
#include "oidc/protocol/refusal.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// What may sign a proof: no RSA with PKCS#1 padding (FAPI 2.0 Security Profile §5.4).
inline constexpr jose::Algorithms dpop_algorithms{
    jose::Algorithm::ES256, jose::Algorithm::ES384, jose::Algorithm::ES512, jose::Algorithm::PS256,
    jose::Algorithm::PS384, jose::Algorithm::PS512, jose::Algorithm::EdDSA};
/// The same as the metadata and challenges state them.
inline constexpr std::array<std::string_view, 8> dpop_algorithm_names{
    "ES256", "EdDSA", "Ed25519", "PS256", "ES384", "ES512", "PS384", "PS512"};

/// Nonces without a memory (§8): a number for the time in which it is given, with a keyed digest,
/// so that every node that has the key takes what another gave. Any thread may call.
class DpopNonces {
  public:
    enum class Demand { optional, required };
    /// `key` is the same on all nodes. A nonce is taken in its own and the following `lifetime`.
    DpopNonces(Secret key, seconds lifetime, Demand demand)
        : key_(std::move(key)), lifetime_(lifetime), demand_(demand) {}

    [[nodiscard]] std::string current(TimePoint now) const;
    /// Whether a proof with this nonce, or none, may be taken now.
    [[nodiscard]] bool takes(std::optional<std::string_view> nonce, TimePoint now) const;
    [[nodiscard]] bool are_required() const { return demand_ == Demand::required; }

  private:
    [[nodiscard]] std::string of(std::int64_t slot) const;
    Secret key_;
    seconds lifetime_;
    Demand demand_;
};

struct DpopContext {
    std::string_view method;  ///< of the request, as in `htm`
    /// The addresses under which this endpoint is known, without query.
    std::vector<std::string> const& urls;
    DpopNonces const& nonces;
    Limits const& limits;
    TimePoint now{};
    /// With an access token (§7) its text: the proof must be made for it.
    std::optional<std::string_view> access_token{};
};

/// A proof may be used once. Whoever takes it remembers the pair of `jkt` and `jti` until
/// `expires_at`, when it would no longer be taken anyway (§11.1).
struct DpopProof {
    std::string jkt;  ///< RFC 7638 thumbprint of the key
    std::string jti;
    TimePoint expires_at{};
};

/// The proof of the DPoP header field; empty without the field. Refuses with invalid_dpop_proof, by
/// the list of §4.3: a repeated field; no JWT of type dpop+jwt; an algorithm that is none of ours;
/// a key that is private, or did not sign; another `htm` or `htu` (compared after normalisation,
/// without query and fragment); no `jti`; `iat` more than a minute ahead or longer ago than
/// limits.dpop_proof_lifetime and a minute; an `ath` that is not the token's. And with
/// use_dpop_nonce a nonce that is missing where demanded, too old, or none of ours.
[[nodiscard]] Checked<std::optional<DpopProof>> check_dpop_proof(Headers const& headers,
                                                                 DpopContext const& context);

/// §10.1: what a pushed authorization request is bound to, its `dpop_jkt` (empty: none) or the key
/// of the proof that came with it (empty: none). Refuses with invalid_dpop_proof where they differ.
[[nodiscard]] Checked<std::string> pushed_dpop_jkt(std::string_view dpop_jkt,
                                                   std::string_view proven_jkt);

/// A `jkt`: 43 characters of base64url (§10).
[[nodiscard]] bool is_jkt(std::string_view text);

}  // namespace tunnus::oidc
