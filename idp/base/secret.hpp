// SPDX-License-Identifier: MIT
// Values that must not be printed, logged or left in memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tunnus {

/// Overwrites the text's bytes before it lets go of them.
void wipe(std::string& text) noexcept;

/// Compares without telling by time where the difference is. Lengths are not secret.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// A secret text (key, password, token, client secret). It cannot be printed or compared by ==, and
/// wipes itself.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) noexcept : value_(std::move(value)) {}
    Secret(Secret const&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
    Secret& operator=(Secret const& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(value_); }

    /// The bytes, for the one call that needs them. Do not store the view.
    [[nodiscard]] std::string_view reveal() const noexcept { return value_; }
    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
    [[nodiscard]] bool equals(std::string_view other) const noexcept {
        return equal_in_constant_time(value_, other);
    }

  private:
    std::string value_;
};

/// A Finnish personal identity code (henkilötunnus, "hetu"): `DDMMYYcNNNq`, a real date, a known
/// century sign
/// (`+ - Y X W V U A B C D E F`; significant, never normalised) and the right check character
/// (suomifi.md part 5).
class PersonalIdentityCode {
  public:
    /// Empty for anything that is not exactly a valid code, lower case included.
    [[nodiscard]] static std::optional<PersonalIdentityCode> parse(std::string_view text);

    /// The eleven characters, for the sealed column or the claim they were released to.
    [[nodiscard]] std::string_view reveal() const noexcept { return code_.reveal(); }
    /// Individual number 900-999: a temporary or test code that is never in the population
    /// register.
    [[nodiscard]] bool is_temporary() const noexcept;
    /// ISO 8601 date of birth, `YYYY-MM-DD`.
    [[nodiscard]] std::string birth_date() const;
    [[nodiscard]] bool equals(PersonalIdentityCode const& other) const noexcept {
        return code_.equals(other.reveal());
    }

  private:
    explicit PersonalIdentityCode(std::string code) : code_(std::move(code)) {}
    Secret code_;
};

}  // namespace tunnus
