// SPDX-License-Identifier: MIT
#include "saml/protocol/status.hpp"

#include "saml/protocol/children.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/writer.hpp"

namespace tunnus::saml {
namespace {

bool is_top_level(std::string_view code) {
    return code == status_code::success || code == status_code::requester ||
           code == status_code::responder || code == status_code::version_mismatch;
}

}  // namespace

Result<Status> parse_status(xml::Element const& element) {
    Children parts(element);
    auto const top = parts.take(xml::ns::protocol, "StatusCode");
    if (!top) return top.error();
    (void)parts.take_if(xml::ns::protocol, "StatusMessage");
    (void)parts.take_if(xml::ns::protocol, "StatusDetail");
    if (auto const done = parts.finish(); !done) return done.error();

    auto value = read_attribute(**top, "Value");
    if (!value) return value.error();
    if (!is_top_level(*value)) return Error(Reason::bad_value, "StatusCode");
    Status status{std::move(*value), {}};
    Children below(**top);
    if (auto const* second = below.take_if(xml::ns::protocol, "StatusCode")) {
        auto second_value = read_attribute(*second, "Value");
        if (!second_value) return second_value.error();
        status.second = std::move(*second_value);
    }
    if (auto const done = below.finish(); !done) return done.error();
    return status;
}

std::string build_status(Status const& status) {
    auto const second = status.second.empty()
                            ? std::string()
                            : xml::write_element("samlp:StatusCode", {{"Value", status.second}});
    return xml::write_element(
        "samlp:Status", {},
        xml::write_element("samlp:StatusCode", {{"Value", status.top}}, second));
}

}  // namespace tunnus::saml
