// SPDX-License-Identifier: MIT
// Arguments, exit codes and the process's own safety; the rest is idp/cli and idp/app.
#include "idp/cli/commands.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

/// threats.md 8.3: no core dump may hold what people entrusted to us, and no file we make is open
/// to others.
void harden_process() {
    rlimit const no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGUSR1, SIG_IGN);
    // OpenSSL and libxml2 read no configuration that the environment names (threats.md X-25).
    unsetenv("OPENSSL_CONF");
    unsetenv("XML_CATALOG_FILES");
    unsetenv("SGML_CATALOG_FILES");
}

}  // namespace

int main(int argc, char** argv) {
    harden_process();
    try {
        return tunnus::cli::run(argc, argv);
    } catch (std::exception const& exception) {
        std::fprintf(stderr, "tunnus: %s\n", exception.what());
        return tunnus::cli::exit_failed;
    }
}
