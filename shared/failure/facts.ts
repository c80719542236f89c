// Over 300 lines: the one list of all failures, with the facts of each.
import { ENGINE_REFUSALS } from '../containers/engine-refusals.ts';
import * as v from 'valibot';
import { ruleFaultSchema } from './rule-faults.ts';

/** As much as a line of the helper can hold; what is longer is no fact. */
const text = v.pipe(v.string(), v.maxLength(16_384));
const whole = v.pipe(v.number(), v.integer());
/** A value as a person or the kernel writes it. */
const value = v.union([text, v.number()]);
const errno = v.exactOptional(text);
/** A command that does by hand what could not be done. */
const instead = v.exactOptional(text);
const none = v.object({});
const is = <T extends string>(word: T) => v.literal(word);
const one = <const T extends readonly string[]>(...words: T) => v.picklist(words);

/**
 * Every failure that is normal life, with the facts that belong to it; bugs throw. The schemas are for failures that come from outside: the
 * helper, the journal, a server. What is said about each stands in shared/words.
 */
export const FACTS = {
  // The connection between a page and the program.
  disconnected: none,
  'unknown-request': v.object({ request: text }),
  'bad-request': v.variant('problem', [
    v.object({ problem: is('schema'), request: text, where: text, expected: v.exactOptional(text) }),
    v.object({ problem: is('line'), fault: one('too-long', 'not-utf-8', 'not-json', 'no-verb') }),
    v.object({
      problem: is('field'),
      field: text,
      fault: one(
        'missing',
        'unknown',
        'no-object',
        'no-number',
        'no-choice',
        'no-unit',
        'no-cgroup',
        'no-list',
      ),
    }),
    v.object({ problem: is('twice'), name: text }),
    v.object({ problem: is('contradiction'), name: text, other: text }),
  ]),
  busy: v.object({ with: one('requests', 'changes', 'change-under-way', 'change-waiting') }),
  internal: v.object({ where: text }),

  // Something was not found.
  'not-found': v.variant('what', [
    /** `near`: a file beside it that was likely meant. */
    v.object({ what: is('file'), path: text, errno, near: v.exactOptional(text) }),
    v.object({ what: is('page'), folder: text }),
    v.object({ what: is('entry'), id: v.exactOptional(whole) }),
    v.object({ what: is('change'), group: v.exactOptional(whole) }),
    v.object({ what: is('rule'), number: whole, count: whole }),
    v.object({ what: one('name', 'user-unit'), name: text }),
    v.object({
      what: is('unit'),
      name: text,
      /** Processes in units below it. */
      below: v.exactOptional(v.object({ count: whole, units: v.array(text), more: whole })),
      /** Units of that name that have processes. */
      others: v.exactOptional(v.array(text)),
      /** Whether there is a file for it. */
      isKnown: v.exactOptional(v.boolean()),
    }),
    v.object({ what: one('container', 'scope'), name: text, others: v.array(text) }),
    v.object({ what: is('unprotected') }),
  ]),
  ambiguous: v.object({ what: one('unit', 'container', 'scope'), name: text, choices: v.array(text) }),
  'process-gone': v.variant('what', [
    v.object({ what: is('process'), pid: whole, reused: v.exactOptional(v.boolean()), errno }),
    v.object({ what: is('unseen'), pid: whole }),
    v.object({ what: is('subject'), subject: text, errno }),
    v.object({ what: is('cgroup'), path: text }),
  ]),
  'kernel-thread': v.object({ pid: v.exactOptional(whole), name: v.exactOptional(text) }),
  'scope-unknown': v.object({ path: text, mountPoint: v.exactOptional(text) }),
  'scope-unlimited': v.object({
    path: text,
    /** The cgroup whose limit counts; the machine where absent. */
    limitedBy: v.exactOptional(text),
    headroomBytes: v.number(),
  }),
  'out-of-scope': v.object({ pid: whole }),
  'proc-unreadable': v.variant('what', [
    v.object({ what: is('file'), path: text, errno: text }),
    v.object({ what: is('release'), release: text }),
    v.object({ what: is('processes'), count: whole }),
  ]),
  /** Windows was not asked, or did not answer. */
  'windows-silent': v.object({
    why: one('no-wsl', 'interop', 'service', 'memory-short', 'slow', 'not-started', 'no-answer'),
    /** Why none of its programs can be started. */
    is: v.exactOptional(one('disabled', 'unregistered', 'no-socket')),
    seconds: v.exactOptional(v.number()),
  }),
  'port-unavailable': v.object({ port: whole, errno: text }),

  // Starting the helper.
  'elevation-none': v.object({
    why: one(
      'not-installed',
      'no-pkexec',
      'not-setuid',
      'no-new-privileges',
      'no-password-asked',
      'no-terminal',
      'no-sudoer',
      'nobody-to-ask',
    ),
    instead,
  }),
  'elevation-no-bus': v.object({ instead }),
  'elevation-no-agent': v.object({ instead }),
  'elevation-dismissed': v.object({ instead }),
  'elevation-refused': v.object({ instead }),
  'elevation-wsl-interop-off': v.object({ instead }),
  'helper-missing': v.object({ path: v.exactOptional(text), instead }),
  'helper-untrusted': v.object({ path: text, weak: text, copy: v.exactOptional(text), instead }),
  'helper-version': v.object({ version: text, instead }),
  'helper-silent': v.object({ seconds: v.exactOptional(v.number()), instead }),
  'helper-not-started': v.object({ how: text, said: v.exactOptional(text), instead }),
  'helper-ended': v.object({ how: text }),
  'helper-garbled': none,

  // Changing something.
  'read-only': v.object({ command: v.exactOptional(text) }),
  'not-asked': v.object({ why: one('no-terminal', 'declined', 'other-tree') }),
  'no-cap-sys-resource': v.object({ subject: text, errno }),
  'below-manager': v.object({ unit: text, uid: v.exactOptional(whole), oomScoreAdj: whole }),
  'needs-root': v.object({ subject: text, errno }),
  'denied-by-system': v.object({ subject: text, errno: text }),
  'refused-target': v.variant('what', [
    v.object({ what: one('init', 'helper', 'root-cgroup', 'log-folder', 'log-file') }),
    v.object({ what: is('thread'), pid: whole }),
    v.object({ what: one('link', 'no-folder', 'no-file', 'changeable', 'too-large'), path: text, errno }),
  ]),
  'out-of-range': v.variant('what', [
    v.object({ what: is('number'), subject: text, lowest: v.number(), highest: v.number() }),
    v.object({ what: is('kernel'), subject: text, errno }),
  ]),
  'changed-meanwhile': v.variant('what', [
    v.object({ what: is('value'), subject: text, now: v.exactOptional(value), expected: value }),
    v.object({ what: is('race'), subject: text }),
    /** It is not the process that was seen, or is not as it was seen. */
    v.object({ what: is('look'), pid: whole }),
    v.object({ what: is('waiting'), subject: text }),
    v.object({ what: is('not-ours'), now: value }),
    v.object({ what: is('kept'), name: text }),
    v.object({ what: is('drop-in'), path: text }),
    /** With the value that a preview showed, a process would not stand where it said. */
    v.object({ what: is('place'), subject: text, rank: whole }),
    /** The rules file is no longer as a preview saw it. */
    v.object({ what: is('rules'), path: text }),
    /** The preview is from before a restart, or long forgotten. */
    v.object({ what: is('preview') }),
  ]),
  'read-back-differs': v.variant('what', [
    v.object({
      what: is('value'),
      subject: text,
      asked: value,
      after: value,
      setBack: v.exactOptional(v.boolean()),
    }),
    v.object({ what: is('file'), path: text }),
    v.object({ what: is('drop-in'), path: text, unit: text, now: text }),
    v.object({
      what: is('boot'),
      path: text,
      name: text,
      afterBoot: v.exactOptional(v.number()),
      file: v.exactOptional(text),
      line: v.exactOptional(whole),
      /** What that line names, where it is another setting. */
      sets: v.exactOptional(text),
    }),
  ]),
  'not-kept': v.variant('what', [
    v.object({ what: is('host'), name: text }),
    v.object({ what: is('unread'), name: text, value: v.number(), file: text }),
    v.object({ what: is('coupled'), name: text, asked: v.number(), afterBoot: v.exactOptional(v.number()) }),
    v.object({
      what: is('overridden'),
      name: text,
      asked: v.number(),
      afterBoot: v.exactOptional(v.number()),
      file: text,
      line: whole,
      /** What that line names, where it is another setting. */
      sets: v.exactOptional(text),
      several: v.boolean(),
      command: v.exactOptional(text),
    }),
  ]),
  'not-set-back': v.object({ subject: text, errno }),
  'not-reverted': v.object({
    subject: text,
    /** As read back. */
    now: v.exactOptional(value),
    why: v.exactOptional(one('in-use', 'refused')),
  }),
  'would-kill': v.variant('what', [
    v.object({ what: is('usage'), usedBytes: v.exactOptional(v.number()) }),
    v.object({ what: is('kernel'), subject: text, errno }),
    v.object({ what: is('preview') }),
  ]),
  'change-unknown': v.object({ change: v.exactOptional(whole) }),
  'unit-unknown': v.object({ unit: text, fault: one('none-such', 'no-service') }),
  'not-supported': v.variant('what', [
    v.object({ what: one('cgroups', 'desktop-setting') }),
    v.object({ what: is('other-user'), unit: text, uid: v.exactOptional(whole) }),
    v.object({ what: is('cgroup-file'), file: text, version: whole }),
    v.object({
      what: is('cgroup-setting'),
      path: text,
      setting: text,
      version: whole,
      settings: v.array(text),
    }),
  ]),
  'not-ours': v.variant('what', [
    v.object({ what: is('file'), path: text }),
    v.object({ what: is('journal'), subject: text }),
    v.object({ what: is('cgroup'), path: text, file: text }),
  ]),
  'io-failed': v.variant('what', [
    v.object({ what: one('read', 'write', 'remove', 'use'), path: text, errno: v.exactOptional(text) }),
    v.object({ what: one('no-number', 'no-file'), path: text }),
    v.object({ what: is('slow'), path: text, seconds: v.number() }),
    v.object({ what: is('too-large'), path: text, mostBytes: v.number() }),
    v.object({ what: is('guard') }),
    v.object({ what: is('systemctl'), verb: text, how: text }),
  ]),
  /** Another user could decide what is there. */
  'engine-refused': v.object({
    engine: one('docker', 'podman'),
    why: one(...ENGINE_REFUSALS),
    /** What the engine says itself. */
    message: v.exactOptional(text),
  }),
  'path-unsafe': v.variant('what', [
    v.object({ what: is('foreign'), path: text, uid: whole }),
    v.object({ what: one('changeable', 'links'), path: text }),
  ]),
  'manager-untold': v.object({
    file: text,
    /** What the manager has read is not known where it did not answer. */
    state: one('as-before', 'unknown', 'left'),
    /** The value in the file where it could not be reverted: empty where the file is gone. */
    says: v.exactOptional(text),
    why: v.exactOptional(text),
  }),

  // Remembering it.
  'journal-failed': v.variant('what', [
    v.object({ what: is('newer'), path: text }),
    v.object({
      what: is('unusable'),
      path: text,
      why: one('full', 'busy', 'read-only', 'cannot-open', 'io-error', 'other'),
      detail: v.exactOptional(text),
      errno,
    }),
    v.object({
      what: is('set-aside'),
      path: text,
      fault: one('damaged', 'foreign', 'no-database', 'no-file'),
      keptAs: text,
    }),
    v.object({ what: is('none') }),
  ]),
  malformed: v.object({
    file: text,
    fault: one('no-file', 'too-large', 'changeable', 'no-json', 'no-object', 'key'),
    key: v.exactOptional(text),
    expected: v.exactOptional(text),
    detail: v.exactOptional(text),
    /** Where the broken file went, once a new one was begun. */
    keptAs: v.exactOptional(text),
  }),
  'rules-broken': v.variant('what', [
    v.object({
      what: one('unreadable', 'changeable', 'no-file', 'too-large', 'not-editable'),
      path: text,
      errno,
    }),
    v.object({
      what: is('faults'),
      path: text,
      line: whole,
      column: whole,
      fault: ruleFaultSchema,
      more: whole,
    }),
  ]),
  'rule-broken': v.object({
    fault: ruleFaultSchema,
  }),
  'rule-too-wide': v.object({
    number: v.exactOptional(whole),
    rule: text,
    /** Undefined: it means init. */
    count: v.exactOptional(whole),
    most: whole,
    unwritten: v.exactOptional(v.boolean()),
  }),
  'rules-wait': none,

  // Why an entry of the journal came to its end.
  'not-confirmed': v.object({ why: one('time', 'helper-ended', 'program-ended') }),
  'outcome-unknown': none,
  'former-boot': v.object({ of: one('process', 'cgroup', 'setting'), subject: text }),
} as const;
