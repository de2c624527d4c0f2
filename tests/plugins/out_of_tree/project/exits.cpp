// SPDX-License-Identifier: MIT
// A shared object that ends the process while it is loaded.
#include <cstdlib>

namespace {

__attribute__((constructor)) void while_loading() {
    std::_Exit(0);
}

}  // namespace
