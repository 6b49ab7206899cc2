/*
 * A disk that is full while a file exists: preloaded into a process, writes to files below DISKFULL_ROOT fail with ENOSPC as long as
 * DISKFULL_WHILE names a file that is there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_full(int fd)
{
    const char *root = getenv("DISKFULL_ROOT");
    const char *flag = getenv("DISKFULL_WHILE");
    char link[64], path[4096];
    if (!root || !flag || access(flag, F_OK) != 0)
    {
        return 0;
    }

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
    {
        return 0;
    }

    path[length] = 0;
    return strncmp(path, root, strlen(root)) == 0;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    static ssize_t (*next)(int, const void *, size_t);
    if (!next)
    {
        next = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    }

    if (is_full(fd))
    {
        errno = ENOSPC;
        return -1;
    }

    return next(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    static ssize_t (*next)(int, const void *, size_t, off64_t);
    if (!next)
    {
        next = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    }

    if (is_full(fd))
    {
        errno = ENOSPC;
        return -1;
    }

    return next(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return pwrite64(fd, bytes, count, at);
}
