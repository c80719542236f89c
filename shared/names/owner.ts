import { unitOf } from '../kernel/cgroup/names.ts';
import { type ProcessOwner } from '../model/owners/names.ts';
import { type FoundApplication } from './application.ts';
import { clean } from './clean.ts';
import { type NamedContainer, type NamedTask } from './facts.ts';
import { type Role } from './roles/role.ts';

/** What decides whose a process is. */
export interface Owned {
  readonly task: NamedTask;
  readonly app: FoundApplication | undefined;
  readonly container: NamedContainer | undefined;
  readonly role: Role;
  readonly program: string;
}

/**
 * What a process is counted with: the first that fits of its container, its service, its virtual machine, its application, a part of the session,
 * and its program with those of the same user.
 */
export function ownerOf({ task, app, container, role, program }: Owned): ProcessOwner {
  if (task.isKernelThread === true) return { key: 'kernel', kind: 'kernel', name: 'Linux' };
  if (container !== undefined) {
    const name = app?.name ?? clean(container.name, 'container');
    return { key: `container:${container.id ?? container.name}`, kind: 'container', name };
  }
  const unit = unitOf(task.cgroup);
  const isSessionPart = role.kind === 'session' || isInSessionSlice(task.cgroup);
  if (app?.kind === 'unit' && unit !== undefined && !isSessionPart)
    return { key: `service:${unit.manager}:${unit.name}`, kind: 'service', name: app.name };
  if (app?.kind === 'vm') return { key: app.id, kind: 'vm', name: app.name };
  if (role.kind === 'vm' && role.about !== undefined)
    return { key: `vm:${task.uid}:${role.about}`, kind: 'vm', name: role.about };
  if (app !== undefined && app.kind !== 'unit')
    return { key: `app:${task.uid}:${app.id}`, kind: 'app', name: app.name };
  const name = clean(role.name ?? program, task.comm);
  return isSessionPart
    ? { key: `session:${task.uid}:${name}`, kind: 'session', name }
    : { key: `program:${task.uid}:${name}`, kind: 'program', name };
}

/** Parts of a desktop: what its user manager keeps in session.slice, and itself. */
function isInSessionSlice(cgroup: string): boolean {
  return /\/user@\d+\.service\/(?:session\.slice|init\.scope)(?:\/|$)/.test(cgroup);
}
