// SPDX-License-Identifier: MIT
#include "idp/base/result.hpp"

#include <stdexcept>

namespace tunnus {

std::string Error::text() const {
    std::string text = code.message();
    if (!detail.empty()) text.append(": ").append(detail);
    return text;
}

void throw_exception_from_error(Error const& error, boost::source_location const& where) {
    throw std::runtime_error(error.text() + " (" + where.file_name() + ":" +
                             std::to_string(where.line()) + ")");
}

namespace {

class BaseCategory final : public ErrorCategory {
  public:
    [[nodiscard]] char const* name() const noexcept override { return "tunnus.base"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<BaseErrc>(value)) {
            case BaseErrc::malformed:
                return "malformed";
            case BaseErrc::too_large:
                return "too large";
            case BaseErrc::unavailable:
                return "unavailable";
            case BaseErrc::denied:
                return "denied";
            case BaseErrc::not_found:
                return "not found";
        }
        return "unknown";
    }
};

}  // namespace

boost::system::error_code make_error_code(BaseErrc code) {
    static BaseCategory const category;
    return {static_cast<int>(code), category};
}

}  // namespace tunnus
