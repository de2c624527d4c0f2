// SPDX-License-Identifier: MIT
// Six digits sent by mail, by which somebody shows that the address is theirs. Only a keyed digest
// is stored; a code has few attempts, one success and a short life (threats.md L-23, L-27).
#pragma once

#include "plugins/api/plugin.hpp"

#include <string>
#include <string_view>

namespace tunnus::plugin::password {

/// Any thread may call.
class Codes {
  public:
    explicit Codes(Host& host) : host_(host) {}

    struct Issued {
        std::string id;  ///< base64url; for the login's state
        Secret code;
    };
    /// A new code; earlier ones of the same purpose and address are void.
    [[nodiscard]] Result<Issued> issue(std::string_view purpose, std::string_view lookup_key);

    /// Which code is meant. It proves one address for one purpose: under another it does not exist.
    struct Sent {
        std::string id;
        std::string purpose;
        std::string lookup_key;
    };
    enum class Verdict { right, wrong, expired };
    /// Tries a code. `right` once; `expired` also when it was used, has no attempts left or was
    /// sent for something else.
    [[nodiscard]] Result<Verdict> try_code(Sent const& sent, std::string_view typed);

    /// A step of a write that uses up a proven code: the write is lost when it is not proven, used,
    /// too old or sent for something else.
    [[nodiscard]] sql::Statement consume(Sent const& sent) const;
    /// Voids every code of the address.
    [[nodiscard]] sql::Statement forget(std::string_view lookup_key) const;

  private:
    [[nodiscard]] sql::Value email_index(std::string_view lookup_key) const {
        return sql::blob(host_.blind_index("email", lookup_key));
    }
    [[nodiscard]] std::string digest(std::string_view id, std::string_view code) {
        return host_.blind_index("code", std::string(id) + " " + std::string(code));
    }
    Host& host_;
};

}  // namespace tunnus::plugin::password
