// SPDX-License-Identifier: MIT
// Claims requests to and from the JSON of a stored login or grant.
#include "oidc/protocol/claims_parameter.hpp"
#include "oidc/protocol/stored_json.hpp"

namespace tunnus::oidc {

namespace json = boost::json;

json::array claim_requests_to_json(std::vector<ClaimRequest> const& requests) {
    json::array array;
    for (auto const& request : requests) {
        if (!request.essential && request.values.empty()) {
            array.emplace_back(request.name);
            continue;
        }
        json::object object{{"name", request.name}};
        stored::put(object, "essential", request.essential);
        if (!request.values.empty()) object["values"] = request.values;
        array.push_back(std::move(object));
    }
    return array;
}

std::vector<ClaimRequest> read_claim_requests(json::object const& object, std::string_view name) {
    std::vector<ClaimRequest> requests;
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_array()) return requests;
    for (auto const& element : value->get_array()) {
        if (auto const* text = element.if_string()) requests.push_back({std::string(*text)});
        auto const* entry = element.if_object();
        if (entry == nullptr) continue;
        ClaimRequest request{stored::text(*entry, "name").value_or(""),
                             stored::flag(*entry, "essential")};
        if (auto const* values = entry->if_contains("values")) request.values = values->as_array();
        requests.push_back(std::move(request));
    }
    return requests;
}

}  // namespace tunnus::oidc
