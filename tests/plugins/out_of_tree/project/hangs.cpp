// SPDX-License-Identifier: MIT
// A shared object that hangs while it is loaded.
#include <unistd.h>

namespace {

__attribute__((constructor)) void while_loading() {
    for (;;)
        ::pause();
}

}  // namespace
