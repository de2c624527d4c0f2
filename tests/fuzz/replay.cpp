// SPDX-License-Identifier: MIT
// Gives every file of the folders named on the command line to a fuzz target, in place of
// libFuzzer. A folder without a file is an error: it would test nothing.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size);

int main(int argc, char** argv) {
    int replayed = 0;
    for (int i = 1; i < argc; ++i)
        for (auto const& entry : std::filesystem::directory_iterator(argv[i])) {
            std::ifstream stream(entry.path(), std::ios::binary);
            std::string const input{std::istreambuf_iterator<char>(stream), {}};
            LLVMFuzzerTestOneInput(reinterpret_cast<unsigned char const*>(input.data()),
                                   input.size());
            ++replayed;
        }
    std::printf("%d inputs\n", replayed);
    return replayed > 0 ? 0 : 1;
}
