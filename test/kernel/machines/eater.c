/*
 * eater: builds a process of an exact shape in memory, says so, and then carries out its commands.
 *
 * The arguments are steps, taken in order; a block in braces is done by a new process:
 *
 *   eater name=6869 adj=300 anon=2000 sparse=4 threads=3 label=a [ fork { anon=10 label=b } ]
 *
 *   name=HEX       comm, any bytes but NUL (at most 15 count)
 *   adj=N          oom_score_adj
 *   uid=N          become this user for good
 *   cgroup=PATH    enter the cgroup of this directory
 *   cpu=N          stay on this CPU from here on
 *   anon=N         N pages, private, written to: N more pages of RssAnon
 *   swap=N         N pages, written to and then paged out: up to N more pages of swap
 *   sparse=N       N page tables without a page: one read in each of N areas of 2 MiB (the zero page is in no counter)
 *   shmem=N        N shared anonymous pages, written to: RssShmem
 *   file=N:PATH    N pages of a file, mapped and read: RssFile (RssShmem on tmpfs)
 *   lock           mlockall: what was built and what comes
 *   threads=N      N more threads that sleep
 *   deadleader     the first thread ends; the process lives on in its threads
 *   breed=N        for ever: children that take up to N pages and end
 *   walk=N         for ever: N pages, written to here and there
 *   leak=N:US      for ever: every US microseconds up to 2 N pages more, N on average
 *   label=WORD     how this process is called in what is printed
 *   ready          say so now (a main process says it by itself at the end)
 *   fork { }       a child
 *   share { }      a process that shares this address space: CLONE_VM, not a thread
 *   vfork { }      the same, with the thread that made it waiting in vfork
 *   pidns { }      a child that is process 1 of a new PID namespace
 *
 * Each process prints `ready LABEL PID` (the pid of /proc, not of its namespace) when it has done its steps. The main
 * process then obeys lines on its standard input:
 *
 *   push shmem|anon CHUNK MAX SPARE   take memory, CHUNK pages at a time, until the kernel has killed a process or MAX
 *                               pages are taken; `shmem` pages belong to no process's RSS, `anon` pages to ours. Then give
 *                               back SPARE shmem pages at once
 *   grow N                      N pages of RssAnon more
 *   drop N                      give back N of the shmem pages that push took
 *   cache N PATH                write N pages of a file: page cache
 *   names N PATH                look up N names that begin with PATH and are not there: reclaimable slab
 *   map N                       N pages mapped privately and writable and given back: `granted` or `refused`
 *   reserve CHUNK               the same, CHUNK pages at a time, kept and not touched, until it is refused: `reserved N`
 *
 * Other answers: `pushed PAGES killed|max|refused`, `done`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define PAGE 4096UL
#define TABLE (2UL << 20) /* what one page table maps */
#define STACK (64UL << 10)

static const char *label = "main";
static char **steps; /* argv, walked by every process of the family */

static void say(const char *format, ...) {
  char line[256];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (write(1, line, length) != length) _exit(3);
}

static void fail(const char *step) {
  say("error %s %s %s\n", label, step, strerror(errno));
  _exit(2);
}

static void *map(unsigned long bytes, int flags, int fd) {
  int protection = fd < 0 || !(flags & MAP_SHARED) ? PROT_READ | PROT_WRITE : PROT_READ;
  void *at = mmap(NULL, bytes, protection, flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
  if (at == MAP_FAILED) fail("mmap");
  /* Huge pages would make one touch count 512 pages and hide page tables. */
  madvise(at, bytes, MADV_NOHUGEPAGE);
  return at;
}

static char *written(unsigned long pages, int flags) {
  char *at = map(pages * PAGE, flags, -1);
  for (unsigned long i = 0; i < pages; i++) at[i * PAGE] = 1;
  return at;
}

static void sparse(unsigned long tables) {
  char *at = map((tables + 1) * TABLE, MAP_PRIVATE | MAP_NORESERVE, -1);
  at = (char *)(((unsigned long)at + TABLE - 1) & ~(TABLE - 1));
  for (unsigned long i = 0; i < tables; i++) (void)*(volatile char *)(at + i * TABLE + PAGE);
}

static void file(const char *spec) {
  const char *path = strchr(spec, ':');
  unsigned long pages = strtoul(spec, NULL, 10);
  int fd = path ? open(path + 1, O_RDONLY) : -1;
  struct stat st;
  if (fd < 0 || fstat(fd, &st) || (unsigned long)st.st_size < pages * PAGE) fail("file");
  volatile char *at = map(pages * PAGE, MAP_SHARED, fd);
  /* Else one fault maps its neighbours too. */
  madvise((void *)at, pages * PAGE, MADV_RANDOM);
  for (unsigned long i = 0; i < pages; i++) (void)at[i * PAGE];
  close(fd);
}

static void put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) fail(path);
  close(fd);
}

static void name(const char *hex) {
  char comm[16] = {0};
  for (int i = 0; i < 15 && hex[2 * i] && hex[2 * i + 1]; i++) {
    char byte[3] = {hex[2 * i], hex[2 * i + 1], 0};
    comm[i] = (char)strtoul(byte, NULL, 16);
  }
  prctl(PR_SET_NAME, comm);
}

static int sleeper(void *unused) {
  (void)unused;
  for (;;) syscall(SYS_pause);
  return 0;
}

static void *stack_top(void) {
  return (char *)map(STACK, MAP_PRIVATE, -1) + STACK;
}

static void threads(unsigned long count) {
  int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  for (unsigned long i = 0; i < count; i++)
    if (clone(sleeper, stack_top(), flags, NULL) < 0) fail("threads");
}

/* The pid that /proc shows, which a new PID namespace would not tell. */
static int proc_pid(void) {
  char text[16] = {0};
  return readlink("/proc/self", text, sizeof text - 1) > 0 ? atoi(text) : (int)getpid();
}

static int run(int at, int main_process);

static int as_child(void *at) {
  run((int)(long)at, 0);
  return sleeper(NULL);
}

/* Runs the block that begins after `at` in another process and returns where the block ends. */
static int spawn(int at, int flags) {
  int depth = 0, end = at + 1;
  if (!steps[end] || strcmp(steps[end], "{")) fail("block");
  for (;; end++) {
    if (!steps[end]) fail("block");
    if (!strcmp(steps[end], "{")) depth++;
    if (!strcmp(steps[end], "}") && --depth == 0) break;
  }
  if (clone(as_child, stack_top(), flags | SIGCHLD, (void *)(long)(at + 2)) < 0) fail("clone");
  return end;
}

static int vforker(void *at) {
  spawn((int)(long)at, CLONE_VM | CLONE_VFORK);
  return sleeper(NULL);
}

/* Only the thread that calls vfork waits, so another thread calls it. */
static int spawn_vfork(int at) {
  int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  int depth = 0, end = at + 1;
  if (clone(vforker, stack_top(), flags, (void *)(long)at) < 0) fail("vfork");
  for (;; end++) {
    if (!steps[end]) fail("block");
    if (!strcmp(steps[end], "{")) depth++;
    if (!strcmp(steps[end], "}") && --depth == 0) return end;
  }
}

static void stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("cpu");
}

static void page_out(unsigned long pages) {
  char *at = written(pages, MAP_PRIVATE);
  for (int i = 0; i < 5; i++) madvise(at, pages * PAGE, MADV_PAGEOUT);
}

static void walk(unsigned long pages) {
  char *at = written(pages, MAP_PRIVATE);
  for (unsigned long i = 1;; i = i * 6364136223846793005UL + 1) at[(i >> 33) % pages * PAGE]++;
}

static void breed(unsigned long pages) {
  signal(SIGCHLD, SIG_IGN);
  for (unsigned long i = 1;; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      written(1 + i * 7919 % pages, MAP_PRIVATE);
      usleep(i * 104729 % 20000);
      _exit(0);
    }
    usleep(3000);
  }
}

static void leak(const char *spec) {
  unsigned long pages = strtoul(spec, NULL, 10), state = (unsigned long)getpid();
  const char *every = strchr(spec, ':');
  if (!every) fail("leak");
  for (;;) {
    state = state * 6364136223846793005UL + 1442695040888963407UL;
    unsigned long some = (state >> 33) % (2 * pages + 1);
    if (some) written(some, MAP_PRIVATE);
    usleep((useconds_t)atoi(every + 1));
  }
}

static int is(const char *step, const char *key, const char **value) {
  size_t length = strlen(key);
  if (strncmp(step, key, length)) return 0;
  *value = step + length;
  return key[length - 1] == '=' || !**value;
}

/* Takes the steps from `at` on, to the end or to the closing brace of this process's block. */
static int run(int at, int main_process) {
  int dead_leader = 0;
  unsigned long litter = 0;
  const char *value, *leaks = NULL, *own = main_process ? label : "child";
  for (; steps[at] && strcmp(steps[at], "}"); at++) {
    const char *step = steps[at];
    if (is(step, "name=", &value)) name(value);
    else if (is(step, "adj=", &value)) put("/proc/self/oom_score_adj", value);
    else if (is(step, "uid=", &value)) { if (setresuid(atoi(value), atoi(value), atoi(value))) fail("uid"); }
    else if (is(step, "cgroup=", &value)) {
      char path[512];
      snprintf(path, sizeof path, "%s/cgroup.procs", value);
      put(path, "0");
    }
    else if (is(step, "cpu=", &value)) stay_on(atoi(value));
    else if (is(step, "anon=", &value)) written(strtoul(value, NULL, 10), MAP_PRIVATE);
    else if (is(step, "swap=", &value)) page_out(strtoul(value, NULL, 10));
    else if (is(step, "sparse=", &value)) sparse(strtoul(value, NULL, 10));
    else if (is(step, "shmem=", &value)) written(strtoul(value, NULL, 10), MAP_SHARED);
    else if (is(step, "file=", &value)) file(value);
    else if (is(step, "lock", &value)) { if (mlockall(MCL_CURRENT | MCL_FUTURE)) fail("lock"); }
    else if (is(step, "threads=", &value)) threads(strtoul(value, NULL, 10));
    else if (is(step, "deadleader", &value)) dead_leader = 1;
    else if (is(step, "breed=", &value)) litter = strtoul(value, NULL, 10);
    else if (is(step, "walk=", &value)) walk(strtoul(value, NULL, 10));
    else if (is(step, "leak=", &value)) leaks = value;
    else if (is(step, "label=", &value)) own = value;
    else if (is(step, "fork", &value)) at = spawn(at, 0);
    else if (is(step, "share", &value)) at = spawn(at, CLONE_VM);
    else if (is(step, "vfork", &value)) at = spawn_vfork(at);
    else if (is(step, "pidns", &value)) at = spawn(at, CLONE_NEWPID);
    else { errno = EINVAL; fail(step); }
  }
  say("ready %s %d\n", own, proc_pid());
  if (dead_leader) syscall(SYS_exit, 0); /* this thread only */
  if (litter) breed(litter);
  if (leaks) leak(leaks);
  return at;
}

static long vmstat(const char *key) {
  static char text[16384];
  int fd = open("/proc/vmstat", O_RDONLY);
  long length = fd < 0 ? -1 : read(fd, text + 1, sizeof text - 2);
  if (length <= 0) fail("vmstat");
  close(fd);
  text[0] = '\n';
  text[length + 1] = 0;
  char *at = strstr(text, key);
  return at ? atol(at + strlen(key)) : 0;
}

/* How often the OOM killer has killed since boot, anywhere. */
static long kills(void) {
  return vmstat("\noom_kill ");
}

/* Near the end small steps: who was killed shall be the only one. */
static unsigned long careful(unsigned long chunk) {
  return chunk <= 16 || vmstat("\nnr_free_pages ") > 12000 ? chunk : 16;
}

static int memfd = -1;
static unsigned long memfd_bytes;

static int write_pages(int fd, unsigned long pages, unsigned long *offset) {
  static char page[PAGE];
  for (unsigned long i = 0; i < pages; i++, *offset += PAGE)
    if (pwrite(fd, page, PAGE, (long)*offset) != (long)PAGE) return -1;
  return 0;
}

static void drop(unsigned long pages) {
  memfd_bytes -= pages * PAGE < memfd_bytes ? pages * PAGE : memfd_bytes;
  if (memfd >= 0 && ftruncate(memfd, (long)memfd_bytes)) fail("drop");
}

static void push(int into_memfd, unsigned long chunk, unsigned long max, unsigned long spare) {
  long before = kills();
  unsigned long pages = 0;
  const char *end = "max";
  if (into_memfd && memfd < 0 && (memfd = memfd_create("push", 0)) < 0) fail("memfd");
  while (pages < max) {
    unsigned long step = careful(chunk);
    if (!into_memfd) written(step, MAP_PRIVATE);
    else if (write_pages(memfd, step, &memfd_bytes)) end = "refused";
    pages += step;
    if (kills() != before) end = "killed";
    if (strcmp(end, "max")) break;
  }
  drop(spare);
  say("pushed %lu %s\n", pages, end);
}

static void fill_cache(unsigned long pages, const char *path) {
  unsigned long offset = 0;
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  if (fd < 0 || write_pages(fd, pages, &offset)) fail("cache");
  close(fd);
}

static void look_up(unsigned long names, const char *path) {
  char name[300];
  struct stat st;
  for (unsigned long i = 0; i < names; i++) {
    snprintf(name, sizeof name, "%s-%lu", path, i);
    stat(name, &st);
  }
}

static int reserve(unsigned long pages, int keep) {
  void *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return 0;
  if (!keep) munmap(at, pages * PAGE);
  return 1;
}

static void reserve_all(unsigned long chunk) {
  unsigned long pages = 0;
  while (reserve(chunk, 1)) pages += chunk;
  say("reserved %lu\n", pages);
}

static void obey(void) {
  char line[512], text[256];
  unsigned long count, max, spare;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "push %15s %lu %lu %lu", text, &count, &max, &spare) == 4) {
      push(!strcmp(text, "shmem"), count, max, spare);
      continue;
    }
    if (sscanf(line, "map %lu", &count) == 1) {
      say(reserve(count, 0) ? "granted\n" : "refused\n");
      continue;
    }
    if (sscanf(line, "reserve %lu", &count) == 1) {
      reserve_all(count);
      continue;
    }
    if (sscanf(line, "grow %lu", &count) == 1) written(count, MAP_PRIVATE);
    else if (sscanf(line, "drop %lu", &count) == 1) drop(count);
    else if (sscanf(line, "cache %lu %255s", &count, text) == 2) fill_cache(count, text);
    else if (sscanf(line, "names %lu %255s", &count, text) == 2) look_up(count, text);
    else fail(line);
    say("done\n");
  }
  _exit(0);
}

int main(int argc, char **argv) {
  static char line_buffer[256];
  (void)argc;
  /* Page tables depend on where the kernel puts things: the same steps shall always make the same process. */
  if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
    personality(ADDR_NO_RANDOMIZE);
    execv("/proc/self/exe", argv);
  }
  steps = argv;
  setvbuf(stdin, line_buffer, _IOFBF, sizeof line_buffer);
  signal(SIGCHLD, SIG_DFL);
  run(1, 1);
  obey();
}
