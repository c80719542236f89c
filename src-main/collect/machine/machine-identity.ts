import si from 'systeminformation';

/** The identity of the machine in readable form. Unknown parts are left out. */
export interface MachineIdentity {
  readonly distribution?: string;
  readonly virtualization?: string;
}

/** Asks once: it starts programs and takes a moment. Never fails. */
export async function readMachineIdentity(): Promise<MachineIdentity> {
  const [os, system] = await Promise.allSettled([si.osInfo(), si.system()]);
  const distribution =
    os.status === 'fulfilled' ? [os.value.distro, os.value.release].filter(known).join(' ') : '';
  const virtualization =
    system.status === 'fulfilled' && system.value.virtual ? (system.value.virtualHost ?? '') : '';
  return {
    ...(known(distribution) ? { distribution } : {}),
    ...(known(virtualization) ? { virtualization } : {}),
  };
}

/** systeminformation says `unknown` or nothing where it does not know. */
function known(text: string): boolean {
  return text !== '' && text.toLowerCase() !== 'unknown';
}
