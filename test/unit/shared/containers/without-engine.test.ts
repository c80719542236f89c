import { describe, expect, it } from 'vitest';
import { parseConmon, parseShim } from '../../../../shared/containers/beside-processes.ts';
import {
  parseDockerConfig,
  parsePodLogName,
  parsePodmanStorage,
} from '../../../../shared/containers/engine-files.ts';

const ID = '62ae3da39bbe743c596882c059b178c1bff27e408b46dde4a26fa10f849bead5';

describe('what is known of a container without its engine', () => {
  it('is in the command line of the conmon of Podman 4.3', () => {
    // As captured; the folders are shortened.
    const args = `/usr/bin/conmon --api-version 1 -c ${ID} -u ${ID} -r /usr/sbin/runc -b /x/userdata -p /x/pidfile -n shop-web-1 --exit-dir /x/exits --full-attach -l k8s-file:/x/ctr.log --log-level warning`;
    expect(parseConmon(args.split(' '))).toEqual({ id: ID, engine: 'podman', name: 'shop-web-1' });
  });

  it('is less in that of CRI-O, whose names are its own', () => {
    const args = `/usr/bin/conmon -b /run/containers/x -c ${ID} --exit-dir /var/run/crio/exits -n k8s_web_pod_ns_0`;
    expect(parseConmon(args.split(' '))).toEqual({ id: ID, engine: 'kubernetes', name: undefined });
  });

  it.each([
    ['moby', 'docker'],
    ['k8s.io', 'kubernetes'],
    ['default', 'containerd'],
    ['toString', 'containerd'],
  ])('is the engine in the command line of a shim: %s is %s', (namespace, engine) => {
    const args = ['/usr/bin/containerd-shim-runc-v2', '-namespace', namespace, '-id', ID, '-address', '/x'];
    expect(parseShim(args)).toEqual({ id: ID, engine, name: undefined });
  });

  it.each([[['conmon']], [['conmon', '-c', 'short', '-n', 'x']], [['sleep', '-c', ID]], [[]]])(
    'is nothing in %j',
    (args) => {
      expect(parseConmon(args)).toBeUndefined();
      expect(parseShim(args)).toBeUndefined();
    },
  );

  it('is in the names of the files of kubelet', () => {
    expect(parsePodLogName(`web-7d4b9c_shop_nginx-${ID}.log`)).toEqual([
      ID,
      { name: 'web-7d4b9c/nginx', pod: { name: 'web-7d4b9c', namespace: 'shop' } },
    ]);
    expect(parsePodLogName(`../../x_y_z-${ID}.log`)).toBeUndefined();
    expect(parsePodLogName('README')).toBeUndefined();
  });

  it('is in the list of containers/storage, whose metadata are text', () => {
    const metadata = JSON.stringify({ 'image-name': 'localhost/lb:latest', name: 'shop-web-1' });
    const list = [{ id: ID, names: ['other'], metadata }, { id: 'short' }, 7, { id: ID.replace('6', '7') }];
    expect(parsePodmanStorage(list).get(ID)).toEqual({ name: 'shop-web-1', image: 'localhost/lb:latest' });
    expect(parsePodmanStorage({}).size).toBe(0);
  });

  it('is in the files of Docker', () => {
    const config = { ID, Name: '/shop-db-1', State: { Running: true, Pid: 7 }, Config: { Image: 'x' } };
    const host = { Memory: 1 << 26, RestartPolicy: { Name: 'always' } };
    expect(parseDockerConfig(config, host)).toMatchObject({
      name: 'shop-db-1',
      state: 'running',
      restartPolicy: 'always',
      limitsAsked: { memoryBytes: 1 << 26 },
    });
    expect(parseDockerConfig(undefined, undefined)).toBeUndefined();
  });
});
