import { otherUsersUnit } from '#shared/words/en/unit.ts';
import { execFile } from 'node:child_process';
import { fail, ok, type Result } from '#shared/result.ts';
import { uidOf, type Unit } from '#shared/model/unit.ts';

/** PolicyKit may ask the user for a password. */
const TIMEOUT_MS = 60_000;

/** A property of a unit, for now alone or for its later starts too. */
export interface UnitProperty {
  readonly unit: Unit;
  /** `MemoryMax` */
  readonly property: string;
  readonly value: string;
  readonly lasting: boolean;
}

/** The arguments of systemctl(1) that set a property. */
function setPropertyArguments({ unit, property, value, lasting }: UnitProperty): readonly string[] {
  return [
    ...(unit.manager === 'system' ? [] : ['--user']),
    'set-property',
    ...(lasting ? [] : ['--runtime']),
    '--',
    unit.name,
    `${property}=${value}`,
  ];
}

/** Sets a property by systemctl: PolicyKit decides over units of the system. Of user managers only one's own can be asked. */
export function setProperty(wanted: UnitProperty): Promise<Result<null>> {
  const uid = uidOf(wanted.unit.manager);
  const refused = (how: string) => fail('io-failed', { what: 'systemctl', verb: 'set-property', how });
  if (uid !== undefined && uid !== process.geteuid?.()) return Promise.resolve(refused(otherUsersUnit(uid)));
  const env = { ...process.env, LC_ALL: 'C', SYSTEMD_COLORS: '0' };
  return new Promise((resolve) => {
    execFile(
      'systemctl',
      [...setPropertyArguments(wanted)],
      { env, timeout: TIMEOUT_MS, maxBuffer: 1 << 20 },
      (error, _, stderr) => {
        const said = stderr.trim().split('\n')[0] ?? '';
        resolve(
          error === null ? ok(null) : refused(said === '' ? error.message.slice(0, 200) : said.slice(0, 500)),
        );
      },
    );
  });
}
