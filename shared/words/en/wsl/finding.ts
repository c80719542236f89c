/** Of the finding: whether this is WSL. */
export const wsl = {
  title: 'Windows Subsystem for Linux',
  outcomes: {
    no: { meaning: 'This is not WSL.' },
    wsl1: {
      meaning:
        'WSL 1 emulates Linux and has no OOM killer. Windows decides what happens when memory runs out.',
      hint: 'wsl --set-version DISTRIBUTION 2',
    },
    wsl2: {
      meaning:
        'All distributions and Docker Desktop share one kernel and its memory. Processes of the others cannot be seen and may be killed first. From WSL 2.9.9 on the memory that they use is counted.',
      hint: 'memory= in .wslconfig sets how much memory there is.',
    },
  },
};
