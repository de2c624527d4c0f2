// SPDX-License-Identifier: MIT
// Bytes from anybody as the head of a request and as a chunked body. However they are cut into
// pieces, the judgement is the same, and what was accepted is accepted again by itself.
#include "idp/web/framing.hpp"
#include "idp/web/target.hpp"

#include <cstdlib>
#include <string_view>

using namespace tunnus::web;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void scan_head(std::string_view bytes) {
    HeadRules rules;
    rules.authorities = {"id.example"};
    HeadScanner whole(rules);
    auto const result = whole.scan(bytes);

    HeadScanner piecewise(rules);
    auto by_byte = Scan::need_more;
    for (std::size_t size = 1; size <= bytes.size() && by_byte == Scan::need_more; ++size)
        by_byte = piecewise.scan(bytes.substr(0, size));
    // A cut may show a refusal earlier, never another verdict.
    require(by_byte == result);
    if (result != Scan::complete) return;
    require(piecewise.head().bytes == whole.head().bytes);
    require(whole.head().bytes <= rules.header_bytes);
    require(whole.head().target.starts_with('/'));
    require(!(whole.head().chunked && whole.head().content_length > 0));
    HeadScanner again(rules);
    require(again.scan(bytes.substr(0, whole.head().bytes)) == Scan::complete);
    auto const target = decode_target(whole.head().target);
    require(target.refusal != 0 || target.path.starts_with('/'));
}

void scan_chunks(std::string_view bytes) {
    ChunkScanner::Bounds const bounds{1'000, 16};
    ChunkScanner whole(bounds);
    auto const result = whole.scan(bytes);
    ChunkScanner piecewise(bounds);
    auto by_byte = Scan::need_more;
    std::size_t passed = 0;
    for (; passed < bytes.size() && by_byte == Scan::need_more; ++passed)
        by_byte = piecewise.scan(bytes.substr(passed, 1));
    require(by_byte == result);
    if (result == Scan::complete) require(whole.passed() == passed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    scan_head(bytes);
    scan_chunks(bytes);
    return 0;
}
