import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressOf, enginePlaces } from '../../../../src-main/containers/engines/places.ts';

function home() {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-home-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** As `docker context create` writes it. */
function addContext(folder: string, name: string, host: string) {
  const place = `${folder}/contexts/meta/${createHash('sha256').update(name).digest('hex')}`;
  mkdirSync(place, { recursive: true });
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  writeFileSync(`${place}/meta.json`, JSON.stringify(meta));
}

const first = (env: Readonly<Record<string, string>>) => enginePlaces('', env, 1000)[0];

describe('where engines are asked', () => {
  it('is the default places of Docker and Podman, with and without root', () => {
    const HOME = home();
    const places = enginePlaces('', { HOME, XDG_RUNTIME_DIR: '/run/user/1000' }, 1000);
    expect(places.map((place) => `${place.engine} ${addressOf(place)}`)).toEqual([
      'docker /var/run/docker.sock',
      'docker /run/user/1000/docker.sock',
      `docker ${HOME}/.docker/desktop/docker.sock`,
      'podman /run/user/1000/podman/podman.sock',
      'podman /run/podman/podman.sock',
    ]);
  });

  it('is where DOCKER_HOST points, first of all', () => {
    const HOME = home();
    expect(first({ HOME, DOCKER_HOST: 'unix:///tmp/x.sock' })?.host).toEqual({
      kind: 'socket',
      path: '/tmp/x.sock',
    });
    expect(first({ HOME, DOCKER_HOST: 'ssh://me@host' })?.host).toEqual({
      kind: 'remote',
      address: 'ssh://me@host',
    });
    expect(first({ HOME, DOCKER_HOST: 'unix://relative' })?.host).toMatchObject({
      path: '/var/run/docker.sock',
    });
  });

  it('is the host of the context in use, of the file or of DOCKER_CONTEXT', () => {
    const HOME = home();
    addContext(`${HOME}/.docker`, 'rootless', 'unix:///run/user/1000/docker.sock');
    addContext(`${HOME}/.docker`, 'far', 'tcp://10.0.0.1:2376');
    writeFileSync(`${HOME}/.docker/config.json`, JSON.stringify({ auths: {}, currentContext: 'rootless' }));
    expect(first({ HOME })?.host).toEqual({ kind: 'socket', path: '/run/user/1000/docker.sock' });
    expect(first({ HOME, DOCKER_CONTEXT: 'far' })?.host).toMatchObject({ kind: 'remote' });
    expect(first({ HOME, DOCKER_CONTEXT: 'default' })?.host).toMatchObject({ path: '/var/run/docker.sock' });
    expect(first({ HOME, DOCKER_CONTEXT: '../../x' })?.host).toMatchObject({ path: '/var/run/docker.sock' });
  });

  it.each(['', '{', '[]', '{"currentContext":7}', '{"currentContext":"gone"}'])(
    'is the default where the configuration is %s',
    (text) => {
      const HOME = home();
      mkdirSync(`${HOME}/.docker`);
      writeFileSync(`${HOME}/.docker/config.json`, text);
      expect(first({ HOME })?.host).toMatchObject({ path: '/var/run/docker.sock' });
    },
  );
});
