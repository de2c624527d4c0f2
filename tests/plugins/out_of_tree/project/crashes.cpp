// SPDX-License-Identifier: MIT
// A shared object that crashes while it is loaded.
#include <csignal>

namespace {

__attribute__((constructor)) void while_loading() {
    std::raise(SIGSEGV);
}

}  // namespace
