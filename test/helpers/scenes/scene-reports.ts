import { finding, type DoctorReport } from '#shared/contract/doctor.ts';
import { type Machine } from '#shared/model/machine.ts';

/** When every scene begins; frames follow each second. */
export const SCENE_START_MS = Date.UTC(2026, 10, 20, 9, 30);

/** An ordinary desktop. */
export function healthyReport({ release }: Machine): DoctorReport {
  return {
    timeMs: SCENE_START_MS,
    findings: [
      finding('kernel', 'known', `Linux ${release}`),
      finding('formula', 'confirmed', '5.9'),
      finding('counters', 'same', '0 pages'),
      finding('cgroup', 'v2', '/sys/fs/cgroup'),
      finding('psi', 'present', '/proc/pressure/memory'),
      finding('swap', 'zram', '/dev/zram0 8.0 GiB'),
      finding('overcommit', 'guess', '0'),
      finding('panic', 'kills', '0'),
      finding('allocating-task', 'scored', '0'),
      finding('next-boot', 'safe', ''),
      finding('kept-settings', 'none', ''),
      finding('hidepid', 'off', ''),
      finding('pid-namespace', 'initial', '4026531836'),
      finding('dmesg', 'restricted', 'kernel.dmesg_restrict 1'),
      finding('capabilities', 'none', 'uid 1000'),
      finding('numa', 'single', '1 node'),
      finding('killers', 'earlyoom', 'earlyoom 811'),
      finding('wsl', 'no', ''),
      finding('container', 'no', ''),
      finding('forecasts', 'none', ''),
      finding('lxcfs', 'no', ''),
      finding('descriptors', 'enough', '1 024 of 524 288'),
    ],
  };
}

/** A machine on which everything is in the way. */
export function sickReport(): DoctorReport {
  return {
    timeMs: SCENE_START_MS,
    findings: [
      finding('kernel', 'newer', 'Linux 7.4.2'),
      finding('formula', 'contradicted', '5.9'),
      finding('counters', 'approximate', '±512 pages'),
      finding('cgroup', 'namespaced', '/sys/fs/cgroup'),
      finding('psi', 'disabled', 'EOPNOTSUPP'),
      finding('swap', 'none', ''),
      finding('overcommit', 'never-exhausted', '2'),
      finding('panic', 'panics-always', '2'),
      finding('allocating-task', 'allocating', '1'),
      finding('next-boot', 'refuses', '/etc/sysctl.d/60-db.conf:1'),
      {
        ...finding('kept-settings', 'lose', 'vm.swappiness: /etc/sysctl.d/99-x.conf:2'),
        command: "sudo sed -i -e '2s/^/# /' /etc/sysctl.d/99-x.conf",
      },
      finding('hidepid', 'invisible', 'hidepid=invisible'),
      finding('pid-namespace', 'nested', '4026532281'),
      finding('dmesg', 'missing', ''),
      finding('capabilities', 'root-without', 'uid 0'),
      finding('numa', 'several', '4 nodes'),
      finding('killers', 'several', 'earlyoom 811, systemd-oomd 640'),
      finding('wsl', 'wsl2', '6.6.87.2-microsoft-standard-WSL2'),
      finding('container', 'isolated', 'docker'),
      finding('lxcfs', 'faked', '/proc/meminfo'),
      finding('descriptors', 'tight', '1 024 for 8 000'),
    ],
  };
}
