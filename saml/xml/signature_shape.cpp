// SPDX-License-Identifier: MIT
#include "saml/xml/signature_shape.hpp"

#include "idp/base/limits.hpp"
#include "saml/xml/namespaces.hpp"

#include <algorithm>
#include <array>

namespace tunnus::saml::xml {
namespace {

bool is_ds(Element const& element, std::string_view name) {
    return element.is(ns::signature, name);
}

std::string_view algorithm_of(Element const& element) {
    return element.attribute("Algorithm").value_or("");
}

template <std::size_t n>
bool is_one_of(std::string_view value, std::array<std::string_view, n> const& allowed) {
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

/// The children are exactly these, in this order; a name that starts with '?' may be absent.
template <std::size_t n>
bool has_children(Element const& parent, std::array<std::string_view, n> const& names) {
    auto const children = parent.children();
    std::size_t at = 0;
    for (auto name : names) {
        bool const optional = name.starts_with('?');
        if (optional) name.remove_prefix(1);
        if (at < children.size() && is_ds(children[at], name))
            ++at;
        else if (!optional)
            return false;
    }
    return at == children.size();
}

/// Exclusive canonicalization may name prefixes to keep; a long list is only work (S-37).
Result<> check_exclusive_c14n(Element const& method, Limits const& limits) {
    if (algorithm_of(method) != algorithm::exclusive_c14n)
        return Error(Reason::signature_transform, "not exclusive canonicalization");
    auto const children = method.children();
    if (children.empty()) return {};
    if (children.size() > 1 || !children[0].is(ns::exclusive_c14n, "InclusiveNamespaces") ||
        !children[0].children().empty() ||
        children[0].attribute("PrefixList").value_or("").size() > limits.xml_id_bytes)
        return Error(Reason::signature_transform, "unusual parameters");
    return {};
}

Result<> check_transforms(Element const& transforms, Limits const& limits) {
    auto const children = transforms.children();
    if (!has_children(transforms, std::array<std::string_view, 2>{"Transform", "Transform"}))
        return Error(Reason::signature_transform, "not two transforms");
    if (algorithm_of(children[0]) != algorithm::enveloped_signature ||
        !children[0].children().empty())
        return Error(Reason::signature_transform, "the first is not enveloped-signature");
    return check_exclusive_c14n(children[1], limits);
}

Result<> check_reference_uri(Element const& reference, Element const& target,
                             ReferenceTo reference_to) {
    auto const uri = reference.attribute("URI");
    auto const id = target.attribute("ID");
    if (!uri) return Error(Reason::signature_reference, "no URI");
    if (!id && uri->empty() && reference_to == ReferenceTo::id_or_whole_document) return {};
    if (!id || uri->size() != id->size() + 1 || !uri->starts_with('#') || uri->substr(1) != *id)
        return Error(Reason::signature_reference, "another element");
    return {};
}

Result<> check_reference(Element const& reference, Element const& target, ReferenceTo reference_to,
                         Limits const& limits) {
    if (!has_children(reference,
                      std::array<std::string_view, 3>{"Transforms", "DigestMethod", "DigestValue"}))
        return Error(Reason::signature_shape, "Reference");
    if (auto uri = check_reference_uri(reference, target, reference_to); !uri) return uri;
    auto const parts = reference.children();
    if (auto transforms = check_transforms(parts[0], limits); !transforms) return transforms;
    constexpr std::array digests{algorithm::sha256, algorithm::sha384, algorithm::sha512};
    if (!is_one_of(algorithm_of(parts[1]), digests) || !parts[1].children().empty())
        return Error(Reason::signature_algorithm, "DigestMethod");
    if (!parts[2].children().empty()) return Error(Reason::signature_shape, "DigestValue");
    return {};
}

Result<> check_signed_info(Element const& signed_info, Element const& target,
                           ReferenceTo reference_to, Limits const& limits) {
    if (!has_children(signed_info, std::array<std::string_view, 3>{"CanonicalizationMethod",
                                                                   "SignatureMethod", "Reference"}))
        return Error(Reason::signature_shape, "SignedInfo");
    auto const parts = signed_info.children();
    if (auto c14n = check_exclusive_c14n(parts[0], limits); !c14n) return c14n;
    if (!parts[0].children().empty())  // SignedInfo has no names that it would have to keep
        return Error(Reason::signature_transform, "prefixes to keep in SignedInfo");
    constexpr std::array methods{algorithm::rsa_sha256, algorithm::rsa_sha384,
                                 algorithm::rsa_sha512};
    if (!is_one_of(algorithm_of(parts[1]), methods) || !parts[1].children().empty())
        return Error(Reason::signature_algorithm, "SignatureMethod");
    return check_reference(parts[2], target, reference_to, limits);
}

/// KeyInfo is never read, so it must not be a place to hide something in.
bool is_signature_vocabulary(Element const& element) {
    auto const children = element.children();
    return element.namespace_uri() == ns::signature &&
           std::all_of(children.begin(), children.end(), is_signature_vocabulary);
}

}  // namespace

Result<Element const*> check_signature_shape(Element const& target, ReferenceTo reference_to,
                                             Limits const& limits) {
    auto const siblings = target.children();
    auto const is_signature = [](Element const& child) { return is_ds(child, "Signature"); };
    auto const found = std::find_if(siblings.begin(), siblings.end(), is_signature);
    if (found == siblings.end()) return Error(Reason::signature_missing, "");
    if (std::count_if(siblings.begin(), siblings.end(), is_signature) > 1)
        return Error(Reason::signature_repeated, "");
    auto const place = found - siblings.begin();
    bool const after_issuer = place == 1 && siblings[0].is(ns::assertion, "Issuer");
    bool const first_in_metadata = place == 0 && target.namespace_uri() == ns::metadata;
    if (!after_issuer && !first_in_metadata) return Error(Reason::signature_misplaced, "");
    if (!has_children(*found,
                      std::array<std::string_view, 3>{"SignedInfo", "SignatureValue", "?KeyInfo"}))
        return Error(Reason::signature_shape, "Signature");
    auto const parts = found->children();
    if (!parts[1].children().empty()) return Error(Reason::signature_shape, "SignatureValue");
    if (parts.size() == 3 && !is_signature_vocabulary(parts[2]))
        return Error(Reason::signature_shape, "KeyInfo");
    if (auto const info = check_signed_info(parts[0], target, reference_to, limits); !info)
        return info.error();
    return &*found;
}

}  // namespace tunnus::saml::xml
