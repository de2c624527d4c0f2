// SPDX-License-Identifier: MIT
#include "storage/ids.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

namespace tunnus::storage {
namespace {

constexpr std::size_t time_bytes = 6;
constexpr std::size_t id_bytes = 16;
constexpr std::size_t secret_bytes = 32;

void fill_random(Random& random, std::string& bytes, std::size_t from) {
    random.fill({reinterpret_cast<unsigned char*>(bytes.data()) + from, bytes.size() - from});
}

}  // namespace

Id make_id(Random& random, TimePoint now) {
    Id id(id_bytes, '\0');
    auto milliseconds_left = static_cast<std::uint64_t>(to_unix_ms(now));
    for (std::size_t i = time_bytes; i-- > 0; milliseconds_left >>= 8U)
        id[i] = static_cast<char>(milliseconds_left & 0xFFU);
    fill_random(random, id, time_bytes);
    return id;
}

TimePoint time_of(Id const& id) {
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < time_bytes; ++i)
        ms = ms * 256 + static_cast<unsigned char>(id.at(i));
    return from_unix_ms(ms);
}

std::string Bearer::text() const {
    return encode_base64url(id + secret);
}

std::string Bearer::secret_hash() const {
    return sha256(secret);
}

Bearer make_bearer(Random& random, TimePoint now) {
    Bearer bearer{make_id(random, now), std::string(secret_bytes, '\0')};
    fill_random(random, bearer.secret, 0);
    return bearer;
}

std::optional<Bearer> parse_bearer(std::string_view text) {
    constexpr std::size_t text_bytes = (id_bytes + secret_bytes) / 3 * 4;
    if (text.size() != text_bytes) return std::nullopt;
    auto const bytes = decode_base64url(text);
    if (!bytes) return std::nullopt;
    return Bearer{bytes->substr(0, id_bytes), bytes->substr(id_bytes)};
}

bool matches(Bearer const& bearer, std::string_view stored_secret_hash) {
    return equal_in_constant_time(bearer.secret_hash(), stored_secret_hash);
}

}  // namespace tunnus::storage
