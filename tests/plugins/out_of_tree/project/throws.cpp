// SPDX-License-Identifier: MIT
// A shared object that throws while it is loaded.

namespace {

__attribute__((constructor)) void while_loading() {
    throw 1;
}

}  // namespace
