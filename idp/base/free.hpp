// SPDX-License-Identifier: MIT
// What a C library made, owned.
#pragma once

namespace tunnus {

/// The deleter of a std::unique_ptr whose object a C function frees:
/// `std::unique_ptr<X509, Free<X509_free>>`.
template <auto function>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept {
        function(object);
    }
};

}  // namespace tunnus
