// SPDX-License-Identifier: MIT
// What a refusal was refused for, as a word that a failing test can print.
#pragma once

#include "saml/reason.hpp"
#include "saml/xml/document.hpp"

#include <algorithm>
#include <ctime>
#include <string>

namespace tunnus::saml::test {

/// The word of the reason, `accepted` for a value, or the text of another room's error.
template <class T>
std::string outcome_of(Result<T> const& result) {
    if (result) return "accepted";
    return result.error().code.message();
}

inline xml::Library const& library() {
    static xml::Library const instance;
    return instance;
}

/// All that an element holds, in one text.
inline std::string content_of(xml::Element const& element) {
    auto content = "{" + element.namespace_uri() + "}" + element.name() + "(";
    for (auto const& attribute : element.attributes())
        content +=
            "{" + attribute.namespace_uri + "}" + attribute.name + "=" + attribute.value + ";";
    content += element.text();
    for (auto const& child : element.children())
        content += content_of(child);
    return content + ")";
}
inline std::string content_of(std::string_view document) {
    return content_of(xml::Document::parse(library(), document).value().root());
}

/// CPU time of this thread that `work` takes, in milliseconds: the best of three runs, so that a
/// busy machine does not decide.
template <class Work>
double cpu_ms(Work work) {
    double best = 1e9;
    for (int run = 0; run < 3; ++run) {
        timespec start{};
        timespec end{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
        work();
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
        double const took = static_cast<double>(end.tv_sec - start.tv_sec) * 1e3 +
                            static_cast<double>(end.tv_nsec - start.tv_nsec) / 1e6;
        best = std::min(best, took);
    }
    return best;
}

}  // namespace tunnus::saml::test
