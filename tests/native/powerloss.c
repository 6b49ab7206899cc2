/*
 * Remembers what a disk would still hold after a loss of power: preloaded into a process, it records at each fsync what was synced, under
 * POWERLOSS_SHADOW, for files below POWERLOSS_ROOT. Nothing else counts: a file that was written but not synced is lost, and so is a name
 * (new, renamed or removed) whose directory was not synced. A test kills the process and rebuilds the folder from the record.
 *
 * Files are known by inode and birth time, so that a number used again is another file. POWERLOSS_LIES_AFTER=n records nothing after n
 * syncs: a disk that lies, to prove that the test would notice.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_long calls;

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The identity of a file: inode and birth time. */
static int identity(int fd, char *name, size_t size)
{
    struct statx info;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &info) != 0)
    {
        return -1;
    }

    snprintf(name, size, "%llu-%lld.%09u", (unsigned long long)info.stx_ino, (long long)info.stx_btime.tv_sec, info.stx_btime.tv_nsec);
    return 0;
}

static int path_of(int fd, char *path, size_t size)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0)
    {
        return -1;
    }

    path[length] = 0;
    return 0;
}

static void copy_range(int from, int to, off_t at)
{
    char buffer[65536];
    ssize_t read_bytes;
    while ((read_bytes = pread(from, buffer, sizeof buffer, at)) > 0)
    {
        if (pwrite(to, buffer, (size_t)read_bytes, at) != read_bytes)
        {
            abort();
        }

        at += read_bytes;
    }
}

/* Files here are only appended to, or written once: what an earlier sync recorded is still right. A shorter file is copied whole. */
static void record_file(const char *shadow, const char *path)
{
    char id[128], target[4352];
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
    {
        return; /* It was removed meanwhile. */
    }

    struct stat now, recorded;
    if (identity(from, id, sizeof id) == 0 && fstat(from, &now) == 0)
    {
        snprintf(target, sizeof target, "%s/file-%s", shadow, id);
        int to = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (to < 0 || fstat(to, &recorded) != 0)
        {
            abort();
        }

        if (recorded.st_size > now.st_size || now.st_size < 65536)
        {
            recorded.st_size = 0;
        }

        copy_range(from, to, recorded.st_size);
        if (ftruncate(to, now.st_size) != 0)
        {
            abort();
        }

        close(to);
    }

    close(from);
}

/* The names of a directory: one line each, kind, identity and name. */
static void record_directory(const char *shadow, const char *path)
{
    char id[128], target[4352], temporary[4400];
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || identity(fd, id, sizeof id) != 0)
    {
        return;
    }

    snprintf(target, sizeof target, "%s/directory-%s", shadow, strcmp(path, setting("POWERLOSS_ROOT")) == 0 ? "root" : id);
    snprintf(temporary, sizeof temporary, "%s.tmp", target);
    FILE *out = fopen(temporary, "we");
    DIR *directory = fdopendir(fd);
    if (!out || !directory)
    {
        abort();
    }

    struct dirent *entry;
    while ((entry = readdir(directory)))
    {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        {
            continue;
        }

        int child = openat(dirfd(directory), entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (child >= 0)
        {
            struct stat info;
            if (identity(child, id, sizeof id) == 0 && fstat(child, &info) == 0)
            {
                fprintf(out, "%c %s %s\n", S_ISDIR(info.st_mode) ? 'd' : 'f', id, entry->d_name);
            }

            close(child);
        }
    }

    closedir(directory);
    if (fclose(out) != 0 || rename(temporary, target) != 0)
    {
        abort();
    }
}

static void record(int fd)
{
    const char *root = setting("POWERLOSS_ROOT");
    const char *shadow = setting("POWERLOSS_SHADOW");
    const char *lies = setting("POWERLOSS_LIES_AFTER");
    char path[4096];
    struct stat info;
    if (!root || !shadow || path_of(fd, path, sizeof path) != 0 || strncmp(path, root, strlen(root)) != 0 || fstat(fd, &info) != 0)
    {
        return;
    }

    if (lies && atomic_fetch_add(&calls, 1) >= atol(lies))
    {
        return;
    }

    pthread_mutex_lock(&lock);
    if (S_ISDIR(info.st_mode))
    {
        record_directory(shadow, path);
    }
    else if (S_ISREG(info.st_mode))
    {
        record_file(shadow, path);
    }

    pthread_mutex_unlock(&lock);
}

/* The record is made before the caller learns that its sync succeeded. The real sync is left out: only the record counts here. */
int fsync(int fd)
{
    if (fcntl(fd, F_GETFD) < 0)
    {
        return -1;
    }

    record(fd);
    return 0;
}

int fdatasync(int fd)
{
    return fsync(fd);
}
