/* Faults of a disk, for tests: loaded before the C library (LD_PRELOAD), it has calls fail on the files of the database.

   Which ones, the test says in a file that both map or write (TEAHOUSE_FAULTS): five numbers of 32 bits, the kind of
   fault, how many calls of that kind are let through first, how many fail then, and, written here, how many such calls
   there were and how many failed. Everything that SQLite does with a file goes through these few calls. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { NONE, FULL, WRITE_ERROR, SHORT_WRITE, SYNC_ERROR, READ_ERROR, BUSY, NO_DESCRIPTORS, INTERRUPT };
enum { ON_WRITE = 1, ON_SYNC, ON_READ, ON_LOCK, ON_OPEN };

static volatile uint32_t *control;
static unsigned char is_ours[4096];

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("TEAHOUSE_FAULTS");
    int fd = path ? NEXT(open)(path, O_RDWR) : -1;
    if (fd >= 0) {
        void *page = mmap(NULL, 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        control = page == MAP_FAILED ? NULL : page;
        close(fd);
    }
}

/* Whether this call of a class is to fail; and with what, in errno. */
static int fails(int class) {
    static const int classes[] = {0, ON_WRITE, ON_WRITE, ON_WRITE, ON_SYNC, ON_READ, ON_LOCK, ON_OPEN, ON_WRITE};
    static const int errors[] = {0, ENOSPC, EIO, ENOSPC, EIO, EIO, EAGAIN, EMFILE, 0};
    uint32_t kind = control ? control[0] : NONE;
    if (kind == NONE || kind > INTERRUPT || classes[kind] != class) return 0;
    uint32_t number = __atomic_fetch_add(&control[3], 1, __ATOMIC_SEQ_CST);
    if (number < control[1] || number - control[1] >= control[2]) return 0;
    __atomic_fetch_add(&control[4], 1, __ATOMIC_SEQ_CST);
    if (kind == INTERRUPT) {
        kill(getpid(), SIGINT);
        /* The signal has a thread of its own, which ends the process: this call takes long enough for that. */
        for (int i = 0; i < 40; i++) usleep(50000);
        return 0;
    }
    errno = errors[kind];
    return 1;
}

static int ours(int fd) { return fd >= 0 && fd < (int)sizeof is_ours && is_ours[fd]; }

static int opened(int fd, const char *path) {
    if (fd >= 0 && fd < (int)sizeof is_ours)
        is_ours[fd] = strstr(path, "teahouse.db") || strstr(path, ".unfinished");
    return fd;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        if (strstr(path, "teahouse.db") && fails(ON_OPEN)) return -1;                                                  \
        return opened(NEXT(name)(path, flags, mode), path);                                                            \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (ours(fd)) is_ours[fd] = 0;
    return NEXT(close)(fd);
}

/* A short write takes half, and there is no room for the rest. */
#define WRITE(name, parameters, half, whole)                                                                           \
    ssize_t name parameters {                                                                                          \
        if (ours(fd) && fails(ON_WRITE)) {                                                                             \
            if (control[0] == SHORT_WRITE && size > 1 && (half) < 0) return -1;                                        \
            errno = control[0] == WRITE_ERROR ? EIO : ENOSPC;                                                          \
            return -1;                                                                                                 \
        }                                                                                                              \
        return whole;                                                                                                  \
    }
WRITE(write, (int fd, const void *from, size_t size), NEXT(write)(fd, from, size / 2), NEXT(write)(fd, from, size))
WRITE(pwrite, (int fd, const void *from, size_t size, off_t at), NEXT(pwrite)(fd, from, size / 2, at),
      NEXT(pwrite)(fd, from, size, at))
WRITE(pwrite64, (int fd, const void *from, size_t size, off64_t at), NEXT(pwrite64)(fd, from, size / 2, at),
      NEXT(pwrite64)(fd, from, size, at))

#define FAILING(name, class, type, parameters, arguments)                                                              \
    type name parameters { return ours(fd) && fails(class) ? -1 : NEXT(name) arguments; }
FAILING(ftruncate, ON_WRITE, int, (int fd, off_t size), (fd, size))
FAILING(ftruncate64, ON_WRITE, int, (int fd, off64_t size), (fd, size))
FAILING(fsync, ON_SYNC, int, (int fd), (fd))
FAILING(fdatasync, ON_SYNC, int, (int fd), (fd))
FAILING(read, ON_READ, ssize_t, (int fd, void *into, size_t size), (fd, into, size))
FAILING(pread, ON_READ, ssize_t, (int fd, void *into, size_t size, off_t at), (fd, into, size, at))
FAILING(pread64, ON_READ, ssize_t, (int fd, void *into, size_t size, off64_t at), (fd, into, size, at))

#define LOCK(name)                                                                                                     \
    int name(int fd, int command, ...) {                                                                               \
        va_list rest;                                                                                                  \
        va_start(rest, command);                                                                                       \
        void *argument = va_arg(rest, void *);                                                                         \
        va_end(rest);                                                                                                  \
        int locks = command == F_SETLK && ((struct flock *)argument)->l_type != F_UNLCK;                               \
        return locks && ours(fd) && fails(ON_LOCK) ? -1 : NEXT(name)(fd, command, argument);                           \
    }
LOCK(fcntl)
LOCK(fcntl64)
