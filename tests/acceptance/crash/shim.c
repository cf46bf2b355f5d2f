/*
 * Stands between the unmodified binary and libc, and sees every call that changes something outside of the process:
 * the files below CRASH_ROOT, and what leaves through sockets. Standard output and error are not counted.
 *
 *   CRASH_ROOT      the directory whose files count
 *   CRASH_KILL_AT   SIGKILL to ourselves at that call, counted from 1
 *   CRASH_HALF      1: the call, if it writes, first writes half of its bytes; else nothing of the call is done
 *   CRASH_JOURNAL   a file that gets every counted call, with its data, as `struct record` says
 *
 * The calls are made one at a time, so that the journal has their true order.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 'C', WRITE = 'W', SYNC = 'S', TRUNCATE = 'T', RENAME = 'R', LINK = 'L', UNLINK = 'U', MKDIR = 'M', MODE = 'P', SEND = 'N' };

/* Behind it: path, other path, data. */
struct record {
    uint32_t op;
    int32_t failed;
    uint64_t inode;
    int64_t offset; /* of a write; the new size of a truncation */
    uint32_t path, other, data, unused;
};

#define FDS 4096

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FDS]; /* of the open files below the root */
static const char *root;
static char here[PATH_MAX];
static size_t root_length;
static long kill_at, calls;
static int half, journal = -1;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("CRASH_KILL_AT");
    kill_at = text ? atol(text) : 0;
    half = (text = getenv("CRASH_HALF")) && *text == '1';
    if ((text = getenv("CRASH_JOURNAL")))
        journal = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    root = getenv("CRASH_ROOT");
    root_length = root ? strlen(root) : 0;
    if (!getcwd(here, sizeof here))
        *here = 0;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* A path that means the same in every world (worlds.py), and what it means in this one. */
#define CURRENT "/proc/self/cwd/"

/* The whole path, where it lies below the root. */
static int below(int directory, const char *path, char *whole) {
    if (!root || !path)
        return 0;
    if (!strncmp(path, CURRENT, sizeof CURRENT - 1))
        snprintf(whole, PATH_MAX, "%s/%s", here, path + sizeof CURRENT - 1);
    else if (*path == '/')
        snprintf(whole, PATH_MAX, "%s", path);
    else if (directory >= 0 && directory < FDS && paths[directory])
        snprintf(whole, PATH_MAX, "%s/%s", paths[directory], path);
    else
        return 0;
    return !strncmp(whole, root, root_length) && (!whole[root_length] || whole[root_length] == '/');
}

static const char *file_of(int fd) {
    return fd >= 0 && fd < FDS ? paths[fd] : NULL;
}

static int is_socket(int fd) {
    struct stat about;
    return fd > 2 && !fstat(fd, &about) && S_ISSOCK(about.st_mode);
}

static uint64_t inode(int fd) {
    struct stat about;
    return fstat(fd, &about) ? 0 : about.st_ino;
}

static uint64_t inode_of(const char *path) {
    struct stat about;
    return lstat(path, &about) ? 0 : about.st_ino;
}

static void die(const char *call, const char *path) {
    char line[PATH_MAX + 80];
    int length = snprintf(line, sizeof line, "crash: killed at call %ld, %s %s\n", calls, call, path);
    syscall(SYS_write, 2, line, (size_t)length);
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Takes the turn and counts; true where this is the last call and half of it is to be done. */
static int enter(const char *call, const char *path, int writes) {
    pthread_mutex_lock(&turn);
    if (++calls != kill_at)
        return 0;
    if (!half || !writes)
        die(call, path);
    return 1;
}

static void leave(void) {
    int kept = errno;
    pthread_mutex_unlock(&turn);
    errno = kept;
}

static void put(const void *bytes, size_t length) {
    while (length) {
        long done = syscall(SYS_write, journal, bytes, length);
        if (done <= 0)
            return;
        bytes = (const char *)bytes + done;
        length -= (size_t)done;
    }
}

static void keep(int op, long result, uint64_t node, int64_t offset, const char *path, const char *other,
                 const struct iovec *data, int pieces) {
    int kept = errno;
    size_t length = 0, left = result > 0 && op == WRITE ? (size_t)result : op == SEND ? SIZE_MAX : 0;
    if (journal < 0)
        return;
    for (int at = 0; at < pieces; at++)
        length += data[at].iov_len;
    length = length < left ? length : left;
    struct record record = {(uint32_t)op, result < 0, node, offset, (uint32_t)strlen(path), (uint32_t)strlen(other), (uint32_t)length, 0};
    put(&record, sizeof record);
    put(path, record.path);
    put(other, record.other);
    for (int at = 0; at < pieces && length; at++) {
        size_t piece = data[at].iov_len < length ? data[at].iov_len : length;
        put(data[at].iov_base, piece);
        length -= piece;
    }
    errno = kept;
}

/* Files */

static int opened(int fd, const char *whole, int created, int cut) {
    if (fd >= 0 && fd < FDS) {
        free(paths[fd]);
        paths[fd] = strdup(whole);
    }
    if (created)
        keep(CREATE, fd, inode(fd), 0, whole, "", NULL, 0);
    else if (cut)
        keep(TRUNCATE, fd, inode(fd), 0, whole, "", NULL, 0);
    return fd;
}

#define OPEN(name, directory, path, flags, mode, ...) \
    char whole[PATH_MAX]; \
    struct stat there; \
    int ours = below(directory, path, whole), fd; \
    if (!ours) \
        return real(__VA_ARGS__); \
    int found = !lstat(whole, &there); \
    int created = !found && (flags & O_CREAT), cut = found && (flags & O_TRUNC); \
    if (created || cut) \
        enter(name, whole, 0); \
    else \
        pthread_mutex_lock(&turn); \
    fd = opened(real(__VA_ARGS__), whole, created, cut); \
    leave(); \
    return fd

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    REAL(open);
    MODE_OF(flags)
    OPEN("open", AT_FDCWD, path, flags, mode, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    MODE_OF(flags)
    OPEN("open", AT_FDCWD, path, flags, mode, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
    REAL(openat);
    MODE_OF(flags)
    OPEN("openat", directory, path, flags, mode, directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...) {
    REAL(openat64);
    MODE_OF(flags)
    OPEN("openat", directory, path, flags, mode, directory, path, flags, mode);
}

int creat(const char *path, mode_t mode) {
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int close(int fd) {
    REAL(close);
    if (file_of(fd)) {
        pthread_mutex_lock(&turn);
        free(paths[fd]);
        paths[fd] = NULL;
        pthread_mutex_unlock(&turn);
    }
    return real(fd);
}

/* Rust clones descriptors so; 1030 is F_DUPFD_CLOEXEC. */
static int duplicated(int from, int to) {
    if (to >= 0 && to < FDS && file_of(from)) {
        pthread_mutex_lock(&turn);
        free(paths[to]);
        paths[to] = strdup(paths[from]);
        pthread_mutex_unlock(&turn);
    }
    return to;
}

#define FCNTL(name) \
    int name(int fd, int command, ...) { \
        REAL(name); \
        va_list rest; \
        va_start(rest, command); \
        void *argument = va_arg(rest, void *); \
        va_end(rest); \
        int result = real(fd, command, argument); \
        return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? duplicated(fd, result) : result; \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

int dup(int fd) {
    REAL(dup);
    return duplicated(fd, real(fd));
}

/* One write of any kind: `full` makes the whole call; what there is of it in `data`. */
#define WRITES(name, fd, at, data, pieces, full, halved) \
    const char *path = file_of(fd); \
    int out = !path && is_socket(fd); \
    if (!path && !out) \
        return full; \
    if (enter(name, path ? path : "to a socket", 1)) { \
        halved; \
        die("half of " name, path ? path : "to a socket"); \
    } \
    struct stat before; \
    int64_t offset = at; \
    if (path && offset < 0) \
        offset = (real_fcntl(fd) & O_APPEND) && !fstat(fd, &before) ? before.st_size : lseek(fd, 0, SEEK_CUR); \
    /* Before it leaves: who gets it may look at the journal. */ \
    if (out) \
        keep(SEND, 0, 0, 0, "", "", data, pieces); \
    ssize_t result = full; \
    if (path) \
        keep(WRITE, result, inode(fd), offset, path, "", data, pieces); \
    leave(); \
    return result

static int real_fcntl(int fd) {
    return (int)syscall(SYS_fcntl, fd, F_GETFL);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(write);
    struct iovec data = {(void *)bytes, length};
    WRITES("write", fd, -1, &data, 1, real(fd, bytes, length), real(fd, bytes, length / 2));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    REAL(pwrite);
    struct iovec data = {(void *)bytes, length};
    WRITES("pwrite", fd, at, &data, 1, real(fd, bytes, length, at), real(fd, bytes, length / 2, at));
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    REAL(pwrite64);
    struct iovec data = {(void *)bytes, length};
    WRITES("pwrite", fd, at, &data, 1, real(fd, bytes, length, at), real(fd, bytes, length / 2, at));
}

/* Half of a vector: its first half of bytes, by plain writes. */
static void half_of(int fd, const struct iovec *data, int pieces, int64_t at) {
    size_t left = 0;
    for (int piece = 0; piece < pieces; piece++)
        left += data[piece].iov_len;
    left /= 2;
    for (int piece = 0; piece < pieces && left; piece++) {
        size_t length = data[piece].iov_len < left ? data[piece].iov_len : left;
        if (at < 0)
            syscall(SYS_write, fd, data[piece].iov_base, length);
        else
            at += syscall(SYS_pwrite64, fd, data[piece].iov_base, length, at);
        left -= length;
    }
}

ssize_t writev(int fd, const struct iovec *data, int pieces) {
    REAL(writev);
    WRITES("writev", fd, -1, data, pieces, real(fd, data, pieces), half_of(fd, data, pieces, -1));
}

ssize_t pwritev(int fd, const struct iovec *data, int pieces, off_t at) {
    REAL(pwritev);
    WRITES("pwritev", fd, at, data, pieces, real(fd, data, pieces, at), half_of(fd, data, pieces, at));
}

ssize_t pwritev64(int fd, const struct iovec *data, int pieces, off64_t at) {
    REAL(pwritev64);
    WRITES("pwritev", fd, at, data, pieces, real(fd, data, pieces, at), half_of(fd, data, pieces, at));
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    REAL(send);
    struct iovec data = {(void *)bytes, length};
    WRITES("send", fd, -1, &data, 1, real(fd, bytes, length, flags), real(fd, bytes, length / 2, flags));
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, __CONST_SOCKADDR_ARG to, socklen_t size) {
    REAL(sendto);
    struct iovec data = {(void *)bytes, length};
    WRITES("sendto", fd, -1, &data, 1, real(fd, bytes, length, flags, to, size), real(fd, bytes, length / 2, flags, to, size));
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(sendmsg);
    WRITES("sendmsg", fd, -1, message->msg_iov, (int)message->msg_iovlen, real(fd, message, flags),
           half_of(fd, message->msg_iov, (int)message->msg_iovlen, -1));
}

/* Not used today. Should they be, the journal would miss their data: better no such call than a silent one. */
static ssize_t unknown(const char *call, int fd) {
    pthread_mutex_lock(&turn);
    calls++;
    die(call, file_of(fd) ? file_of(fd) : "to a socket");
    return -1;
}

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *at, size_t length, unsigned flags) {
    REAL(copy_file_range);
    return file_of(to) ? unknown("copy_file_range, which the shim does not know", to) : real(from, start, to, at, length, flags);
}

ssize_t sendfile(int to, int from, off_t *at, size_t length) {
    REAL(sendfile);
    return file_of(to) || is_socket(to) ? unknown("sendfile, which the shim does not know", to) : real(to, from, at, length);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    REAL(sendfile64);
    return file_of(to) || is_socket(to) ? unknown("sendfile, which the shim does not know", to) : real(to, from, at, length);
}

#define ON_FILE(name, op, size, ...) \
    const char *path = file_of(fd); \
    if (!path) \
        return real(__VA_ARGS__); \
    enter(name, path, 0); \
    int result = real(__VA_ARGS__); \
    keep(op, result, inode(fd), size, path, "", NULL, 0); \
    leave(); \
    return result

int fsync(int fd) {
    REAL(fsync);
    ON_FILE("fsync", SYNC, 0, fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    ON_FILE("fdatasync", SYNC, 0, fd);
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    ON_FILE("ftruncate", TRUNCATE, size, fd, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    ON_FILE("ftruncate", TRUNCATE, size, fd, size);
}

int fchmod(int fd, mode_t mode) {
    REAL(fchmod);
    ON_FILE("fchmod", MODE, 0, fd, mode);
}

/* Names */

#define TWO_NAMES(name, op, from, old, to, new, ...) \
    char source[PATH_MAX], target[PATH_MAX]; \
    int ours = below(from, old, source); \
    if (!below(to, new, target) && !ours) \
        return real(__VA_ARGS__); \
    enter(name, target, 0); \
    uint64_t node = inode_of(source); \
    int result = real(__VA_ARGS__); \
    keep(op, result, node, 0, source, target, NULL, 0); \
    leave(); \
    return result

int rename(const char *old, const char *new) {
    REAL(rename);
    TWO_NAMES("rename", RENAME, AT_FDCWD, old, AT_FDCWD, new, old, new);
}

int renameat(int from, const char *old, int to, const char *new) {
    REAL(renameat);
    TWO_NAMES("renameat", RENAME, from, old, to, new, from, old, to, new);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    REAL(renameat2);
    TWO_NAMES("renameat2", RENAME, from, old, to, new, from, old, to, new, flags);
}

int link(const char *old, const char *new) {
    REAL(link);
    TWO_NAMES("link", LINK, AT_FDCWD, old, AT_FDCWD, new, old, new);
}

int linkat(int from, const char *old, int to, const char *new, int flags) {
    REAL(linkat);
    TWO_NAMES("linkat", LINK, from, old, to, new, from, old, to, new, flags);
}

#define ON_NAME(name, op, directory, ...) \
    char whole[PATH_MAX]; \
    if (!below(directory, path, whole)) \
        return real(__VA_ARGS__); \
    enter(name, whole, 0); \
    uint64_t node = inode_of(whole); \
    int result = real(__VA_ARGS__); \
    keep(op, result, node ? node : inode_of(whole), 0, whole, "", NULL, 0); \
    leave(); \
    return result

int unlink(const char *path) {
    REAL(unlink);
    ON_NAME("unlink", UNLINK, AT_FDCWD, path);
}

int unlinkat(int directory, const char *path, int flags) {
    REAL(unlinkat);
    ON_NAME("unlinkat", UNLINK, directory, directory, path, flags);
}

int rmdir(const char *path) {
    REAL(rmdir);
    ON_NAME("rmdir", UNLINK, AT_FDCWD, path);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    ON_NAME("mkdir", MKDIR, AT_FDCWD, path, mode);
}

int mkdirat(int directory, const char *path, mode_t mode) {
    REAL(mkdirat);
    ON_NAME("mkdirat", MKDIR, directory, directory, path, mode);
}

int chmod(const char *path, mode_t mode) {
    REAL(chmod);
    ON_NAME("chmod", MODE, AT_FDCWD, path, mode);
}
