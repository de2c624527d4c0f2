// SPDX-License-Identifier: MIT
#include "oidc/jose/error.hpp"

namespace tunnus::jose {
namespace {

class JoseCategory final : public ErrorCategory {
  public:
    [[nodiscard]] char const* name() const noexcept override { return "tunnus.jose"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<JoseErrc>(value)) {
            case JoseErrc::malformed_key:
                return "malformed key";
            case JoseErrc::unsupported_key:
                return "unsupported key";
            case JoseErrc::weak_key:
                return "weak key";
            case JoseErrc::malformed_token:
                return "malformed token";
            case JoseErrc::refused_header:
                return "refused header";
            case JoseErrc::refused_algorithm:
                return "refused algorithm";
            case JoseErrc::unknown_key:
                return "unknown key";
            case JoseErrc::bad_signature:
                return "bad signature";
            case JoseErrc::bad_encryption:
                return "bad encryption";
            case JoseErrc::wrong_type:
                return "token of another type";
            case JoseErrc::bad_claim:
                return "bad claim";
            case JoseErrc::expired:
                return "expired";
            case JoseErrc::not_yet_valid:
                return "not yet valid";
            case JoseErrc::wrong_issuer:
                return "wrong issuer";
            case JoseErrc::wrong_audience:
                return "wrong audience";
        }
        return "unknown";
    }
};

}  // namespace

boost::system::error_code make_error_code(JoseErrc code) {
    static JoseCategory const category;
    return {static_cast<int>(code), category};
}

}  // namespace tunnus::jose
