/*
 * What a fork server's child does to stand where the waiting stem of a sandbox stands: in the same namespaces, limits and user, without any
 * right, under the same rules for files and system calls. A library without dependencies, which our bootstraps load (runtimes/python/_petrel/fork.py).
 * In this order each step is still allowed to make the next; a child for which one fails must end.
 */
#include "landlock.h"

#define NAMESPACES 0x7e020000 /* CLONE_NEW*: user, pid, network, ipc, uts, cgroup, mount */
#define NEW_PID 0x20000000
#define CAPABILITIES 64

#define LIMITS 16
#define FIRST_PROGRAM 2 /* the stem's number inside */

#define SET_DUMPABLE 4
#define DROP_BOUNDING 24
#define NO_NEW_PRIVILEGES 38
#define AMBIENT 47
#define FILTER 1

struct capability_header { uint32_t version; int32_t process; };
struct capability_sets { uint32_t effective, permitted, inheritable; };
struct filter { unsigned short count; const void *program; };

struct place {
    int stem;            /* a pidfd of the waiting process */
    const int *groups;   /* control groups' lists of tasks, open for writing */
    int group_count;
    const int *standard; /* what become descriptors 0 to 3; all others are closed */
    unsigned user, group;
    int landlock;        /* whether Landlock is applied; every sandbox of the daemon decides alike */
    const void *filter;  /* the sandbox's seccomp program; NULL on an architecture without one */
    unsigned filter_length;
};

static long drop_rights(void)
{
    struct capability_header header = { 0x20080522, 0 };
    struct capability_sets none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
    for (long right = 0; right < CAPABILITIES; right++) {
        if (call5(__NR_prctl, DROP_BOUNDING, right, 0, 0, 0) < 0) {
            break; /* beyond the last that this kernel knows */
        }
    }
    long result = call5(__NR_prctl, AMBIENT, 4, 0, 0, 0); /* clear all */
    return result < 0 ? result : call(__NR_capset, &header, none, 0, 0);
}

/* Open files, core dumps and the like are as the stem's, of which only rights in its own user namespace may ask. */
static long take_limits(void)
{
    long result = 0;
    for (long resource = 0; resource < LIMITS && result >= 0; resource++) {
        uint64_t limit[2];
        result = call(__NR_prlimit64, FIRST_PROGRAM, resource, NULL, limit);
        if (result >= 0) {
            result = call(__NR_prlimit64, 0, resource, limit, NULL);
        }
    }
    return result;
}

static long take_descriptors(const int *standard)
{
    /* All are above 3: the server's own low ones are taken. */
    for (long to = 0; to < 4; to++) {
        long result = call(__NR_dup3, standard[to], to, 0, 0);
        if (result < 0) {
            return result;
        }
    }
    return call(__NR_close_range, 4, ~0U, 0, 0);
}

#define STEP(number, expression) do { long error_ = (expression); if (error_ < 0) { return number * 1000 - (int)error_; } } while (0)

/* Zero, or a thousand times the number of the step that failed, and its error. */
__attribute__((visibility("default"))) int petrel_enter(const struct place *place)
{
    for (int i = 0; i < place->group_count; i++) {
        STEP(1, call(__NR_write, place->groups[i], "0", 1, 0)); /* 0: the writer */
    }
    STEP(2, call(__NR_setns, place->stem, NAMESPACES & ~NEW_PID, 0, 0)); /* this process was born in the pid namespace */
    STEP(3, take_limits());
    STEP(4, call(__NR_setsid, 0, 0, 0, 0));
    STEP(5, call(__NR_setresgid, place->group, place->group, place->group, 0));
    STEP(6, call(__NR_setresuid, place->user, place->user, place->user, 0));
    STEP(7, drop_rights());
    STEP(8, call5(__NR_prctl, SET_DUMPABLE, 1, 0, 0, 0)); /* or its own /proc would be root's */
    STEP(9, call5(__NR_prctl, NO_NEW_PRIVILEGES, 1, 0, 0, 0));
    STEP(10, take_descriptors(place->standard));
    STEP(11, place->landlock ? landlock_restrict() : 0);
    if (place->filter != NULL) {
        struct filter filter = { (unsigned short)(place->filter_length / 8), place->filter };
        STEP(12, call(__NR_seccomp, FILTER, 0, &filter, 0));
    }
    return 0;
}

/* For the server: where its next child is born. A negative error, or zero. */
__attribute__((visibility("default"))) int petrel_bear_in(int process)
{
    return (int)call(__NR_setns, process, NEW_PID, 0, 0);
}

/* A copy of another process's descriptor. */
__attribute__((visibility("default"))) int petrel_take(int process, int descriptor)
{
    return (int)call(__NR_pidfd_getfd, process, descriptor, 0, 0);
}
