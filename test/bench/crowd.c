/*
 * crowd varied|alike COUNT: that many idle processes, as children of this one. Prints `ready` when each has touched its memory, and
 * ends them all when its standard input is closed.
 *
 * varied: as on a real machine. Most are small: 16 to 271 pages, one in fifty 4 MiB more. Twelve are large, in steps of 2 permille of
 * the machine's memory, so each has an oom_score of its own.
 * alike: 64 pages each. All have the same oom_score, and any of them may be the next victim.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE_ONES 12

static size_t pages_of(int index, int varied)
{
    struct sysinfo machine;
    if (!varied)
        return 64;
    if (index < LARGE_ONES && sysinfo(&machine) == 0)
        return (size_t)(index + 1) * (machine.totalram / 500 * machine.mem_unit / (size_t)sysconf(_SC_PAGESIZE));
    return 16 + (unsigned)index * 2654435761u / 16777216u % 256 + (index % 50 == 0 ? 1024 : 0);
}

static void be_one(int index, int varied, int ready, int parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    char name[32];
    snprintf(name, sizeof name, "crowd-%d", index);
    prctl(PR_SET_NAME, name);
    size_t bytes = pages_of(index, varied) * (size_t)sysconf(_SC_PAGESIZE);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        _exit(1);
    memset(memory, 1, bytes);
    if (write(ready, "", 1) != 1)
        _exit(1);
    close(ready);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    int count = argc == 3 ? atoi(argv[2]) : 0;
    int parent = getpid();
    int varied = count > 0 && strcmp(argv[1], "varied") == 0;
    pid_t *children = calloc((size_t)count + 1, sizeof *children);
    int ready[2];
    if (count < 1 || children == NULL || pipe(ready) != 0)
        return 2;
    for (int index = 0; index < count; index++) {
        children[index] = fork();
        if (children[index] == 0) {
            close(ready[0]);
            close(0);
            be_one(index, varied, ready[1], parent);
        }
        if (children[index] < 0) {
            perror("fork");
            return 1;
        }
    }
    close(ready[1]);
    char byte;
    for (int left = count; left > 0; left--) {
        if (read(ready[0], &byte, 1) != 1) {
            fprintf(stderr, "a child ended before it was ready\n");
            return 1;
        }
    }
    printf("ready\n");
    fflush(stdout);
    while (read(0, &byte, 1) > 0) {
    }
    for (int index = 0; index < count; index++)
        kill(children[index], SIGKILL);
    while (wait(NULL) > 0) {
    }
    return 0;
}
