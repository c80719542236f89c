/** Of the finding: whether the engines of containers can be asked for names. */
export const engines = {
  title: 'Names of containers',
  outcomes: {
    unneeded: { meaning: 'No container of Docker or Podman runs here.' },
    connected: { meaning: 'The engine says what containers are called, and what limits were asked for.' },
    denied: {
      meaning:
        'Your user may not ask the container engine. Names, projects and restart policies may be missing; figures are complete.',
      hint: 'Members of the group docker may ask Docker, which gives them as much as root. Or run Lifeboat as root.',
    },
    silent: {
      meaning:
        'The container engine does not answer. Names may be missing until it does; figures are complete.',
      hint: 'systemctl status docker podman.socket',
    },
    malformed: {
      meaning: 'What answers at the socket of the container engine is not understood. Names may be missing.',
      hint: 'Compare with: docker version',
    },
    remote: {
      meaning:
        'The docker command is set to an engine on another machine, which is not asked. Names of the containers here may be missing.',
      hint: 'Unset DOCKER_HOST, or choose another context: docker context use default',
    },
    'no-socket': {
      meaning:
        'Containers run, but their engine has no socket to ask. Some names may be missing; figures are complete.',
      hint: 'For Podman: systemctl --user enable --now podman.socket',
    },
  },
};
