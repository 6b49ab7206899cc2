/*
 * Landlock: what the calling process and its children may do with files from now on, whatever mounts and users allow: read and execute
 * everything, write beneath /tmp and /dev/shm and to a few devices. From ABI 6 on they neither signal nor reach by abstract socket what is outside.
 */
#ifndef PETREL_LANDLOCK_H
#define PETREL_LANDLOCK_H

#include "system.h"

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule 445
#define __NR_landlock_restrict_self 446
#endif

/* Not from <linux/landlock.h>: distributions' headers are older than kernels. */
enum {
    EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIRECTORY = 1 << 3,
    VERSION_1 = (1 << 13) - 1, /* the above; removing and making entries of each kind */
    REFER = 1 << 13,           /* 2: renames and links from folder to folder */
    TRUNCATE = 1 << 14,        /* 3 */
    DEVICE_CONTROL = 1 << 15,  /* 5: ioctl */
    ABSTRACT_SOCKETS = 1 << 0, SIGNALS = 1 << 1, /* 6, scopes */
};

struct landlock_rules { uint64_t files, network, scopes; };
struct landlock_path { uint64_t allowed; int32_t parent; } __attribute__((packed));

static long landlock_allow(long rules, const char *path, uint64_t what)
{
    long fd = call(__NR_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
    if (fd < 0) {
        return 0; /* What is not there needs no rule: a device in a smaller /dev. */
    }

    struct landlock_path rule = { what, (int32_t)fd };
    long result = call(__NR_landlock_add_rule, rules, 1, &rule, 0);
    call(__NR_close, fd, 0, 0, 0);
    return result;
}

/* Below zero: the kernel refused, nothing is restricted. No new privileges must be set before. */
static long landlock_restrict(void)
{
    static const char *const folders[] = { "/tmp", "/dev/shm" };
    static const char *const devices[] = {
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts", "/dev/console",
    };
    long version = call(__NR_landlock_create_ruleset, NULL, 0, 1, 0);
    if (version < 1) {
        return version < 0 ? version : -1;
    }

    struct landlock_rules wanted = {
        .files = VERSION_1 | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0) | (version >= 5 ? DEVICE_CONTROL : 0),
        .scopes = version >= 6 ? ABSTRACT_SOCKETS | SIGNALS : 0,
    };
    uint64_t to_devices = wanted.files & (WRITE_FILE | TRUNCATE | DEVICE_CONTROL | READ_FILE);
    long rules = call(__NR_landlock_create_ruleset, &wanted, version >= 6 ? sizeof wanted : sizeof wanted.files, 0, 0);
    if (rules < 0) {
        return rules;
    }

    long result = landlock_allow(rules, "/", EXECUTE | READ_FILE | READ_DIRECTORY);
    for (size_t i = 0; i < sizeof folders / sizeof *folders && result >= 0; i++) {
        result = landlock_allow(rules, folders[i], wanted.files);
    }
    for (size_t i = 0; i < sizeof devices / sizeof *devices && result >= 0; i++) {
        result = landlock_allow(rules, devices[i], to_devices);
    }
    if (result >= 0) {
        result = call(__NR_landlock_restrict_self, rules, 0, 0, 0);
    }
    call(__NR_close, rules, 0, 0, 0);
    return result;
}

#endif
