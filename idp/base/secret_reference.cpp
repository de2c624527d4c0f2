// SPDX-License-Identifier: MIT
#include "idp/base/configuration.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace tunnus {
namespace {

constexpr std::size_t max_secret_bytes = 65'536;
constexpr mode_t others = S_IRWXO;

/// Closes a descriptor.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

std::string system_message(int error) {
    return std::system_category().message(error);
}

Result<Secret> check_not_empty(std::string value, std::string_view whence) {
    if (value.empty()) return Error(BaseErrc::malformed, std::string(whence) + " is empty");
    return Secret(std::move(value));
}

Result<std::string> read_all(int descriptor, std::string const& path) {
    std::string value;
    std::array<char, 4'096> buffer{};
    for (;;) {
        auto const got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0)
            return Error(BaseErrc::unavailable,
                         "cannot read " + path + ": " + system_message(errno));
        if (got == 0) break;
        value.append(buffer.data(), static_cast<std::size_t>(got));
        if (value.size() > max_secret_bytes)
            return Error(BaseErrc::too_large, path + " is larger than 64 KiB");
    }
    return value;
}

Result<Secret> read_secret_file(std::string const& path) {
    Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0)
        return Error(BaseErrc::not_found, "cannot open " + path + ": " + system_message(errno));
    struct stat status {};
    if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
        return Error(BaseErrc::malformed, path + " is not a file");
    if ((status.st_mode & others) != 0)
        return Error(BaseErrc::denied, path + " is open to others: chmod o= it");
    auto value = read_all(file.number(), path);
    if (!value) return value.error();
    if (value->ends_with('\n')) value->pop_back();
    if (value->ends_with('\r')) value->pop_back();
    return check_not_empty(std::move(*value), path);
}

}  // namespace

Result<Secret> read_secret(boost::json::value const& reference, std::string const& folder) {
    auto const* object = reference.if_object();
    auto const* member = object != nullptr && object->size() == 1 ? object->begin() : nullptr;
    if (member == nullptr || !member->value().is_string())
        return Error(BaseErrc::malformed, "must be {\"file\": PATH} or {\"env\": NAME}");
    std::string const where(member->value().get_string());
    if (member->key() == "file")
        return read_secret_file((std::filesystem::path(folder) / where).string());
    if (member->key() != "env")
        return Error(BaseErrc::malformed, "must be {\"file\": PATH} or {\"env\": NAME}");
    auto const* value = std::getenv(where.c_str());
    if (value == nullptr)
        return Error(BaseErrc::not_found, "the variable " + where + " is not set");
    return check_not_empty(value, "the variable " + where);
}

}  // namespace tunnus
