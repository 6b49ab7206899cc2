/*
 * The first program in a sandbox. It takes away what is left to take away from inside, and becomes the function's own process:
 *
 *     stem lock|open run PROGRAM ARGUMENT...      at once
 *     stem lock|open wait                         when the daemon says as what (docs/frames.md, kind 0x03)
 *
 * With `lock` it applies Landlock first, and ends if it cannot; `open` is for kernels without. While it waits, a fork server of the daemon
 * may put a process beside it instead (kind of word: LENT on its pipe): then it only keeps the place, and ends as that process ended.
 */
#include "landlock.h"

#define FRAMES 3
#define STATUS_READ 4 /* a pipe of its own, whose other end a fork server takes from it */
#define STATUS_WRITE 5

#define WAITING 0x10
#define BECOME 0x03
#define MAX_ASSIGNMENT (1 << 20)
#define MAX_STRINGS 8192

#define LENT 'L'

struct poll_entry { int fd; short wanted, happened; };

static void end(int status)
{
    for (;;) {
        call(__NR_exit_group, status, 0, 0, 0);
    }
}

static void fail(const char *what, const char *which, int status)
{
    const char *parts[] = { "petrel: ", what, which, "\n" };
    for (size_t i = 0; i < 4; i++) {
        call(__NR_write, 2, parts[i], length_of(parts[i]), 0);
    }
    end(status);
}

/* Programs without a first line that names their interpreter are the shell's, as everywhere. */
static void become(char **arguments, char **environment)
{
    static char *script[MAX_STRINGS + 1];
    long error = call(__NR_execve, arguments[0], arguments, environment, 0);
    if (error == NOT_A_PROGRAM) {
        size_t count = 0;
        script[count++] = "/bin/sh";
        for (size_t i = 0; arguments[i] != NULL && count < MAX_STRINGS; i++) {
            script[count++] = arguments[i];
        }
        error = call(__NR_execve, script[0], script, environment, 0);
    }
    fail(error == -2 ? "not found: " : "cannot be executed: ", arguments[0], error == -2 ? 127 : 126);
}

static void read_all(uint8_t *to, size_t count)
{
    while (count > 0) {
        long got = call(__NR_read, FRAMES, to, count, 0);
        if (got == INTERRUPTED) {
            continue;
        }
        if (got <= 0) {
            end(0); /* the daemon has no use for this sandbox, or is gone */
        }
        to += got, count -= (size_t)got;
    }
}

static uint32_t number_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Body: whether the channel stays open (1 byte), how many arguments (4), then arguments and variables, each ended by NUL. */
static void become_assigned(void)
{
    static uint8_t body[MAX_ASSIGNMENT];
    static char *strings[MAX_STRINGS + 2];
    uint8_t head[5];
    read_all(head, sizeof head);
    uint32_t length = number_at(head) - 1;
    if (head[4] != BECOME || length < 5 || length > sizeof body) {
        fail("the first frame is not an assignment", "", 126);
    }

    read_all(body, length);
    uint32_t arguments = number_at(body + 1), count = 0;
    if (body[length - 1] != 0 || arguments == 0 || arguments >= MAX_STRINGS) {
        fail("the assignment is malformed", "", 126);
    }

    for (uint32_t at = 5; at < length && count <= MAX_STRINGS;) {
        if (count == arguments) {
            strings[count++] = NULL;
        }
        strings[count++] = (char *)body + at;
        at += (uint32_t)length_of((char *)body + at) + 1;
    }
    if (count < arguments || count > MAX_STRINGS) {
        fail("the assignment is malformed", "", 126);
    }
    if (count == arguments) {
        strings[count++] = NULL;
    }
    strings[count] = NULL;

    /* What was mounted on the folder since lies above the one this process stands in. */
    call(__NR_chdir, "/var/task", 0, 0, 0);
    if (body[0] == 0) {
        /* Programs find a closed socket's number reused; this one stays what it is in every sandbox without a channel. */
        long nothing = call(__NR_openat, AT_FDCWD, "/dev/null", O_RDWR, 0);
        call(__NR_dup3, nothing, FRAMES, 0, 0);
        call(__NR_close, nothing, 0, 0, 0);
    }
    become(strings, strings + arguments + 1);
}

/* The process of a fork server has the channel now; this one has the exit status to pass on, and the place of the function's first process. */
static void keep_place(void)
{
    uint32_t status;
    call(__NR_close, FRAMES, 0, 0, 0);
    call(__NR_close, STATUS_WRITE, 0, 0, 0);
    long got;
    do {
        got = call(__NR_read, STATUS_READ, &status, sizeof status, 0);
    } while (got == INTERRUPTED);
    end(got == sizeof status ? (int)status : 137); /* a fork server that is gone tells nothing */
}

static void wait_for_assignment(void)
{
    static const uint8_t waiting[5] = { 1, 0, 0, 0, WAITING };
    int ends[2];
    if (call(__NR_pipe2, ends, O_CLOEXEC, 0, 0) < 0 || ends[0] != STATUS_READ || ends[1] != STATUS_WRITE) {
        fail("no pipe", "", 126);
    }

    call(__NR_write, FRAMES, waiting, sizeof waiting, 0);
    for (;;) {
        /* In this order: what is written to the pipe before a frame is sent is seen whenever the frame is. */
        struct poll_entry entries[2] = { { FRAMES, 1, 0 }, { STATUS_READ, 1, 0 } };
        if (call5(__NR_ppoll, (long)entries, 2, 0, 0, 8) <= 0) {
            continue;
        }
        char word;
        if (entries[1].happened != 0 && call(__NR_read, STATUS_READ, &word, 1, 0) == 1 && word == LENT) {
            keep_place();
        }
        if (entries[0].happened != 0) {
            become_assigned();
        }
    }
}

__attribute__((used, noreturn)) static void begin(long *stack)
{
    long count = stack[0];
    char **arguments = (char **)(stack + 1), **environment = arguments + count + 1;
    if (count < 3) {
        fail("usage: stem lock|open run PROGRAM... | wait", "", 126);
    }
    if (equal(arguments[1], "lock") && landlock_restrict() < 0) {
        fail("Landlock cannot be applied", "", 126);
    }

    call(__NR_close_range, FRAMES + 1, ~0U, 0, 0);
    if (equal(arguments[2], "wait")) {
        wait_for_assignment();
    }
    if (count > 3) {
        become(arguments + 3, environment);
    }
    end(126);
    __builtin_unreachable();
}

/* Where the kernel starts a program: the stack pointer is at the number of arguments. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n    mov %rsp, %rdi\n    and $-16, %rsp\n    call begin\n");
#else
__asm__(".globl _start\n_start:\n    mov x0, sp\n    bl begin\n");
#endif
