import { basename, clean } from '../clean.ts';
import { optionValue, type Role, type RoleQuestion } from './role.ts';

/** Programs that are said to take much with them. */
const ENDS_MUCH = /^(?:systemd|sshd|tmux|screen|SCREEN|dockerd)/;

/** Servers and the system's own programs, by their program and the title that they write. */
export function serverRole(question: RoleQuestion): Role | undefined {
  const { program, isSure, isInstalled, title, words, task } = question;
  if (!isSure) return undefined;
  for (const [shape, role] of TABLE) {
    if (!shape.test(program) || (ENDS_MUCH.test(program) && !isInstalled)) continue;
    const found = role({ title: title.trim(), words, comm: task.comm, program });
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Titled {
  readonly title: string;
  readonly words: readonly string[];
  readonly comm: string;
  readonly program: string;
}
type TitledRole = (titled: Titled) => Role | undefined;

/** A server with one process. */
function server(name: string): TitledRole {
  return () => ({ kind: 'server', name });
}

const POSTGRES_WORKERS =
  /^(?:checkpointer|background writer|walwriter|walreceiver|walsender|autovacuum launcher|autovacuum worker|logical replication (?:launcher|worker|apply worker)|parallel worker|startup|archiver|stats collector|logger|io worker)/;

/** `postgres: checkpointer`, `postgres: 16/main: walwriter`, `postgres: USER DATABASE HOST STATE`: of connections nothing more is shown. */
function postgres({ title }: Titled): Role {
  const text = /^postgres: (?:\d+\/[^:]+: )?(.*)$/s.exec(title)?.[1];
  if (text === undefined) return { kind: 'server', name: 'PostgreSQL' };
  const worker = POSTGRES_WORKERS.exec(text)?.[0];
  return { kind: 'worker', name: 'PostgreSQL', text: worker ?? 'connection', loss: 'database-worker' };
}

function nginx({ title }: Titled): Role {
  if (/^nginx: worker process/.test(title))
    return { kind: 'worker', name: 'nginx', text: 'worker', loss: 'web-worker' };
  if (/^nginx: cache /.test(title)) return { kind: 'worker', name: 'nginx', text: 'cache' };
  return { kind: 'server', name: 'nginx' };
}

function phpFpm({ title }: Titled): Role {
  const pool = /^php-fpm: pool (.+)$/s.exec(title)?.[1];
  if (pool !== undefined)
    return { kind: 'worker', name: 'PHP', text: `pool ${clean(pool)}`, loss: 'web-worker' };
  return { kind: 'server', name: 'PHP' };
}

function sshd({ title, program }: Titled): Role {
  if (/\[listener\]/.test(title) || (program === 'sshd' && !title.startsWith('sshd: ')))
    return { kind: 'server', name: 'sshd' };
  return { kind: 'session', name: 'sshd', text: 'connection', loss: 'ssh' };
}

function qemu({ words }: Titled): Role | undefined {
  const name = qemuName(words);
  return name === undefined
    ? { kind: 'vm', name: 'virtual machine', loss: 'vm' }
    : { kind: 'vm', name, text: 'virtual machine', inApp: 'virtual machine', loss: 'vm', about: name };
}

/** `-name guest=NAME,debug-threads=on` or `-name NAME`. A comma in a name is doubled. */
export function qemuName(words: readonly string[]): string | undefined {
  const value = words[words.indexOf('-name') + 1];
  if (!words.includes('-name') || value === undefined) return undefined;
  const parts = value.split(/(?<!,),(?!,)/);
  const named = parts.find((part) => part.startsWith('guest='))?.slice('guest='.length) ?? parts[0];
  const name = clean((named ?? '').replaceAll(',,', ','));
  return name === '' || name.includes('=') ? undefined : name;
}

function virtualBox({ words }: Titled): Role {
  const at = words.indexOf('--comment');
  const name = clean((at < 0 ? undefined : words[at + 1]) ?? '');
  return name === ''
    ? { kind: 'vm', name: 'virtual machine', loss: 'vm' }
    : { kind: 'vm', name, text: 'virtual machine', inApp: 'virtual machine', loss: 'vm', about: name };
}

function systemd({ words, title }: Titled): Role {
  if (/^\(sd-pam\)/.test(title)) return { kind: 'helper', name: 'systemd', text: 'login helper' };
  if (words.includes('--user'))
    return { kind: 'session', name: 'systemd', text: 'session manager', loss: 'desktop' };
  return { kind: 'server', name: 'systemd' };
}

function tmux({ comm }: Titled): Role {
  return comm.startsWith('tmux: client')
    ? { kind: 'program', name: 'tmux', text: 'client' }
    : { kind: 'multiplexer', name: 'tmux', text: 'server', loss: 'multiplexer', about: 'tmux' };
}

function screen({ title, comm }: Titled): Role {
  return title.startsWith('SCREEN') || comm === 'SCREEN'
    ? { kind: 'multiplexer', name: 'screen', text: 'server', loss: 'multiplexer', about: 'screen' }
    : { kind: 'program', name: 'screen' };
}

/** llama.cpp's server by its model, ollama's runner of one. */
function model({ words, program }: Titled): Role {
  if (program === 'ollama') {
    return words[1] === 'runner'
      ? { kind: 'model', name: 'ollama', text: 'AI model' }
      : { kind: 'server', name: 'ollama' };
  }
  const file =
    words[words.findIndex((word) => /^(?:-m|--model)$/.test(word)) + 1] ?? optionValue(words, '--model');
  const name = words.some((word) => /^(?:-m|--model)(?:=|$)/.test(word)) ? clean(basename(file ?? '')) : '';
  return { kind: 'server', name: program, ...(name === '' ? {} : { text: name }) };
}

function fixed(role: Role): TitledRole {
  return () => role;
}

const TABLE: readonly (readonly [RegExp, TitledRole])[] = [
  [/^(?:postgres|postmaster)$/, postgres],
  [/^nginx$/, nginx],
  [/^php-fpm[0-9.]*$/, phpFpm],
  [/^(?:sshd|sshd-session|sshd-auth)$/, sshd],
  [/^qemu-system-|^(?:qemu-kvm|kvm)$/, qemu],
  [/^VBox(?:Headless|VM)$|^VirtualBoxVM$/, virtualBox],
  [/^(?:systemd|systemd-executor|\(sd-pam\))$/, systemd],
  [/^tmux$/, tmux],
  [/^(?:screen|SCREEN)$/, screen],
  [/^(?:apache2|httpd)$/, server('Apache')],
  [
    /^(?:mysqld|mariadbd)$/,
    ({ program }) => ({ kind: 'server', name: program === 'mysqld' ? 'MySQL' : 'MariaDB' }),
  ],
  [/^mongod$/, server('MongoDB')],
  [/^(?:redis-server|redis-check-rdb)$/, server('Redis')],
  [/^valkey-server$/, server('Valkey')],
  [/^memcached$/, server('Memcached')],
  [/^raylet$/, server('Ray')],
  [/^(?:ollama|llama-server)$/, model],
  [
    /^containerd-shim(?:-runc-v[12])?$/,
    fixed({ kind: 'shim', name: 'containerd-shim', text: 'container helper', loss: 'shim' }),
  ],
  [/^conmon$/, fixed({ kind: 'shim', name: 'conmon', text: 'container helper', loss: 'shim' })],
  [/^dockerd$/, fixed({ kind: 'server', name: 'Docker', loss: 'docker-daemon' })],
  [/^containerd$/, fixed({ kind: 'server', name: 'containerd', loss: 'containerd' })],
  [/^buildkitd$/, server('BuildKit')],
  [/^snapd$/, server('snapd')],
  [
    /^(?:bwrap|xdg-dbus-proxy|snap-confine|srt-bwrap|pv-adverb|slirp4netns|pasta|fuse-overlayfs)$/,
    ({ program }) => ({ kind: 'helper', name: program, text: 'sandbox helper', inApp: 'sandbox helper' }),
  ],
];
