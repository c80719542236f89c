/*
 * victim NAME CGROUP COUNTER: a process of that name, the first in every kill order, in the cgroup of this folder, which has a limit.
 * Prints `ready` when it has its first 16 MiB. With the next line of its input it takes memory until the kernel kills it, and the time at
 * which COUNTER (memory.oom_control or memory.events of the cgroup) counted the kill is printed, in milliseconds since 1970.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_BYTES (16u << 20)
#define STEP_BYTES (1u << 20)

static void put(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_WRONLY);
    if (file < 0 || write(file, text, strlen(text)) < 0) {
        perror(path);
        _exit(1);
    }
    close(file);
}

static void take(size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        _exit(1);
    memset(memory, 1, bytes);
}

static long kills(int counter)
{
    char text[1024];
    ssize_t length = pread(counter, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    char *found = strstr(text, "oom_kill ");
    return found == NULL ? 0 : atol(found + strlen("oom_kill "));
}

int main(int argc, char **argv)
{
    int ready[2], go[2];
    char byte;
    if (argc != 4 || pipe(ready) != 0 || pipe(go) != 0)
        return 2;
    int counter = open(argv[3], O_RDONLY);
    int parent = getpid();
    int child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        prctl(PR_SET_NAME, argv[1]);
        put(argv[2], "cgroup.procs", "0");
        put("/proc/self", "oom_score_adj", "1000");
        take(FIRST_BYTES);
        if (write(ready[1], "", 1) != 1 || read(go[0], &byte, 1) != 1)
            _exit(1);
        for (;;)
            take(STEP_BYTES);
    }
    close(ready[1]);
    if (counter < 0 || child < 0 || read(ready[0], &byte, 1) != 1)
        return 1;
    printf("ready\n");
    fflush(stdout);
    long before = kills(counter);
    if (read(0, &byte, 1) != 1 || write(go[1], "", 1) != 1)
        return 1;
    while (kills(counter) == before)
        usleep(200);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    printf("%.3f\n", (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6);
    fflush(stdout);
    waitpid(child, NULL, 0);
    return 0;
}
