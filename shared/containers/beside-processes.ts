import { type ContainerEngine } from '../model/owners/container.ts';
import { idFrom, nameFrom } from './engine-text.ts';

/** What the program beside a container tells of it, by its own command line, which every user may read. */
export interface BesideContainer {
  readonly id: string;
  readonly engine: ContainerEngine | undefined;
  readonly name: string | undefined;
}

/** Namespaces of containerd; what nerdctl and others use is called `default`. */
const NAMESPACES: Readonly<Record<string, ContainerEngine>> = {
  moby: 'docker',
  'k8s.io': 'kubernetes',
  default: 'containerd',
  buildkit: 'containerd',
};

/**
 * Reads the arguments of `conmon`, Podman's monitor of one container: `-c ID … -n NAME` (libpod oci_conmon_common.go). Undefined for
 * everything else, and for the conmon of CRI-O, whose `-n` is a name that only it knows.
 */
export function parseConmon(args: readonly string[]): BesideContainer | undefined {
  if (!isProgram(args, 'conmon')) return undefined;
  const id = idFrom(valueOf(args, ['-c', '--cid']));
  if (id === undefined) return undefined;
  const isCrio = args.some((arg) => arg.includes('/crio/'));
  const name = isCrio ? undefined : nameFrom(valueOf(args, ['-n', '--name']));
  return { id, engine: isCrio ? 'kubernetes' : 'podman', name };
}

/** Reads the arguments of `containerd-shim-runc-v2 -namespace moby -id ID`: whose container it is, which its path alone does not tell. */
export function parseShim(args: readonly string[]): BesideContainer | undefined {
  if (!isProgram(args, 'containerd-shim')) return undefined;
  const id = idFrom(valueOf(args, ['-id', '--id']));
  const namespace = valueOf(args, ['-namespace', '--namespace']) ?? '';
  const engine = Object.hasOwn(NAMESPACES, namespace) ? NAMESPACES[namespace] : 'containerd';
  return id === undefined ? undefined : { id, engine, name: undefined };
}

function isProgram([program = '']: readonly string[], name: string): boolean {
  return program.slice(program.lastIndexOf('/') + 1).startsWith(name);
}

function valueOf(args: readonly string[], options: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => options.includes(arg));
  return at === -1 ? undefined : args[at + 1];
}
